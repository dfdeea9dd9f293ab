/* SPDX-License-Identifier: MIT */
/*
 * Frames in, streams out. Most cases are a line of frames, one a packet, and what becomes of the
 * streams:
 *
 *   ">1"       HEADERS of the client on stream 1; "<1:200" of the server with this status,
 *   ">1d"      DATA, ">1t" trailers; each with "." behind it for END_STREAM,
 *   "<1R8"     RST_STREAM with code 8; "<G5" GOAWAY, last stream 5,
 *   ">FIN", ">RST", ">GAP" and the same of the server; "LIMIT" a limit of ours.
 *
 * Out comes for each stream "id end@packet", then what is known: status, first response, end of
 * request, who reset it with which code, client bytes missing before it.
 */
#include "core/facts.h"

#include "core/names.h"

#include <string.h>

struct script {
    struct h2t_facts *facts;
    uint32_t packet;
};

static const struct h2t_fields get = {.method = "GET", .path = "/a?q#f", .complete = true};
static const struct h2t_fields trailers = {.complete = true};

static struct h2t_mark mark(uint32_t packet)
{
    return (struct h2t_mark){.packet = packet, .ns = packet};
}

/* ---- The script ----------------------------------------------------------------------------- */

static bool tcp_kind(const char *at, enum h2t_frame_kind *kind)
{
    static const struct {
        const char *name;
        enum h2t_frame_kind kind;
    } names[] = {{"FIN", H2T_FIN}, {"RST", H2T_RST}, {"GAP", H2T_GAP}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        *kind = names[i].kind;
        if (g_str_equal(at, names[i].name))
            return true;
    }
    return false;
}

/* What stands behind the stream identifier. */
static void stream_frame(const char *at, struct h2t_frame *f, struct h2t_fields *response)
{
    f->kind = *at == 'd' ? H2T_DATA : *at == 'R' ? H2T_RST_STREAM : H2T_HEADERS;
    f->fields = *at == 't' ? &trailers : &get;
    if (*at == 'R')
        f->code = (uint32_t)atoi(at + 1);
    if (*at != ':')
        return;
    *response = (struct h2t_fields){.status = (uint16_t)atoi(at + 1), .complete = true};
    f->fields = response;
}

static void play_one(struct script *s, const char *word)
{
    struct h2t_fields response;
    struct h2t_frame f = {.dir = *word == '<' ? H2T_SERVER : H2T_CLIENT,
                          .mark = mark(++s->packet),
                          .end_stream = g_str_has_suffix(word, ".")};
    char *end;
    if (g_str_equal(word, "LIMIT")) {
        h2t_facts_overflow(s->facts, 0);
        return;
    }
    if (word[1] == 'G' && word[2] != 'A') {
        f.kind = H2T_GOAWAY;
        f.last_stream = (uint32_t)atoi(word + 2);
    } else if (!tcp_kind(word + 1, &f.kind)) {
        f.stream = (uint32_t)strtoul(word + 1, &end, 10);
        stream_frame(end, &f, &response);
    }
    h2t_facts_packet(s->facts, 0, f.mark);
    h2t_facts_frame(s->facts, &f);
}

static void open_conn(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_tuple tuple;
    g_assert_true(h2t_addr_parse("10.0.0.1:4000", &tuple.client));
    g_assert_true(h2t_addr_parse("10.0.0.2:443", &tuple.server));
    h2t_facts_open(facts, conn, &tuple, mark(1));
}

static void play(struct script *s, const char *frames)
{
    g_auto(GStrv) words = g_strsplit(frames, " ", -1);
    s->facts = h2t_facts_new();
    s->packet = 0;
    open_conn(s->facts, 0);
    for (char **word = words; *word; word++)
        play_one(s, *word);
}

/* ---- What came out -------------------------------------------------------------------------- */

static void add_stream(GString *out, const struct h2t_stream *s)
{
    g_string_append_printf(out, "%s%u %s", out->len ? "; " : "", s->id, h2t_end_name(s->end));
    if (s->finish.packet)
        g_string_append_printf(out, "@%u", s->finish.packet);
    if (s->status)
        g_string_append_printf(out, " %u", s->status);
    if (s->response.packet)
        g_string_append_printf(out, " response@%u", s->response.packet);
    if (s->request_end.packet)
        g_string_append_printf(out, " asked@%u", s->request_end.packet);
    if (s->end == H2T_END_RESET)
        g_string_append_printf(out, " by=%c code=%u", "cs"[s->reset_by], s -> reset_code);
    if (s->gaps)
        g_string_append_printf(out, " gaps=%u", s->gaps);
}

