/* SPDX-License-Identifier: MIT */
/* The join on small models made by hand: each case says what must be paired, how, and why the rest
 * is not. */
#include "world.h"

static void expect(const struct world *w, uint32_t attempt, uint32_t stream, enum h2t_match match)
{
    g_assert_cmpuint(h2t_attempt_at(&w->m, attempt)->stream, ==, stream);
    g_assert_cmpstr(h2t_match_name(h2t_attempt_at(&w->m, attempt)->match), ==,
                    h2t_match_name(match));
    if (stream != H2T_NONE)
        g_assert_cmpuint(h2t_stream_at(&w->m, stream)->attempt, ==, attempt);
}

static void expect_alone(const struct world *w, uint32_t attempt, enum h2t_reason reason)
{
    expect(w, attempt, H2T_NONE, H2T_MATCH_NONE);
    g_assert_cmpstr(h2t_reason_name(h2t_attempt_at(&w->m, attempt)->reason), ==,
                    h2t_reason_name(reason));
}

static void test_order(void)
{
    struct world w = world_new();
    matching_requests(&w, 3, NULL);
    join(&w);
    g_assert_cmpint(h2t_tconn_at(&w.m, 0)->bound, ==, H2T_MATCH_TUPLE);
    for (uint32_t i = 0; i < 3; i++)
        expect(&w, i, i, H2T_MATCH_ORDER);
    g_assert_true(w.m.clock.lo <= 0 && w.m.clock.hi >= 0);
    g_assert_cmpint(w.m.clock.hi - w.m.clock.lo, <, MS);
    world_free(&w);
}

static void test_order_and_header(void)
{
    struct world w = world_new();
    matching_requests(&w, 3, (const char *const[]){"x", "y", "z"});
    join(&w);
    for (uint32_t i = 0; i < 3; i++)
        expect(&w, i, i, H2T_MATCH_ORDER_HEADER);
    world_free(&w);
}

static void test_header_not_unique(void)
{
    struct world w = world_new();
    matching_requests(&w, 3, (const char *const[]){"x", "x", "z"});
    join(&w);
    expect(&w, 0, 0, H2T_MATCH_ORDER);
    expect(&w, 1, 1, H2T_MATCH_ORDER);
    expect(&w, 2, 2, H2T_MATCH_ORDER_HEADER);
    world_free(&w);
}

static void test_headers_ignored(void)
{
    struct world w = world_new();
    matching_requests(&w, 2, (const char *const[]){"x", "y"});
    w.m.ignore_headers = true;
    join(&w);
    expect(&w, 0, 0, H2T_MATCH_ORDER);
    expect(&w, 1, 1, H2T_MATCH_ORDER);
    world_free(&w);
}

/* The headers say that the first two are swapped: the order is not believed, nor is the third
 * request. */
static void test_contradiction(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    uint32_t t = trace_conn(&w, "10.0.0.1:4000");
    static const char *const wire_ids[] = {"x", "y", NULL}, *const trace_ids[] = {"y", "x", NULL};
    for (uint32_t i = 0; i < 3; i++) {
        wire_request(&w, 0, 2 * i + 1, wire_ids[i], 10 * MS);
        trace_request(&w, t, trace_ids[i], 10 * MS);
    }
    join(&w);
    expect(&w, 0, 1, H2T_MATCH_HEADER);
    expect(&w, 1, 0, H2T_MATCH_HEADER);
    expect_alone(&w, 2, H2T_REASON_CONTRADICTION);
    world_free(&w);
}

static void test_path_contradicts(void)
{
    struct world w = world_new();
    matching_requests(&w, 2, NULL);
    h2t_attempt_at(&w.m, 1)->path = h2t_hash("/b", 2);
    join(&w);
    expect_alone(&w, 0, H2T_REASON_CONTRADICTION);
    expect_alone(&w, 1, H2T_REASON_CONTRADICTION);
    world_free(&w);
}

/* One request of the connection is not in the trace: counting proves nothing, a unique header still
 * does. */
static void test_partial_trace(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    uint32_t t = trace_conn(&w, "10.0.0.1:4000");
    static const char *const ids[] = {NULL, NULL, "z"};
    for (uint32_t i = 0; i < 3; i++)
        wire_request(&w, 0, 2 * i + 1, ids[i], (10 + i) * MS);
    trace_request(&w, t, NULL, 10 * MS);
    trace_request(&w, t, "z", 12 * MS);
    join(&w);
    expect_alone(&w, 0, H2T_REASON_PARTIAL);
    expect(&w, 1, 2, H2T_MATCH_HEADER);
    world_free(&w);
}

