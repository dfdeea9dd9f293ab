/* SPDX-License-Identifier: MIT */
/* The lines that are made of notes. */
#include "noted.h"

static void test_variant(void)
{
    struct world w = typical(0);
    const struct h2t_note note = {.packet = 14, .what = H2T_NOTE_CLOSE};
    g_autoptr(GString) line = g_string_new("old");
    note_line(&w, &note, true, line);
    g_assert_cmpstr(line->str, ==, "h2a! close conn=1 dialled-for=r1 by=client with=FIN");
    world_free(&w);
}

/* ---- Connections ---------------------------------------------------------------------------- */

static void test_dial_failed(void)
{
    struct world w = typical(0);
    struct h2t_dial *d = h2t_dial_at(&w.m, 0);
    d->connect_done = H2T_NEVER;
    d->err = "dial tcp 10.0.0.2:443: i/o timeout";
    d->tls_err = "remote error: tls: bad certificate";
    expect_line(&w, H2T_NOTE_CONNECT,
                "h2a connect conn=1 dialled-for=r1 match=tuple dial-match=only requests=1 "
                "ConnectStart=-50us ConnectDone=never error=\"dial tcp 10.0.0.2:443: i/o "
                "timeout\"");
    expect_line(&w, H2T_NOTE_CONNECTED, "h2a connected conn=1 dialled-for=r1");
    expect_line(&w, H2T_NOTE_HANDSHAKE,
                "h2a handshake conn=1 dialled-for=r1 tls=1.3 alpn=h2 TLSHandshakeDone=+70us "
                "error=\"remote error: tls: bad certificate\"");
    world_free(&w);
}

static void test_tls(void)
{
    static const struct {
        uint16_t version;
        const char *line;
    } versions[] = {
        {0, "h2a handshake conn=1 dialled-for=r1 tls=unknown TLSHandshakeDone=+70us"},
        {0x0301, "h2a handshake conn=1 dialled-for=r1 tls=1.0 TLSHandshakeDone=+70us"},
        {0x0303, "h2a handshake conn=1 dialled-for=r1 tls=1.2 TLSHandshakeDone=+70us"},
        {0x0305, "h2a handshake conn=1 dialled-for=r1 tls=unknown TLSHandshakeDone=+70us"},
    };
    struct world w = typical(0);
    struct h2t_conn *c = h2t_conn_at(&w.m, 0);
    c->alpn = c->alpn_offered = c->sni = NULL;
    expect_line(&w, H2T_NOTE_CLIENT_HELLO,
                "h2a client-hello conn=1 dialled-for=r1 alpn-offered=none TLSHandshakeStart=-60us");
    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        c->tls_version = versions[i].version;
        expect_line(&w, H2T_NOTE_HANDSHAKE, versions[i].line);
    }
    world_free(&w);
}

