/* SPDX-License-Identifier: MIT */
#include "core/estimate.h"

#include "core/base.h"
#include "core/clock.h"
#include "core/drift.h"
#include "core/ns.h"
#include "core/segments.h"
#include "core/view.h"
#include "core/votes.h"

#include <string.h>

/* That are looked at: of more connections and requests, evenly fewer. Of 85,000 requests on a
 * loopback, five times as many would narrow the offset from 24 us to both sides to 15. */
#define MAX_LIMITS (1u << 15)

static const struct h2t_clock unknown = {.lo = INT64_MAX, .hi = INT64_MIN};

/* ---- Whose clock is whose ------------------------------------------------------------------- */

/* The clock behind the last that is measured stands for all others. */
static void number_clocks(struct h2t_model *m)
{
    uint32_t n = 0;
    g_autoptr(GHashTable) by_host = g_hash_table_new(NULL, NULL); /* equal texts are one pointer */
    for (uint32_t i = 0; i < m->trace->processes->len; i++) {
        struct h2t_process *p = h2t_process_at(m, i);
        gpointer known = p->host ? g_hash_table_lookup(by_host, p->host) : NULL;
        p->clock = known ? GPOINTER_TO_UINT(known) - 1 : MIN(n, H2T_MAX_CLOCKS);
        n += !known;
        if (p->host)
            g_hash_table_insert(by_host, (gpointer)p->host, GUINT_TO_POINTER(p->clock + 1));
    }
    if (!m->trace->clocks)
        m->trace->clocks = g_array_new(false, true, sizeof(struct h2t_clock));
    g_array_set_size(m->trace->clocks, 0);
    n = CLAMP(n, 1, H2T_MAX_CLOCKS + 1);
    for (uint32_t i = 0; i < n; i++)
        g_array_append_vals(m->trace->clocks, m->clock.stated ? &m->clock : &unknown, 1);
}

static struct h2t_clock *clock_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->clocks, struct h2t_clock, i);
}

static uint32_t n_measured(const struct h2t_model *m)
{
    return MIN(m->trace->clocks->len, H2T_MAX_CLOCKS);
}

static uint32_t clock_of(const struct h2t_model *m, uint32_t process)
{
    return process < m->trace->processes->len ? h2t_process_at(m, process)->clock : 0;
}

/* m->clock: the only one, or what is around all of them. */
static void sum_up(struct h2t_model *m)
{
    m->clock = *clock_at(m, 0);
    for (uint32_t i = 1; i < m->trace->clocks->len; i++) {
        const struct h2t_clock *c = clock_at(m, i);
        m->clock.n_parts = 0;
        m->clock.lo = MIN(m->clock.lo, c->lo);
        m->clock.hi = MAX(m->clock.hi, c->hi);
        m->clock.n += c->n;
        m->clock.n_off += c->n_off;
    }
}

/* ---- Collecting ----------------------------------------------------------------------------- */

/* Every so many-th of something. */
struct sample {
    uint64_t stride, n;
};

/* Sightings by clock, of the connections and requests that we look at. */
struct collector {
    const struct h2t_model *m;
    GPtrArray *by_clock; /* GArray of struct h2t_limit */
    struct sample conns, requests;
};

static bool is_next(struct sample *s)
{
    return s->n++ % s->stride == 0;
}

static void free_array(gpointer array)
{
    g_array_unref(array);
}

static struct collector collector_new(const struct h2t_model *m)
{
    uint64_t n = (uint64_t)m->trace->attempts->len + m->trace->tconns->len;
    struct sample sample = {.stride = 1 + n * H2T_MAX_RELATIONS / MAX_LIMITS};
    struct collector c = {m, g_ptr_array_new_with_free_func(free_array), sample, sample};
    for (uint32_t i = 0; i < m->trace->clocks->len; i++)
        g_ptr_array_add(c.by_clock, g_array_new(false, false, sizeof(struct h2t_limit)));
    return c;
}