static char *streams_text(const struct h2t_wire *wire)
{
    GString *out = g_string_new(NULL);
    for (uint32_t i = 0; i < wire->streams->len; i++)
        add_stream(out, &g_array_index(wire->streams, struct h2t_stream, i));
    return g_string_free(out, FALSE);
}

static const struct fact_case {
    const char *name, *frames, *streams;
} cases[] = {
    /* how a stream ends */
    {"end", ">1. <1:200.", "1 end@2 200 response@2 asked@1"},
    {"end-with-data", ">1 >1d >1d. <1:200 <1d <1d.", "1 end@6 200 response@4 asked@3"},
    {"response-before-request-end", ">1 <1:413. >1d.", "1 end@3 413 response@2 asked@3"},
    {"reset-by-server", ">1. <1R8", "1 reset@2 asked@1 by=s code=8"},
    {"reset-by-client", ">1. <1:200 >1R5", "1 reset@3 200 response@2 asked@1 by=c code=5"},
    {"reset-after-response", ">1 <1:413. <1R0", "1 reset@3 413 response@2 by=s code=0"},
    {"reset-after-end", ">1. <1:200. <1R8", "1 end@2 200 response@2 asked@1"},
    {"goaway-after-headers", ">1. >3. <G1 <1:200.",
     "1 end@4 200 response@4 asked@1; 3 goaway@3 asked@2"},
    {"goaway-before-headers", ">1. <G1 >3 <1:200.", "1 end@4 200 response@4 asked@1; 3 goaway@2"},
    {"goaway-twice", ">1. <G2147483647 >3. <G1", "1 eof asked@1; 3 goaway@4 asked@3"},
    {"goaway-of-client", ">1. >G0 <1:200.", "1 end@3 200 response@3 asked@1"},
    {"close-by-client-fin", ">1. >FIN", "1 close@2 asked@1"},
    {"close-by-server-fin", ">1. <1:200 <FIN", "1 close@3 200 response@2 asked@1"},
    {"close-by-client-rst", ">1. >RST", "1 close@2 asked@1"},
    {"close-by-server-rst", ">1. <RST", "1 close@2 asked@1"},
    {"closed-before", ">FIN >1. <1:200.", "1 end@3 200 response@3 asked@2"},
    {"gap-of-client", ">1 >GAP", "1 gap"},
    {"gap-of-server", ">1. <GAP", "1 gap asked@1"},
    {"gap-then-close", ">1. <GAP <FIN", "1 gap asked@1"},
    {"gap-then-end", ">1. <GAP <1:200.", "1 end@3 200 response@3 asked@1"},
    {"gap-before", ">GAP >1. <FIN", "1 close@3 asked@2 gaps=1"},
    {"gaps-count-client-only", ">GAP <GAP >1. >GAP >3.",
     "1 gap asked@3 gaps=1; 3 eof asked@5 gaps=2"},
    {"limit", ">1. LIMIT", "1 overflow asked@1"},
    {"limit-beats-gap", ">1. <GAP LIMIT <1:200.", "1 overflow asked@1"},
    {"eof", ">1. <1:200 <1d", "1 eof 200 response@2 asked@1"},
    /* heads */
    {"interim", ">1. <1:100 <1:103 <1:204.", "1 end@4 204 response@2 asked@1"},
    {"interim-only", ">1. <1:100", "1 eof response@2 asked@1"},
    {"trailers", ">1 >1d >1t. <1:200 <1d <1t.", "1 end@6 200 response@4 asked@3"},
    {"second-final-status", ">1. <1:200 <1:500.", "1 end@3 200 response@2 asked@1"},
    /* what opens a stream */
    {"ids-not-rising", ">5. >3. <3:200. >5. <5:200.", "5 end@5 200 response@5 asked@1"},
    {"response-to-nothing", "<1:200. >1.", "1 eof asked@2"},
    {"trailers-of-nothing", ">1t. >3.", "3 eof asked@2"},
    {"data-of-nothing", ">1d. <1R8 >1.", "1 eof asked@3"},
    {"interleaved", ">1. >3. <3:200. <1:201.",
     "1 end@4 201 response@4 asked@1; 3 end@3 200 response@3 asked@2"},
};

