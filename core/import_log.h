/* SPDX-License-Identifier: MIT */
/*
 * One line of a structured log to one event: slog, zap, zerolog, logrus, klog and what people write
 * themselves, as JSON or as text. Groups nest or have dots, the last component of a name counts.
 *
 * Of `seq`, `attempt`, `conn` and `mono_ns` nothing is taken: in a log these words may mean
 * anything (a count within the request would ruin all orders). The hooks' times, and where they are
 * equal the place of the lines, give the order.
 */
#ifndef H2T_IMPORT_LOG_H
#define H2T_IMPORT_LOG_H

#include "event.h"

struct h2t_log;

struct h2t_log *h2t_log_new(void);
void h2t_log_free(struct h2t_log **log);

enum h2t_log_verdict {
    H2T_LOG_EVENT, /* `event` is filled; its kind may be H2T_EV_UNKNOWN */
    H2T_LOG_OTHER, /* a line about something else */
    H2T_LOG_BAD,   /* *why tells, in one static line */
};

/* The event's texts live until the next call. Of H2T_LOG_OTHER event->message is the message, with
 * a NULL `at` if there is none, and `ns` its time or H2T_NEVER. */
enum h2t_log_verdict h2t_log_read(struct h2t_log *log, const char *text, size_t len,
                                  struct h2t_event *event, const char **why);

/* The same of a line of text with pairs in it (pairs.h). An event that names no request has
 * `nameless`. */
enum h2t_log_verdict h2t_log_read_pairs(struct h2t_log *log, const char *text, size_t len,
                                        struct h2t_event *event, const char **why);

#endif
