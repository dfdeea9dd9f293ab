/* SPDX-License-Identifier: MIT */
/* TCP's numbers, SETTINGS and PING, and flow control, as the facts keep them. */
#include "world.h"

#include "core/talk.h"
#include "core/uploads.h"

/* One connection whose client is 10.0.0.1:4000, and what is told of it. */
struct talked {
    struct world w;
    struct h2t_addr client, server;
};

static struct talked begin(void)
{
    struct talked t = {world_new(), addr("10.0.0.1:4000"), addr("10.0.0.2:443")};
    wire_conn(&t.w, 0, "10.0.0.1:4000", 0);
    return t;
}

static void segment(struct talked *t, enum h2t_dir dir, uint32_t seq, uint32_t len, uint32_t ack,
                    int64_t at)
{
    struct h2t_segment s = {.src = dir == H2T_CLIENT ? t->client : t->server,
                            .seq = seq,
                            .len = len,
                            .ack = ack,
                            .has_ack = true,
                            .mark = mark(&t->w, at)};
    h2t_facts_packet(t->w.facts, 0, s.mark);
    h2t_facts_segment(t->w.facts, 0, &s);
}

/* On the packet told last. */
static void frame(struct talked *t, struct h2t_frame f)
{
    f.mark = (struct h2t_mark){.ns = START, .packet = t->w.packet};
    h2t_facts_frame(t->w.facts, &f);
}

static void headers(struct talked *t, uint32_t id, bool end)
{
    struct h2t_fields fields = {.method = "POST", .path = "/", .complete = true};
    frame(t, (struct h2t_frame){
                 .kind = H2T_HEADERS, .stream = id, .end_stream = end, .fields = &fields});
}

static void data(struct talked *t, uint32_t id, uint32_t len)
{
    frame(t, (struct h2t_frame){.kind = H2T_DATA, .stream = id, .len = len});
}

static void window(struct talked *t, uint32_t id, uint32_t more)
{
    frame(t, (struct h2t_frame){
                 .kind = H2T_WINDOW_UPDATE, .dir = H2T_SERVER, .stream = id, .code = more});
}

static void set(struct talked *t, uint16_t id, uint32_t value)
{
    struct h2t_setting s = {id, value};
    frame(t, (struct h2t_frame){
                 .kind = H2T_SETTINGS, .dir = H2T_SERVER, .settings = &s, .n_settings = 1});
}

static const struct h2t_stream *finish(struct talked *t)
{
    t->w.m.wire = h2t_facts_finish(&t->w.facts);
    return h2t_stream_at(&t->w.m, 0);
}

static const struct h2t_talk *talk(const struct talked *t)
{
    return h2t_talk_of(t->w.m.wire, h2t_conn_at(&t->w.m, 0));
}

