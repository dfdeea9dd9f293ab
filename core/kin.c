/* SPDX-License-Identifier: MIT */
#include "core/kin.h"

#include "core/addr.h"
#include "core/view.h"

#include <stdlib.h>

/* Of all streams, those of a connection together, in order. Made when it is first asked for. */
struct times {
    int64_t *opened, *ended;
    uint32_t *first; /* by connection; one more at the end */
    uint32_t *n_ended;
};

struct h2t_kin {
    const struct h2t_model *m;
    struct times *times;
    GArray *conns, *dials, *lookups, *queries, *unsent; /* uint32_t, those of one kind together */
};

/* ---- Orders: by what they have in common, then as in the model ------------------------------- */

static int by_index(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int by_server(gconstpointer a, gconstpointer b, gpointer user)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order =
        h2t_addr_cmp(&h2t_conn_at(user, x)->tuple.server, &h2t_conn_at(user, y)->tuple.server);
    return order ? order : by_index(x, y);
}

static int by_dialler(gconstpointer a, gconstpointer b, gpointer user)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = by_index(h2t_dial_at(user, x)->request, h2t_dial_at(user, y)->request);
    return order ? order : by_index(x, y);
}

static int by_asker(gconstpointer a, gconstpointer b, gpointer user)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = by_index(h2t_lookup_at(user, x)->request, h2t_lookup_at(user, y)->request);
    return order ? order : by_index(x, y);
}

static int by_lookup(gconstpointer a, gconstpointer b, gpointer user)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = by_index(h2t_query_at(user, x)->lookup, h2t_query_at(user, y)->lookup);
    return order ? order : by_index(x, y);
}

static uint32_t conn_of_unsent(const struct h2t_model *m, uint32_t i)
{
    uint32_t framer = g_array_index(m->trace->unsent, struct h2t_sighting, i).framer;
    return h2t_framer_at(m, framer)->conn;
}

static int by_framed(gconstpointer a, gconstpointer b, gpointer user)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = by_index(conn_of_unsent(user, x), conn_of_unsent(user, y));
    return order ? order : by_index(x, y);
}

static GArray *indexes(uint32_t n)
{
    GArray *all = g_array_new(false, false, sizeof(uint32_t));
    for (uint32_t i = 0; i < n; i++)
        g_array_append_val(all, i);
    return all;
}

struct h2t_kin *h2t_kin_new(const struct h2t_model *m)
{
    struct h2t_kin *kin = g_new0(struct h2t_kin, 1);
    kin->m = m;
    kin->times = g_new0(struct times, 1);
    kin->conns = indexes(0);
    for (uint32_t i = 0; i < m->wire->conns->len; i++) {
        const struct h2t_conn *c = h2t_conn_at(m, i);
        bool counts = c->talk != H2T_NONE || c->tconn != H2T_NONE || c->dial != H2T_NONE;
        if (c->first.packet && c->copy_of == H2T_NONE && counts)
            g_array_append_val(kin->conns, i);
    }
    kin->dials = indexes(m->trace->dials->len);
    kin->lookups = indexes(m->trace->lookups->len);
    kin->queries = indexes(m->wire->queries->len);
    kin->unsent = indexes(m->trace->unsent->len);
    g_array_sort_with_data(kin->conns, by_server, (gpointer)m);
    g_array_sort_with_data(kin->dials, by_dialler, (gpointer)m);
    g_array_sort_with_data(kin->lookups, by_asker, (gpointer)m);
    g_array_sort_with_data(kin->queries, by_lookup, (gpointer)m);
    g_array_sort_with_data(kin->unsent, by_framed, (gpointer)m);
    return kin;
}

void h2t_kin_free(struct h2t_kin **kin)
{
    if (!*kin)
        return;
    g_array_unref((*kin)->conns);
    g_array_unref((*kin)->dials);
    g_array_unref((*kin)->lookups);
    g_array_unref((*kin)->queries);
    g_array_unref((*kin)->unsent);
    g_free((*kin)->times->opened);
    g_free((*kin)->times->ended);
    g_free((*kin)->times->first);
    g_free((*kin)->times->n_ended);
    g_free((*kin)->times);
    g_clear_pointer(kin, g_free);
}

/* ---- Finding -------------------------------------------------------------------------------- */

/* <0: the element comes before what is sought, 0: it is of it, >0: it comes behind. */
typedef int (*place_fn)(const struct h2t_model *m, uint32_t index, const void *sought);

static int server_place(const struct h2t_model *m, uint32_t index, const void *sought)
{
    return h2t_addr_cmp(&h2t_conn_at(m, index)->tuple.server, sought);
}

static int dial_place(const struct h2t_model *m, uint32_t index, const void *sought)
{
    return by_index(h2t_dial_at(m, index)->request, *(const uint32_t *)sought);
}

