/* SPDX-License-Identifier: MIT */
/* The clocks as the whole join finds them: steady, drifting, set; of several hosts; stated. */
#include "world.h"

#include "core/drift.h"

/* Shifts all times of one attempt, and of its request. */
static void shift(struct world *w, uint32_t attempt, int64_t by)
{
    struct h2t_attempt *a = h2t_attempt_at(&w->m, attempt);
    struct h2t_request *r = h2t_request_at(&w->m, a->request);
    for (unsigned hook = 0; hook < H2T_N_HOOKS; hook++)
        if (a->at[hook] != H2T_NEVER)
            a->at[hook] += by;
    r->start += by;
    r->done += by;
    r->body_done += by;
}

static int64_t hook(const struct world *w, uint32_t attempt)
{
    return h2t_attempt_at(&w->m, attempt)->at[H2T_WROTE_HEADER_FIELD];
}

/* The true offset is in the interval at each request, and all requests are joined. */
static void expect_truth(const struct world *w, int64_t (*truth)(uint32_t attempt))
{
    for (uint32_t i = 0; i < w->m.trace->attempts->len; i++) {
        const struct h2t_stream *s = h2t_stream_at(&w->m, i);
        struct h2t_range r = h2t_clock_at(&w->m.clock, hook(w, i), s->headers.packet);
        g_assert_cmpint(r.lo, <=, truth(i));
        g_assert_cmpint(r.hi, >=, truth(i));
        g_assert_cmpuint(s->attempt, ==, i);
    }
}

static int64_t drifting(uint32_t attempt)
{
    return -(int64_t)(attempt + 1) * MS / 10; /* 0.1 ms in 1 s */
}

static void test_drift(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    uint32_t t = trace_conn(&w, "10.0.0.1:4000");
    for (uint32_t i = 0; i < 60; i++) {
        wire_request(&w, 0, 2 * i + 1, NULL, (i + 1) * S);
        trace_request(&w, t, NULL, (i + 1) * S);
        shift(&w, i, -drifting(i));
    }
    join(&w);
    expect_truth(&w, drifting);
    g_assert_cmpuint(w.m.clock.n_parts, ==, 1);
    struct h2t_range rate = h2t_drift_rate(&w.m.clock.parts[0].drift);
    g_assert_cmpint(rate.lo, <=, -100000);
    g_assert_cmpint(rate.hi, >=, -100000);
    g_assert_cmpint(rate.hi, <, 0);
    world_free(&w);
}

static int64_t step_by;

static int64_t stepping(uint32_t attempt)
{
    return attempt < 8 ? 0 : -step_by;
}

/* The program's clock is set while its only connection is in use. */
static void test_step(void)
{
    static const int64_t steps[] = {20 * MS, -20 * MS, 5 * S, -5 * S, 3 * 3600 * S, -3 * 3600 * S};
    for (size_t k = 0; k < G_N_ELEMENTS(steps); k++) {
        struct world w = world_new();
        step_by = steps[k];
        matching_requests(&w, 16, NULL);
        for (uint32_t i = 8; i < 16; i++)
            shift(&w, i, step_by);
        h2t_tconn_at(&w.m, 0)->first = MIN(hook(&w, 8), h2t_tconn_at(&w.m, 0)->first);
        h2t_tconn_at(&w.m, 0)->last = MAX(hook(&w, 15), h2t_tconn_at(&w.m, 0)->last);
        join(&w);
        g_assert_cmpuint(w.m.clock.n_parts, ==, 2);
        expect_truth(&w, stepping);
        world_free(&w);
    }
}

/* Fewer requests in the trace than in the capture: what looks like a step may be a missing one. */
static void test_no_step_if_partial(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    uint32_t t = trace_conn(&w, "10.0.0.1:4000");
    for (uint32_t i = 0; i < 20; i++) {
        wire_request(&w, 0, 2 * i + 1, NULL, 10 * (i + 1) * MS);
        if (i != 10)
            trace_request(&w, t, NULL, 10 * (i + 1) * MS);
    }
    join(&w);
    g_assert_cmpuint(w.m.clock.n_parts, <=, 1);
    for (uint32_t i = 0; i < 19; i++)
        g_assert_cmpuint(h2t_attempt_at(&w.m, i)->stream, ==, H2T_NONE);
    world_free(&w);
}

