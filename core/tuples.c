/* SPDX-License-Identifier: MIT */
/* Both sides sorted by tuple; the groups come from walking the two lists side by side. */
#include "core/tuples.h"

#include "core/addr.h"
#include "core/maps.h"
#include "core/view.h"

struct entry {
    struct h2t_tuple tuple; /* the smaller address first */
    int64_t ns;
};

struct side {
    struct entry *entries; /* by index of the model */
    uint32_t *order;       /* indexes, sorted */
    uint32_t n;
};

struct h2t_tuples {
    struct side trace, wire;
};

static struct entry make_entry(const struct h2t_addr *a, const struct h2t_addr *b, int64_t ns)
{
    bool ordered = h2t_addr_cmp(a, b) <= 0;
    return (struct entry){.tuple = {.client = ordered ? *a : *b, .server = ordered ? *b : *a},
                          .ns = ns};
}

static int compare_tuples(const struct h2t_tuple *a, const struct h2t_tuple *b)
{
    int order = h2t_addr_cmp(&a->client, &b->client);
    return order ? order : h2t_addr_cmp(&a->server, &b->server);
}

static int compare(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct side *side = user;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const struct entry *x = &side->entries[i], *y = &side->entries[j];
    int order = compare_tuples(&x->tuple, &y->tuple);
    if (order)
        return order;
    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    return i < j ? -1 : i > j;
}

static void sort(struct side *side)
{
    side->order = g_new(uint32_t, MAX(side->n, 1)); /* never NULL */
    uint32_t n = 0;
    for (uint32_t i = 0; i < side->n; i++)
        if (side->entries[i].tuple.client.family) /* the smaller one is known: so both are */
            side->order[n++] = i;
    side->n = n;
    g_qsort_with_data(side->order, (gint)n, sizeof *side->order, compare, side);
}

/* Of two connections that follow each other in the order of time: the later one in the file if they
 * are one connection, else none. */
static uint32_t copy_among(const struct h2t_model *m, const struct side *wire, uint32_t a,
                           uint32_t b)
{
    bool same = !compare_tuples(&wire->entries[a].tuple, &wire->entries[b].tuple);
    int64_t first = h2t_conn_at(m, b)->first.ns;
    bool overlap = first != H2T_NEVER && first <= h2t_conn_at(m, a)->last.ns;
    return same && overlap ? MAX(a, b) : H2T_NONE;
}

static void leave_out_copies(struct h2t_model *m, struct side *wire)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < wire->n; i++) {
        uint32_t here = wire->order[i];
        uint32_t copy = n ? copy_among(m, wire, wire->order[n - 1], here) : H2T_NONE;
        if (copy == H2T_NONE) {
            wire->order[n++] = here;
            continue;
        }
        uint32_t kept = copy == here ? wire->order[n - 1] : here;
        wire->order[n - 1] = kept;
        h2t_conn_at(m, copy)->copy_of = kept;
    }
    wire->n = n;
}

static struct h2t_tuples *make(const struct h2t_model *m)
{
    struct h2t_tuples *tuples = g_new0(struct h2t_tuples, 1);
    tuples->trace.n = m->trace->tconns->len;
    tuples->trace.entries = g_new0(struct entry, tuples->trace.n);
    tuples->wire.n = m->wire->conns->len;
    tuples->wire.entries = g_new0(struct entry, tuples->wire.n);
    return tuples;
}