/* The trace's clock was wrong by 5 ms for some attempts, from `first` on. */
static struct world off_by_5ms(uint32_t first, uint32_t n)
{
    struct world w = world_new();
    matching_requests(&w, 6, NULL);
    for (uint32_t i = first; i < first + n; i++)
        for (unsigned hook = 0; hook < H2T_N_HOOKS; hook++)
            if (h2t_attempt_at(&w.m, i)->at[hook] != H2T_NEVER)
                h2t_attempt_at(&w.m, i)->at[hook] += 5 * MS;
    join(&w);
    return w;
}

static void test_stray_time(void)
{
    struct world w = off_by_5ms(2, 1);
    for (uint32_t i = 0; i < 6; i++)
        expect(&w, i, i, H2T_MATCH_ORDER);
    world_free(&w);
    w = off_by_5ms(5, 1); /* nothing after it says that the order is right */
    expect(&w, 4, 4, H2T_MATCH_ORDER);
    g_assert_cmpuint(h2t_attempt_at(&w.m, 5)->stream, ==, H2T_NONE);
    world_free(&w);
}

static void test_times_contradict(void)
{
    struct world w = off_by_5ms(2, 2);
    for (uint32_t i = 0; i < 6; i++)
        expect_alone(&w, i, H2T_REASON_CONTRADICTION);
    world_free(&w);
}

static void test_tail_not_on_wire(void)
{
    struct world w = world_new();
    matching_requests(&w, 2, NULL);
    uint32_t late = trace_request(&w, 0, NULL, 50 * MS);
    join(&w);
    expect(&w, 1, 1, H2T_MATCH_ORDER);
    expect_alone(&w, late, H2T_REASON_NOT_ON_WIRE);
    world_free(&w);
}

/* Only the second request that is left has a header: its neighbours are counted from it. */
static void test_late_start(void)
{
    struct world w = world_new();
    late_conn(&w, 0, "10.0.0.1:4000", 15 * MS);
    uint32_t t = trace_conn(&w, "10.0.0.1:4000");
    static const char *const ids[] = {NULL, NULL, "z", NULL};
    for (uint32_t i = 0; i < 4; i++) {
        trace_request(&w, t, ids[i], (10 + 10 * (int64_t)i) * MS);
        if (i)
            wire_request(&w, 0, 2 * i + 1, ids[i], (10 + 10 * (int64_t)i) * MS);
    }
    join(&w);
    expect_alone(&w, 0, H2T_REASON_LATE);
    expect(&w, 1, 0, H2T_MATCH_ORDER);
    expect(&w, 2, 1, H2T_MATCH_ORDER_HEADER);
    expect(&w, 3, 2, H2T_MATCH_ORDER);
    world_free(&w);
}

static void test_late_start_without_header(void)
{
    struct world w = world_new();
    late_conn(&w, 0, "10.0.0.1:4000", 15 * MS);
    uint32_t t = trace_conn(&w, "10.0.0.1:4000");
    for (uint32_t i = 0; i < 3; i++) {
        trace_request(&w, t, NULL, (10 + 10 * (int64_t)i) * MS);
        if (i)
            wire_request(&w, 0, 2 * i + 1, NULL, (10 + 10 * (int64_t)i) * MS);
    }
    join(&w);
    for (uint32_t i = 0; i < 3; i++)
        expect_alone(&w, i, H2T_REASON_LATE);
    world_free(&w);
}

/* The second of four requests is lost with some packets: only what is before the gap can be
 * counted. */
static void test_gap(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    uint32_t t = trace_conn(&w, "10.0.0.1:4000");
    for (uint32_t i = 0; i < 4; i++) {
        trace_request(&w, t, NULL, (10 + 10 * (int64_t)i) * MS);
        if (i == 1)
            tell(&w, 0, H2T_GAP, H2T_CLIENT, 20 * MS);
        else
            wire_request(&w, 0, 2 * i + 1, NULL, (10 + 10 * (int64_t)i) * MS);
    }
    join(&w);
    expect(&w, 0, 0, H2T_MATCH_ORDER);
    for (uint32_t i = 1; i < 4; i++)
        expect_alone(&w, i, H2T_REASON_GAP);
    world_free(&w);
}

