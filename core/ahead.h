/* SPDX-License-Identifier: MIT */
/*
 * The lines of a sidecar, read by threads of their own, and handed on in the order they came in.
 * Only the recorder's lines gain by it (import_native.h); others are handed on as they are, and
 * where most are others, none is tried any more.
 *
 * Memory: two batches of lines with their events for each thread, and one, 1.4 MB each.
 */
#ifndef H2T_AHEAD_H
#define H2T_AHEAD_H

#include "event.h"
#include "lines.h"

struct h2t_ahead;

/* `event` is NULL if the line is not known to be one of the recorder's. All live until the function
 * returns; the event may be changed. Called by the thread that calls h2t_ahead_add or _drain. */
typedef void (*h2t_ahead_fn)(void *user, const char *text, size_t len, uint64_t line,
                             enum h2t_lines_state state, struct h2t_event *event);

/* threads >= 1 */
struct h2t_ahead *h2t_ahead_new(unsigned threads, h2t_ahead_fn fn, void *user);
/* Lines that were not handed on are lost. */
void h2t_ahead_free(struct h2t_ahead **ahead);

/* As h2t_lines_fn. */
void h2t_ahead_add(struct h2t_ahead *ahead, const char *text, size_t len, uint64_t line,
                   enum h2t_lines_state state);

/* Hands on all that was added. What comes next may be of another file. */
void h2t_ahead_drain(struct h2t_ahead *ahead);

#endif
