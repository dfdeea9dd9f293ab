/* SPDX-License-Identifier: MIT */
/* What can be said while the capture is read, on small models made by hand. */
#include "core/live.h"

#include "core/notes.h"

#include "world.h"

/* A world whose trace is complete and whose capture comes packet by packet. */
struct watch {
    struct world w;
    struct h2t_live *live;
};

static void start(struct watch *x)
{
    x->w.m.wire = h2t_facts_wire(x->w.facts);
    x->live = h2t_live_new(&x->w.m);
}

static void stop(struct watch *x)
{
    h2t_live_free(&x->live);
    h2t_facts_free(&x->w.facts);
    x->w.m.wire = NULL;
    world_free(&x->w);
}

static void see(struct watch *x, struct h2t_frame f, int64_t at)
{
    f.mark = mark(&x->w, at);
    uint32_t stream = h2t_facts_open_stream(x->w.facts, f.conn, f.stream);
    h2t_facts_packet(x->w.facts, f.conn, f.mark);
    h2t_facts_frame(x->w.facts, &f);
    if (stream == H2T_NONE)
        stream = h2t_facts_open_stream(x->w.facts, f.conn, f.stream);
    h2t_live_frame(x->live, &f, stream);
}

static void see_conn(struct watch *x, uint32_t conn, const char *local, int64_t at)
{
    struct h2t_tuple tuple = {.client = addr(local), .server = addr("10.0.0.2:443")};
    h2t_facts_open(x->w.facts, conn, &tuple, mark(&x->w, at));
    see(x, (struct h2t_frame){.kind = H2T_SYN, .conn = conn}, at);
    see(x, (struct h2t_frame){.kind = H2T_SYN_ACK, .dir = H2T_SERVER, .conn = conn}, at + MS);
    see(x, (struct h2t_frame){.kind = H2T_PREFACE, .conn = conn}, at + 2 * MS);
}

static void see_request(struct watch *x, uint32_t conn, uint32_t id, const char *request_id,
                        int64_t at)
{
    struct h2t_fields fields = {
        .method = "GET", .path = "/a", .request_id = request_id, .complete = true};
    see(x, (struct h2t_frame){.kind = H2T_HEADERS, .conn = conn, .stream = id, .fields = &fields},
        at);
}

static void expect(const struct watch *x, uint32_t stream, uint32_t attempt, enum h2t_match match)
{
    g_assert_cmpuint(h2t_stream_at(&x->w.m, stream)->attempt, ==, attempt);
    g_assert_cmpuint(h2t_stream_at(&x->w.m, stream)->match, ==, match);
}

static unsigned notes_now(const struct watch *x)
{
    return h2t_live_notes(x->live, x->w.packet)->len;
}

/* A trace of one connection with `n` requests, 10 ms apart. */
static void start_with(struct watch *x, uint32_t n, const char *const *ids)
{
    *x = (struct watch){.w = world_new()};
    uint32_t t = trace_conn(&x->w, "10.0.0.1:4000");
    for (uint32_t i = 0; i < n; i++)
        trace_request(&x->w, t, ids ? ids[i] : NULL, (10 + 10 * (int64_t)i) * MS);
    start(x);
}

static void test_order(void)
{
    struct watch x;
    start_with(&x, 3, NULL);
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    g_assert_cmpint(h2t_tconn_at(&x.w.m, 0)->bound, ==, H2T_MATCH_TUPLE);
    for (uint32_t i = 0; i < 3; i++) {
        see_request(&x, 0, 2 * i + 1, NULL, (10 + 10 * (int64_t)i) * MS);
        expect(&x, i, i, H2T_MATCH_ORDER);
        g_assert_cmpuint(notes_now(&x), ==, 1);
    }
    stop(&x);
}

static void test_unique_header(void)
{
    struct watch x;
    start_with(&x, 3, (const char *const[]){"x", "x", "z"});
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    see_request(&x, 0, 1, "x", 10 * MS);
    see_request(&x, 0, 3, "x", 20 * MS);
    see_request(&x, 0, 5, "z", 30 * MS);
    expect(&x, 0, 0, H2T_MATCH_ORDER);
    expect(&x, 1, 1, H2T_MATCH_ORDER);
    expect(&x, 2, 2, H2T_MATCH_ORDER_HEADER);
    stop(&x);
}

/* The trace lacks the second request: from there on only headers pair. */
static void test_partial(void)
{
    struct watch x;
    start_with(&x, 3, (const char *const[]){"a", "c", NULL});
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    see_request(&x, 0, 1, "a", 10 * MS);
    see_request(&x, 0, 3, "b", 15 * MS);
    see_request(&x, 0, 5, "c", 20 * MS);
    see_request(&x, 0, 7, NULL, 30 * MS);
    expect(&x, 0, 0, H2T_MATCH_ORDER_HEADER);
    expect(&x, 1, H2T_NONE, H2T_MATCH_NONE);
    expect(&x, 2, 1, H2T_MATCH_HEADER);
    expect(&x, 3, H2T_NONE, H2T_MATCH_NONE);
    stop(&x);
}