static void test_case(gconstpointer data)
{
    const struct fact_case *c = data;
    struct script s;
    play(&s, c->frames);
    struct h2t_wire *wire = h2t_facts_finish(&s.facts);
    g_assert_null(s.facts);
    g_autofree char *streams = streams_text(wire);
    g_assert_cmpstr(streams, ==, c->streams);
    h2t_wire_free(&wire);
}

/* What is settled is what would be finished, and more may come. */
static void test_settle(gconstpointer data)
{
    const struct fact_case *c = data;
    struct script s;
    play(&s, c->frames);
    h2t_facts_settle(s.facts);
    g_autofree char *streams = streams_text(h2t_facts_wire(s.facts));
    g_assert_cmpstr(streams, ==, c->streams);
    play_one(&s, "<GAP");
    play_one(&s, ">FIN");
    h2t_facts_free(&s.facts);
    g_assert_null(s.facts);
    h2t_facts_free(&s.facts);
}

/* ---- HTTP/1.1 ------------------------------------------------------------------------------- */

static void tell(struct h2t_facts *facts, enum h2t_frame_kind kind, enum h2t_dir dir,
                 uint32_t stream, uint32_t packet)
{
    static const struct h2t_fields ok = {.status = 200, .complete = true};
    struct h2t_frame f = {.kind = kind,
                          .dir = dir,
                          .stream = stream,
                          .mark = mark(packet),
                          .fields = dir == H2T_CLIENT ? &get : &ok};
    h2t_facts_frame(facts, &f);
}

/* A gap in the packet of the request that is told behind it counts; one before it does not. */
static void test_http1_gap(void)
{
    for (int behind = 0; behind < 2; behind++) {
        struct h2t_facts *facts = h2t_facts_new();
        open_conn(facts, 0);
        if (!behind)
            tell(facts, H2T_GAP, H2T_SERVER, 0, 1);
        tell(facts, H2T_REQUEST, H2T_CLIENT, 1, 1);
        if (behind)
            tell(facts, H2T_GAP, H2T_SERVER, 0, 1);
        tell(facts, H2T_MESSAGE_END, H2T_CLIENT, 1, 1);
        struct h2t_wire *wire = h2t_facts_finish(&facts);
        g_autofree char *streams = streams_text(wire);
        g_assert_cmpstr(streams, ==, behind ? "1 gap asked@1" : "1 eof asked@1");
        h2t_wire_free(&wire);
    }
}

static void test_http1(void)
{
    struct h2t_facts *facts = h2t_facts_new();
    open_conn(facts, 0);
    tell(facts, H2T_REQUEST, H2T_CLIENT, 1, 1);
    tell(facts, H2T_MESSAGE_END, H2T_CLIENT, 1, 1);
    tell(facts, H2T_REQUEST, H2T_CLIENT, 2, 2);
    tell(facts, H2T_RESPONSE, H2T_SERVER, 1, 3);
    tell(facts, H2T_MESSAGE_END, H2T_SERVER, 1, 4);
    tell(facts, H2T_RESPONSE, H2T_SERVER, 2, 5);
    tell(facts, H2T_MESSAGE_END, H2T_SERVER, 2, 6);
    tell(facts, H2T_MESSAGE_END, H2T_CLIENT, 2, 7);
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    g_autofree char *streams = streams_text(wire);
    g_assert_cmpstr(streams, ==, "1 end@4 200 response@3 asked@1; 2 end@7 200 response@5 asked@7");
    g_assert_cmpint(g_array_index(wire->conns, struct h2t_conn, 0).proto, ==, H2T_PROTO_H1);
    h2t_wire_free(&wire);
}

/* ---- Connections ---------------------------------------------------------------------------- */

static const struct h2t_conn *conn_at(const struct h2t_wire *wire, uint32_t i)
{
    return &g_array_index(wire->conns, struct h2t_conn, i);
}

static void test_fields(void)
{
    struct h2t_facts *facts = h2t_facts_new();
    g_autofree char *path = g_strnfill(H2T_MAX_STRING + 10, 'p');
    const struct h2t_fields fields = {
        .method = "PUT", .path = path, .authority = "h", .request_id = "x", .complete = true};
    struct h2t_frame f = {.kind = H2T_HEADERS, .stream = 1, .mark = mark(1), .fields = &get};
    open_conn(facts, 0);
    h2t_facts_frame(facts, &f);
    f.stream = 3;
    f.fields = &fields;
    h2t_facts_frame(facts, &f);
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    const struct h2t_stream *s = &g_array_index(wire->streams, struct h2t_stream, 0);
    g_assert_cmpstr(s[0].path, ==, "/a");
    g_assert_null(s[0].authority);
    g_assert_cmpuint(s[0].request_id | s[0].traceparent, ==, 0);
    g_assert_cmpuint(strlen(s[1].path), ==, H2T_MAX_STRING);
    g_assert_cmpuint(s[1].request_id, ==, h2t_hash("x", 1));
    g_assert_cmpuint(s[0].next, ==, 1);
    g_assert_cmpuint(s[1].next, ==, H2T_NONE);
    g_assert_cmpuint(conn_at(wire, 0)->n_streams, ==, 2);
    h2t_wire_free(&wire);
}