static void test_doubtful_attempt(void)
{
    struct world w = world_new();
    matching_requests(&w, 2, (const char *const[]){NULL, "y"});
    h2t_attempt_at(&w.m, 0)->doubtful = true;
    join(&w);
    expect_alone(&w, 0, H2T_REASON_AMBIGUOUS);
    expect(&w, 1, 1, H2T_MATCH_HEADER);
    world_free(&w);
}

/* Four connections, one after the other, on one 4-tuple. */
static void reused_tuple(struct world *w, bool with_ids)
{
    static const char *const ids[] = {"a", "b", "c", "d"};
    static const int64_t at[] = {0, 300 * MS, 800 * MS, 900 * MS}; /* no period */
    for (uint32_t i = 0; i < 4; i++) {
        wire_conn(w, i, "10.0.0.1:4000", at[i]);
        wire_request(w, i, 1, with_ids ? ids[i] : NULL, at[i] + 10 * MS);
        trace_request(w, trace_conn(w, "10.0.0.1:4000"), with_ids ? ids[i] : NULL, at[i] + 10 * MS);
    }
}

static void expect_reused_tuple(struct world *w, enum h2t_match match)
{
    for (uint32_t i = 0; i < 4; i++) {
        g_assert_cmpuint(h2t_tconn_at(&w->m, i)->conn, ==, i);
        g_assert_cmpint(h2t_tconn_at(&w->m, i)->bound, ==, H2T_MATCH_TUPLE_TIME);
        expect(w, i, i, match);
    }
}

static void test_reuse(void)
{
    struct world w = world_new();
    reused_tuple(&w, false);
    join(&w);
    expect_reused_tuple(&w, H2T_MATCH_ORDER);
    world_free(&w);
}

static void test_reuse_with_clock_off(void)
{
    for (int with_ids = 0; with_ids < 2; with_ids++) {
        struct world w = world_new();
        w.offset = -3 * 3600 * S;
        reused_tuple(&w, with_ids);
        join(&w);
        g_assert_true(w.m.clock.lo <= w.offset && w.m.clock.hi >= w.offset);
        expect_reused_tuple(&w, with_ids ? H2T_MATCH_ORDER_HEADER : H2T_MATCH_ORDER);
        world_free(&w);
    }
}

/* The same ports on another day: one connection alone proves nothing, unless a header does. */
static void test_other_day(void)
{
    for (int with_ids = 0; with_ids < 2; with_ids++) {
        struct world w = world_new();
        w.offset = 24 * 3600 * S;
        matching_requests(&w, 2, with_ids ? (const char *const[]){"x", "y"} : NULL);
        join(&w);
        if (with_ids)
            expect(&w, 0, 0, H2T_MATCH_ORDER_HEADER);
        else
            expect_alone(&w, 0, H2T_REASON_OTHER_TIME);
        world_free(&w);
    }
}

static void test_other_addresses(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    wire_request(&w, 0, 1, "x", 10 * MS);
    uint32_t natted = trace_conn(&w, "192.168.0.1:5000");
    trace_request(&w, natted, "x", 10 * MS);
    uint32_t elsewhere = trace_conn(&w, "192.168.0.1:5001");
    trace_request(&w, elsewhere, "y", 10 * MS);
    join(&w);
    g_assert_cmpint(h2t_tconn_at(&w.m, natted)->bound, ==, H2T_MATCH_HEADER);
    expect(&w, 0, 0, H2T_MATCH_ORDER_HEADER);
    expect_alone(&w, 1, H2T_REASON_NOT_CAPTURED);
    world_free(&w);
}

static void test_stray_attempt(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    wire_request(&w, 0, 1, "x", 10 * MS);
    wire_request(&w, 0, 3, "y", 20 * MS);
    trace_request(&w, H2T_NONE, "y", 20 * MS);
    trace_request(&w, H2T_NONE, "z", 20 * MS);
    join(&w);
    expect(&w, 0, 1, H2T_MATCH_HEADER);
    expect_alone(&w, 1, H2T_REASON_NO_ADDR);
    g_assert_cmpint(h2t_stream_at(&w.m, 0)->reason, ==, H2T_REASON_UNTRACED);
    world_free(&w);
}

