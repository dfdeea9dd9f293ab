/* SPDX-License-Identifier: MIT */
/* Debug logs and the wire: which Framer is which connection, and what follows from it. */
#include "core/clock.h"
#include "core/notes.h"
#include "core/zones.h"
#include "debug_log.h"

static void expect_tied(const struct talk *t, uint32_t i, uint32_t conn, enum h2t_tied how)
{
    g_assert_cmpuint(framer(t, i)->conn, ==, conn);
    g_assert_cmpint(framer(t, i)->tied, ==, how);
}

static const struct h2t_attempt *attempt(const struct talk *t, uint32_t i)
{
    g_assert_cmpuint(i, <, t->m.trace->attempts->len);
    return h2t_attempt_at(&t->m, i);
}

static void expect_stream(const struct talk *t, uint32_t i, uint32_t id, enum h2t_match match)
{
    g_assert_cmpuint(attempt(t, i)->stream, !=, H2T_NONE);
    g_assert_cmpuint(h2t_stream_at(&t->m, attempt(t, i)->stream)->id, ==, id);
    g_assert_cmpstr(h2t_match_name(attempt(t, i)->match), ==, h2t_match_name(match));
}

/* One connection: its requests are attempts, its frames are noted, the clock is told. */
static void test_one(void)
{
    struct talk t;
    talk_init(&t);
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    exchange(&t, 0, "0xc0", 3, 20, 2000);
    talk_join(&t, NULL);
    expect_tied(&t, 0, 0, H2T_TIED_FRAMES);
    g_assert_cmpuint(t.m.trace->requests->len, ==, 2);
    expect_stream(&t, 0, 1, H2T_MATCH_LOG);
    expect_stream(&t, 1, 3, H2T_MATCH_LOG);
    g_assert_cmpstr(h2t_request_at(&t.m, 1)->id, ==, "f1.3");
    g_assert_true(!attempt(&t, 0)->reused && attempt(&t, 1)->reused);
    g_assert_true(h2t_zone_of(t.m.trace, 0)->known);
    g_assert_cmpint(h2t_zone_of(t.m.trace, 0)->ns, ==, 0);
    g_assert_cmpint(t.m.clock.lo, ==, -20 * US - 9999);
    g_assert_cmpint(t.m.clock.hi, ==, 10 * US);
    g_assert_cmpuint(t.m.trace->sightings->len, ==, 5);
    g_assert_cmpuint(t.m.trace->unsent->len, ==, 0);
    h2t_join(&t.m); /* once more is the same */
    g_assert_cmpuint(t.m.trace->requests->len, ==, 2);
    g_assert_cmpuint(t.m.trace->tconns->len, ==, 1);
    g_assert_cmpuint(t.m.trace->sightings->len, ==, 5);
    expect_stream(&t, 1, 3, H2T_MATCH_LOG);
    talk_fini(&t);
}

/* The server's log alone: what it read are requests. The last one it never read. */
static void test_server_alone(void)
{
    const struct h2t_frame headers = {
        .kind = H2T_HEADERS, .len = 50, .end_stream = true, .flags = 5};
    struct talk t;
    talk_init(&t);
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    say(&t, 90, "http2: server connection from 10.0.0.1:4000 on 0xc1");
    say(&t, 100, "http2: Framer 0xc0: wrote SETTINGS len=6, settings: MAX_FRAME_SIZE=16384");
    wire(&t, 0, (struct h2t_frame){.kind = H2T_PREFACE}, 50);
    wire(&t, 0, (struct h2t_frame){.kind = H2T_SETTINGS, .len = 18}, 60);
    say(&t, 110, "http2: Framer 0xc0: read SETTINGS len=18, settings: ENABLE_PUSH=0");
    wire(&t, 0, (struct h2t_frame){.kind = H2T_SETTINGS, .dir = H2T_SERVER, .len = 6}, 120);
    for (uint32_t stream = 1; stream <= 5; stream += 2) {
        struct h2t_frame f = headers;
        f.stream = stream;
        wire(&t, 0, f, 200);
        if (stream < 5)
            say(&t, 210, "http2: Framer 0xc0: read HEADERS flags=END_STREAM stream=%u len=50",
                stream);
    }
    talk_join(&t, NULL);
    expect_tied(&t, 0, 0, H2T_TIED_ADDRESS);
    g_assert_cmpuint(t.m.trace->attempts->len, ==, 2);
    expect_stream(&t, 0, 1, H2T_MATCH_LOG);
    expect_stream(&t, 1, 3, H2T_MATCH_LOG);
    g_assert_true(attempt(&t, 0)->by_server);
    g_assert_cmpstr(h2t_request_at(&t.m, 0)->method, ==, "GET");
    g_assert_cmpint(h2t_stream_at(&t.m, 2)->reason, ==, H2T_REASON_NOT_IN_TRACE);
    h2t_join(&t.m);
    g_assert_cmpuint(t.m.trace->attempts->len, ==, 2);
    talk_fini(&t);
}

