/* SPDX-License-Identifier: MIT */
/* Elements of the model by index. The index must be one of the model's. */
#ifndef H2T_VIEW_H
#define H2T_VIEW_H

#include "model.h"

static inline struct h2t_conn *h2t_conn_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->wire->conns, struct h2t_conn, i);
}

static inline struct h2t_stream *h2t_stream_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->wire->streams, struct h2t_stream, i);
}

static inline struct h2t_query *h2t_query_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->wire->queries, struct h2t_query, i);
}

static inline struct h2t_tconn *h2t_tconn_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->tconns, struct h2t_tconn, i);
}

static inline struct h2t_attempt *h2t_attempt_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->attempts, struct h2t_attempt, i);
}

static inline struct h2t_request *h2t_request_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->requests, struct h2t_request, i);
}

static inline struct h2t_dial *h2t_dial_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->dials, struct h2t_dial, i);
}

static inline struct h2t_lookup *h2t_lookup_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->lookups, struct h2t_lookup, i);
}

static inline struct h2t_process *h2t_process_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->processes, struct h2t_process, i);
}

#endif
