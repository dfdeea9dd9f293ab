/* SPDX-License-Identifier: MIT */
/*
 * Lines of GODEBUG=http2debug to Framers: which frames each end of a connection wrote and read, in
 * order, and which requests a client made (net/http/h2_bundle.go, frame.go; from Go 1.27 on
 * net/http/internal/http2).
 *
 * A Framer is named by its address, which is used again when it is gone: a new one begins where
 * SETTINGS are written that are no acknowledgement. grpc-go writes SETTINGS later as well, with
 * nothing but a window in them; where the Framer is in use, these begin one only if the next stream
 * is the first again.
 */
#ifndef H2T_FRAMERS_H
#define H2T_FRAMERS_H

#include "event.h"
#include "index.h"

struct h2t_framers {
    struct h2t_trace *trace;
    GArray *programs;          /* struct program, by process */
    struct h2t_index pointers; /* (process, pointer) → newest */
    GArray *newest;            /* uint32_t: the Framer that has the address now */
    GArray *states;            /* struct framer_state, by Framer */
    uint32_t n_logged;         /* frames, all together */
    uint64_t n_lines;
};

void h2t_framers_init(struct h2t_framers *framers, struct h2t_trace *trace);
void h2t_framers_fini(struct h2t_framers *framers);

/* The next line of a process; the event is a H2T_EV_DEBUG. */
void h2t_framers_line(struct h2t_framers *framers, uint32_t process, const struct h2t_event *event,
                      const char *file, uint64_t line);

void h2t_framer_fini(struct h2t_framer *framer);

/* All lines are in. */
void h2t_framers_finish(struct h2t_framers *framers);

#endif
