/* SPDX-License-Identifier: MIT */
/* DNS questions and their answers, as they come: which answer belongs to which question. */
#ifndef H2T_QUERIES_H
#define H2T_QUERIES_H

#include "facts.h"

#define H2T_MAX_PENDING_QUERIES                                                                    \
    65536u /* questions that are known at a time; then all are forgotten */

struct h2t_queries;

struct h2t_queries *h2t_queries_new(void);
void h2t_queries_free(struct h2t_queries **queries);

/* Adds a question to wire->queries, or an answer to one that is there. A question that is repeated
 * before its answer came, and an answer that is, change nothing. */
void h2t_queries_input(struct h2t_queries *queries, struct h2t_wire *wire,
                       const struct h2t_dns *dns);

#endif