/* The frames' comments, with the zone learned. */
static void test_comments(void)
{
    struct talk t;
    talk_init(&t);
    t.stamp = "2026/11/23 10:46:00.%06d ";
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    talk_join(&t, NULL);
    g_assert_cmpint(h2t_zone_of(t.m.trace, 0)->ns, ==, 5 * 3600 * INT64_C(1000000000));
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GArray) notes = h2t_notes(&t.m);
    const struct h2t_note *last = &g_array_index(notes, struct h2t_note, notes->len - 1);
    h2t_note_text(&t.m, last, false, text);
    g_assert_true(g_str_has_prefix(text->str, "h2a frame conn=1 side=client read=HEADERS stream=1 "
                                              "Logged=+20us framer=0xc0 line=4 ~"));
    talk_fini(&t);
}

/* `n` connections that carry the same, 10 ms apart; the log has stamps of `stamp`. */
static void alike(struct talk *t, const char *stamp)
{
    talk_init(t);
    t->stamp = stamp;
    for (uint32_t i = 0; i < 3; i++) {
        g_autofree char *client = g_strdup_printf("10.0.0.1:400%u", i);
        g_autofree char *pointer = g_strdup_printf("0xc%u", i);
        wire_open(t, i, client, (int)i * 10000);
        begin(t, i, pointer, (int)i * 10000 + 10);
        exchange(t, i, pointer, 1, 50, (int)i * 10000 + 20);
    }
}

static void test_times_decide(void)
{
    struct talk t;
    alike(&t, "2026/11/23 15:46:00.%06d ");
    talk_join(&t, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        expect_tied(&t, i, i, H2T_TIED_FRAMES_TIME);
        expect_stream(&t, i, 1, H2T_MATCH_LOG);
    }
    talk_fini(&t);
}

/* Nothing is guessed: neither without times, nor with whole seconds. */
static void test_ambiguous(void)
{
    static const char *const stamps[] = {NULL, "2026/11/23 15:46:00 "};
    for (size_t i = 0; i < G_N_ELEMENTS(stamps); i++) {
        struct talk t;
        alike(&t, stamps[i]);
        talk_join(&t, NULL);
        for (uint32_t k = 0; k < 3; k++) {
            expect_tied(&t, k, H2T_NONE, H2T_TIED_NONE);
            g_assert_cmpint(framer(&t, k)->reason, ==, H2T_REASON_AMBIGUOUS);
            g_assert_cmpint(attempt(&t, k)->reason, ==, H2T_REASON_AMBIGUOUS);
        }
        talk_fini(&t);
    }
}

/* Addresses do, where the log has them; what is then left over is the other. */
static void test_addresses_decide(void)
{
    struct talk t;
    alike(&t, NULL);
    say(&t, 0,
        "http2: Transport readFrame error on conn 0xc09: (*net.OpError) read tcp "
        "10.0.0.1:4000->10.0.0.2:443: use of closed network connection");
    say(&t, 0,
        "http2: Transport readFrame error on conn 0xc29: (*net.OpError) read tcp "
        "10.0.0.1:4002->10.0.0.2:443: use of closed network connection");
    talk_join(&t, NULL);
    expect_tied(&t, 0, 0, H2T_TIED_ADDRESS);
    expect_tied(&t, 2, 2, H2T_TIED_ADDRESS);
    talk_fini(&t);
}

/* A few frames that are the same elsewhere, without times, prove nothing. */
static void test_too_little(void)
{
    struct talk t;
    talk_init(&t);
    t.stamp = NULL;
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    talk_join(&t, NULL);
    expect_tied(&t, 0, H2T_NONE, H2T_TIED_NONE);
    talk_fini(&t);
}

