/* SPDX-License-Identifier: MIT */
#include "core/loose.h"

/* On HTTP/2 the GotConn of a second request may fire a little before the first one's, so reused
 * comes before not reused on the same connection. Ports do not come back that fast. */
#define HOOK_RACE INT64_C(1000000000)

struct unnamed {
    uint32_t attempt, got;
    uint64_t seq;
};

/* Comparison needs to know whether lines are as they were written. */
struct order {
    struct h2t_build *build;
    const struct h2t_processes *processes;
    const struct h2t_loose *loose;
};

void h2t_loose_init(struct h2t_loose *loose)
{
    loose->steps = g_array_new(FALSE, FALSE, sizeof(struct h2t_step));
    loose->gots = g_array_new(FALSE, FALSE, sizeof(struct h2t_got));
    loose->unnamed = g_array_new(FALSE, FALSE, sizeof(struct unnamed));
}

void h2t_loose_fini(struct h2t_loose *loose)
{
    g_array_free(loose->steps, TRUE);
    g_array_free(loose->gots, TRUE);
    g_array_free(loose->unnamed, TRUE);
}

static uint32_t keep_got(struct h2t_loose *loose, const struct h2t_got *got)
{
    g_array_append_val(loose->gots, *got);
    return loose->gots->len - 1;
}

static const struct h2t_got *got_at(const struct h2t_loose *loose, uint32_t i)
{
    return &g_array_index(loose->gots, struct h2t_got, i);
}

void h2t_loose_add(struct h2t_loose *loose, const struct h2t_step *step, const struct h2t_got *got)
{
    struct h2t_step kept = *step;
    kept.got = got ? keep_got(loose, got) : H2T_NONE;
    g_array_append_val(loose->steps, kept);
}

