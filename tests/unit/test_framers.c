/* SPDX-License-Identifier: MIT */
/* Lines to Framers. */
#include "core/framers.h"
#include "debug_log.h"

static void load(struct talk *t)
{
    struct h2t_loader *loader = h2t_loader_new();
    sidecar_feed(loader, "app.log", t->log->str, t->log->len, 1000);
    t->m.trace = sidecar_finish(loader);
}

static const struct h2t_logged_request *request(const struct h2t_framer *f, uint32_t i)
{
    g_assert_cmpuint(i, <, f->requests->len);
    return &g_array_index(f->requests, struct h2t_logged_request, i);
}

/* A new Framer at each SETTINGS: addresses come again. */
static void test_pointers(void)
{
    struct talk t;
    talk_init(&t);
    for (int i = 0; i < 2; i++) {
        say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
        say(&t, 2, "http2: Framer 0xc0: read SETTINGS len=0");
        say(&t, 3, "http2: Framer 0xc0: wrote SETTINGS flags=ACK len=0");
        say(&t, 4, "http2: Framer 0xc0: failed to decode just-written frame");
    }
    load(&t);
    g_assert_cmpuint(t.m.trace->framers->len, ==, 2);
    for (uint32_t i = 0; i < 2; i++) {
        g_assert_true(framer(&t, i)->from_start && framer(&t, i)->has_side);
        g_assert_cmpint(framer(&t, i)->side, ==, H2T_CLIENT);
        g_assert_cmpuint(framer(&t, i)->frames[H2T_WROTE]->len, ==, 2);
        g_assert_cmpuint(framer(&t, i)->frames[H2T_READ]->len, ==, 1);
        g_assert_cmpint(framer(&t, i)->unit, ==, 1000);
    }
    talk_fini(&t);
}