/* The program logs frames that the wire has not. */
static void test_unsent(void)
{
    struct talk t;
    talk_init(&t);
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    say(&t, 3000,
        "http2: Framer 0xc0: wrote GOAWAY len=8 LastStreamID=0 ErrCode=PROTOCOL_ERROR "
        "Debug=\"\"");
    fin(&t, 0, 3100);
    talk_join(&t, NULL);
    g_assert_cmpuint(t.m.trace->unsent->len, ==, 1);
    const struct h2t_sighting *s = &g_array_index(t.m.trace->unsent, struct h2t_sighting, 0);
    const struct h2t_logged *l = h2t_logged_at(framer(&t, 0), s->dir, s->frame);
    g_assert_cmpint(l->kind, ==, H2T_GOAWAY);
    g_assert_cmpuint(l->line, ==, 5);
    talk_fini(&t);
}

/* As long as the connection is open, the frame may still come. */
static void test_not_yet_sent(void)
{
    struct talk t;
    talk_init(&t);
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    say(&t, 3000, "http2: Framer 0xc0: wrote PING len=8 ping=\"12345678\"");
    talk_join(&t, NULL);
    expect_tied(&t, 0, 0, H2T_TIED_FRAMES);
    g_assert_cmpuint(t.m.trace->unsent->len, ==, 0);
    talk_fini(&t);
}

/* Another connection has other frames: length, increment, bytes of PING. */
static void test_other_frames(void)
{
    struct talk t;
    talk_init(&t);
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    say(&t, 110, "http2: Framer 0xc0: wrote PING len=8 ping=\"12345678\"");
    wire(&t, 0, (struct h2t_frame){.kind = H2T_PING, .len = 8, .code = 0x31323334}, 120);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    talk_join(&t, NULL);
    expect_tied(&t, 0, H2T_NONE, H2T_TIED_NONE);
    g_assert_cmpint(framer(&t, 0)->reason, ==, H2T_REASON_NOT_CAPTURED);
    talk_fini(&t);
}

/* The same x-request-id again, and the log tells of as many retries: one request. */
static void test_retries(void)
{
    for (int retries = 0; retries < 2; retries++) {
        struct talk t;
        talk_init(&t);
        wire_open(&t, 0, "10.0.0.1:4000", 0);
        begin(&t, 0, "0xc0", 100);
        say_fields(&t, 150, "/", "id1");
        exchange(&t, 0, "0xc0", 1, 50, 200);
        if (retries)
            say(&t, 1500,
                "RoundTrip retrying after failure: stream error: stream ID 1; "
                "REFUSED_STREAM; received from peer");
        say_fields(&t, 1900, "/", "id1");
        exchange(&t, 0, "0xc0", 3, 20, 2000);
        talk_join(&t, NULL);
        g_assert_cmpuint(t.m.trace->requests->len, ==, retries ? 1 : 2);
        expect_stream(&t, 0, 1, H2T_MATCH_LOG);
        expect_stream(&t, 1, 3, H2T_MATCH_LOG);
        g_assert_cmpuint(attempt(&t, 0)->next, ==, retries ? 1 : H2T_NONE);
        g_assert_cmpuint(attempt(&t, 1)->number, ==, retries ? 2 : 1);
        g_assert_cmpint(attempt(&t, 0)->wrote_err != NULL, ==, retries);
        talk_fini(&t);
    }
}

/* The recorder's events of requests whose HEADERS are at these µs. */
static char *recorded(const int *us, size_t n)
{
    GString *s = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 2; k++)
            g_string_append_printf(
                s,
                "{\"ts\":%" G_GINT64_FORMAT ",\"ev\":\"%s\",\"req\":\"r%zu\",\"seq\":%zu,\"pid\":7,"
                "\"attempt\":1,\"conn\":1,\"local\":\"10.0.0.1:4000\",\"remote\":\"10.0.0.2:443\","
                "\"reused\":%s}\n",
                BASE + (us[i] - 20 + (int)k) * US, k ? "WroteHeaders" : "GotConn", i + 1,
                2 * i + 1 + k, i ? "true" : "false");
    return g_string_free(s, FALSE);
}

