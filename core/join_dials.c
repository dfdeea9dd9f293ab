/* SPDX-License-Identifier: MIT */
#include "core/join_dials.h"

#include "core/base.h"
#include "core/clock.h"
#include "core/dial_clock.h"
#include "core/ns.h"
#include "core/view.h"

#include <string.h>

#define STAMP_SLACK                                                                                \
    G_GINT64_CONSTANT(1000) /* ns: a capture with microseconds cuts the rest off                   \
                             */
#define MAX_IN_WINDOW 64u   /* candidates that are looked at; so many never are unique */
#define DISPUTED (H2T_NONE - 1)

/* Something with a time, grouped by a key; sorted by both. */
struct timed {
    uint64_t key;
    int64_t ns;
    uint32_t index;
};

static int compare(gconstpointer a, gconstpointer b)
{
    const struct timed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->ns < y->ns ? -1 : x->ns > y->ns;
}

/* The position of the first entry of `key` at or after `ns`. */
static uint32_t first_from(const GArray *sorted, uint64_t key, int64_t ns)
{
    uint32_t lo = 0, hi = sorted->len;
    struct timed wanted = {key, ns, 0};
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (compare(&g_array_index(sorted, struct timed, mid), &wanted) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static uint64_t addr_key(const struct h2t_addr *a)
{
    struct h2t_tuple alone = {.client = *a};
    return (uint64_t)h2t_tuple_hash(&alone) << 16 | a->port;
}

/* ---- Dials ---------------------------------------------------------------------------------- */

static void tie(struct h2t_model *m, uint32_t dial, uint32_t conn, enum h2t_match match)
{
    h2t_dial_at(m, dial)->conn = conn;
    h2t_dial_at(m, dial)->match = (uint8_t)match;
    h2t_conn_at(m, conn)->dial = dial;
}

/* The recorder's DialContext told the local address: the connection was bound by its 4-tuple. */
static void join_named(struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->dials->len; i++) {
        struct h2t_dial *d = h2t_dial_at(m, i);
        d->conn = H2T_NONE;
        d->match = H2T_MATCH_NONE;
        uint32_t conn = d->tconn == H2T_NONE ? H2T_NONE : h2t_tconn_at(m, d->tconn)->conn;
        if (conn != H2T_NONE)
            tie(m, i, conn, h2t_tconn_at(m, d->tconn)->bound);
    }
}

static GArray *syns_by_server(const struct h2t_model *m)
{
    GArray *syns = g_array_new(false, false, sizeof(struct timed));
    for (uint32_t i = 0; i < m->wire->conns->len; i++) {
        const struct h2t_conn *c = h2t_conn_at(m, i);
        struct timed t = {addr_key(&c->tuple.server), c->syn.ns, i};
        if (c->syn.packet && c->syn.ns != H2T_NEVER && c->dial == H2T_NONE)
            g_array_append_val(syns, t);
    }
    g_array_sort(syns, compare);
    return syns;
}

static uint32_t process_of(const struct h2t_model *m, uint32_t request)
{
    return request == H2T_NONE ? H2T_NONE : h2t_request_at(m, request)->process;
}

/* The times of the capture at which what the trace has at `ns` can have been; empty if its clock is
 * not known. What is of no request may have nothing else that could tell the clock: then the clocks
 * are near each other, or there is no pair. */
static struct h2t_range window(const struct h2t_model *m, uint32_t request, int64_t ns)
{
    uint32_t process = process_of(m, request);
    const struct h2t_clock *clock = h2t_clock_of(m, process);
    if (!h2t_clock_known(clock) && request == H2T_NONE)
        return (struct h2t_range){h2t_ns_sub(ns, H2T_CLOCK_NEAR), h2t_ns_add(ns, H2T_CLOCK_NEAR)};
    if (!h2t_clock_known(clock))
        return (struct h2t_range){INT64_MAX, INT64_MIN};
    struct h2t_range w = h2t_clock_window(clock, ns);
    return (struct h2t_range){h2t_ns_sub(w.lo, STAMP_SLACK),
                              h2t_ns_add(w.hi, STAMP_SLACK + h2t_lateness(m, process))};
}

static int64_t latest(const struct h2t_model *m, uint32_t request, int64_t ns)
{
    return window(m, request, ns).hi;
}

/* Could this dial have made this connection? */
static bool fits(const struct h2t_model *m, const struct h2t_dial *d, const struct h2t_conn *c)
{
    bool succeeded = d->connect_done != H2T_NEVER && !d->err;
    if (h2t_addr_cmp(&d->remote, &c->tuple.server))
        return false;
    if (succeeded)
        return c->syn_ack.packet && c->syn_ack.ns != H2T_NEVER &&
               c->syn_ack.ns <= latest(m, d->request, d->connect_done);
    return d->connect_done == H2T_NEVER || c->syn.ns <= latest(m, d->request, d->connect_done);
}

/* The only connection that this dial can have made, H2T_NONE if there is none, DISPUTED if several.
 */
static uint32_t only_conn(const struct h2t_model *m, const GArray *syns, const struct h2t_dial *d,
                          uint32_t *claims)
{
    uint32_t found = H2T_NONE, seen = 0;
    uint64_t key = addr_key(&d->remote);
    int64_t earliest = window(m, d->request, d->connect_start).lo;
    uint32_t i = first_from(syns, key, earliest);
    for (; i < syns->len && seen < MAX_IN_WINDOW; i++, seen++) {
        const struct timed *t = &g_array_index(syns, struct timed, i);
        bool past = d->connect_done != H2T_NEVER && t->ns > latest(m, d->request, d->connect_done);
        if (t->key != key || past)
            return found;
        if (!fits(m, d, h2t_conn_at(m, t->index)))
            continue;
        claims[t->index]++;
        found = found == H2T_NONE ? t->index : DISPUTED;
    }
    return seen == MAX_IN_WINDOW ? DISPUTED : found;
}

static void join_only(struct h2t_model *m)
{
    g_autoptr(GArray) syns = syns_by_server(m);
    g_autofree uint32_t *claims = g_new0(uint32_t, m->wire->conns->len);
    g_autofree uint32_t *only = g_new(uint32_t, m->trace->dials->len);
    for (uint32_t i = 0; i < m->trace->dials->len; i++) {
        const struct h2t_dial *d = h2t_dial_at(m, i);
        bool open = d->conn == H2T_NONE && d->connect_start != H2T_NEVER;
        only[i] = open ? only_conn(m, syns, d, claims) : H2T_NONE;
    }
    for (uint32_t i = 0; i < m->trace->dials->len; i++)
        if (only[i] < DISPUTED && claims[only[i]] == 1)
            tie(m, i, only[i], H2T_MATCH_ONLY);
}

void h2t_join_dials(struct h2t_model *m)
{
    join_named(m);
    if (!h2t_clock_known(&m->clock))
        h2t_dial_clock(m);
    if (h2t_clock_known(&m->clock))
        join_only(m);
}

/* ---- Lookups -------------------------------------------------------------------------------- */

/* A host name as DNS has it on the wire: lower case, no final dot. */
static uint64_t name_key(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    size_t len = strlen(lower);
    return h2t_hash(lower, len && lower[len - 1] == '.' ? len - 1 : len);
}

static GArray *lookups_by_name(const struct h2t_model *m)
{
    GArray *lookups = g_array_new(false, false, sizeof(struct timed));
    for (uint32_t i = 0; i < m->trace->lookups->len; i++) {
        const struct h2t_lookup *l = h2t_lookup_at(m, i);
        if (!l->host || l->start == H2T_NEVER)
            continue;
        struct timed t = {name_key(l->host), window(m, l->request, l->start).lo, i};
        g_array_append_val(lookups, t);
    }
    g_array_sort(lookups, compare);
    return lookups;
}

/* The lookups of this name that were going on when the question was sent: how many (2: more than
 * one), and the last of them in *found. */
static unsigned lookups_of(const struct h2t_model *m, const GArray *lookups,
                           const struct h2t_query *q, uint64_t key, uint32_t *found)
{
    uint32_t end = first_from(lookups, key, h2t_ns_add(q->query.ns, 1));
    unsigned n = 0;
    for (uint32_t seen = 0; end-- > 0 && seen < MAX_IN_WINDOW && n < 2; seen++) {
        const struct timed *t = &g_array_index(lookups, struct timed, end);
        if (t->key != key)
            break;
        const struct h2t_lookup *l = h2t_lookup_at(m, t->index);
        if (l->done != H2T_NEVER && q->query.ns > latest(m, l->request, l->done))
            continue;
        *found = t->index;
        n++;
    }
    return n;
}

/* The only lookup that can have asked. A resolver that has a search list asks for the name with
 * each of its domains behind it, so that the name is what some of the labels make. */
static uint32_t only_lookup(const struct h2t_model *m, const GArray *lookups,
                            const struct h2t_query *q)
{
    uint32_t found = H2T_NONE;
    unsigned n = lookups_of(m, lookups, q, name_key(q->name), &found);
    for (const char *dot = strrchr(q->name, '.'); !n && dot;
         dot = memrchr(q->name, '.', (size_t)(dot - q->name))) {
        uint32_t other = H2T_NONE;
        n = lookups_of(m, lookups, q, h2t_hash(q->name, (size_t)(dot - q->name)), &other);
        found = n ? other : found;
    }
    return n == 1 ? found : H2T_NONE;
}

void h2t_join_lookups(struct h2t_model *m)
{
    g_autoptr(GArray) lookups = lookups_by_name(m);
    for (uint32_t i = 0; i < m->wire->queries->len; i++) {
        struct h2t_query *q = h2t_query_at(m, i);
        if (q->query.ns != H2T_NEVER)
            q->lookup = only_lookup(m, lookups, q);
    }
}
