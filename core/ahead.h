/* SPDX-License-Identifier: MIT */
/*
 * A sidecar read by several threads. Each takes the next piece of the file, reads the recorder's
 * lines in it (import_native.h; of other lines there is nothing to gain), and hands its lines on
 * when it is its turn, so that they come in the order of the file. A piece and what was read of it
 * stay on one processor: to bring them to another one takes as long as reading them.
 *
 * Memory: for each thread a piece and the events of its lines, some 500 kB.
 */
#ifndef H2T_AHEAD_H
#define H2T_AHEAD_H

#include "event.h"
#include "lines.h"

#include <sys/types.h>

/* The next bytes of a file, at most `len`: how many; 0 at the end, -1 and *error if it cannot be
 * read. */
typedef ssize_t (*h2t_pull_fn)(void *user, void *buf, size_t len, GError **error);

/* `event` is NULL if the line is not known to be one of the recorder's. All live until the function
 * returns; the event may be changed. Called by one thread at a time, not always the same. */
typedef void (*h2t_ahead_fn)(void *user, const char *text, size_t len, uint64_t line,
                             enum h2t_lines_state state, struct h2t_event *event);

struct h2t_ahead_file {
    h2t_pull_fn pull;
    void *pull_user;
    h2t_ahead_fn fn; /* for each line */
    void *user;
};

/* The whole file, by this thread and `n_threads` more; without those no line has an event. False if
 * it could not be read to its end; what came before was handed on. */
bool h2t_ahead_read(const struct h2t_ahead_file *file, unsigned n_threads, GError **error);

#endif