/* A request of which the trace does not name the connection may be on this one. */
static void test_strays(void)
{
    struct watch x = {.w = world_new()};
    uint32_t t = trace_conn(&x.w, "10.0.0.1:4000");
    trace_request(&x.w, t, NULL, 10 * MS);
    trace_request(&x.w, t, "x", 20 * MS);
    trace_request(&x.w, H2T_NONE, NULL, 15 * MS);
    start(&x);
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    see_request(&x, 0, 1, NULL, 10 * MS);
    see_request(&x, 0, 3, "x", 20 * MS);
    expect(&x, 0, H2T_NONE, H2T_MATCH_NONE);
    expect(&x, 1, 1, H2T_MATCH_ORDER_HEADER);
    stop(&x);
}

/* The second attempt got its connection after the second stream was opened: not the same, or a
 * stamp that strays, which the third bears out. */
static void test_times(void)
{
    struct watch x;
    start_with(&x, 3, NULL);
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    struct h2t_attempt *first = h2t_attempt_at(&x.w.m, 0), *second = h2t_attempt_at(&x.w.m, 1);
    first->at[H2T_FIRST_BYTE] = START + 11 * MS;
    second->at[H2T_GOT_CONN] += 3 * S;
    see_request(&x, 0, 1, NULL, 10 * MS);
    see_request(&x, 0, 3, NULL, 20 * MS);
    see_request(&x, 0, 5, NULL, 30 * MS);
    expect(&x, 0, 0, H2T_MATCH_ORDER);
    expect(&x, 1, H2T_NONE, H2T_MATCH_NONE);
    expect(&x, 2, 2, H2T_MATCH_ORDER);
    stop(&x);
}

/* One 4-tuple twice in the trace, seconds apart at most: only a unique header decides. */
static void test_recurring(void)
{
    struct watch x = {.w = world_new()};
    for (int i = 0; i < 2; i++) {
        uint32_t t = trace_conn(&x.w, "10.0.0.1:4000");
        trace_request(&x.w, t, i ? "second" : "first", (10 + 100 * i) * MS);
    }
    start(&x);
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    g_assert_cmpuint(h2t_conn_at(&x.w.m, 0)->tconn, ==, H2T_NONE);
    see_request(&x, 0, 1, "first", 10 * MS);
    g_assert_cmpuint(h2t_conn_at(&x.w.m, 0)->tconn, ==, 0);
    expect(&x, 0, 0, H2T_MATCH_ORDER_HEADER);
    stop(&x);
}

/* Clocks three hours apart: the join may find that out, one pass does not. */
static void test_far_clocks(void)
{
    struct watch x;
    start_with(&x, 1, NULL);
    x.w.offset = 3 * 3600 * S;
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    see_request(&x, 0, 1, NULL, 10 * MS);
    g_assert_cmpuint(h2t_conn_at(&x.w.m, 0)->tconn, ==, H2T_NONE);
    g_assert_cmpuint(notes_now(&x), ==, 0);
    stop(&x);
}

static void test_ends(void)
{
    struct watch x;
    start_with(&x, 2, NULL);
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    see_request(&x, 0, 1, NULL, 10 * MS);
    see_request(&x, 0, 3, NULL, 20 * MS);
    see(&x, (struct h2t_frame){.kind = H2T_GOAWAY, .dir = H2T_SERVER, .last_stream = 0x7fffffff},
        25 * MS);
    g_assert_cmpuint(notes_now(&x), ==, 0); /* another will follow */
    see(&x, (struct h2t_frame){.kind = H2T_GOAWAY, .dir = H2T_SERVER, .last_stream = 1}, 26 * MS);
    g_assert_cmpuint(notes_now(&x), ==, 2); /* itself, and the end of stream 3 */
    see(&x, (struct h2t_frame){.kind = H2T_RST, .dir = H2T_SERVER}, 27 * MS);
    g_assert_cmpuint(notes_now(&x), ==, 2);
    g_assert_cmpuint(h2t_live_notes(x.live, x.w.packet + 1)->len, ==, 0);
    stop(&x);
}

/* The join that comes later begins anew, as often as it likes. */
static void test_join_after(void)
{
    struct watch x;
    start_with(&x, 2, NULL);
    see_conn(&x, 0, "10.0.0.1:4000", 0);
    see_request(&x, 0, 1, NULL, 10 * MS);
    for (int i = 0; i < 2; i++) {
        h2t_facts_settle(x.w.facts);
        h2t_join(&x.w.m);
        expect(&x, 0, 0, H2T_MATCH_ORDER);
        g_assert_cmpuint(h2t_stream_at(&x.w.m, 0)->end, ==, H2T_END_EOF);
    }
    see_request(&x, 0, 3, NULL, 20 * MS);
    h2t_join(&x.w.m);
    expect(&x, 1, 1, H2T_MATCH_ORDER);
    stop(&x);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/order", test_order);
    g_test_add_func("/live/unique-header", test_unique_header);
    g_test_add_func("/live/partial", test_partial);
    g_test_add_func("/live/strays", test_strays);
    g_test_add_func("/live/times", test_times);
    g_test_add_func("/live/recurring", test_recurring);
    g_test_add_func("/live/far-clocks", test_far_clocks);
    g_test_add_func("/live/ends", test_ends);
    g_test_add_func("/live/join-after", test_join_after);
    return g_test_run();
}