static void see(struct collector *c, uint32_t tconn, uint32_t process,
                const struct h2t_relation *relations, unsigned n, bool confirmed)
{
    GArray *limits = c->by_clock->pdata[clock_of(c->m, process)];
    for (unsigned i = 0; i < n; i++) {
        const struct h2t_relation *r = &relations[i];
        struct h2t_limit s = {.packet = r->packet.packet,
                              .tconn = tconn,
                              .at = r->event,
                              .bound = h2t_ns_sub(r->packet.ns, h2t_ns_add(r->event, r->lateness)),
                              .upper = r->upper,
                              .confirmed = confirmed};
        g_array_append_val(limits, s);
    }
}

static void see_life(struct collector *c, uint32_t tconn, uint32_t conn)
{
    if (!is_next(&c->conns))
        return;
    struct h2t_relation relations[H2T_MAX_RELATIONS];
    unsigned n = h2t_life_relations(c->m, tconn, conn, relations);
    see(c, tconn, h2t_tconn_at(c->m, tconn)->process, relations, n, false);
}

static void see_pair(struct collector *c, uint32_t attempt, uint32_t stream, bool confirmed)
{
    if (!is_next(&c->requests))
        return;
    struct h2t_relation relations[H2T_MAX_RELATIONS];
    const struct h2t_attempt *a = h2t_attempt_at(c->m, attempt);
    unsigned n = h2t_pair_relations(c->m, attempt, stream, relations);
    see(c, a->tconn, h2t_request_at(c->m, a->request)->process, relations, n, confirmed);
}

static uint32_t n_written(const struct h2t_model *m, const struct h2t_tconn *t)
{
    uint32_t n = t->attempts->len;
    while (n && !h2t_attempt_at(m, g_array_index(t->attempts, uint32_t, n - 1))->seq)
        n--;
    return n;
}

/* The k-th with the k-th, as long as nothing speaks against it. A trace that has fewer requests
 * than the capture lacks some, and then counting proves nothing. */
static void see_requests(struct collector *c, uint32_t tconn, uint32_t conn)
{
    const struct h2t_tconn *t = h2t_tconn_at(c->m, tconn);
    const struct h2t_conn *w = h2t_conn_at(c->m, conn);
    uint32_t n = n_written(c->m, t), stream = w->first_stream;
    bool whole = w->n_streams <= n;
    for (uint32_t k = 0; k < n && stream != H2T_NONE; k++) {
        uint32_t attempt = g_array_index(t->attempts, uint32_t, k);
        struct h2t_bounds b = h2t_pair_bounds(c->m, attempt, stream);
        if (b.refuted || h2t_stream_at(c->m, stream)->gaps ||
            h2t_attempt_at(c->m, attempt)->doubtful)
            return;
        if (whole || b.confirmed)
            see_pair(c, attempt, stream, b.confirmed);
        stream = h2t_stream_at(c->m, stream)->next;
    }
}

static void see_connection(struct collector *c, uint32_t tconn, uint32_t conn)
{
    see_life(c, tconn, conn);
    if (h2t_counts_from_start(c->m, tconn, conn))
        see_requests(c, tconn, conn);
}

/* Connections whose 4-tuple occurs once on each side. */
static void see_unique(struct collector *c, const struct h2t_tuples *tuples)
{
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group g;
    while (h2t_tuples_next(tuples, &cursor, &g)) {
        if (g.n_tconns == 1 && g.n_conns == 1)
            see_connection(c, g.tconns[0], g.conns[0]);
    }
}

static void see_bound(struct collector *c)
{
    for (uint32_t t = 0; t < c->m->trace->tconns->len; t++)
        if (h2t_tconn_at(c->m, t)->conn != H2T_NONE)
            see_connection(c, t, h2t_tconn_at(c->m, t)->conn);
}

static void see_joined(struct collector *c)
{
    for (uint32_t t = 0; t < c->m->trace->tconns->len; t++)
        if (h2t_tconn_at(c->m, t)->conn != H2T_NONE)
            see_life(c, t, h2t_tconn_at(c->m, t)->conn);
    for (uint32_t s = 0; s < c->m->wire->streams->len; s++) {
        const struct h2t_stream *stream = h2t_stream_at(c->m, s);
        bool by_order = stream->match == H2T_MATCH_ORDER;
        if (stream->attempt != H2T_NONE)
            see_pair(c, stream->attempt, s, !by_order);
    }
}

/* ---- Judging -------------------------------------------------------------------------------- */

/* What the limits of one connection came to. */
struct witness {
    uint32_t good, stray;
    bool confirmed;
};

