/* SPDX-License-Identifier: MIT */
/* Elements of the model by index. The index must be one of the model's. */
#ifndef H2T_VIEW_H
#define H2T_VIEW_H

#include "model.h"
#include "sorted.h"

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

/* How much later than its time stamp something of this process can have been; 0 if nobody knows the
 * process. */
static inline int64_t h2t_lateness(const struct h2t_model *m, uint32_t process)
{
    if (process >= m->trace->processes->len)
        return 0;
    int64_t unit = g_array_index(m->trace->processes, struct h2t_process, process).unit;
    return unit > 1 ? unit - 1 : 0;
}

static inline struct h2t_tconn *h2t_tconn_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->tconns, struct h2t_tconn, i);
}

/* The project's connection ID: the recorder's counter, or our own count where the sidecar has none.
 */
static inline uint64_t h2t_conn_number(const struct h2t_model *m, uint32_t tconn)
{
    uint64_t number = h2t_tconn_at(m, tconn)->number;
    return number ? number : (uint64_t)tconn + 1;
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

static inline struct h2t_framer *h2t_framer_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->framers, struct h2t_framer, i);
}

static inline struct h2t_logged *h2t_logged_at(const struct h2t_framer *f, enum h2t_logged_dir dir,
                                               uint32_t i)
{
    return &g_array_index(f->frames[dir], struct h2t_logged, i);
}

/* Are there debug logs? */
static inline bool h2t_has_framers(const struct h2t_model *m)
{
    return m->trace->framers && m->trace->framers->len > 0;
}

/* What the program found wrong with a frame that it read; NULL: nothing. They are in order. */
static inline const char *h2t_fault_of(const struct h2t_framer *f, uint32_t frame)
{
    if (!f->faults)
        return NULL;
    guint i = h2t_sorted_first(f->faults, offsetof(struct h2t_fault, frame), frame);
    bool found = i < f->faults->len && g_array_index(f->faults, struct h2t_fault, i).frame == frame;
    return found ? g_array_index(f->faults, struct h2t_fault, i).err : NULL;
}

/* It was not found by its addresses as they are. */
static inline bool h2t_is_translated(const struct h2t_tconn *t)
{
    return t->conn != H2T_NONE && t->bound != H2T_MATCH_TUPLE && t->bound != H2T_MATCH_TUPLE_TIME;
}

/* A response to it is told of. */
static inline bool h2t_was_answered(const struct h2t_request *r, const struct h2t_attempt *a)
{
    return a->at[H2T_FIRST_BYTE] != H2T_NEVER || (r->status && a->next == H2T_NONE);
}

/* Why an attempt has no connection of the trace. What only comes after GotConn tells that there was
 * one, even where GotConn itself is not told. */
static inline enum h2t_reason h2t_why_no_tconn(const struct h2t_request *r,
                                               const struct h2t_attempt *a)
{
    if (a->unix_socket)
        return H2T_REASON_UNIX;
    bool had = a->at[H2T_GOT_CONN] != H2T_NEVER || a->seq || h2t_was_answered(r, a);
    return had ? H2T_REASON_NO_ADDR : H2T_REASON_NO_CONN;
}

#endif
