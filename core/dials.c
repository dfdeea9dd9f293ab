/* SPDX-License-Identifier: MIT */
#include "core/dials.h"
#include "core/url.h"

/* How many dials or lookups of one request can be open at one time; older ones are given up. */
#define AT_ONCE 64u

struct dial_event {
    enum h2t_event_kind kind;
    uint32_t request, tconn;
    uint64_t order;
    int64_t ns;
    struct h2t_addr local, remote;
    const char *text; /* alpn, or the host of a lookup */
    const char *err;
};

/* What the walk over the ordered events knows. `first` of a request's own dials and lookups. */
struct pairing {
    struct h2t_build *build;
    GArray *dials, *lookups;
    uint32_t request, first_dial, first_lookup;
};

void h2t_dials_init(struct h2t_dials *dials)
{
    dials->events = g_array_new(FALSE, FALSE, sizeof(struct dial_event));
}

void h2t_dials_fini(struct h2t_dials *dials)
{
    g_array_free(dials->events, TRUE);
}

void h2t_dials_add(struct h2t_dials *dials, struct h2t_trace *trace, const struct h2t_event *e,
                   uint32_t request, uint32_t tconn, uint64_t order)
{
    struct h2t_text text = e->kind == H2T_EV_DNS_START ? e->host : e->alpn;
    struct dial_event event = {
        .kind = e->kind,
        .request = request,
        .tconn = tconn,
        .order = order,
        .ns = e->ns,
        .local = h2t_event_addr(e->local),
        .remote = h2t_event_addr(e->remote.at ? e->remote : e->addr),
        .text = h2t_intern(trace->strings, text.at, text.len),
        .err = h2t_url_keep_error(trace->strings, e->err),
    };
    g_array_append_val(dials->events, event);
}

struct order {
    struct h2t_build *build;
    const struct h2t_processes *processes;
};

/* Without seq the time counts, and then the place in the file. */
static bool by_clock(const struct order *o, uint32_t request)
{
    return request != H2T_NONE &&
           h2t_processes_state(o->processes, h2t_build_request_at(o->build, request)->process)
               ->unsequenced;
}