/* A HEADERS that ends at sequence number 1100: acknowledged or not, heard or not. */
static void test_acked(void)
{
    static const struct {
        uint32_t ack;
        bool answer, acked, heard;
    } cases[] = {{1100, true, true, true}, {1050, true, false, true}, {0, false, false, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct talked t = begin();
        segment(&t, H2T_CLIENT, 1000, 100, 500, 10 * MS);
        headers(&t, 1, true);
        if (cases[i].answer)
            segment(&t, H2T_SERVER, 500, 0, cases[i].ack, 11 * MS);
        const struct h2t_stream *s = finish(&t);
        g_assert_cmpint(s->acked, ==, cases[i].acked);
        g_assert_cmpint(s->heard, ==, cases[i].heard);
        world_free(&t.w);
    }
}

/* What the server acknowledges after the first sign of its end does not count. */
static void test_cut(void)
{
    struct talked t = begin();
    segment(&t, H2T_CLIENT, 1000, 100, 500, 10 * MS);
    headers(&t, 1, true);
    segment(&t, H2T_SERVER, 500, 24, 1000, 10 * MS);
    frame(&t, (struct h2t_frame){.kind = H2T_ALERT, .dir = H2T_SERVER, .code = 0});
    segment(&t, H2T_SERVER, 524, 0, 1100, 11 * MS);
    frame(&t, (struct h2t_frame){.kind = H2T_FIN, .dir = H2T_SERVER});
    const struct h2t_stream *s = finish(&t);
    g_assert_cmpint(s->end, ==, H2T_END_CLOSE);
    g_assert_false(s->acked);
    world_free(&t.w);
}

/* Numbers wrap; what comes again within a millisecond is a copy; a byte is a keep-alive probe. */
static void test_repeated(void)
{
    struct talked t = begin();
    segment(&t, H2T_CLIENT, UINT32_MAX - 49, 100, 500, 10 * MS);
    headers(&t, 1, true);
    segment(&t, H2T_CLIENT, UINT32_MAX - 49, 100, 500, 10 * MS + 1000);
    segment(&t, H2T_CLIENT, 49, 1, 500, 20 * MS);
    g_assert_cmpuint(
        h2t_talk_of(h2t_facts_wire(t.w.facts),
                    &g_array_index(h2t_facts_wire(t.w.facts)->conns, struct h2t_conn, 0))
            ->n_unheard,
        ==, 0);
    segment(&t, H2T_CLIENT, UINT32_MAX - 49, 100, 500, 300 * MS);
    const struct h2t_stream *s = finish(&t);
    g_assert_true(s->repeated && !s->heard && !s->acked);
    g_assert_cmpuint(talk(&t)->n_repeated, ==, 1);
    g_assert_cmpuint(talk(&t)->end[H2T_CLIENT], ==, 50);
    world_free(&t.w);
}

static void test_rst(void)
{
    struct talked t = begin();
    segment(&t, H2T_CLIENT, 1000, 100, 500, 10 * MS);
    headers(&t, 1, true);
    segment(&t, H2T_SERVER, 500, 0, 1100, 11 * MS);
    segment(&t, H2T_CLIENT, 1100, 50, 500, 2011 * MS);
    uint32_t after = t.w.packet;
    struct h2t_segment rst = {.src = t.server, .rst = true, .mark = mark(&t.w, 2012 * MS)};
    h2t_facts_segment(t.w.facts, 0, &rst);
    frame(&t, (struct h2t_frame){.kind = H2T_RST, .dir = H2T_SERVER});
    finish(&t);
    g_assert_cmpuint(talk(&t)->rst_after.packet, ==, after);
    g_assert_cmpint(talk(&t)->rst_quiet, ==, 2000 * MS);
    world_free(&t.w);
}

/* RFC 9113 sections 6.9.1 and 6.9.2: the stream's window and the connection's. */
static void test_windows(void)
{
    struct talked t = begin();
    segment(&t, H2T_CLIENT, 1000, 100, 500, 10 * MS);
    headers(&t, 1, false);
    data(&t, 1, 65535);
    set(&t, 4, 100000); /* SETTINGS_INITIAL_WINDOW_SIZE: open streams have more, too */
    window(&t, 0, 10);
    data(&t, 1, 10);
    window(&t, 1, 5);
    const struct h2t_stream *s = finish(&t);
    const struct h2t_upload *u = h2t_upload_of(t.w.m.wire, s);
    g_assert_cmpuint(u->sent, ==, 65545);
    g_assert_cmpint(u->window, ==, 100000 - 65545 + 5);
    g_assert_cmpint(u->conn_window, ==, 0);
    g_assert_cmpuint(u->n_granted, ==, 1);
    g_assert_cmpuint(u->n_blocked, ==, 1);
    g_assert_cmpuint(u->flood.packet, ==, 0);
    world_free(&t.w);
}

static void test_flood(void)
{
    struct talked t = begin();
    segment(&t, H2T_CLIENT, 1000, 100, 500, 10 * MS);
    headers(&t, 1, true);
    window(&t, 1, INT32_MAX - 65535);
    g_assert_cmpuint(
        g_array_index(h2t_facts_wire(t.w.facts)->uploads, struct h2t_upload, 0).flood.packet, ==,
        0);
    window(&t, 1, 1);
    window(&t, 0, INT32_MAX);
    const struct h2t_stream *s = finish(&t);
    g_assert_cmpuint(h2t_upload_of(t.w.m.wire, s)->flood.packet, ==, t.w.packet);
    g_assert_cmpuint(talk(&t)->flood.packet, ==, t.w.packet);
    world_free(&t.w);
}

static void test_control(void)
{
    struct talked t = begin();
    segment(&t, H2T_CLIENT, 1000, 100, 500, 10 * MS);
    headers(&t, 1, true);
    headers(&t, 3, true);
    set(&t, 3, 1); /* SETTINGS_MAX_CONCURRENT_STREAMS */
    set(&t, 3, 7);
    frame(&t, (struct h2t_frame){.kind = H2T_PING, .dir = H2T_CLIENT});
    frame(&t, (struct h2t_frame){.kind = H2T_PING, .dir = H2T_SERVER, .flags = 1});
    frame(&t, (struct h2t_frame){.kind = H2T_RST_STREAM, .stream = 3, .code = 8});
    finish(&t);
    const struct h2t_talk *k = talk(&t);
    g_assert_cmpuint(k->n_unsettled, ==, 2);
    g_assert_cmpuint(k->first_max_streams, ==, 1);
    g_assert_cmpuint(k->max_streams, ==, 7);
    g_assert_cmpuint(k->n_pings, ==, 1);
    g_assert_cmpuint(k->n_resets, ==, 1);
    g_assert_cmpuint(k->ping_ack[H2T_SERVER].packet, ==, t.w.packet);
    world_free(&t.w);
}

/* Packets without payload cost nothing: a SYN flood is told without talks. */
static void test_no_talk(void)
{
    struct talked t = begin();
    uint32_t before = h2t_facts_wire(t.w.facts)->talks->len;
    segment(&t, H2T_CLIENT, 1000, 0, 500, 10 * MS);
    g_assert_cmpuint(h2t_facts_wire(t.w.facts)->talks->len, ==, before);
    t.w.m.wire = h2t_facts_finish(&t.w.facts);
    world_free(&t.w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/talk/acked", test_acked);
    g_test_add_func("/talk/cut", test_cut);
    g_test_add_func("/talk/repeated", test_repeated);
    g_test_add_func("/talk/rst", test_rst);
    g_test_add_func("/talk/control", test_control);
    g_test_add_func("/talk/none", test_no_talk);
    g_test_add_func("/uploads/windows", test_windows);
    g_test_add_func("/uploads/flood", test_flood);
    return g_test_run();
}