static void test_conn_marks(void)
{
    static const struct h2t_hello client = {.sni = "a.example", .alpn = "h2,http/1.1"};
    static const struct h2t_hello server = {.version = 0x0303, .cipher = 0xc02f, .alpn = "h2"};
    struct h2t_facts *facts = h2t_facts_new();
    struct h2t_frame f = {.mark = mark(2)};
    open_conn(facts, 0);
    tell(facts, H2T_SYN, H2T_CLIENT, 0, 2);
    tell(facts, H2T_SYN, H2T_CLIENT, 0, 3);
    tell(facts, H2T_SYN_ACK, H2T_SERVER, 0, 4);
    f = (struct h2t_frame){.kind = H2T_CLIENT_HELLO, .mark = mark(5), .hello = &client};
    h2t_facts_frame(facts, &f);
    f = (struct h2t_frame){.kind = H2T_SERVER_HELLO, .mark = mark(6), .hello = &server};
    h2t_facts_frame(facts, &f);
    tell(facts, H2T_HANDSHAKE_DONE, H2T_SERVER, 0, 7);
    tell(facts, H2T_GAP, H2T_CLIENT, 0, 8);
    tell(facts, H2T_PREFACE, H2T_CLIENT, 0, 9);
    tell(facts, H2T_ALERT, H2T_SERVER, 0, 10);
    h2t_facts_decrypted(facts, 0);
    h2t_facts_no_keys(facts, 0);
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    const struct h2t_conn *c = conn_at(wire, 0);
    g_assert_cmpuint(c->syn.packet, ==, 2);
    g_assert_cmpuint(c->syn_ack.packet, ==, 4);
    g_assert_cmpuint(c->client_hello.packet, ==, 5);
    g_assert_cmpuint(c->server_hello.packet, ==, 6);
    g_assert_cmpuint(c->finished[H2T_SERVER].packet, ==, 7);
    g_assert_cmpuint(c->preface.packet, ==, 9);
    g_assert_cmpuint(c->close_notify[H2T_SERVER].packet, ==, 10);
    g_assert_cmpstr(c->sni, ==, "a.example");
    g_assert_cmpstr(c->alpn_offered, ==, "h2,http/1.1");
    g_assert_cmpstr(c->alpn, ==, "h2");
    g_assert_cmpuint(c->tls_version, ==, 0x0303);
    g_assert_cmpuint(c->client_gaps, ==, 0); /* nothing of HTTP/2 is missing */
    g_assert_cmpint(c->proto, ==, H2T_PROTO_H2);
    g_assert_true(c->decrypted && c->no_keys && !c->overflow);
    h2t_wire_free(&wire);
}

/* What was told of the server is the client's then. */
static void test_swap(void)
{
    struct h2t_facts *facts = h2t_facts_new();
    open_conn(facts, 0);
    tell(facts, H2T_GAP, H2T_SERVER, 0, 2);
    tell(facts, H2T_FIN, H2T_CLIENT, 0, 3);
    tell(facts, H2T_RST, H2T_SERVER, 0, 4);
    h2t_facts_swap(facts, 0);
    tell(facts, H2T_REQUEST, H2T_CLIENT, 1, 5);
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    const struct h2t_conn *c = conn_at(wire, 0);
    g_assert_cmpuint(c->tuple.client.port, ==, 443);
    g_assert_cmpuint(c->tuple.server.port, ==, 4000);
    g_assert_cmpuint(c->gap[H2T_CLIENT].packet, ==, 2);
    g_assert_cmpuint(c->fin[H2T_SERVER].packet, ==, 3);
    g_assert_cmpuint(c->rst[H2T_CLIENT].packet, ==, 4);
    g_autofree char *streams = streams_text(wire);
    g_assert_cmpstr(streams, ==, "1 eof gaps=1");
    h2t_wire_free(&wire);
}