static gint by_request(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct dial_event *x = a, *y = b;
    if (x->request != y->request)
        return x->request < y->request ? -1 : 1;
    if (x->ns != y->ns && by_clock(user, x->request))
        return x->ns < y->ns ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static struct h2t_dial *dial_at(const struct pairing *p, uint32_t i)
{
    return &g_array_index(p->dials, struct h2t_dial, i);
}

/* The first of the request's dials, or lookups, that can still be open. */
static uint32_t window(uint32_t first, const GArray *array)
{
    return array->len - first > AT_ONCE ? array->len - AT_ONCE : first;
}

static struct h2t_dial *add_dial(struct pairing *p, const struct dial_event *e)
{
    struct h2t_dial d = {
        .request = e->request,
        .tconn = H2T_NONE,
        .conn = H2T_NONE,
        .remote = e->remote,
        .connect_start = H2T_NEVER,
        .connect_done = H2T_NEVER,
        .tls_start = H2T_NEVER,
        .tls_done = H2T_NEVER,
    };
    g_array_append_val(p->dials, d);
    return dial_at(p, p->dials->len - 1);
}

/* To an address that is none, as of a Unix socket, nothing can be said. */
static void connect_start(struct pairing *p, const struct dial_event *e)
{
    if (e->remote.family)
        add_dial(p, e)->connect_start = e->ns;
}

static void connect_done(struct pairing *p, const struct dial_event *e)
{
    for (uint32_t i = window(p->first_dial, p->dials); i < p->dials->len; i++) {
        struct h2t_dial *d = dial_at(p, i);
        if (d->connect_done != H2T_NEVER || h2t_addr_cmp(&d->remote, &e->remote))
            continue;
        d->connect_done = e->ns;
        d->err = e->err;
        return;
    }
}

typedef bool (*dial_test)(const struct h2t_dial *d, const struct dial_event *e);

/* The dial that was connected last among those where `is_next` holds. */
static struct h2t_dial *latest(struct pairing *p, const struct dial_event *e, dial_test is_next)
{
    struct h2t_dial *found = NULL;
    for (uint32_t i = window(p->first_dial, p->dials); i < p->dials->len; i++) {
        struct h2t_dial *d = dial_at(p, i);
        if (d->connect_done == H2T_NEVER || d->err || !is_next(d, e))
            continue;
        if (!found || d->connect_done >= found->connect_done)
            found = d;
    }
    return found;
}

static bool awaits_tls(const struct h2t_dial *d, const struct dial_event *e G_GNUC_UNUSED)
{
    return d->tls_start == H2T_NEVER;
}

static bool is_in_tls(const struct h2t_dial *d, const struct dial_event *e G_GNUC_UNUSED)
{
    return d->tls_start != H2T_NEVER && d->tls_done == H2T_NEVER;
}

static bool has_no_local(const struct h2t_dial *d, const struct dial_event *e)
{
    return !d->local.family && !h2t_addr_cmp(&d->remote, &e->remote);
}

static void tls_start(struct pairing *p, const struct dial_event *e)
{
    struct h2t_dial *d = latest(p, e, awaits_tls);
    if (d)
        d->tls_start = e->ns;
}

static void tls_done(struct pairing *p, const struct dial_event *e)
{
    struct h2t_dial *d = latest(p, e, is_in_tls);
    if (!d)
        return;
    d->tls_done = e->ns;
    d->alpn = e->text;
    d->tls_err = e->err;
}

/* Nothing is dialed twice, whatever is said. */
static bool is_dialed(struct pairing *p, uint32_t tconn)
{
    return tconn != H2T_NONE && h2t_build_tconn_at(p->build, tconn)->dial != H2T_NONE;
}

/* What the recorder's DialContext says. Where the hooks did not fire it is all there is. */
static void dialed(struct pairing *p, const struct dial_event *e)
{
    if (e->err || is_dialed(p, e->tconn))
        return; /* ConnectDone has told; or a line before */
    struct h2t_dial *d = e->request == H2T_NONE ? NULL : latest(p, e, has_no_local);
    if (!d) {
        d = add_dial(p, e);
        d->connect_done = e->ns;
    }
    d->local = e->local;
    d->tconn = e->tconn;
    if (e->tconn != H2T_NONE)
        h2t_build_tconn_at(p->build, e->tconn)->dial = (uint32_t)(d - dial_at(p, 0));
}

static void dns_start(struct pairing *p, const struct dial_event *e)
{
    struct h2t_lookup lookup = {
        .request = e->request,
        .host = e->text,
        .start = e->ns,
        .done = H2T_NEVER,
    };
    g_array_append_val(p->lookups, lookup);
}

static void dns_done(struct pairing *p, const struct dial_event *e)
{
    for (uint32_t i = window(p->first_lookup, p->lookups); i < p->lookups->len; i++) {
        struct h2t_lookup *lookup = &g_array_index(p->lookups, struct h2t_lookup, i);
        if (lookup->done != H2T_NEVER)
            continue;
        lookup->done = e->ns;
        lookup->err = e->err;
        return;
    }
}

static void (*const handlers[H2T_N_EVENTS])(struct pairing *, const struct dial_event *) = {
    [H2T_EV_DNS_START] = dns_start,
    [H2T_EV_DNS_DONE] = dns_done,
    [H2T_EV_CONNECT_START] = connect_start,
    [H2T_EV_CONNECT_DONE] = connect_done,
    [H2T_EV_TLS_START] = tls_start,
    [H2T_EV_TLS_DONE] = tls_done,
    [H2T_EV_DIALED] = dialed,
};

/* The same line once more, as files have it that overlap. Without seq no line is another's. */
static bool is_again(const struct dial_event *e, const struct dial_event *before)
{
    return e->request == before->request && e->order == before->order && e->ns == before->ns &&
           e->kind == before->kind;
}

void h2t_dials_finish(struct h2t_dials *dials, struct h2t_build *build,
                      const struct h2t_processes *processes)
{
    struct order order = {build, processes};
    struct pairing p = {
        .build = build,
        .dials = build->trace->dials,
        .lookups = build->trace->lookups,
        .request = H2T_NONE,
    };
    g_array_sort_with_data(dials->events, by_request, &order);
    for (uint32_t i = 0; i < dials->events->len; i++) {
        const struct dial_event *e = &g_array_index(dials->events, struct dial_event, i);
        if (i && is_again(e, e - 1))
            continue;
        if (e->request != p.request) {
            p.request = e->request;
            p.first_dial = p.dials->len;
            p.first_lookup = p.lookups->len;
        }
        handlers[e->kind](&p, e);
    }
}
