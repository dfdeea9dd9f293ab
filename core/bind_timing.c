/* SPDX-License-Identifier: MIT */
#include "core/bind_timing.h"

#include "core/addr.h"
#include "core/clock.h"
#include "core/estimate.h"
#include "core/maps.h"
#include "core/ns.h"
#include "core/view.h"
#include "core/votes.h"

#include <string.h>

#define MAX_PAIRS (1u << 20) /* that are looked at; of more nothing is bound */
#define ENOUGH 3u            /* requests that make a connection recognisable by their times */
#define NARROW G_GINT64_CONSTANT(1000000000) /* ns: bounds wider than this tell nothing */
#define DISPUTED (H2T_NONE - 1)

/* ---- What TLS and HTTP say ------------------------------------------------------------------- */

static uint8_t proto_of(const char *alpn)
{
    if (alpn && !strcmp(alpn, "h2"))
        return H2T_PROTO_H2;
    return alpn && !strcmp(alpn, "http/1.1") ? H2T_PROTO_H1 : H2T_PROTO_UNKNOWN;
}

bool h2t_may_be_one(const struct h2t_model *m, uint32_t tconn, uint32_t conn)
{
    const struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    uint8_t wanted = proto_of(t->alpn);
    bool other_proto = wanted && c->proto && wanted != c->proto;
    bool other_alpn = t->alpn && *t->alpn && c->alpn && strcmp(t->alpn, c->alpn) != 0;
    bool no_tls = t->tls && c->syn.packet && c->proto && !c->tls_version;
    return !other_proto && !other_alpn && !no_tls;
}

/* The name that a request asks for, without port; NULL for addresses and what is not told. */
static char *name_of(const struct h2t_model *m, const struct h2t_tconn *t)
{
    struct h2t_addr addr;
    uint32_t attempt = g_array_index(t->attempts, uint32_t, 0);
    const char *host = h2t_request_at(m, h2t_attempt_at(m, attempt)->request)->host;
    if (!host || *host == '[' || h2t_addr_parse_loose(host, &addr))
        return NULL;
    return g_strndup(host, strcspn(host, ":"));
}

static bool names_fit(const struct h2t_model *m, const struct h2t_tconn *t,
                      const struct h2t_conn *c)
{
    g_autofree char *name = name_of(m, t);
    return !name || !c->sni || !g_ascii_strcasecmp(name, c->sni);
}

/* ---- What times say -------------------------------------------------------------------------- */

static uint32_t n_written(const struct h2t_model *m, const struct h2t_tconn *t)
{
    uint32_t n = 0;
    while (n < t->attempts->len && h2t_attempt_at(m, g_array_index(t->attempts, uint32_t, n))->seq)
        n++;
    return n;
}

/* Something else says that these two servers are one. */
static bool is_known_server(const struct h2t_model *m, const struct h2t_tconn *t,
                            const struct h2t_conn *c)
{
    struct h2t_addr server = h2t_map_apply(m->trace, &t->remote, true);
    return t->remote.family && !h2t_addr_cmp(&server, &c->tuple.server);
}

static bool fits(const struct h2t_model *m, uint32_t tconn, uint32_t conn)
{
    const struct h2t_tconn *t = h2t_tconn_at(m, tconn);
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    uint32_t n = n_written(m, t);
    if (!n || n != c->n_streams || !h2t_counts_from_start(m, tconn, conn) || c->client_gaps ||
        !h2t_may_be_one(m, tconn, conn) || !names_fit(m, t, c))
        return false;
    struct h2t_bounds b = h2t_bounds(m, tconn, conn);
    bool narrow = b.lo != INT64_MIN && b.hi != INT64_MAX && h2t_ns_sub(b.hi, b.lo) < NARROW;
    return narrow && h2t_clock_allows(h2t_clock_of(m, t->process), &b) &&
           (n >= ENOUGH || is_known_server(m, t, c));
}

static uint32_t *none(uint32_t n)
{
    uint32_t *all = g_new(uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        all[i] = H2T_NONE;
    return all;
}

static void claim(uint32_t *of, uint32_t candidate)
{
    *of = *of == H2T_NONE ? candidate : DISPUTED;
}

/* Pairs that are each other's only one. */
static bool bind_group(struct h2t_model *m, const struct h2t_group *g)
{
    g_autofree uint32_t *conn_of = none(g->n_tconns), *tconn_of = none(g->n_conns);
    bool any = false;
    for (uint32_t t = 0; t < g->n_tconns; t++)
        for (uint32_t c = 0; c < g->n_conns; c++) {
            if (h2t_conn_at(m, g->conns[c])->tconn != H2T_NONE ||
                h2t_tconn_at(m, g->tconns[t])->conn != H2T_NONE ||
                !fits(m, g->tconns[t], g->conns[c]))
                continue;
            claim(&conn_of[t], c);
            claim(&tconn_of[c], t);
        }
    for (uint32_t t = 0; t < g->n_tconns; t++) {
        struct h2t_tconn *tconn = h2t_tconn_at(m, g->tconns[t]);
        if (conn_of[t] == DISPUTED)
            tconn->reason = H2T_REASON_AMBIGUOUS;
        if (conn_of[t] >= DISPUTED || tconn_of[conn_of[t]] != t)
            continue;
        tconn->conn = g->conns[conn_of[t]];
        tconn->bound = H2T_MATCH_TIMING;
        tconn->reason = H2T_REASON_NONE;
        h2t_conn_at(m, tconn->conn)->tconn = g->tconns[t];
        any = true;
    }
    return any;
}

void h2t_bind_by_timing(struct h2t_model *m)
{
    struct h2t_tuples *rest = h2t_tuples_rest(m);
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group g;
    if (h2t_tuples_next(rest, &cursor, &g) && (uint64_t)g.n_tconns * g.n_conns <= MAX_PAIRS) {
        h2t_measure_bound(m, rest);
        if (bind_group(m, &g)) {
            h2t_maps_learn(m);
            bind_group(m, &g); /* the servers that are known now */
        }
    }
    h2t_tuples_free(&rest);
}