static void test_conn_numbers(void)
{
    struct h2t_facts *facts = h2t_facts_new();
    open_conn(facts, 3);
    open_conn(facts, 1);
    open_conn(facts, H2T_MAX_CONNS);
    static const uint32_t unknown[] = {4, H2T_MAX_CONNS, H2T_NONE};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        uint32_t conn = unknown[i];
        struct h2t_frame f = {.kind = H2T_HEADERS, .conn = conn, .stream = 1, .fields = &get};
        h2t_facts_frame(facts, &f);
        h2t_facts_packet(facts, conn, mark(9));
        h2t_facts_swap(facts, conn);
        h2t_facts_decrypted(facts, conn);
        h2t_facts_no_keys(facts, conn);
        h2t_facts_overflow(facts, conn);
    }
    h2t_facts_packet(facts, 3, mark(7));
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    g_assert_cmpuint(wire->conns->len, ==, 4);
    g_assert_cmpuint(wire->streams->len, ==, 0);
    g_assert_cmpuint(conn_at(wire, 2)->first.packet, ==, 0);
    g_assert_cmpuint(conn_at(wire, 1)->first.packet, ==, 1);
    g_assert_cmpuint(conn_at(wire, 3)->last.packet, ==, 7);
    g_assert_cmpuint(conn_at(wire, 2)->tconn, ==, H2T_NONE);
    h2t_wire_free(&wire);
}

/* Streams of the same identifier on two connections are two. */
static void test_two_conns(void)
{
    struct script s;
    play(&s, ">1.");
    open_conn(s.facts, 1);
    struct h2t_frame f = {
        .kind = H2T_HEADERS, .conn = 1, .stream = 1, .mark = mark(2), .fields = &get};
    h2t_facts_frame(s.facts, &f);
    g_assert_cmpuint(h2t_facts_open_stream(s.facts, 0, 1), ==, 0);
    g_assert_cmpuint(h2t_facts_open_stream(s.facts, 1, 1), ==, 1);
    play_one(&s, "<1:200.");
    g_assert_cmpuint(h2t_facts_open_stream(s.facts, 0, 1), ==, H2T_NONE);
    g_assert_cmpuint(h2t_facts_open_stream(s.facts, 1, 1), ==, 1);
    struct h2t_wire *wire = h2t_facts_finish(&s.facts);
    g_autofree char *streams = streams_text(wire);
    g_assert_cmpstr(streams, ==, "1 end@2 200 response@2 asked@1; 1 eof");
    h2t_wire_free(&wire);
}

/* ---- Floods --------------------------------------------------------------------------------- */

/* 100,000 streams stay open under as many GOAWAYs, GAPs and late answers; if one of these walked
 * over the open streams, this would take minutes. */
static void test_flood(void)
{
    enum { N = 100000 };
    struct h2t_facts *facts = h2t_facts_new();
    struct h2t_frame f = {.kind = H2T_HEADERS, .mark = mark(1), .fields = &get};
    open_conn(facts, 0);
    for (uint32_t i = 0; i < N; i++) {
        f.stream = 2 * i + 1;
        h2t_facts_frame(facts, &f);
    }
    f = (struct h2t_frame){.dir = H2T_SERVER, .mark = mark(2)};
    for (uint32_t i = 0; i < N; i++) {
        f.kind = i % 2 ? H2T_GOAWAY : H2T_GAP;
        f.last_stream = 2 * (N - i) - 1; /* one stream is refused by each */
        h2t_facts_frame(facts, &f);
        f.kind = H2T_RST_STREAM;
        f.stream = 2 * i + 1;
        h2t_facts_frame(facts, &f);
    }
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    uint32_t n[H2T_END_EOF + 1] = {0};
    for (uint32_t i = 0; i < N; i++)
        n[g_array_index(wire->streams, struct h2t_stream, i).end]++;
    g_assert_cmpuint(n[H2T_END_RESET] + n[H2T_END_GOAWAY], ==, N);
    g_assert_cmpuint(n[H2T_END_GOAWAY], >, N / 3);
    h2t_wire_free(&wire);
}

static void test_gap_limit(void)
{
    struct h2t_facts *facts = h2t_facts_new();
    open_conn(facts, 0);
    for (uint32_t i = 0; i < UINT16_MAX + 2u; i++)
        tell(facts, H2T_GAP, H2T_CLIENT, 0, 1);
    tell(facts, H2T_REQUEST, H2T_CLIENT, 1, 2);
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    g_autofree char *streams = streams_text(wire);
    g_assert_cmpstr(streams, ==, "1 eof gaps=65535");
    h2t_wire_free(&wire);
}

