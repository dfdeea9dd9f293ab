/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tap "httptrace": for statistics, one struct tap_packet a packet that has notes. */
#ifndef HTTPTRACE_TAP_H
#define HTTPTRACE_TAP_H

#include "plugin/compat.h"

#include "core/comment.h"
#include "core/model.h"

/* A note, read from its text. Strings live as long as the packet; NULL: it has no such key. */
struct tap_note {
    const char *finding; /* rule; only where it happened */
    const char *what, *req, *pid, *conn, *end, *error, *status;
    bool reused, retried;
    int64_t
        total_ns; /* of the whole request, where its first attempt is sent; H2T_NEVER: unknown */
    wmem_array_t *hooks; /* const char *: names */
};

struct tap_packet {
    struct tap_note *notes;
    unsigned n;
};

/* Reads one note's text; false if it is none. */
bool tap_read(wmem_allocator_t *pool, const char *text, struct tap_note *out);

#endif
