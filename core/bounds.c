/* SPDX-License-Identifier: MIT */
#include "core/bounds.h"

#include "core/agree.h"
#include "core/base.h"
#include "core/clock.h"
#include "core/ns.h"
#include "core/view.h"

#define MAX_PAIRS                                                                                  \
    256u /* requests of a connection that are looked at; more add nothing to a refutation */

/* What is being collected: the relations of one pair. */
struct relations {
    struct h2t_relation *out;
    unsigned n;
};

static void relate(struct relations *r, struct h2t_mark packet, int64_t event, int64_t lateness,
                   bool upper)
{
    if (packet.packet && packet.ns != H2T_NEVER && event != H2T_NEVER)
        r->out[r->n++] = (struct h2t_relation){packet, event, lateness, upper};
}

static void upper(struct relations *r, struct h2t_mark packet, int64_t event)
{
    relate(r, packet, event, 0, true);
}

static void lower(struct relations *r, struct h2t_mark packet, int64_t event, int64_t lateness)
{
    relate(r, packet, event, lateness, false);
}

static void fold(const struct h2t_clock *clock, const struct h2t_relation *relations, unsigned n,
                 struct h2t_bounds *b)
{
    for (unsigned i = 0; i < n; i++) {
        const struct h2t_relation *r = &relations[i];
        int64_t there = h2t_ns_add(r->event, h2t_clock_shift(clock, r->event, r->packet.packet));
        int64_t bound = h2t_ns_sub(r->packet.ns, h2t_ns_add(there, r->lateness));
        if (r->upper)
            b->hi = MIN(b->hi, bound);
        else
            b->lo = MAX(b->lo, bound);
    }
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
    b->refuted = request_id < 0 || traceparent < 0 || compare(a->path, s->path_hash) < 0;
}

/* Without a look at the request, which is far away in memory, where there is a connection. */
static uint32_t process_of(const struct h2t_model *m, const struct h2t_attempt *a)
{
    return a->tconn == H2T_NONE ? h2t_request_at(m, a->request)->process
                                : h2t_tconn_at(m, a->tconn)->process;
}

/* A response was there when RoundTrip returned it: for attempts without GotFirstResponseByte, which
 * is earlier, and of HTTP/1.1, where that is only the head's first byte. */
static void relate_done(const struct h2t_model *m, const struct h2t_attempt *a,
                        const struct h2t_stream *s, struct relations *found, int64_t late)
{
    const struct h2t_request *r = h2t_request_at(m, a->request);
    if (r->status && a->next == H2T_NONE)
        lower(found, s->response, r->done, late);
}

unsigned h2t_pair_relations(const struct h2t_model *m, uint32_t attempt, uint32_t stream,
                            struct h2t_relation out[H2T_MAX_RELATIONS])
{
    const struct h2t_attempt *a = h2t_attempt_at(m, attempt);
    const struct h2t_stream *s = h2t_stream_at(m, stream);
    struct relations found = {.out = out};
    int64_t late = h2t_lateness(m, process_of(m, a));
    bool h1 = h2t_conn_at(m, s->conn)->proto == H2T_PROTO_H1;
    upper(&found, s->headers, a->at[H2T_GOT_CONN]);
    if (h1) {
        upper(&found, s->headers, a->at[H2T_WROTE_HEADERS]);
        /* it fires at the first byte, not the head */
        lower(&found, s->headers, a->at[H2T_FIRST_BYTE], late);
    } else {
        upper(&found, s->headers, a->at[H2T_WROTE_HEADER_FIELD]);
        lower(&found, s->response, a->at[H2T_FIRST_BYTE], late);
    }
    if (h1 || a->at[H2T_FIRST_BYTE] == H2T_NEVER)
        relate_done(m, a, s, &found, late);
    return found.n;
}

struct h2t_bounds h2t_pair_bounds(const struct h2t_model *m, uint32_t attempt, uint32_t stream)
{
    const struct h2t_attempt *a = h2t_attempt_at(m, attempt);
    struct h2t_relation relations[H2T_MAX_RELATIONS];
    struct h2t_bounds b = {.lo = INT64_MIN, .hi = INT64_MAX};
    const struct h2t_clock *clock = h2t_clock_of(m, process_of(m, a));
    fold(clock, relations, h2t_pair_relations(m, attempt, stream, relations), &b);
    if (!m->ignore_headers)
        compare_headers(&b, a, h2t_stream_at(m, stream));
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

/* Any of its requests: then packets came after its first GotConn. */
static bool was_answered(const struct h2t_model *m, const struct h2t_tconn *t)
{
    for (uint32_t k = 0; k < t->attempts->len; k++) {
        const struct h2t_attempt *a = h2t_attempt_at(m, g_array_index(t->attempts, uint32_t, k));
        if (h2t_was_answered(h2t_request_at(m, a->request), a))
            return true;
    }
    return false;
}

/* The GotConn of its first request. Were the clock set back, the first time would be another's. */
static int64_t first_got(const struct h2t_model *m, const struct h2t_tconn *t)
{
    if (!t->attempts->len)
        return t->first;
    return h2t_attempt_at(m, g_array_index(t->attempts, uint32_t, 0))->at[H2T_GOT_CONN];
}

/* The dial is told exactly. */
static void relate_dial(const struct h2t_model *m, const struct h2t_tconn *t,
                        const struct h2t_conn *c, struct relations *r)
{
    if (t->dial == H2T_NONE)
        return;
    const struct h2t_dial *d = h2t_dial_at(m, t->dial);
    upper(r, c->syn, d->connect_start);
    lower(r, c->syn_ack, d->connect_done, h2t_lateness(m, t->process));
}

unsigned h2t_life_relations(const struct h2t_model *m, uint32_t tconn, uint32_t conn,
                            struct h2t_relation out[H2T_MAX_RELATIONS])
{
    const struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    struct relations found = {.out = out};
    int64_t late = h2t_lateness(m, t->process);
    relate_dial(m, t, c, &found);
    lower(&found, c->syn_ack, first_got(m, t), late);
    if (!found.n && c->syn.packet)
        lower(&found, c->first, t->last, late);
    if (was_answered(m, t))
        upper(&found, c->last, t->first);
    return found.n;
}

struct h2t_bounds h2t_life_bounds(const struct h2t_model *m, uint32_t tconn, uint32_t conn)
{
    const struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    struct h2t_relation out[H2T_MAX_RELATIONS];
    struct relations life = {.out = out};
    struct h2t_bounds b = {.lo = INT64_MIN, .hi = INT64_MAX};
    int64_t late = h2t_lateness(m, t->process);
    lower(&life, c->syn_ack, t->first, late);
    if (!life.n)
        lower(&life, c->first, t->last, late);
    upper(&life, c->last, t->first);
    const struct h2t_clock *clock = h2t_clock_of(m, t->process);
    fold(clock, out, life.n, &b);
    if (clock->n_parts < 2)
        return b;
    /* The first time need not be that of the first event. */
    b.lo = h2t_ns_sub(b.lo, h2t_ns_sub(clock->hi, clock->lo));
    b.hi = h2t_ns_add(b.hi, h2t_ns_sub(clock->hi, clock->lo));
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