static GHashTable *witnesses(const GArray *limits)
{
    GHashTable *all = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (uint32_t i = 0; i < limits->len; i++) {
        const struct h2t_limit *s = &g_array_index(limits, struct h2t_limit, i);
        struct witness *w = g_hash_table_lookup(all, GUINT_TO_POINTER(s->tconn));
        if (!w)
            g_hash_table_insert(all, GUINT_TO_POINTER(s->tconn), w = g_new0(struct witness, 1));
        w->good += !s->stray;
        w->stray += s->stray;
        w->confirmed |= s->confirmed && !s->stray;
    }
    return all;
}

/* An hour's difference is a matter of zones, of which one connection alone is no proof. */
static bool is_credible(const struct h2t_clock *clock, bool confirmed)
{
    bool near = clock->lo <= H2T_CLOCK_NEAR && clock->hi >= -H2T_CLOCK_NEAR;
    return near || confirmed || clock->n > 1;
}

static void set_ends(struct h2t_clock *clock)
{
    clock->lo = INT64_MAX;
    clock->hi = INT64_MIN;
    for (unsigned i = 0; i < clock->n_parts; i++) {
        const struct h2t_clock_part *p = &clock->parts[i];
        struct h2t_range from = h2t_drift_at(&p->drift, p->from),
                         to = h2t_drift_at(&p->drift, p->to);
        clock->lo = MIN(clock->lo, MIN(from.lo, to.lo));
        clock->hi = MAX(clock->hi, MAX(from.hi, to.hi));
    }
}

/* Fills the clock; false, and nothing changes, if the limits do not tell. */
static bool judge(GArray *limits, struct h2t_clock *clock)
{
    struct h2t_clock found = {0};
    bool confirmed = false;
    h2t_segments(limits, &found);
    if (!found.n_parts)
        return false;
    g_autoptr(GHashTable) all = witnesses(limits);
    GHashTableIter i;
    gpointer value;
    g_hash_table_iter_init(&i, all);
    while (g_hash_table_iter_next(&i, NULL, &value)) {
        const struct witness *w = value;
        found.n += w->good > w->stray;
        found.n_off += w->good <= w->stray;
        confirmed |= w->confirmed;
    }
    set_ends(&found);
    if (!found.n || found.n_off > found.n || !is_credible(&found, confirmed))
        return false;
    *clock = found;
    return true;
}

void h2t_forget_clocks(struct h2t_model *m)
{
    if (!m->clock.stated)
        m->clock = unknown;
    number_clocks(m);
}

void h2t_estimate_clocks(struct h2t_model *m, const struct h2t_tuples *tuples)
{
    h2t_forget_clocks(m);
    if (m->clock.stated)
        return;
    struct collector c = collector_new(m);
    see_unique(&c, tuples);
    for (uint32_t i = 0; i < n_measured(m); i++)
        if (!judge(c.by_clock->pdata[i], clock_at(m, i)))
            *clock_at(m, i) = h2t_votes(m, tuples, i);
    g_ptr_array_unref(c.by_clock);
    sum_up(m);
}

void h2t_measure_bound(struct h2t_model *m, const struct h2t_tuples *rest)
{
    if (m->clock.stated)
        return;
    struct collector c = collector_new(m);
    see_bound(&c);
    for (uint32_t i = 0; i < n_measured(m); i++)
        if (!judge(c.by_clock->pdata[i], clock_at(m, i)) && !h2t_clock_known(clock_at(m, i)))
            *clock_at(m, i) = h2t_votes(m, rest, i);
    g_ptr_array_unref(c.by_clock);
    sum_up(m);
}

void h2t_assume_clock(struct h2t_model *m, const struct h2t_clock *clock)
{
    for (uint32_t i = 0; i < m->trace->clocks->len; i++)
        if (!h2t_clock_known(clock_at(m, i)))
            *clock_at(m, i) = *clock;
    sum_up(m);
}

void h2t_refine_clocks(struct h2t_model *m)
{
    if (m->clock.stated)
        return;
    struct collector c = collector_new(m);
    see_joined(&c);
    for (uint32_t i = 0; i < n_measured(m); i++)
        judge(c.by_clock->pdata[i], clock_at(m, i));
    g_ptr_array_unref(c.by_clock);
    sum_up(m);
}
