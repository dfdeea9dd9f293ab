/* SPDX-License-Identifier: MIT */
/* Which packets get a note about what. */
#include "noted.h"

/* `lines` without what is said of the clocks. */
static char *without(char *lines, const char *said)
{
    g_auto(GStrv) pieces = g_strsplit(lines, said, -1);
    g_free(lines);
    return g_strjoinv("", pieces);
}

static void test_typical(void)
{
    static const struct {
        int64_t offset;
        const char *said;
    } cases[] = {
        {0, " offset="},
        {3 * 3600 * S + 7, " offset=+10800s offset-error=+0us"},
        {-3 * 3600 * S, " offset=-10800s offset-error=+0us"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct world w = typical(cases[i].offset);
        g_autofree char *lines = without(all_lines(&w), cases[i].said);
        g_assert_cmpstr(
            lines, ==,
            "2 h2a connect conn=1 dialled-for=r1 match=tuple dial-match=only requests=1 "
            "ConnectStart=-50us\n"
            "3 h2a connected conn=1 dialled-for=r1 ConnectDone=+40us\n"
            "4 h2a client-hello conn=1 dialled-for=r1 sni=localhost alpn-offered=h2,http/1.1 "
            "TLSHandshakeStart=-60us\n"
            "7 h2a handshake conn=1 dialled-for=r1 tls=1.3 alpn=h2 TLSHandshakeDone=+70us\n"
            "9 h2a request " STREAM "reused=no match=order " URL "GetConn=-10.5ms "
            "GotConn=-500us WroteHeaderField=-100us WroteHeaders=+100us\n"
            "10 h2a request-end " STREAM "WroteRequest=+20us\n"
            "11 h2a response " STREAM "status=200 GotFirstResponseByte=+100us "
            "RoundTripDone=+300us\n"
            "12 h2a end " STREAM "end=end status=200 BodyDone=+50us\n"
            "13 h2a goaway conn=1 dialled-for=r1 by=server code=NO_ERROR last-stream=1\n"
            "14 h2a close conn=1 dialled-for=r1 by=client with=FIN\n"
            "15 h2a close conn=1 dialled-for=r1 by=server with=RST\n");
        world_free(&w);
    }
}

static void test_nothing_known(void)
{
    struct world w = typical(0);
    h2t_conn_at(&w.m, 0)->tconn = h2t_conn_at(&w.m, 0)->dial = H2T_NONE;
    h2t_stream_at(&w.m, 0)->attempt = H2T_NONE;
    g_autofree char *lines = all_lines(&w);
    g_assert_cmpstr(lines, ==, "");
    world_free(&w);
}

static void test_stream_only(void)
{
    struct world w = typical(0);
    h2t_conn_at(&w.m, 0)->tconn = h2t_conn_at(&w.m, 0)->dial = H2T_NONE;
    h2t_attempt_at(&w.m, 0)->tconn = H2T_NONE;
    g_autofree char *lines = all_lines(&w);
    g_assert_true(g_str_has_prefix(lines, "9 h2a request req=r1 attempt=1 stream=1 reused=no "));
    g_assert_nonnull(strstr(lines, "\n12 h2a end req=r1 attempt=1 stream=1 end=end"));
    g_assert_null(strstr(lines, "\n13 "));
    world_free(&w);
}

static void test_dial_only(void)
{
    struct world w = typical(0);
    h2t_conn_at(&w.m, 0)->tconn = H2T_NONE;
    h2t_stream_at(&w.m, 0)->attempt = H2T_NONE;
    expect_line(&w, H2T_NOTE_CONNECT,
                "h2a connect dialled-for=r1 dial-match=only requests=0 ConnectStart=-50us");
    h2t_dial_at(&w.m, 0)->request = H2T_NONE;
    expect_line(&w, H2T_NOTE_CONNECTED, "h2a connected ConnectDone=+40us");
    world_free(&w);
}

static void test_conn_only(void)
{
    struct world w = typical(0);
    h2t_conn_at(&w.m, 0)->dial = H2T_NONE;
    h2t_tconn_at(&w.m, 0)->number = 0; /* the sidecar does not count connections: we do */
    expect_line(&w, H2T_NOTE_CONNECT, "h2a connect conn=1 match=tuple requests=1");
    expect_line(&w, H2T_NOTE_CONNECTED, "h2a connected conn=1");
    expect_line(&w, H2T_NOTE_HANDSHAKE, "h2a handshake conn=1 tls=1.3 alpn=h2");
    world_free(&w);
}

/* One packet has it all: TLS 1.2's Finished order, a FIN with RST, a request without body. */
static void test_same_packet(void)
{
    struct world w = typical(0);
    struct h2t_conn *c = h2t_conn_at(&w.m, 0);
    struct h2t_stream *s = h2t_stream_at(&w.m, 0);
    c->finished[H2T_SERVER].packet = 9;
    c->fin[H2T_CLIENT] = c->rst[H2T_CLIENT] = c->rst[H2T_SERVER] = s->headers;
    s->request_end = s->headers;
    h2t_attempt_at(&w.m, 0)->at[H2T_WROTE_REQUEST] = START + 10 * MS;
    g_autofree char *lines = all_lines(&w);
    const char *at = strstr(lines, "9 h2a handshake ");
    g_assert_nonnull(at);
    g_assert_nonnull(strstr(at, "\n9 h2a request "));
    g_assert_nonnull(strstr(at, "WroteHeaders=+100us WroteRequest=+0us\n9 h2a close conn=1 "
                                "dialled-for=r1 by=client with=FIN\n9 h2a close conn=1 "
                                "dialled-for=r1 by=server with=RST\n"));
    g_assert_null(strstr(lines, "request-end"));
    world_free(&w);
}

static void test_of_one_packet(void)
{
    struct world w = typical(0);
    GArray *notes = g_array_new(false, false, sizeof(struct h2t_note));
    h2t_notes_of_stream(&w.m, 0, 11, notes);
    h2t_notes_of_conn(&w.m, 0, 14, notes);
    h2t_notes_of_conn(&w.m, 0, 14, notes);
    h2t_notes_of_conn(&w.m, 0, 2, notes);
    h2t_notes_of_stream(&w.m, 0, 8, notes);
    g_assert_cmpuint(notes->len, ==, 4);
    h2t_notes_sort(notes);
    g_assert_cmpuint(notes->len, ==, 3);
    g_assert_cmpuint(g_array_index(notes, struct h2t_note, 0).what, ==, H2T_NOTE_CONNECT);
    g_assert_cmpuint(g_array_index(notes, struct h2t_note, 1).what, ==, H2T_NOTE_RESPONSE);
    g_assert_cmpuint(g_array_index(notes, struct h2t_note, 2).what, ==, H2T_NOTE_CLOSE);
    g_array_unref(notes);
    world_free(&w);
}

static int by_all(gconstpointer a, gconstpointer b)
{
    const struct h2t_note *x = a, *y = b;
    uint64_t p = (uint64_t)x->packet << 32 | x->ref, q = (uint64_t)y->packet << 32 | y->ref;
    return x->packet != y->packet || x->what == y->what ? (p > q) - (p < q) : x->what - y->what;
}

/* Few and many, all over the packets and all on some; each twice. */
static void test_sort(void)
{
    static const struct {
        guint n;
        gint32 packets;
    } cases[] = {{0, 1}, {1, 1}, {20, 5}, {5000, 1}, {5000, 3}, {5000, 70000}, {5000, G_MAXINT32}};
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autoptr(GArray) notes = g_array_new(false, true, sizeof(struct h2t_note));
        for (guint i = 0; i < cases[c].n; i++) {
            struct h2t_note note = {.packet =
                                        2 * (uint32_t)g_test_rand_int_range(0, cases[c].packets),
                                    .ref = i,
                                    .what = (uint8_t)g_test_rand_int_range(0, H2T_N_NOTES)};
            g_array_append_val(notes, note);
            g_array_append_val(notes, note);
        }
        h2t_notes_sort(notes);
        g_assert_cmpuint(notes->len, ==, cases[c].n);
        for (guint i = 1; i < notes->len; i++)
            g_assert_cmpint(by_all(&g_array_index(notes, struct h2t_note, i - 1),
                                   &g_array_index(notes, struct h2t_note, i)),
                            <, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/notes/typical", test_typical);
    g_test_add_func("/notes/nothing-known", test_nothing_known);
    g_test_add_func("/notes/stream-only", test_stream_only);
    g_test_add_func("/notes/dial-only", test_dial_only);
    g_test_add_func("/notes/conn-only", test_conn_only);
    g_test_add_func("/notes/same-packet", test_same_packet);
    g_test_add_func("/notes/of-one-packet", test_of_one_packet);
    g_test_add_func("/notes/sort", test_sort);
    return g_test_run();
}