static void test_goaway(void)
{
    static const struct {
        enum h2t_dir dir;
        uint32_t code;
        const char *line;
    } goaways[] = {
        {H2T_SERVER, 11,
         "h2a goaway conn=1 dialled-for=r1 by=server code=ENHANCE_YOUR_CALM last-stream=1"},
        {H2T_CLIENT, 1,
         "h2a goaway conn=1 dialled-for=r1 by=client code=PROTOCOL_ERROR last-stream=1"},
        {H2T_CLIENT, UINT32_MAX,
         "h2a goaway conn=1 dialled-for=r1 by=client code=4294967295 last-stream=1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(goaways); i++) {
        struct world w = world_new();
        wire_dial(&w);
        wire_goaway(&w, goaways[i].dir, goaways[i].code, 20 * MS);
        trace_post(&w);
        tie_all(&w);
        expect_line(&w, H2T_NOTE_GOAWAY, goaways[i].line);
        world_free(&w);
    }
}

/* ---- Streams -------------------------------------------------------------------------------- */

/* A request of which the wire has only the head, and what ends it. */
static struct world cut_short(void (*end)(struct world *w))
{
    struct world w = world_new();
    wire_dial(&w);
    http(&w, H2T_HEADERS, H2T_CLIENT, &post, false, 10 * MS);
    end(&w);
    trace_post(&w);
    tie_all(&w);
    struct h2t_attempt *a = h2t_attempt_at(&w.m, 0);
    a->at[H2T_GET_CONN] = a->at[H2T_WROTE_HEADER_FIELD] = H2T_NEVER;
    h2t_request_at(&w.m, 0)->body_done = H2T_NEVER;
    h2t_request_at(&w.m, 0)->err = "context deadline exceeded";
    return w;
}

static void end_reset(struct world *w)
{
    wire_reset(w, H2T_CLIENT, 8, 15 * MS);
}

static void end_close(struct world *w)
{
    tell(w, 0, H2T_FIN, H2T_SERVER, 15 * MS);
}

static void end_gap(struct world *w)
{
    tell(w, 0, H2T_GAP, H2T_SERVER, 15 * MS);
}

static void end_limit(struct world *w)
{
    h2t_facts_overflow(w->facts, 0);
}

static void end_eof(struct world *w)
{
    (void)w;
}

static void test_reset(void)
{
    struct world w = cut_short(end_reset);
    expect_line(&w, H2T_NOTE_RESET,
                "h2a reset " STREAM
                "end=reset by=client code=CANCEL WroteRequest=-3.98ms RoundTripDone=+300us "
                "error=\"context deadline exceeded\"");
    struct h2t_stream *s = h2t_stream_at(&w.m, 0);
    s->status = 413;
    s->reset_by = H2T_SERVER;
    s->reset_code = 99;
    s->response = s->headers;
    expect_line(&w, H2T_NOTE_RESET,
                "h2a reset " STREAM "end=reset by=server code=99 status=413 WroteRequest=-3.98ms "
                "error=\"context deadline exceeded\"");
    world_free(&w);
}

static void test_closed(void)
{
    struct world w = cut_short(end_close);
    expect_line(&w, H2T_NOTE_END,
                "h2a end " STREAM
                "end=close WroteRequest=-3.98ms RoundTripDone=+300us error=\"context deadline "
                "exceeded\"");
    world_free(&w);
}

/* No packet ends the stream: the request's line tells. */
static void test_no_end(void)
{
    static const struct {
        void (*end)(struct world *w);
        const char *name;
    } ends[] = {{end_gap, "gap"}, {end_limit, "overflow"}, {end_eof, "eof"}};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        struct world w = cut_short(ends[i].end);
        g_autofree char *line =
            g_strdup_printf("h2a request " STREAM "reused=no match=order " URL "GotConn=-500us "
                            "WroteHeaders=+100us WroteRequest=+1.02ms end=%s RoundTripDone=+5.3ms "
                            "error=\"context deadline exceeded\"",
                            ends[i].name);
        expect_line(&w, H2T_NOTE_REQUEST, line);
        expect_line(&w, H2T_NOTE_END, "-");
        h2t_stream_at(&w.m, 0)->end = H2T_END_OPEN; /* the model still grows */
        expect_line(&w, H2T_NOTE_REQUEST,
                    "h2a request " STREAM "reused=no match=order " URL
                    "GotConn=-500us WroteHeaders=+100us");
        world_free(&w);
    }
}

