/* SPDX-License-Identifier: MIT */
/*
 * Connections of both sides that have the same 4-tuple, group by group. The direction does not
 * count: a capture that began late may have taken the server for the client.
 */
#ifndef H2T_TUPLES_H
#define H2T_TUPLES_H

#include "model.h"

/* Indexes into the model. conns are in order of time. Either may be empty. */
struct h2t_group {
    const uint32_t *tconns, *conns;
    uint32_t n_tconns, n_conns;
};

struct h2t_tuples;

/* What the capture does not have as the trace names it is looked for as h2t_map_apply translates
 * it: fills tconn->mapped. And conn->copy_of: two connections of one 4-tuple cannot be there at the
 * same time; those that are, are one that was captured on several interfaces. The first in the file
 * stands for all, the others are left out. */
struct h2t_tuples *h2t_tuples_new(struct h2t_model *m);

/* All connections of both sides that are not bound, as one group, whatever their addresses. Of the
 * capture only those with requests. */
struct h2t_tuples *h2t_tuples_rest(const struct h2t_model *m);

void h2t_tuples_free(struct h2t_tuples **tuples);

/* The next group that has a trace connection; false after the last. Start with *cursor zeroed. */
struct h2t_tuples_cursor {
    uint32_t tconn, conn;
};
bool h2t_tuples_next(const struct h2t_tuples *tuples, struct h2t_tuples_cursor *cursor,
                     struct h2t_group *group);

#endif
