/* SPDX-License-Identifier: MIT */
/* Packets without a time (Simple Packet Blocks have none), and times that are far off: nothing is
 * concluded from a time that is not known, and no sum runs over. */
#include "core/comment.h"
#include "core/notes.h"
#include "core/ns.h"
#include "world.h"

static void test_arithmetic(void)
{
    g_assert_cmpint(h2t_ns_add(3, -5), ==, -2);
    g_assert_cmpint(h2t_ns_add(INT64_MAX, 1), ==, INT64_MAX);
    g_assert_cmpint(h2t_ns_add(INT64_MIN, -1), ==, INT64_MIN);
    g_assert_cmpint(h2t_ns_add(INT64_MIN, INT64_MAX), ==, -1);
    g_assert_cmpint(h2t_ns_sub(3, 5), ==, -2);
    g_assert_cmpint(h2t_ns_sub(INT64_MIN, 1), ==, INT64_MIN);
    g_assert_cmpint(h2t_ns_sub(1, INT64_MIN), ==, INT64_MAX);
    g_assert_cmpint(h2t_ns_sub(0, INT64_MAX), ==, -INT64_MAX);
}

static void set_times(struct h2t_wire *wire, int64_t ns)
{
    for (uint32_t i = 0; i < wire->conns->len; i++) {
        struct h2t_conn *c = &g_array_index(wire->conns, struct h2t_conn, i);
        c->first.ns = c->last.ns = c->syn.ns = c->syn_ack.ns = c->preface.ns = ns;
    }
    for (uint32_t i = 0; i < wire->streams->len; i++) {
        struct h2t_stream *s = &g_array_index(wire->streams, struct h2t_stream, i);
        s->headers.ns = s->request_end.ns = s->response.ns = s->finish.ns = ns;
    }
    for (uint32_t i = 0; i < wire->queries->len; i++) {
        struct h2t_query *q = &g_array_index(wire->queries, struct h2t_query, i);
        q->query.ns = q->answer.ns = ns;
    }
}

static void join_at(struct world *w, int64_t ns)
{
    w->m.wire = h2t_facts_finish(&w->facts);
    set_times(w->m.wire, ns);
    h2t_join(&w->m);
}

/* No comment tells a time relative to its packet. */
static void expect_no_times(const struct world *w)
{
    GArray *notes = h2t_notes(&w->m);
    g_autoptr(GString) text = g_string_new(NULL);
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    g_assert_cmpuint(notes->len, >, 0);
    for (guint i = 0; i < notes->len; i++) {
        h2t_note_text(&w->m, &g_array_index(notes, struct h2t_note, i), false, text);
        g_assert_true(h2t_comment_parse(text->str, text->len, &comment));
        while (h2t_comment_next(&comment, &pair))
            g_assert_false(g_ascii_isupper(*pair.key));
    }
    g_array_unref(notes);
}

/* Order and addresses tell as much as ever. */
static void test_order(void)
{
    struct world w = world_new();
    matching_requests(&w, 3, NULL);
    join_at(&w, H2T_NEVER);
    g_assert_cmpint(h2t_tconn_at(&w.m, 0)->bound, ==, H2T_MATCH_TUPLE);
    for (uint32_t i = 0; i < 3; i++)
        g_assert_cmpuint(h2t_attempt_at(&w.m, i)->stream, ==, i);
    expect_no_times(&w);
    world_free(&w);
}

/* A 4-tuple that recurs is two connections, not one seen twice. */
static void test_reuse(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    wire_conn(&w, 1, "10.0.0.1:4000", S);
    trace_request(&w, trace_conn(&w, "10.0.0.1:4000"), NULL, 10 * MS);
    join_at(&w, H2T_NEVER);
    g_assert_cmpuint(h2t_conn_at(&w.m, 1)->copy_of, ==, H2T_NONE);
    g_assert_cmpuint(h2t_tconn_at(&w.m, 0)->conn, ==, H2T_NONE);
    world_free(&w);
}

static void test_dials_and_lookups(void)
{
    struct world w = world_new();
    matching_requests(&w, 1, NULL);
    wire_conn(&w, 1, "10.0.0.1:4001", 20 * MS);
    trace_dial(&w, 19 * MS, 22 * MS);
    h2t_facts_dns(w.facts, &(struct h2t_dns){.client = addr("10.0.0.1:5353"),
                                             .name = "a.example",
                                             .mark = mark(&w, 3 * MS)});
    trace_lookup(&w, "a.example", 2 * MS, 4 * MS);
    w.m.wire = h2t_facts_finish(&w.facts);
    struct h2t_conn timed = *h2t_conn_at(&w.m, 0); /* tells the clock */
    struct h2t_stream request = *h2t_stream_at(&w.m, 0);
    set_times(w.m.wire, H2T_NEVER);
    *h2t_conn_at(&w.m, 0) = timed;
    *h2t_stream_at(&w.m, 0) = request;
    h2t_join(&w.m);
    g_assert_true(h2t_clock_known(&w.m.clock));
    g_assert_cmpuint(h2t_conn_at(&w.m, 1)->dial, ==, H2T_NONE);
    g_assert_cmpuint(h2t_query_at(&w.m, 0)->lookup, ==, H2T_NONE);
    world_free(&w);
}

/* UBSan would tell if a sum ran over. */
static void test_far_off(void)
{
    static const int64_t far[] = {INT64_MIN + 1, -START, 0, INT64_MAX};
    for (size_t i = 0; i < G_N_ELEMENTS(far); i++) {
        struct world w = world_new();
        matching_requests(&w, 3, NULL);
        trace_dial(&w, 0, 2 * MS);
        trace_lookup(&w, "a.example", 2 * MS, 4 * MS);
        join_at(&w, far[i]);
        GArray *notes = h2t_notes(&w.m);
        g_autoptr(GString) text = g_string_new(NULL);
        for (guint n = 0; n < notes->len; n++)
            h2t_note_text(&w.m, &g_array_index(notes, struct h2t_note, n), false, text);
        g_array_unref(notes);
        world_free(&w);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/untimed/arithmetic", test_arithmetic);
    g_test_add_func("/untimed/order", test_order);
    g_test_add_func("/untimed/reuse", test_reuse);
    g_test_add_func("/untimed/dials-and-lookups", test_dials_and_lookups);
    g_test_add_func("/untimed/far-off", test_far_off);
    return g_test_run();
}
