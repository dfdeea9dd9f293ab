/* SPDX-License-Identifier: MIT */
#include "core/bounds.h"

#include "core/agree.h"
#include "core/base.h"
#include "core/ns.h"
#include "core/view.h"

#include <string.h>

#define MAX_PAIRS                                                                                  \
    256u /* requests of a connection that are looked at; more add nothing to a refutation */

static void upper(struct h2t_bounds *b, struct h2t_mark packet, int64_t event)
{
    if (packet.packet && packet.ns != H2T_NEVER && event != H2T_NEVER)
        b->hi = MIN(b->hi, h2t_ns_sub(packet.ns, event));
}

static void lower(struct h2t_bounds *b, struct h2t_mark packet, int64_t event, int64_t lateness)
{
    if (packet.packet && packet.ns != H2T_NEVER && event != H2T_NEVER)
        b->lo = MAX(b->lo, h2t_ns_sub(packet.ns, h2t_ns_add(event, lateness)));
}

/* Equal, different, or not to be known (0). */
static int compare(uint64_t attempt, uint64_t stream)
{
    if (!attempt || !stream)
        return 0;
    return attempt == stream ? 1 : -1;
}

static void compare_headers(struct h2t_bounds *b, const struct h2t_attempt *a,
                            const struct h2t_stream *s)
{
    int request_id = compare(a->request_id, s->request_id);
    int traceparent = compare(a->traceparent, s->traceparent);
    b->confirmed = request_id > 0 || traceparent > 0;
    b->refuted = request_id < 0 || traceparent < 0;
    size_t len = s->path ? strlen(s->path) : 0;
    if (len && len < H2T_MAX_STRING && a->path && a->path != h2t_hash(s->path, len))
        b->refuted = true;
}

struct h2t_bounds h2t_pair_bounds(const struct h2t_model *m, uint32_t attempt, uint32_t stream)
{
    const struct h2t_attempt *a = h2t_attempt_at(m, attempt);
    const struct h2t_stream *s = h2t_stream_at(m, stream);
    const struct h2t_request *r = h2t_request_at(m, a->request);
    struct h2t_bounds b = {.lo = INT64_MIN, .hi = INT64_MAX};
    int64_t late = h2t_lateness(m, r->process);
    upper(&b, s->headers, a->at[H2T_GOT_CONN]);
    if (h2t_conn_at(m, s->conn)->proto == H2T_PROTO_H1) {
        upper(&b, s->headers, a->at[H2T_WROTE_HEADERS]);
        /* it fires at the first byte, not the head */
        lower(&b, s->headers, a->at[H2T_FIRST_BYTE], late);
    } else {
        upper(&b, s->headers, a->at[H2T_WROTE_HEADER_FIELD]);
        lower(&b, s->response, a->at[H2T_FIRST_BYTE], late);
    }
    if (r->status && a->next == H2T_NONE)
        lower(&b, s->response, r->done, late);
    if (!m->ignore_headers)
        compare_headers(&b, a, s);
    return b;
}

bool h2t_counts_from_start(const struct h2t_model *m, uint32_t tconn, uint32_t conn)
{
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    const struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    bool h1 = c->proto == H2T_PROTO_H1;
    bool seen = h1 ? c->syn.packet != 0 : c->preface.packet != 0;
    bool whole = h1 && t->attempts->len == c->n_streams && !c->client_gaps;
    return seen && (t->from_start || whole) && c->first_stream != H2T_NONE &&
           h2t_stream_at(m, c->first_stream)->gaps == 0;
}

/* The requests of both, one after the other as they were counted. */
static void add_pairs(const struct h2t_model *m, const struct h2t_tconn *t,
                      const struct h2t_conn *c, struct h2t_bounds *b)
{
    struct h2t_agree agree = H2T_AGREE_NEW;
    uint32_t stream = c->first_stream;
    for (uint32_t k = 0; k < MIN(t->attempts->len, MAX_PAIRS) && stream != H2T_NONE; k++) {
        uint32_t attempt = g_array_index(t->attempts, uint32_t, k);
        if (!h2t_attempt_at(m, attempt)->seq || h2t_stream_at(m, stream)->gaps)
            break;
        struct h2t_bounds pair = h2t_pair_bounds(m, attempt, stream);
        h2t_agree_add(&agree, &pair, h2t_stream_at(m, stream)->headers.ns);
        b->confirmed |= pair.confirmed;
        b->refuted |= pair.refuted || agree.broken;
        stream = h2t_stream_at(m, stream)->next;
    }
    b->lo = MAX(b->lo, agree.lo);
    b->hi = MIN(b->hi, agree.hi);
}

struct h2t_bounds h2t_life_bounds(const struct h2t_model *m, uint32_t tconn, uint32_t conn)
{
    const struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    struct h2t_bounds b = {.lo = INT64_MIN, .hi = INT64_MAX};
    int64_t late = h2t_lateness(m, t->process);
    lower(&b, c->syn_ack, t->first, late);
    if (b.lo == INT64_MIN)
        lower(&b, c->first, t->last, late);
    upper(&b, c->last, t->first);
    return b;
}

struct h2t_bounds h2t_bounds(const struct h2t_model *m, uint32_t tconn, uint32_t conn)
{
    struct h2t_bounds b = h2t_life_bounds(m, tconn, conn);
    if (h2t_counts_from_start(m, tconn, conn))
        add_pairs(m, h2t_tconn_at(m, tconn), h2t_conn_at(m, conn), &b);
    if (b.refuted)
        b.lo = INT64_MAX;
    return b;
}