static int lookup_place(const struct h2t_model *m, uint32_t index, const void *sought)
{
    return by_index(h2t_lookup_at(m, index)->request, *(const uint32_t *)sought);
}

static int query_place(const struct h2t_model *m, uint32_t index, const void *sought)
{
    return by_index(h2t_query_at(m, index)->lookup, *(const uint32_t *)sought);
}

static int unsent_place(const struct h2t_model *m, uint32_t index, const void *sought)
{
    return by_index(conn_of_unsent(m, index), *(const uint32_t *)sought);
}

/* The first element whose place is not below `place_of`: 0 what is sought, 1 what is behind it. */
static uint32_t bound(const struct h2t_kin *kin, const GArray *all, place_fn place,
                      const void *sought, int place_of)
{
    uint32_t lo = 0, hi = all->len;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (place(kin->m, g_array_index(all, uint32_t, mid), sought) < place_of)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Both ends are searched for: thousands of connections may be of one server. */
static struct h2t_kin_list find(const struct h2t_kin *kin, const GArray *all, place_fn place,
                                const void *sought)
{
    uint32_t first = bound(kin, all, place, sought, 0);
    uint32_t n = bound(kin, all, place, sought, 1) - first;
    return (struct h2t_kin_list){n ? &g_array_index(all, uint32_t, first) : NULL, n};
}

struct h2t_kin_list h2t_kin_conns(const struct h2t_kin *kin, const struct h2t_conn *conn)
{
    return find(kin, kin->conns, server_place, &conn->tuple.server);
}

struct h2t_kin_list h2t_kin_dials(const struct h2t_kin *kin, uint32_t request)
{
    return find(kin, kin->dials, dial_place, &request);
}

struct h2t_kin_list h2t_kin_lookups(const struct h2t_kin *kin, uint32_t request)
{
    return find(kin, kin->lookups, lookup_place, &request);
}

struct h2t_kin_list h2t_kin_queries(const struct h2t_kin *kin, uint32_t lookup)
{
    return find(kin, kin->queries, query_place, &lookup);
}

struct h2t_kin_list h2t_kin_unsent(const struct h2t_kin *kin, uint32_t conn)
{
    return find(kin, kin->unsent, unsent_place, &conn);
}

/* ---- Open streams --------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* One that ended before it began, by clocks that jump, was never open. */
static void take_times(const struct h2t_model *m, struct times *t, uint32_t conn)
{
    uint32_t n = 0, first = t->first[conn], n_ended = 0;
    for (uint32_t i = h2t_conn_at(m, conn)->first_stream; i != H2T_NONE;
         i = h2t_stream_at(m, i)->next) {
        const struct h2t_stream *s = h2t_stream_at(m, i);
        t->opened[first + n++] = s->headers.ns;
        if (s->finish.packet)
            t->ended[first + n_ended++] = MAX(s->headers.ns, s->finish.ns);
    }
    qsort(t->opened + first, n, sizeof *t->opened, by_time);
    qsort(t->ended + first, n_ended, sizeof *t->ended, by_time);
    t->first[conn + 1] = first + n;
    t->n_ended[conn] = n_ended;
}

static const struct times *times_of(const struct h2t_kin *kin)
{
    struct times *t = kin->times;
    uint32_t n_conns = kin->m->wire->conns->len, n_streams = kin->m->wire->streams->len;
    if (t->first)
        return t;
    t->opened = g_new(int64_t, n_streams + 1); /* never NULL: there may be no stream */
    t->ended = g_new(int64_t, n_streams + 1);
    t->first = g_new0(uint32_t, n_conns + 1);
    t->n_ended = g_new(uint32_t, n_conns);
    for (uint32_t conn = 0; conn < n_conns; conn++)
        take_times(kin->m, t, conn);
    return t;
}

static uint32_t n_before(const int64_t *times, uint32_t n, int64_t ns)
{
    uint32_t lo = 0;
    while (lo < n) {
        uint32_t mid = lo + (n - lo) / 2;
        if (times[mid] < ns)
            lo = mid + 1;
        else
            n = mid;
    }
    return lo;
}

uint32_t h2t_kin_open_at(const struct h2t_kin *kin, uint32_t conn, int64_t ns)
{
    const struct times *t = times_of(kin);
    uint32_t first = t->first[conn], n = t->first[conn + 1] - first;
    return n_before(t->opened + first, n, ns) - n_before(t->ended + first, t->n_ended[conn], ns);
}

const int64_t *h2t_kin_opened(const struct h2t_kin *kin, uint32_t conn, int64_t ns, uint32_t *n)
{
    const struct times *t = times_of(kin);
    uint32_t first = t->first[conn], all = t->first[conn + 1] - first;
    uint32_t before = n_before(t->opened + first, all, ns);
    *n = all - before;
    return t->opened + first + before;
}