static void test_request_details(void)
{
    struct world w = typical(0);
    struct h2t_attempt *a = h2t_attempt_at(&w.m, 0);
    a->number = 2;
    a->reused = a->was_idle = true;
    a->idle_ns = 1500 * MS;
    h2t_request_at(&w.m, 0)->method = h2t_request_at(&w.m, 0)->url = NULL;
    h2t_stream_at(&w.m, 0)->id = 5;
    h2t_stream_at(&w.m, 0)->match = H2T_MATCH_ORDER_HEADER;
    expect_line(&w, H2T_NOTE_REQUEST,
                "h2a request req=r1 attempt=2 conn=1 stream=5 reused=yes idle=+1.5s "
                "match=order+header GetConn=-10.5ms GotConn=-500us WroteHeaderField=-100us "
                "WroteHeaders=+100us");
    a->at[H2T_WAIT_100] = START + 10 * MS;
    a->at[H2T_GOT_100] = START + 10 * MS + 500 * US;
    a->wrote_err = "write: broken pipe";
    expect_line(&w, H2T_NOTE_REQUEST_END,
                "h2a request-end req=r1 attempt=2 conn=1 stream=5 Wait100Continue=-1ms "
                "Got100Continue=-500us WroteRequest=+20us error=\"write: broken pipe\"");
    world_free(&w);
}

static void test_end_details(void)
{
    struct world w = typical(0);
    struct h2t_request *r = h2t_request_at(&w.m, 0);
    h2t_attempt_at(&w.m, 0)->at[H2T_PUT_IDLE] = START + 17 * MS + 10 * US;
    r->body_err = "unexpected EOF";
    expect_line(&w, H2T_NOTE_END,
                "h2a end " STREAM "end=end status=200 PutIdleConn=+10us BodyDone=+50us "
                "error=\"unexpected EOF\"");
    r->err = "first"; /* RoundTrip's error comes before the body's */
    expect_line(&w, H2T_NOTE_END,
                "h2a end " STREAM "end=end status=200 PutIdleConn=+10us BodyDone=+50us "
                "error=first");
    h2t_stream_at(&w.m, 0)->status = 0;
    expect_line(&w, H2T_NOTE_RESPONSE,
                "h2a response " STREAM "GotFirstResponseByte=+100us RoundTripDone=+300us");
    world_free(&w);
}

/* How RoundTrip ended is the last attempt's to tell. */
static void test_retried(void)
{
    struct world w = typical(0);
    h2t_attempt_at(&w.m, 0)->next = 1;
    h2t_request_at(&w.m, 0)->err = "of the last attempt";
    expect_line(&w, H2T_NOTE_RESPONSE,
                "h2a response " STREAM "status=200 GotFirstResponseByte=+100us");
    expect_line(&w, H2T_NOTE_END, "h2a end " STREAM "end=end status=200 retried=yes");
    world_free(&w);
}

static void test_processes(void)
{
    struct world w = typical(0);
    trace_process(&w, 29);
    h2t_request_at(&w.m, 0)->process = 1;
    expect_line(&w, H2T_NOTE_CLOSE, "h2a close pid=28 conn=1 dialled-for=r1 by=client with=FIN");
    expect_line(&w, H2T_NOTE_RESPONSE,
                "h2a response req=r1 attempt=1 pid=29 conn=1 stream=1 status=200 "
                "GotFirstResponseByte=+100us RoundTripDone=+300us");
    h2t_conn_at(&w.m, 0)->tconn = H2T_NONE;
    expect_line(&w, H2T_NOTE_CLOSE, "h2a close pid=29 dialled-for=r1 by=client with=FIN");
    world_free(&w);
}

/* ---- DNS ------------------------------------------------------------------------------------ */

static void test_dns(void)
{
    struct world w = world_new();
    struct h2t_dns dns = {.client = addr("10.0.0.1:5353"), .name = "a.example"};
    wire_dial(&w);
    dns.mark = mark(&w, 40 * MS);
    h2t_facts_dns(w.facts, &dns);
    dns.mark = mark(&w, 42 * MS);
    dns.response = true;
    h2t_facts_dns(w.facts, &dns);
    trace_post(&w);
    trace_lookup(&w, "A.example", 40 * MS - 80 * US, 42 * MS + 90 * US);
    tie_all(&w);
    expect_line(&w, H2T_NOTE_DNS_QUERY, "-");
    h2t_query_at(&w.m, 0)->lookup = 0;
    expect_line(&w, H2T_NOTE_DNS_QUERY, "h2a dns-query host=A.example DNSStart=-80us");
    struct h2t_lookup *lookup = h2t_lookup_at(&w.m, 0);
    lookup->request = 0;
    lookup->err = "no such host";
    expect_line(&w, H2T_NOTE_DNS_QUERY, "h2a dns-query req=r1 host=A.example DNSStart=-80us");
    trace_process(&w, 29);
    expect_line(&w, H2T_NOTE_DNS_ANSWER,
                "h2a dns-answer req=r1 pid=28 host=A.example DNSDone=+90us error=\"no such "
                "host\"");
    world_free(&w);
}