/* With a sidecar of its events, a program's log makes no attempts, but confirms theirs. */
static void test_confirmed(void)
{
    static const int us[] = {200, 2000};
    g_autofree char *sidecar = recorded(us, 2);
    struct talk t;
    talk_init(&t);
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    exchange(&t, 0, "0xc0", 3, 20, 2000);
    talk_join(&t, sidecar);
    g_assert_cmpuint(t.m.trace->attempts->len, ==, 2);
    expect_stream(&t, 0, 1, H2T_MATCH_ORDER_LOG);
    expect_stream(&t, 1, 3, H2T_MATCH_ORDER_LOG);
    g_assert_cmpuint(framer(&t, 0)->tconn, ==, 0);
    talk_fini(&t);
}

/* The capture began behind the first request: order proves nothing, the log does. */
static void test_late_capture(void)
{
    static const int us[] = {200, 2000, 4000};
    g_autofree char *sidecar = recorded(us, 3);
    struct talk t, unseen;
    talk_init(&t);
    talk_init(&unseen);
    wire_open(&unseen, 0, "10.0.0.1:4000", 0);
    begin(&unseen, 0, "0xc0", 100);
    exchange(&unseen, 0, "0xc0", 1, 50, 200);
    g_string_append(t.log, unseen.log->str);
    wire_open(&t, 0, "10.0.0.1:4000", 1500);
    for (enum h2t_dir dir = H2T_CLIENT; dir <= H2T_SERVER; dir++)
        wire(&t, 0, (struct h2t_frame){.kind = H2T_GAP, .dir = dir}, 1500);
    exchange(&t, 0, "0xc0", 3, 20, 2000);
    exchange(&t, 0, "0xc0", 5, 21, 4000);
    talk_join(&t, sidecar);
    g_assert_cmpint(attempt(&t, 0)->reason, ==, H2T_REASON_LATE);
    expect_stream(&t, 1, 3, H2T_MATCH_LOG);
    expect_stream(&t, 2, 5, H2T_MATCH_LOG);
    talk_fini(&t);
    talk_fini(&unseen);
}

/* A log in two files, as logs are rotated, in the wrong order. */
static void test_rotated(void)
{
    struct talk t;
    talk_init(&t);
    wire_open(&t, 0, "10.0.0.1:4000", 0);
    begin(&t, 0, "0xc0", 100);
    exchange(&t, 0, "0xc0", 1, 50, 200);
    gsize first = t.log->len;
    exchange(&t, 0, "0xc0", 3, 20, 2000);
    exchange(&t, 0, "0xc0", 5, 21, 4000);
    struct h2t_loader *loader = h2t_loader_new();
    sidecar_feed(loader, "app.log", t.log->str + first, t.log->len - first, 99);
    sidecar_feed(loader, "app.log.1", t.log->str, first, 99);
    t.m.trace = sidecar_finish(loader);
    t.m.wire = h2t_facts_finish(&t.facts);
    h2t_join(&t.m);
    g_assert_cmpuint(t.m.trace->framers->len, ==, 2);
    g_assert_cmpuint(framer(&t, 0)->conn, ==, 0);
    g_assert_cmpuint(framer(&t, 1)->conn, ==, 0);
    g_assert_cmpuint(t.m.trace->tconns->len, ==, 1);
    expect_stream(&t, 0, 3, H2T_MATCH_LOG);
    expect_stream(&t, 1, 5, H2T_MATCH_LOG);
    expect_stream(&t, 2, 1, H2T_MATCH_LOG);
    talk_fini(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/join_framers/one", test_one);
    g_test_add_func("/join_framers/server_alone", test_server_alone);
    g_test_add_func("/join_framers/comments", test_comments);
    g_test_add_func("/join_framers/times_decide", test_times_decide);
    g_test_add_func("/join_framers/ambiguous", test_ambiguous);
    g_test_add_func("/join_framers/addresses_decide", test_addresses_decide);
    g_test_add_func("/join_framers/too_little", test_too_little);
    g_test_add_func("/join_framers/unsent", test_unsent);
    g_test_add_func("/join_framers/not_yet_sent", test_not_yet_sent);
    g_test_add_func("/join_framers/other_frames", test_other_frames);
    g_test_add_func("/join_framers/retries", test_retries);
    g_test_add_func("/join_framers/confirmed", test_confirmed);
    g_test_add_func("/join_framers/late_capture", test_late_capture);
    g_test_add_func("/join_framers/rotated", test_rotated);
    return g_test_run();
}
