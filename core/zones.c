/* SPDX-License-Identifier: MIT */
#include "core/zones.h"

#include "core/ns.h"

/* A collector reads a line soon after it was written, and its clock is near. */
#define PROMPT (60 * INT64_C(1000000000))

#define STEP (900 * INT64_C(1000000000)) /* all zones of today are multiples of a quarter hour, */
#define FARTHEST (56 * STEP)             /* from UTC-12:00 to UTC+14:00 */

static int64_t nearest(int64_t ns)
{
    return h2t_ns_add(ns, ns < 0 ? -STEP / 2 : STEP / 2) / STEP * STEP;
}

bool h2t_zone_near(const struct h2t_zone *z, int64_t lo, int64_t hi, int64_t slack, int64_t *ns)
{
    int64_t zone = nearest(lo / 2 + hi / 2);
    if (lo > h2t_ns_add(zone, slack) || hi < h2t_ns_sub(zone, slack))
        return false;
    if (!z->yearless && (zone > FARTHEST || zone < -FARTHEST))
        return false;
    *ns = zone;
    return true;
}

struct h2t_zone *h2t_zone_of(const struct h2t_trace *trace, uint32_t process)
{
    if (process >= trace->zones->len)
        return NULL;
    struct h2t_zone *z = &g_array_index(trace->zones, struct h2t_zone, process);
    return z->zoneless ? z : NULL;
}

void h2t_zones_settle(struct h2t_event *e)
{
    struct h2t_zone z = {.yearless = e->yearless};
    if (!e->zoneless || e->ns == H2T_NEVER || e->collected == H2T_NEVER)
        return;
    int64_t apart = h2t_ns_sub(e->collected, e->ns);
    if (!h2t_zone_near(&z, apart, apart, PROMPT, &z.ns))
        return;
    e->ns = h2t_ns_add(e->ns, z.ns);
    e->zoneless = e->yearless = false;
}

void h2t_zones_line(struct h2t_trace *trace, uint32_t process, const struct h2t_event *e)
{
    if (!e->zoneless)
        return;
    if (process >= trace->zones->len)
        g_array_set_size(trace->zones, process + 1);
    struct h2t_zone *z = &g_array_index(trace->zones, struct h2t_zone, process);
    z->zoneless = true;
    z->yearless = z->yearless || e->yearless;
    z->hooks = z->hooks || e->kind != H2T_EV_DEBUG;
    if (z->known || e->collected == H2T_NEVER)
        return;
    int64_t apart = h2t_ns_sub(e->collected, e->ns);
    z->known = h2t_zone_near(z, apart, apart, PROMPT, &z->pending);
}

static void shift(int64_t *at, int64_t ns)
{
    if (*at != H2T_NEVER)
        *at = h2t_ns_add(*at, ns);
}

static void shift_framer(struct h2t_framer *f, int64_t ns)
{
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++)
        for (uint32_t i = 0; i < f->frames[dir]->len; i++)
            shift(&g_array_index(f->frames[dir], struct h2t_logged, i).ns, ns);
    for (uint32_t i = 0; i < f->requests->len; i++)
        shift(&g_array_index(f->requests, struct h2t_logged_request, i).ns, ns);
}

static uint32_t process_of(const struct h2t_trace *t, uint32_t request)
{
    return request == H2T_NONE ? H2T_NONE
                               : g_array_index(t->requests, struct h2t_request, request).process;
}

static void shift_dials(struct h2t_trace *t, uint32_t process, int64_t ns)
{
    for (uint32_t i = 0; i < t->dials->len; i++) {
        struct h2t_dial *d = &g_array_index(t->dials, struct h2t_dial, i);
        int64_t *const times[] = {&d->connect_start, &d->connect_done, &d->tls_start, &d->tls_done};
        bool ours = process_of(t, d->request) == process;
        for (size_t k = 0; ours && k < G_N_ELEMENTS(times); k++)
            shift(times[k], ns);
    }
    for (uint32_t i = 0; i < t->lookups->len; i++) {
        struct h2t_lookup *l = &g_array_index(t->lookups, struct h2t_lookup, i);
        if (process_of(t, l->request) != process)
            continue;
        shift(&l->start, ns);
        shift(&l->done, ns);
    }
}

/* All that hooks of the process have told. */
static void shift_hooks(struct h2t_trace *t, uint32_t process, int64_t ns)
{
    for (uint32_t i = 0; i < t->requests->len; i++) {
        struct h2t_request *r = &g_array_index(t->requests, struct h2t_request, i);
        if (r->process != process)
            continue;
        shift(&r->start, ns);
        shift(&r->done, ns);
        shift(&r->body_done, ns);
    }
    for (uint32_t i = 0; i < t->attempts->len; i++) {
        struct h2t_attempt *a = &g_array_index(t->attempts, struct h2t_attempt, i);
        bool ours = process_of(t, a->request) == process;
        for (int hook = 0; ours && hook < H2T_N_HOOKS; hook++)
            shift(&a->at[hook], ns);
    }
    for (uint32_t i = 0; i < t->tconns->len; i++) {
        struct h2t_tconn *c = &g_array_index(t->tconns, struct h2t_tconn, i);
        shift(&c->first, c->process == process ? ns : 0);
        shift(&c->last, c->process == process ? ns : 0);
    }
    shift_dials(t, process, ns);
}

void h2t_zones_apply(struct h2t_trace *trace)
{
    for (uint32_t i = 0; i < trace->framers->len; i++) {
        struct h2t_framer *f = &g_array_index(trace->framers, struct h2t_framer, i);
        const struct h2t_zone *z = h2t_zone_of(trace, f->process);
        if (z && z->pending)
            shift_framer(f, z->pending);
    }
    for (uint32_t i = 0; i < trace->zones->len; i++) {
        struct h2t_zone *z = &g_array_index(trace->zones, struct h2t_zone, i);
        if (z->pending && z->hooks)
            shift_hooks(trace, i, z->pending);
        z->ns = h2t_ns_add(z->ns, z->pending);
        z->pending = 0;
    }
}
