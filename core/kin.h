/* SPDX-License-Identifier: MIT */
/* Who belongs together: connections to one server, dials and lookups of one request. Indexes into
 * the model, made once for all rules. */
#ifndef H2T_KIN_H
#define H2T_KIN_H

#include "model.h"

struct h2t_kin;

/* Of a joined model, which must not change while this is used. */
struct h2t_kin *h2t_kin_new(const struct h2t_model *m);
void h2t_kin_free(struct h2t_kin **kin);

/* `n` indexes, in the order of the model. */
struct h2t_kin_list {
    const uint32_t *at;
    uint32_t n;
};

/* Connections to the same address and port, itself among them; only those that the trace knows or
 * that carried payload. */
struct h2t_kin_list h2t_kin_conns(const struct h2t_kin *kin, const struct h2t_conn *conn);
struct h2t_kin_list h2t_kin_dials(const struct h2t_kin *kin, uint32_t request);
struct h2t_kin_list h2t_kin_lookups(const struct h2t_kin *kin, uint32_t request);
struct h2t_kin_list h2t_kin_queries(const struct h2t_kin *kin, uint32_t lookup);

/* Of trace->unsent: frames that a log says were written to the connection, which lacks them. */
struct h2t_kin_list h2t_kin_unsent(const struct h2t_kin *kin, uint32_t conn);

/* Streams that were open on the connection at a time of the capture. */
uint32_t h2t_kin_open_at(const struct h2t_kin *kin, uint32_t conn, int64_t ns);

/* When its streams were opened, in order, from `ns` on. */
const int64_t *h2t_kin_opened(const struct h2t_kin *kin, uint32_t conn, int64_t ns, uint32_t *n);

#endif