static void test_dials(void)
{
    struct world w = world_new();
    matching_requests(&w, 1, NULL);
    wire_conn(&w, 1, "10.0.0.1:4001", 100 * MS);
    wire_conn(&w, 2, "10.0.0.1:4002", 100 * MS + MS / 10);
    uint32_t alone = trace_dial(&w, -1 * MS, 2 * MS);
    uint32_t one = trace_dial(&w, 99 * MS, 102 * MS), other = trace_dial(&w, 99 * MS, 102 * MS);
    join(&w);
    g_assert_cmpuint(h2t_dial_at(&w.m, alone)->conn, ==, 0);
    g_assert_cmpint(h2t_dial_at(&w.m, alone)->match, ==, H2T_MATCH_ONLY);
    g_assert_cmpuint(h2t_conn_at(&w.m, 0)->dial, ==, alone);
    g_assert_cmpuint(h2t_dial_at(&w.m, one)->conn, ==, H2T_NONE);
    g_assert_cmpuint(h2t_dial_at(&w.m, other)->conn, ==, H2T_NONE);
    world_free(&w);
}

static void test_lookups(void)
{
    struct world w = world_new();
    matching_requests(&w, 1, NULL);
    struct h2t_dns question = {.client = addr("10.0.0.1:5353"), .name = "a.example", .id = 1};
    question.mark = mark(&w, 3 * MS);
    h2t_facts_dns(w.facts, &question);
    question.id = 2;
    question.name = "b.example";
    h2t_facts_dns(w.facts, &question);
    trace_lookup(&w, "A.example.", 2 * MS, 4 * MS);
    trace_lookup(&w, "a.example", 8 * MS, 9 * MS);
    trace_lookup(&w, "b.example", 2 * MS, 4 * MS);
    trace_lookup(&w, "b.example", 1 * MS, 5 * MS);
    join(&w);
    g_assert_cmpuint(h2t_query_at(&w.m, 0)->lookup, ==, 0);
    g_assert_cmpuint(h2t_query_at(&w.m, 1)->lookup, ==, H2T_NONE);
    world_free(&w);
}

/* "db" is looked for as db.one.test, then db.two.test; but not as db.three.test, which is
 * another's. */
static void test_search_list(void)
{
    static const char *const names[] = {"db.one.test", "db.two.test", "db.three.test",
                                        "dbx.one.test"};
    struct world w = world_new();
    matching_requests(&w, 1, NULL);
    for (uint16_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct h2t_dns question = {.client = addr("10.0.0.1:5353"), .name = names[i], .id = i};
        question.mark = mark(&w, 3 * MS);
        h2t_facts_dns(w.facts, &question);
    }
    trace_lookup(&w, "db", 2 * MS, 4 * MS);
    trace_lookup(&w, "db.three.test", 2 * MS, 4 * MS);
    join(&w);
    static const uint32_t wanted[] = {0, 0, 1, H2T_NONE};
    for (uint32_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpuint(h2t_query_at(&w.m, i)->lookup, ==, wanted[i]);
    world_free(&w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/join/nothing", test_nothing);
    g_test_add_func("/join/order", test_order);
    g_test_add_func("/join/order+header", test_order_and_header);
    g_test_add_func("/join/header-not-unique", test_header_not_unique);
    g_test_add_func("/join/headers-ignored", test_headers_ignored);
    g_test_add_func("/join/contradiction", test_contradiction);
    g_test_add_func("/join/path-contradicts", test_path_contradicts);
    g_test_add_func("/join/partial-trace", test_partial_trace);
    g_test_add_func("/join/stray-time", test_stray_time);
    g_test_add_func("/join/times-contradict", test_times_contradict);
    g_test_add_func("/join/tail-not-on-wire", test_tail_not_on_wire);
    g_test_add_func("/join/late-start", test_late_start);
    g_test_add_func("/join/late-start-without-header", test_late_start_without_header);
    g_test_add_func("/join/gap", test_gap);
    g_test_add_func("/join/doubtful-attempt", test_doubtful_attempt);
    g_test_add_func("/bind/reuse", test_reuse);
    g_test_add_func("/bind/reuse-with-clock-off", test_reuse_with_clock_off);
    g_test_add_func("/bind/other-day", test_other_day);
    g_test_add_func("/bind/other-addresses", test_other_addresses);
    g_test_add_func("/bind/stray-attempt", test_stray_attempt);
    g_test_add_func("/dials", test_dials);
    g_test_add_func("/lookups", test_lookups);
    g_test_add_func("/lookups/search-list", test_search_list);
    return g_test_run();
}