/* grpc-go grows its window by SETTINGS in the middle, and has no ENABLE_PUSH. */
static void test_grpc(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=0");
    say(&t, 2, "http2: Framer 0xc0: read SETTINGS len=6, settings: MAX_FRAME_SIZE=16384");
    say(&t, 3, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=1 len=70");
    say(&t, 4, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: INITIAL_WINDOW_SIZE=131072");
    say(&t, 5, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=3 len=9");
    load(&t);
    g_assert_cmpuint(t.m.trace->framers->len, ==, 1);
    g_assert_true(framer(&t, 0)->has_side && framer(&t, 0)->side == H2T_CLIENT);
    g_assert_cmpuint(framer(&t, 0)->requests->len, ==, 2);
    g_assert_cmpuint(request(framer(&t, 0), 1)->stream, ==, 3);
    g_assert_null(request(framer(&t, 0), 1)->url);
    talk_fini(&t);
}

static void test_server(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1,
        "http2: server connection from 10.0.0.1:4000 on %%!p(http.http2ServerConfig={0xc1})");
    say(&t, 2, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: MAX_FRAME_SIZE=1048576");
    say(&t, 3, "http2: Framer 0xc0: read HEADERS flags=END_HEADERS stream=1 len=70");
    say(&t, 4, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=1 len=9");
    say(&t, 5, "http2: server connection from 10.0.0.1:4001 on 0xc1");
    say(&t, 6, "http2: Framer 0xc3: wrote SETTINGS len=6, settings: MAX_FRAME_SIZE=1048576");
    load(&t);
    g_assert_cmpuint(t.m.trace->framers->len, ==, 1); /* the second said and heard nothing */
    g_assert_cmpint(framer(&t, 0)->side, ==, H2T_SERVER);
    assert_addr(&framer(&t, 0)->remote, "10.0.0.1:4000");
    g_assert_cmpuint(framer(&t, 0)->requests->len, ==, 1); /* what it wrote is an answer */
    g_assert_cmpuint(request(framer(&t, 0), 0)->stream, ==, 1);
    talk_fini(&t);
}

static void test_requests(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Transport creating client conn 0xcc to 10.0.0.2:443");
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    say_fields(&t, 2, "/a?secret=1", "id1");
    say(&t, 3, "http2: Framer 0xc0: wrote HEADERS flags=END_STREAM stream=1 len=100");
    say(&t, 3, "http2: Framer 0xc0: wrote CONTINUATION flags=END_HEADERS stream=1 len=11");
    say(&t, 4, "http2: Transport encoding header \"x-checksum\" = \"1\"");
    say(&t, 4, "http2: Framer 0xc0: wrote HEADERS flags=END_STREAM|END_HEADERS stream=1 len=5");
    say_fields(&t, 5, "/b", NULL);
    say(&t, 6, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=5 len=9");
    say(&t, 7, "RoundTrip failure: stream error: stream ID 5; CANCEL; received from peer");
    say(&t, 8,
        "http2: Transport readFrame error on conn 0xcc: (*net.OpError) read tcp "
        "10.0.0.1:4000->10.0.0.2:443: use of closed network connection");
    load(&t);
    const struct h2t_framer *f = framer(&t, 0);
    g_assert_cmpuint(f->requests->len, ==, 2); /* trailers are none */
    g_assert_cmpstr(request(f, 0)->url, ==, "https://shop/a");
    g_assert_cmpstr(request(f, 0)->method, ==, "GET");
    g_assert_cmpuint(request(f, 0)->request_id, ==, h2t_hash("id1", 3));
    g_assert_cmpuint(request(f, 1)->stream, ==, 5);
    g_assert_cmpuint(request(f, 1)->request_id, ==, 0);
    g_assert_cmpstr(request(f, 1)->err, ==,
                    "stream error: stream ID 5; CANCEL; received from peer");
    g_assert_cmpuint(h2t_logged_at(f, H2T_WROTE, 1)->len, ==, 111);
    assert_addr(&f->local, "10.0.0.1:4000");
    talk_fini(&t);
}

/* Two connections encode at once: nobody knows which lines are whose. */
static void test_tangled(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    say(&t, 1, "http2: Framer 0xd0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    say_fields(&t, 2, "/a", "id1");
    say_fields(&t, 2, "/b", "id2");
    say(&t, 3, "http2: Framer 0xd0: wrote HEADERS flags=END_HEADERS stream=1 len=9");
    say(&t, 3, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=1 len=9");
    say_fields(&t, 4, "/c", "id3");
    say(&t, 5, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=3 len=9");
    load(&t);
    g_assert_null(request(framer(&t, 0), 0)->url);
    g_assert_null(request(framer(&t, 1), 0)->url);
    g_assert_cmpstr(request(framer(&t, 0), 1)->url, ==, "https://shop/c");
    talk_fini(&t);
}

/* HEADERS that could not be written leave a block behind: later ones are not spoiled for ever. */
static void test_stale_block(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    say_fields(&t, 2, "/never", "id1");
    for (int i = 0; i < 300; i++)
        say(&t, 3, "http2: Framer 0xc0: read DATA stream=1 len=1");
    say_fields(&t, 4, "/b", "id2");
    say(&t, 5, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=3 len=9");
    load(&t);
    g_assert_cmpstr(request(framer(&t, 0), 0)->url, ==, "https://shop/b");
    talk_fini(&t);
}

/* http2debug=1: one connection is one Framer, of several none can be followed. */
static void test_level1(void)
{
    for (int conns = 1; conns <= 2; conns++) {
        struct talk t;
        talk_init(&t);
        say(&t, 1, "http2: Transport creating client conn 0xcc to 10.0.0.2:443");
        say_fields(&t, 2, "/a", "id1");
        say(&t, 3, "http2: Transport received SETTINGS len=0");
        if (conns == 2)
            say(&t, 3, "http2: Transport creating client conn 0xcd to 10.0.0.2:443");
        say_fields(&t, 4, "/b", "id2");
        say(&t, 5, "http2: Transport received HEADERS flags=END_HEADERS stream=1 len=9");
        load(&t);
        g_assert_cmpuint(t.m.trace->framers->len, ==, 1);
        const struct h2t_framer *f = framer(&t, 0);
        g_assert_true(f->level1 && f->from_start);
        g_assert_cmpint(f->crowd, ==, conns == 2);
        g_assert_cmpuint(f->frames[H2T_READ]->len, ==, conns == 2 ? 1 : 2);
        g_assert_cmpuint(f->requests->len, ==, 2);
        g_assert_cmpstr(request(f, 1)->url, ==, "https://shop/b");
        talk_fini(&t);
    }
}

/* At http2debug=1 the end of a block is not logged: one that others may be in has no identity. */
static void test_level1_tangled(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Transport creating client conn 0xcc to 10.0.0.2:443");
    say(&t, 2, "http2: Transport encoding header \":authority\" = \"shop\"");
    say_fields(&t, 2, "/b", "id2");
    say(&t, 2, "http2: Transport encoding header \":method\" = \"GET\"");
    load(&t);
    const struct h2t_framer *f = framer(&t, 0);
    g_assert_cmpuint(f->requests->len, ==, 2);
    g_assert_null(request(f, 0)->url);
    g_assert_null(request(f, 1)->url);
    talk_fini(&t);
}

/* The same address, and SETTINGS that could be those of a window that grows. */
static void test_grpc_again(void)
{
    struct talk t;
    talk_init(&t);
    for (int i = 0; i < 2; i++) {
        say(&t, 1, "http2: Framer 0xc0: read SETTINGS len=6, settings: MAX_FRAME_SIZE=16384");
        say(&t, 2, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: INITIAL_WINDOW_SIZE=99");
        say(&t, 3, "http2: Framer 0xc0: read SETTINGS flags=ACK len=0");
        say(&t, 4, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=1 len=70");
        say(&t, 5, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: INITIAL_WINDOW_SIZE=999");
        say(&t, 6, "http2: Framer 0xc0: read HEADERS flags=END_STREAM stream=1 len=7");
        say(&t, 7, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=3 len=9");
    }
    load(&t);
    g_assert_cmpuint(t.m.trace->framers->len, ==, 2);
    for (uint32_t i = 0; i < 2; i++) {
        g_assert_true(framer(&t, i)->from_start);
        g_assert_cmpint(framer(&t, i)->side, ==, H2T_CLIENT);
        g_assert_cmpuint(framer(&t, i)->frames[H2T_WROTE]->len, ==, 4);
        g_assert_cmpuint(framer(&t, i)->frames[H2T_READ]->len, ==, 3);
        g_assert_cmpuint(framer(&t, i)->requests->len, ==, 2);
        g_assert_cmpint(h2t_logged_at(framer(&t, i), H2T_READ, 0)->kind, ==, H2T_SETTINGS);
    }
    talk_fini(&t);
}

/* What a program says of its own frame is that frame's. */
static void test_fault(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Transport creating client conn 0xcc to 10.0.0.2:443");
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    say(&t, 2, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=1 len=9");
    say(&t, 3, "http2: Framer 0xc0: read SETTINGS len=0");
    say(&t, 4, "http2: Framer 0xc0: read WINDOW_UPDATE len=4 (conn) incr=7");
    say(&t, 5,
        "http2: Transport conn 0xcc received error from processing frame WINDOW_UPDATE len=4 "
        "(conn) "
        "incr=7: connection error: FLOW_CONTROL_ERROR");
    say(&t, 6, "http2: Framer 0xc0: wrote RST_STREAM stream=1 len=4 ErrCode=CANCEL");
    say(&t, 6, "RoundTrip failure: connection error: FLOW_CONTROL_ERROR");
    say(&t, 7, "RoundTrip failure: context canceled"); /* waited for a stream */
    load(&t);
    g_assert_null(h2t_fault_of(framer(&t, 0), 0));
    g_assert_cmpstr(h2t_fault_of(framer(&t, 0), 1), ==, "connection error: FLOW_CONTROL_ERROR");
    g_assert_null(h2t_fault_of(framer(&t, 0), 2));
    g_assert_cmpstr(request(framer(&t, 0), 0)->err, ==, "connection error: FLOW_CONTROL_ERROR");
    talk_fini(&t);
}

/* DATA may hold anything, the words of an error too. */
static void test_fault_of_data(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    say(&t, 2, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=1 len=9");
    say(&t, 4, "http2: Framer 0xc0: read DATA stream=1 len=30 data=\": stream error: SECRET\"");
    say(&t, 5,
        "http2: Transport conn 0xcc received error from processing frame DATA stream=1 len=30 "
        "data=\": stream error: SECRET\": connection error: PROTOCOL_ERROR");
    say(&t, 6, "http2: Framer 0xc0: read DATA stream=1 len=30 data=\": stream error: SECRET\"");
    say(&t, 7,
        "http2: Transport conn 0xcc received error from processing frame DATA stream=1 len=30 "
        "data=\": stream error: SECRET\"");
    load(&t);
    g_assert_cmpstr(h2t_fault_of(framer(&t, 0), 0), ==, "connection error: PROTOCOL_ERROR");
    g_assert_null(h2t_fault_of(framer(&t, 0), 1));
    talk_fini(&t);
}

/* `errors` separated by |: a line each. What becomes of streams 1, which was given up, 3, which was
 * answered before, and 5, which GOAWAY refused. */
static void check_failures(const char *errors, const char *wanted)
{
    struct talk t;
    g_auto(GStrv) all = g_strsplit(errors, "|", -1);
    talk_init(&t);
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    for (int stream = 1; stream <= 5; stream += 2)
        say(&t, 2, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=%d len=9", stream);
    say(&t, 3, "http2: Framer 0xc0: read HEADERS flags=END_HEADERS stream=3 len=9");
    say(&t, 4, "http2: Framer 0xc0: read GOAWAY len=8 LastStreamID=3 ErrCode=NO_ERROR Debug=\"\"");
    for (int stream = 1; stream <= 5; stream += 2)
        say(&t, 5, "http2: Framer 0xc0: wrote RST_STREAM stream=%d len=4 ErrCode=CANCEL", stream);
    for (char **error = all; *error; error++)
        say(&t, 6, "RoundTrip failure: %s", *error);
    load(&t);
    g_assert_cmpstr(request(framer(&t, 0), 0)->err, ==, wanted);
    g_assert_null(request(framer(&t, 0), 1)->err);
    g_assert_null(request(framer(&t, 0), 2)->err);
    talk_fini(&t);
}

static void test_failures(void)
{
    check_failures("context deadline exceeded", "context deadline exceeded");
    check_failures("unexpected EOF|unexpected EOF", "unexpected EOF");
    check_failures("context canceled|context deadline exceeded", NULL);
    check_failures("context canceled|http2: Transport: cannot retry err [http2: x] after y",
                   "context canceled");
    check_failures("Get \"https://a/b?key=1\": EOF", "Get \"https://a/b\": EOF");
}

/* More errors that differ than are kept. */
static void test_many_failures(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: ENABLE_PUSH=0");
    say(&t, 2, "http2: Framer 0xc0: wrote HEADERS flags=END_HEADERS stream=1 len=9");
    say(&t, 3, "http2: Framer 0xc0: wrote RST_STREAM stream=1 len=4 ErrCode=CANCEL");
    for (int i = 0; i < 1000; i++)
        say(&t, 6, "RoundTrip failure: number %d", i);
    load(&t);
    g_assert_null(request(framer(&t, 0), 0)->err);
    talk_fini(&t);
}

static struct h2t_event debug_event(const char *message)
{
    return (struct h2t_event){.kind = H2T_EV_DEBUG,
                              .ns = H2T_NEVER,
                              .collected = H2T_NEVER,
                              .message = {message, strlen(message)}};
}

/* Past the limits frames are counted, and Framers are none. */
static void test_limits(void)
{
    struct talk t;
    talk_init(&t);
    say(&t, 1, "http2: server: nothing of ours");
    load(&t);
    struct h2t_framers f;
    h2t_framers_init(&f, t.m.trace);
    struct h2t_event settings = debug_event("http2: Framer 0xc0: wrote SETTINGS len=0");
    struct h2t_event data = debug_event("http2: Framer 0xc0: read DATA stream=1 len=1");
    h2t_framers_line(&f, 0, &settings, "a", 1);
    f.n_logged = H2T_MAX_LOGGED - 1;
    h2t_framers_line(&f, 0, &data, "a", 2);
    h2t_framers_line(&f, 0, &data, "a", 3);
    g_assert_cmpuint(framer(&t, 0)->frames[H2T_READ]->len, ==, 1);
    g_assert_cmpuint(t.m.trace->n_unread, ==, 1);
    for (uint32_t i = 0; i < H2T_MAX_FRAMERS + 5; i++)
        h2t_framers_line(&f, 0, &settings, "a", 4);
    g_assert_cmpuint(t.m.trace->framers->len, ==, H2T_MAX_FRAMERS);
    h2t_framers_fini(&f);
    talk_fini(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/framers/pointers", test_pointers);
    g_test_add_func("/framers/grpc", test_grpc);
    g_test_add_func("/framers/server", test_server);
    g_test_add_func("/framers/requests", test_requests);
    g_test_add_func("/framers/tangled", test_tangled);
    g_test_add_func("/framers/stale_block", test_stale_block);
    g_test_add_func("/framers/level1", test_level1);
    g_test_add_func("/framers/level1_tangled", test_level1_tangled);
    g_test_add_func("/framers/grpc_again", test_grpc_again);
    g_test_add_func("/framers/fault", test_fault);
    g_test_add_func("/framers/fault_of_data", test_fault_of_data);
    g_test_add_func("/framers/failures", test_failures);
    g_test_add_func("/framers/many_failures", test_many_failures);
    g_test_add_func("/framers/limits", test_limits);
    return g_test_run();
}