/* Does the capture have it? */
static bool has(const struct side *wire, const struct h2t_tuple *tuple)
{
    uint32_t lo = 0, hi = wire->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (compare_tuples(&wire->entries[wire->order[mid]].tuple, tuple) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < wire->n && !compare_tuples(&wire->entries[wire->order[lo]].tuple, tuple);
}

static struct entry trace_entry(const struct h2t_model *m, const struct side *wire,
                                struct h2t_tconn *t)
{
    struct entry e = make_entry(&t->local, &t->remote, t->first);
    t->mapped = false;
    if (!m->trace->maps || has(wire, &e.tuple))
        return e;
    struct h2t_addr local = h2t_map_apply(m->trace, &t->local, false);
    struct h2t_addr remote = h2t_map_apply(m->trace, &t->remote, true);
    t->mapped = h2t_addr_cmp(&local, &t->local) || h2t_addr_cmp(&remote, &t->remote);
    return t->mapped ? make_entry(&local, &remote, t->first) : e;
}

struct h2t_tuples *h2t_tuples_new(struct h2t_model *m)
{
    struct h2t_tuples *tuples = make(m);
    for (uint32_t i = 0; i < tuples->wire.n; i++) {
        const struct h2t_conn *c = h2t_conn_at(m, i);
        tuples->wire.entries[i] = make_entry(&c->tuple.client, &c->tuple.server, c->first.ns);
    }
    sort(&tuples->wire);
    leave_out_copies(m, &tuples->wire);
    for (uint32_t i = 0; i < tuples->trace.n; i++)
        tuples->trace.entries[i] = trace_entry(m, &tuples->wire, h2t_tconn_at(m, i));
    sort(&tuples->trace);
    return tuples;
}

struct h2t_tuples *h2t_tuples_rest(const struct h2t_model *m)
{
    static const struct h2t_tuple any = {.client = {.family = 4}, .server = {.family = 4}};
    struct h2t_tuples *tuples = make(m);
    for (uint32_t i = 0; i < tuples->wire.n; i++) {
        const struct h2t_conn *c = h2t_conn_at(m, i);
        if (c->tconn == H2T_NONE && c->copy_of == H2T_NONE && c->n_streams)
            tuples->wire.entries[i] = (struct entry){.tuple = any, .ns = c->first.ns};
    }
    for (uint32_t i = 0; i < tuples->trace.n; i++) {
        const struct h2t_tconn *t = h2t_tconn_at(m, i);
        if (t->reason == H2T_REASON_NOT_CAPTURED)
            tuples->trace.entries[i] = (struct entry){.tuple = any, .ns = t->first};
    }
    sort(&tuples->trace);
    sort(&tuples->wire);
    return tuples;
}

void h2t_tuples_free(struct h2t_tuples **tuples)
{
    if (!*tuples)
        return;
    g_free((*tuples)->trace.entries);
    g_free((*tuples)->trace.order);
    g_free((*tuples)->wire.entries);
    g_free((*tuples)->wire.order);
    g_clear_pointer(tuples, g_free);
}

/* The end of the run of equal tuples that begins at `begin`. */
static uint32_t run_end(const struct side *side, uint32_t begin, const struct h2t_tuple *tuple)
{
    uint32_t end = begin;
    while (end < side->n && !compare_tuples(&side->entries[side->order[end]].tuple, tuple))
        end++;
    return end;
}

bool h2t_tuples_next(const struct h2t_tuples *tuples, struct h2t_tuples_cursor *cursor,
                     struct h2t_group *group)
{
    const struct side *trace = &tuples->trace, *wire = &tuples->wire;
    if (cursor->tconn >= trace->n)
        return false;
    const struct h2t_tuple *tuple = &trace->entries[trace->order[cursor->tconn]].tuple;
    while (cursor->conn < wire->n &&
           compare_tuples(&wire->entries[wire->order[cursor->conn]].tuple, tuple) < 0)
        cursor->conn++;
    uint32_t tconn_end = run_end(trace, cursor->tconn, tuple);
    uint32_t conn_end = run_end(wire, cursor->conn, tuple);
    *group = (struct h2t_group){.tconns = trace->order + cursor->tconn,
                                .conns = wire->order + cursor->conn,
                                .n_tconns = tconn_end - cursor->tconn,
                                .n_conns = conn_end - cursor->conn};
    cursor->tconn = tconn_end;
    cursor->conn = conn_end;
    return true;
}