static void add_process(struct world *w, uint64_t pid, const char *host)
{
    struct h2t_process p = {.pid = pid, .unit = 1};
    p.host = h2t_intern(w->m.trace->strings, host, strlen(host));
    g_array_append_val(w->m.trace->processes, p);
}

/* Those past the limit have one that stays unknown, what their connections say. */
static void test_many_hosts(void)
{
    struct world w = world_new();
    for (uint32_t p = 0; p < H2T_MAX_CLOCKS + 2; p++) {
        g_autofree char *host = g_strdup_printf("h%u", p),
                        *local = g_strdup_printf("10.0.0.1:%u", 4000 + p);
        add_process(&w, p, host);
        wire_conn(&w, p, local, p * MS);
        uint32_t t = trace_conn(&w, local);
        h2t_tconn_at(&w.m, t)->process = p;
        wire_request(&w, p, 1, NULL, (p + 10) * MS);
        uint32_t a = trace_request(&w, t, NULL, (p + 10) * MS);
        h2t_request_at(&w.m, a)->process = p;
    }
    join(&w);
    g_assert_cmpuint(w.m.trace->clocks->len, ==, H2T_MAX_CLOCKS + 1);
    g_assert_true(h2t_clock_known(h2t_clock_of(&w.m, H2T_MAX_CLOCKS - 1)));
    g_assert_false(h2t_clock_known(h2t_clock_of(&w.m, H2T_MAX_CLOCKS)));
    g_assert_true(h2t_clock_of(&w.m, H2T_MAX_CLOCKS) == h2t_clock_of(&w.m, H2T_MAX_CLOCKS + 1));
    world_free(&w);
}

/* Two processes of one host have one clock, another host has its own. */
static void test_hosts(void)
{
    static const char *const locals[] = {"10.0.0.1:4000", "10.0.0.1:4001", "10.0.0.3:4000"};
    struct world w = world_new();
    add_process(&w, 1, "a");
    add_process(&w, 2, "a");
    add_process(&w, 3, "b");
    for (uint32_t p = 0; p < 3; p++) {
        wire_conn(&w, p, locals[p], p * MS);
        uint32_t t = trace_conn(&w, locals[p]);
        h2t_tconn_at(&w.m, t)->process = p;
        for (uint32_t i = 0; i < 5; i++) {
            wire_request(&w, p, 2 * i + 1, NULL, (10 * i + 10 + p) * MS);
            uint32_t a = trace_request(&w, t, NULL, (10 * i + 10 + p) * MS);
            h2t_request_at(&w.m, a)->process = p;
            shift(&w, a, p == 2 ? -700 * MS : 0);
        }
        h2t_tconn_at(&w.m, t)->first = hook(&w, 5 * p);
    }
    join(&w);
    g_assert_cmpuint(w.m.trace->clocks->len, ==, 2);
    g_assert_true(h2t_clock_of(&w.m, 0) == h2t_clock_of(&w.m, 1));
    g_assert_cmpuint(h2t_clock_of(&w.m, 0)->n, ==, 2);
    struct h2t_range b = h2t_clock_at(h2t_clock_of(&w.m, 2), START, 0);
    g_assert_cmpint(b.lo, <=, 700 * MS);
    g_assert_cmpint(b.hi, >=, 700 * MS);
    g_assert_cmpint(w.m.clock.lo, <, MS);
    g_assert_cmpint(w.m.clock.hi, >=, 700 * MS);
    world_free(&w);
}

/* What one connection alone would not prove, the user may say. */
static void test_stated(void)
{
    for (int right = 0; right < 2; right++) {
        struct world w = world_new();
        w.offset = 24 * 3600 * S;
        int64_t said = right ? w.offset : 7 * S;
        w.m.clock = (struct h2t_clock){.lo = said, .hi = said, .stated = true};
        matching_requests(&w, 2, NULL);
        join(&w);
        g_assert_cmpuint(h2t_attempt_at(&w.m, 0)->stream, ==, right ? 0 : H2T_NONE);
        g_assert_cmpint(h2t_clock_shift(&w.m.clock, START, 1), ==, said);
        world_free(&w);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/drift", test_drift);
    g_test_add_func("/clock/step", test_step);
    g_test_add_func("/clock/no-step-if-partial", test_no_step_if_partial);
    g_test_add_func("/clock/hosts", test_hosts);
    g_test_add_func("/clock/stated", test_stated);
    g_test_add_func("/clock/many-hosts", test_many_hosts);
    return g_test_run();
}