/* A CONNECT that is granted begins the connection anew; it is no stream of the chain. */
static void test_tunnel(void)
{
    static const struct h2t_fields connect = {
        .method = "CONNECT", .authority = "b:443", .complete = true};
    static const struct h2t_fields granted = {.status = 200, .complete = true};
    struct h2t_facts *facts = h2t_facts_new();
    h2t_facts_open(facts, 0, &(struct h2t_tuple){0}, mark(1));
    const struct h2t_frame frames[] = {
        {.kind = H2T_REQUEST, .stream = 1, .mark = mark(2), .fields = &connect},
        {.kind = H2T_MESSAGE_END, .stream = 1, .mark = mark(2)},
        {.kind = H2T_RESPONSE, .dir = H2T_SERVER, .stream = 1, .mark = mark(3), .fields = &granted},
        {.kind = H2T_MESSAGE_END, .dir = H2T_SERVER, .stream = 1, .mark = mark(3)},
        {.kind = H2T_PREFACE, .mark = mark(4)},
        {.kind = H2T_HEADERS, .stream = 1, .mark = mark(5), .fields = &get, .end_stream = true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++)
        h2t_facts_frame(facts, &frames[i]);
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    const struct h2t_conn *c = &g_array_index(wire->conns, struct h2t_conn, 0);
    const struct h2t_stream *s = &g_array_index(wire->streams, struct h2t_stream, 0);
    g_assert_true(c->tunnel);
    g_assert_cmpint(c->proto, ==, H2T_PROTO_H2);
    g_assert_cmpuint(wire->streams->len, ==, 2);
    g_assert_cmpuint(c->n_streams, ==, 1);
    g_assert_cmpuint(c->first_stream, ==, 1);
    g_assert_cmpuint(s->finish.packet, ==, 3);
    g_assert_cmpstr(s->method, ==, "CONNECT");
    h2t_wire_free(&wire);
}

/* Requests behind a CONNECT that was not waited for stay in the chain, as Wireshark would tell it.
 */
static void test_tunnel_pipelined(void)
{
    static const struct h2t_fields connect = {.method = "CONNECT", .complete = true};
    static const struct h2t_fields granted = {.status = 200, .complete = true};
    struct h2t_facts *facts = h2t_facts_new();
    h2t_facts_open(facts, 0, &(struct h2t_tuple){0}, mark(1));
    const struct h2t_frame frames[] = {
        {.kind = H2T_REQUEST, .stream = 1, .mark = mark(2), .fields = &connect},
        {.kind = H2T_REQUEST, .stream = 2, .mark = mark(2), .fields = &get},
        {.kind = H2T_REQUEST, .stream = 3, .mark = mark(2), .fields = &get},
        {.kind = H2T_RESPONSE, .dir = H2T_SERVER, .stream = 1, .mark = mark(3), .fields = &granted},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++)
        h2t_facts_frame(facts, &frames[i]);
    struct h2t_wire *wire = h2t_facts_finish(&facts);
    const struct h2t_conn *c = &g_array_index(wire->conns, struct h2t_conn, 0);
    g_assert_cmpuint(c->n_streams, ==, 2);
    g_assert_cmpuint(c->first_stream, ==, 1);
    g_assert_cmpuint(c->last_stream, ==, 2);
    g_assert_cmpuint(g_array_index(wire->streams, struct h2t_stream, 1).next, ==, 2);
    h2t_wire_free(&wire);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/facts/streams/", cases[i].name, NULL);
        g_autofree char *settled = g_strconcat("/facts/settled/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
        g_test_add_data_func(settled, &cases[i], test_settle);
    }
    g_test_add_func("/facts/http1", test_http1);
    g_test_add_func("/facts/http1-gap", test_http1_gap);
    g_test_add_func("/facts/fields", test_fields);
    g_test_add_func("/facts/conn/marks", test_conn_marks);
    g_test_add_func("/facts/conn/swap", test_swap);
    g_test_add_func("/facts/conn/numbers", test_conn_numbers);
    g_test_add_func("/facts/conn/two", test_two_conns);
    g_test_add_func("/facts/flood", test_flood);
    g_test_add_func("/facts/gap-limit", test_gap_limit);
    g_test_add_func("/facts/tunnel", test_tunnel);
    g_test_add_func("/facts/tunnel/pipelined", test_tunnel_pipelined);
    return g_test_run();
}