/* ---- Strangers' texts ----------------------------------------------------------------------- */

static void test_hostile(void)
{
    struct world w = typical(0);
    struct h2t_request *r = h2t_request_at(&w.m, 0);
    r->id = "r 1\n~00000000";
    r->method = "GET end=end";
    r->url = "https://x/\x1b[31m\"\\\xe2\x80\xae\xff";
    r->err = "\r\nh2a end req=r2 ~12345678";
    expect_line(&w, H2T_NOTE_REQUEST,
                "h2a request req=\"r 1\\x0a~00000000\" attempt=1 conn=1 stream=1 reused=no "
                "match=order method=\"GET end=end\" "
                "url=\"https://x/\\x1b[31m\\\"\\\\\\u{202e}\\xff\" GetConn=-10.5ms GotConn=-500us "
                "WroteHeaderField=-100us WroteHeaders=+100us");
    r->id = "r1";
    expect_line(&w, H2T_NOTE_END,
                "h2a end " STREAM "end=end status=200 BodyDone=+50us "
                "error=\"\\x0d\\x0ah2a end req=r2 ~12345678\"");
    r->err = "";
    expect_line(&w, H2T_NOTE_END, "h2a end " STREAM "end=end status=200 BodyDone=+50us");
    world_free(&w);
}

/* The longest typical lines stay near 200 bytes; long values are cut. */
static void test_length(void)
{
    struct world w = cut_short(end_eof);
    g_autofree char *longest = g_strnfill(H2T_MAX_STRING, 'u'), *url = g_strnfill(69, 'u'),
                    *err = g_strnfill(77, 'u');
    struct h2t_request *r = h2t_request_at(&w.m, 0);
    r->url = r->err = longest;
    g_autofree char *line = g_strdup_printf(
        "h2a request " STREAM "reused=no match=order method=POST url=%s... GotConn=-500us "
        "WroteHeaders=+100us WroteRequest=+1.02ms end=eof RoundTripDone=+5.3ms error=%s...",
        url, err);
    expect_line(&w, H2T_NOTE_REQUEST, line);
    g_assert_cmpuint(strlen(line), <, 330); /* this has it all */
    world_free(&w);

    w = typical(0);
    w.m.trace->processes->len = 1;
    h2t_request_at(&w.m, 0)->url = longest;
    GArray *notes = h2t_notes(&w.m);
    g_autoptr(GString) out = g_string_new(NULL);
    for (uint32_t i = 0; i < notes->len; i++) {
        h2t_note_text(&w.m, &g_array_index(notes, struct h2t_note, i), false, out);
        g_assert_cmpuint(out->len, <, 250);
    }
    g_array_unref(notes);
    world_free(&w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/variant", test_variant);
    g_test_add_func("/text/dial-failed", test_dial_failed);
    g_test_add_func("/text/tls", test_tls);
    g_test_add_func("/text/goaway", test_goaway);
    g_test_add_func("/text/reset", test_reset);
    g_test_add_func("/text/closed", test_closed);
    g_test_add_func("/text/no-end", test_no_end);
    g_test_add_func("/text/request", test_request_details);
    g_test_add_func("/text/end", test_end_details);
    g_test_add_func("/text/retried", test_retried);
    g_test_add_func("/text/processes", test_processes);
    g_test_add_func("/text/dns", test_dns);
    g_test_add_func("/text/hostile", test_hostile);
    g_test_add_func("/text/length", test_length);
    return g_test_run();
}
