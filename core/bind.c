/* SPDX-License-Identifier: MIT */
#include "core/bind.h"

#include "core/anchors.h"
#include "core/bind_timing.h"
#include "core/clock.h"
#include "core/maps.h"
#include "core/ns.h"
#include "core/view.h"

#define MAX_CANDIDATES                                                                             \
    64u /* connections of one 4-tuple that are looked at for one of the trace                      \
         */

/* What was found for one trace connection. */
struct verdict {
    uint32_t conn;
    enum h2t_reason reason; /* when conn is H2T_NONE */
};

static void bind_pair(struct h2t_model *m, uint32_t tconn, uint32_t conn, enum h2t_match how)
{
    struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    t->conn = conn;
    t->bound = (uint8_t)how;
    t->reason = H2T_REASON_NONE;
    h2t_conn_at(m, conn)->tconn = tconn;
}

static void unbind(struct h2t_model *m, uint32_t tconn, enum h2t_reason reason)
{
    struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    t->conn = H2T_NONE;
    t->bound = H2T_MATCH_NONE;
    t->reason = (uint8_t)reason;
}

/* How many of the group's connections begin at or before `ns`. */
static uint32_t begun_by(const struct h2t_model *m, const struct h2t_group *g, int64_t ns)
{
    uint32_t lo = 0, hi = g->n_conns;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (h2t_conn_at(m, g->conns[mid])->first.ns <= ns)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The latest capture time at which the trace connection can have begun. */
static int64_t latest_begin(const struct h2t_model *m, const struct h2t_tconn *t)
{
    const struct h2t_clock *clock = h2t_clock_of(m, t->process);
    int64_t latest = h2t_ns_add(t->first, H2T_CLOCK_NEAR);
    if (h2t_clock_known(clock))
        latest = h2t_ns_add(h2t_clock_window(clock, t->first).hi, H2T_CLOCK_SLACK);
    return h2t_ns_add(latest, h2t_lateness(m, t->process));
}

static struct verdict decide(const struct h2t_model *m, const struct h2t_group *g, uint32_t tconn)
{
    const struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    struct verdict found = {H2T_NONE, H2T_REASON_OTHER_TIME};
    uint32_t end = begun_by(m, g, latest_begin(m, t));
    for (uint32_t i = end, n = 0; i-- > 0 && n < MAX_CANDIDATES; n++) {
        struct h2t_bounds b = h2t_bounds(m, tconn, g->conns[i]);
        if (b.refuted)
            found.reason = H2T_REASON_CONTRADICTION;
        if (!h2t_clock_allows(h2t_clock_of(m, t->process), &b))
            continue;
        if (found.conn != H2T_NONE)
            return (struct verdict){H2T_NONE, H2T_REASON_AMBIGUOUS};
        found.conn = g->conns[i];
    }
    return found;
}

/* How a pair is called that its addresses tell. */
static enum h2t_match by_address(const struct h2t_model *m, uint32_t tconn, enum h2t_match match)
{
    return h2t_tconn_at(m, tconn)->mapped ? H2T_MATCH_MAPPED : match;
}

static void bind_only(struct h2t_model *m, uint32_t tconn, uint32_t conn)
{
    struct h2t_bounds b = h2t_life_bounds(m, tconn, conn);
    if (h2t_clock_plausible(h2t_clock_of(m, h2t_tconn_at(m, tconn)->process), &b))
        bind_pair(m, tconn, conn, by_address(m, tconn, H2T_MATCH_TUPLE));
    else
        unbind(m, tconn, H2T_REASON_OTHER_TIME);
}

/* Two of the trace cannot be one of the capture. */
static void unbind_rivals(struct h2t_model *m, const struct h2t_group *g)
{
    for (uint32_t i = 0; i < g->n_tconns; i++) {
        struct h2t_tconn *t = h2t_tconn_at(m, g->tconns[i]);
        uint32_t holder = t->conn == H2T_NONE ? g->tconns[i] : h2t_conn_at(m, t->conn)->tconn;
        if (holder == g->tconns[i])
            continue;
        if (h2t_tconn_at(m, holder)->conn == t->conn)
            h2t_tconn_at(m, holder)->reason = H2T_REASON_AMBIGUOUS;
        t->reason = H2T_REASON_AMBIGUOUS;
    }
    for (uint32_t i = 0; i < g->n_tconns; i++) {
        struct h2t_tconn *t = h2t_tconn_at(m, g->tconns[i]);
        if (t->conn == H2T_NONE || t->reason != H2T_REASON_AMBIGUOUS)
            continue;
        h2t_conn_at(m, t->conn)->tconn = H2T_NONE;
        unbind(m, g->tconns[i], H2T_REASON_AMBIGUOUS);
    }
}

static void bind_group(struct h2t_model *m, const struct h2t_group *g)
{
    if (g->n_tconns == 1 && g->n_conns == 1) {
        bind_only(m, g->tconns[0], g->conns[0]);
        return;
    }
    for (uint32_t i = 0; i < g->n_tconns; i++) {
        struct verdict v = {H2T_NONE, H2T_REASON_NOT_CAPTURED};
        if (g->n_conns)
            v = decide(m, g, g->tconns[i]);
        if (v.conn == H2T_NONE)
            unbind(m, g->tconns[i], v.reason);
        else
            bind_pair(m, g->tconns[i], v.conn, by_address(m, g->tconns[i], H2T_MATCH_TUPLE_TIME));
    }
    unbind_rivals(m, g);
}

/* ---- By header ------------------------------------------------------------------------------ */

#define DISPUTED (H2T_NONE - 1) /* two votes that differ */

static uint32_t *no_votes(uint32_t n)
{
    uint32_t *votes = g_new(uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        votes[i] = H2T_NONE;
    return votes;
}

static void cast(uint32_t *vote, uint32_t candidate)
{
    *vote = *vote == H2T_NONE || *vote == candidate ? candidate : DISPUTED;
}

static bool any_unbound(const struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->tconns->len; i++)
        if (h2t_tconn_at(m, i)->conn == H2T_NONE)
            return true;
    return false;
}

static uint32_t *all_indexes(uint32_t n)
{
    uint32_t *all = g_new(uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        all[i] = i;
    return all;
}

/* Each anchor is a vote of its two connections for each other. */
static void collect_votes(const struct h2t_model *m, uint32_t *tconn_votes, uint32_t *conn_votes)
{
    uint32_t n_attempts = m->trace->attempts->len, n_streams = m->wire->streams->len;
    g_autofree uint32_t *attempts = all_indexes(n_attempts), *streams = all_indexes(n_streams);
    g_autofree uint32_t *anchor = g_new(uint32_t, n_streams);
    h2t_anchors(m, attempts, n_attempts, streams, n_streams, anchor);
    for (uint32_t s = 0; s < n_streams; s++) {
        uint32_t conn = h2t_stream_at(m, s)->conn;
        uint32_t tconn = anchor[s] == H2T_NONE ? H2T_NONE : h2t_attempt_at(m, anchor[s])->tconn;
        if (tconn == H2T_NONE)
            continue;
        cast(&tconn_votes[tconn], conn);
        cast(&conn_votes[conn], tconn);
    }
}

static void bind_by_header(struct h2t_model *m)
{
    g_autofree uint32_t *tconn_votes = no_votes(m->trace->tconns->len);
    g_autofree uint32_t *conn_votes = no_votes(m->wire->conns->len);
    collect_votes(m, tconn_votes, conn_votes);
    for (uint32_t t = 0; t < m->trace->tconns->len; t++) {
        uint32_t conn = tconn_votes[t];
        if (conn >= DISPUTED || conn_votes[conn] != t)
            continue;
        struct h2t_bounds life = h2t_life_bounds(m, t, conn); /* ids may be the same another day */
        const struct h2t_clock *clock = h2t_clock_of(m, h2t_tconn_at(m, t)->process);
        if (h2t_may_be_one(m, t, conn) && h2t_clock_plausible(clock, &life) &&
            h2t_tconn_at(m, t)->conn == H2T_NONE && h2t_conn_at(m, conn)->tconn == H2T_NONE)
            bind_pair(m, t, conn, H2T_MATCH_HEADER);
    }
}

/* ---- By addresses that were learned ---------------------------------------------------------- */

static bool is_new(const struct h2t_model *m, const struct h2t_group *g)
{
    for (uint32_t i = 0; i < g->n_tconns; i++)
        if (h2t_tconn_at(m, g->tconns[i])->conn != H2T_NONE ||
            !h2t_tconn_at(m, g->tconns[i])->mapped)
            return false;
    for (uint32_t i = 0; i < g->n_conns; i++)
        if (h2t_conn_at(m, g->conns[i])->tconn != H2T_NONE)
            return false;
    return g->n_conns > 0;
}

static void bind_mapped(struct h2t_model *m)
{
    struct h2t_tuples *tuples = h2t_tuples_new(m);
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group group;
    while (h2t_tuples_next(tuples, &cursor, &group))
        if (is_new(m, &group))
            bind_group(m, &group);
    h2t_tuples_free(&tuples);
}

/* ---- Halves --------------------------------------------------------------------------------- */

/* Where the program's own kernel redirects a connection to a proxy beside it, the capture has each
 * direction with addresses of its own. What the trace's addresses find is the half that the server
 * sent, and no request is in it: that is held back, and the proxy's connection may be found. */
static bool is_half(const struct h2t_model *m, uint32_t conn)
{
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    if (c->n_streams || c->talk == H2T_NONE)
        return false;
    const struct h2t_talk *t = &g_array_index(m->wire->talks, struct h2t_talk, c->talk);
    return !t->last[H2T_CLIENT].packet || !t->last[H2T_SERVER].packet;
}

/* What was held back of each trace connection. */
static struct h2t_tconn *hold_halves(struct h2t_model *m)
{
    struct h2t_tconn *held = NULL;
    for (uint32_t i = 0; i < m->trace->tconns->len; i++) {
        const struct h2t_tconn *t = h2t_tconn_at(m, i);
        if (t->conn == H2T_NONE || !is_half(m, t->conn))
            continue;
        if (!held)
            held = g_memdup2(m->trace->tconns->data, m->trace->tconns->len * sizeof *held);
        h2t_conn_at(m, t->conn)->tconn = H2T_NONE;
        unbind(m, i, H2T_REASON_NOT_CAPTURED);
    }
    return held;
}

static void give_back(struct h2t_model *m, const struct h2t_tconn *held)
{
    for (uint32_t i = 0; held && i < m->trace->tconns->len; i++)
        if (h2t_tconn_at(m, i)->conn == H2T_NONE && held[i].conn != H2T_NONE)
            bind_pair(m, i, held[i].conn, (enum h2t_match)held[i].bound);
}

static void bind_translated(struct h2t_model *m)
{
    if (!m->ignore_headers)
        bind_by_header(m);
    h2t_maps_learn(m);
    bind_mapped(m);
    h2t_bind_by_timing(m);
    h2t_maps_learn(m);
    bind_mapped(m);
}

void h2t_bind(struct h2t_model *m, const struct h2t_tuples *tuples)
{
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group group;
    for (uint32_t i = 0; i < m->trace->tconns->len; i++)
        unbind(m, i, H2T_REASON_NO_ADDR);
    while (h2t_tuples_next(tuples, &cursor, &group))
        bind_group(m, &group);
    g_autofree struct h2t_tconn *held = hold_halves(m);
    if (any_unbound(m))
        bind_translated(m);
    give_back(m, held);
    h2t_maps_learn(m);
}