void h2t_loose_unnamed(struct h2t_loose *loose, uint32_t attempt, const struct h2t_step *step,
                       const struct h2t_got *got)
{
    struct unnamed u = {.attempt = attempt, .got = keep_got(loose, got), .seq = step->seq};
    g_array_append_val(loose->unnamed, u);
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_place(const struct order *o, uint32_t process, int64_t a_ns, uint64_t a_seq,
                         int64_t b_ns, uint64_t b_seq)
{
    if (h2t_processes_state(o->processes, process)->shuffled && a_ns != b_ns)
        return a_ns < b_ns ? -1 : 1;
    return compare(a_seq, b_seq);
}

static gint by_request(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct h2t_step *x = a, *y = b;
    const struct order *o = user;
    if (x->request != y->request)
        return compare(x->request, y->request);
    uint32_t process = h2t_build_request_at(o->build, x->request)->process;
    return compare_place(o, process, x->ns, x->seq, y->ns, y->seq);
}

/* A request's way through its ordered steps. */
struct walk {
    uint32_t request;
    uint32_t attempt; /* the current one, H2T_NONE before the first */
    uint32_t number;
    int64_t wished; /* the first GetConn since the last GotConn */
};

static void next_attempt(struct h2t_build *build, struct walk *w)
{
    w->attempt = h2t_build_attempt(build, w->request, ++w->number);
}

static void take_got(struct h2t_loose *loose, struct h2t_build *build, struct walk *w,
                     const struct h2t_step *step)
{
    const struct h2t_got *got = got_at(loose, step->got);
    next_attempt(build, w);
    if (w->wished != H2T_NEVER)
        h2t_build_attempt_at(build, w->attempt)->at[H2T_GET_CONN] = w->wished;
    w->wished = H2T_NEVER;
    h2t_build_got(build, w->attempt, got);
    if (!step->conn) {
        struct unnamed u = {.attempt = w->attempt, .got = step->got, .seq = step->seq};
        g_array_append_val(loose->unnamed, u);
        return;
    }
    h2t_build_conn(build, w->attempt, step->conn, step->ns);
    h2t_build_conn_got(build, h2t_build_attempt_at(build, w->attempt)->tconn, got);
}

static void take(struct h2t_loose *loose, struct h2t_build *build, struct walk *w,
                 const struct h2t_step *step)
{
    if (step->hook == H2T_GET_CONN) {
        w->wished = h2t_earlier(w->wished, step->ns);
        return;
    }
    if (step->hook == H2T_GOT_CONN) {
        take_got(loose, build, w, step);
        return;
    }
    if (w->attempt == H2T_NONE) /* the trace began later than the request */
        next_attempt(build, w);
    h2t_build_step(build, w->attempt, step);
}

/* The wish that stayed one. In a numbered process it is the first attempt's. */
static void end_walk(struct h2t_build *build, struct walk *w)
{
    if (w->request == H2T_NONE || w->wished == H2T_NEVER)
        return;
    uint32_t attempt = h2t_build_attempt(build, w->request, w->number + 1);
    struct h2t_step wish = {.hook = H2T_GET_CONN, .ns = w->wished};
    h2t_build_step(build, attempt, &wish);
}

static void split(struct h2t_loose *loose, struct h2t_build *build)
{
    struct walk w = {.request = H2T_NONE, .wished = H2T_NEVER};
    for (uint32_t i = 0; i < loose->steps->len; i++) {
        const struct h2t_step *step = &g_array_index(loose->steps, struct h2t_step, i);
        if (step->request != w.request) {
            end_walk(build, &w);
            w = (struct walk){.request = step->request, .attempt = H2T_NONE, .wished = H2T_NEVER};
        }
        take(loose, build, &w, step);
    }
    end_walk(build, &w);
}

static uint32_t process_of(const struct order *o, const struct unnamed *u)
{
    uint32_t request = h2t_build_attempt_at(o->build, u->attempt)->request;
    return h2t_build_request_at(o->build, request)->process;
}

/* By process and addresses, then in order. */
static gint by_tuple(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct order *o = user;
    const struct unnamed *x = a, *y = b;
    const struct h2t_got *p = got_at(o->loose, x->got), *q = got_at(o->loose, y->got);
    int order = compare(process_of(o, x), process_of(o, y));
    if (!order)
        order = h2t_addr_cmp(&p->local, &q->local);
    if (!order)
        order = h2t_addr_cmp(&p->remote, &q->remote);
    return order ? order : compare_place(o, process_of(o, x), p->ns, x->seq, q->ns, y->seq);
}

static bool is_same(const struct order *o, const struct unnamed *x, const struct unnamed *y)
{
    const struct h2t_got *p = got_at(o->loose, x->got), *q = got_at(o->loose, y->got);
    return process_of(o, x) == process_of(o, y) && !h2t_addr_cmp(&p->local, &q->local) &&
           !h2t_addr_cmp(&p->remote, &q->remote);
}

static bool begins(const struct h2t_tconn *c, const struct h2t_got *got)
{
    return got->fresh && (c->from_start || got->ns - c->first > HOOK_RACE);
}

/* Connections are told by their addresses, and each GotConn that is not reused begins one. */
static void name(struct h2t_loose *loose, struct order *o)
{
    const struct unnamed *before = NULL;
    uint32_t tconn = H2T_NONE;
    for (uint32_t i = 0; i < loose->unnamed->len; i++) {
        const struct unnamed *u = &g_array_index(loose->unnamed, struct unnamed, i);
        const struct h2t_got *got = got_at(loose, u->got);
        if (!got->local.family || !got->remote.family)
            continue;
        if (!before || !is_same(o, before, u) || begins(h2t_build_tconn_at(o->build, tconn), got))
            tconn = h2t_build_new_tconn(o->build, process_of(o, u));
        h2t_build_attempt_at(o->build, u->attempt)->tconn = tconn;
        h2t_build_conn_got(o->build, tconn, got);
        before = u;
    }
}

/* Of steps without a connection number the connection is known only now. */
static void see_alive(struct h2t_loose *loose, struct h2t_build *build)
{
    for (uint32_t i = 0; i < loose->unnamed->len; i++) {
        const struct unnamed *u = &g_array_index(loose->unnamed, struct unnamed, i);
        const struct h2t_attempt *a = h2t_build_attempt_at(build, u->attempt);
        for (int hook = 0; a->tconn != H2T_NONE && hook < H2T_N_HOOKS; hook++)
            h2t_build_conn_alive(build, a->tconn, a->at[hook]);
    }
}

void h2t_loose_finish(struct h2t_loose *loose, struct h2t_build *build,
                      const struct h2t_processes *processes)
{
    struct order o = {build, processes, loose};
    g_array_sort_with_data(loose->steps, by_request, &o);
    split(loose, build);
    g_array_sort_with_data(loose->unnamed, by_tuple, &o);
    name(loose, &o);
    see_alive(loose, build);
}
