/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the capture that is open: facts of its packets, gathered on the first pass, and
 * what the join makes of them. Lives from init to cleanup; the trace is borrowed and lives longer.
 */
#ifndef HTTPTRACE_SESSION_H
#define HTTPTRACE_SESSION_H

#include "core/facts.h"
#include "core/live.h"

struct session {
    struct h2t_facts *facts; /* NULL: no trace, nothing is observed */
    struct h2t_model model;
    struct h2t_live *live;
    GArray *notes;  /* struct h2t_note of the whole capture; NULL: not joined */
    bool grown;     /* packets were observed since the last join */
    bool want_live; /* somebody reads what the first pass shows */
};

void session_init(struct session *s, struct h2t_trace *trace);
void session_fini(struct session *s);

/* Tell what a packet has. */
void session_frame(struct session *s, const struct h2t_frame *frame);

/* Join what was observed. */
void session_complete(struct session *s);

/* The notes of a packet, `n` of them; from the join if the packet is seen again, else what is known
 * so far. They live until the next packet. */
const struct h2t_note *session_notes(struct session *s, uint32_t packet, bool visited, unsigned *n);

#endif
