/* SPDX-License-Identifier: MIT */
#include "core/dial_clock.h"

#include "core/addr.h"
#include "core/clock.h"
#include "core/estimate.h"
#include "core/ns.h"
#include "core/view.h"

static int by_server(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct h2t_conn *x = h2t_conn_at(user, *(const uint32_t *)a);
    const struct h2t_conn *y = h2t_conn_at(user, *(const uint32_t *)b);
    int order = h2t_addr_cmp(&x->tuple.server, &y->tuple.server);
    return order ? order : x->syn.ns < y->syn.ns ? -1 : x->syn.ns > y->syn.ns;
}

static int by_remote(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct h2t_dial *x = h2t_dial_at(user, *(const uint32_t *)a);
    const struct h2t_dial *y = h2t_dial_at(user, *(const uint32_t *)b);
    int order = h2t_addr_cmp(&x->remote, &y->remote);
    return order                                 ? order
           : x->connect_start < y->connect_start ? -1
                                                 : x->connect_start > y->connect_start;
}

static GArray *dialled(struct h2t_model *m)
{
    GArray *dials = g_array_new(false, false, sizeof(uint32_t));
    for (uint32_t i = 0; i < m->trace->dials->len; i++)
        if (h2t_dial_at(m, i)->connect_start != H2T_NEVER && h2t_dial_at(m, i)->remote.family)
            g_array_append_val(dials, i);
    g_array_sort_with_data(dials, by_remote, m);
    return dials;
}

static GArray *begun(struct h2t_model *m)
{
    GArray *conns = g_array_new(false, false, sizeof(uint32_t));
    for (uint32_t i = 0; i < m->wire->conns->len && conns->len <= H2T_MAX_DIAL_CLOCK; i++)
        if (h2t_conn_at(m, i)->syn.packet && h2t_conn_at(m, i)->syn.ns != H2T_NEVER)
            g_array_append_val(conns, i);
    g_array_sort_with_data(conns, by_server, m);
    return conns;
}

/* When the trace is sure that the SYN had been sent, and that an answer had come. */
static int64_t sent_by(const struct h2t_model *m, const struct h2t_dial *d)
{
    if (d->connect_done != H2T_NEVER)
        return d->connect_done;
    return d->request == H2T_NONE ? H2T_NEVER : h2t_request_at(m, d->request)->done;
}

static void narrow(const struct h2t_model *m, const struct h2t_dial *d, const struct h2t_conn *c,
                   struct h2t_clock *clock)
{
    int64_t done = sent_by(m, d);
    bool answered = d->connect_done != H2T_NEVER && !d->err && c->syn_ack.packet;
    int64_t seen = answered ? c->syn_ack.ns : c->syn.ns;
    clock->hi = MIN(clock->hi, h2t_ns_sub(c->syn.ns, d->connect_start));
    if (done != H2T_NEVER)
        clock->lo = MAX(clock->lo, h2t_ns_sub(seen, done));
    clock->n++;
}

/* How many from `at` on are of the server. */
static uint32_t run_of(const struct h2t_model *m, const GArray *conns, uint32_t at,
                       const struct h2t_addr *server)
{
    uint32_t n = 0;
    while (at + n < conns->len &&
           !h2t_addr_cmp(&h2t_conn_at(m, g_array_index(conns, uint32_t, at + n))->tuple.server,
                         server))
        n++;
    return n;
}

/* The dials of one server, `n` of them from `i` on; where its SYNs begin is moved on. */
static void pair_server(const struct h2t_model *m, const GArray *dials, uint32_t i, uint32_t n,
                        const GArray *conns, uint32_t *at, struct h2t_clock *clock)
{
    const struct h2t_addr *server = &h2t_dial_at(m, g_array_index(dials, uint32_t, i))->remote;
    while (*at < conns->len &&
           h2t_addr_cmp(&h2t_conn_at(m, g_array_index(conns, uint32_t, *at))->tuple.server,
                        server) < 0)
        (*at)++;
    if (run_of(m, conns, *at, server) != n)
        return;
    for (uint32_t k = 0; k < n; k++)
        narrow(m, h2t_dial_at(m, g_array_index(dials, uint32_t, i + k)),
               h2t_conn_at(m, g_array_index(conns, uint32_t, *at + k)), clock);
}

void h2t_dial_clock(struct h2t_model *m)
{
    struct h2t_clock clock = {.lo = INT64_MIN, .hi = INT64_MAX};
    g_autoptr(GArray) dials = dialled(m), conns = begun(m);
    uint32_t at = 0;
    if (dials->len > H2T_MAX_DIAL_CLOCK || conns->len > H2T_MAX_DIAL_CLOCK)
        return;
    for (uint32_t i = 0, n; i < dials->len; i += n) {
        const struct h2t_addr *server = &h2t_dial_at(m, g_array_index(dials, uint32_t, i))->remote;
        for (n = 1; i + n < dials->len; n++)
            if (h2t_addr_cmp(&h2t_dial_at(m, g_array_index(dials, uint32_t, i + n))->remote,
                             server))
                break;
        pair_server(m, dials, i, n, conns, &at, &clock);
    }
    if (clock.n && clock.lo <= clock.hi && clock.lo >= -H2T_CLOCK_NEAR &&
        clock.hi <= H2T_CLOCK_NEAR)
        h2t_assume_clock(m, &clock);
}
