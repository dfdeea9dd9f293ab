/* SPDX-License-Identifier: MIT */
/* http1 with conversations as texts: whole, byte by byte, in random pieces. */
#include "http1_talk.h"

/* ---- Conversations -------------------------------------------------------------------------- */

struct conversation {
    const char *name;
    const char *texts[TALK_MAX];
    const char *log;
};

static const struct conversation conversations[] = {
    {"get",
     {"CGET /p?q=1 HTTP/1.1^Host: a:8080^X-Request-Id: id1^TraceParent: 00-a-b-01^^",
      "SHTTP/1.1 200 OK^Content-Length: 5^^hello"},
     "C REQUEST 1 GET /p?q=1 a:8080 id1 00-a-b-01\nC END 1\n" OK_LOG("1")},
    {"keep-alive",
     {"CGET / HTTP/1.1^host:h^^", "SHTTP/1.1 200 OK^Content-Length:0^^", "CGET / HTTP/1.1^HOST:h^^",
      "SHTTP/1.1 200 OK^Content-Length: 1^^x"},
     GET_LOG("1") OK_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"pipelined",
     {"CGET / HTTP/1.1^Host: h^^HEAD / HTTP/1.1^Host: h^^GET / HTTP/1.1^Host: h^^",
      "SHTTP/1.1 200 OK^Content-Length: 2^^okHTTP/1.1 200 OK^Content-Length: 200^^HTTP/1.1 404 "
      "No^Content-Length: 0^^"},
     GET_LOG("1") "C REQUEST 2 HEAD / h - -\nC END 2\n" GET_LOG("3") OK_LOG("1")
         OK_LOG("2") "S RESPONSE 3 404\nS END 3\n"},
    {"post",
     {"CPOST / HTTP/1.1^Host: h^Content-Length: 11^^GET / HTTP/", "SHTTP/1.1 200^Content-Length: "
                                                                  "0^^"},
     "C REQUEST 1 POST / h - -\nC END 1\n" OK_LOG("1")},
    {"early-response",
     {"CPOST / HTTP/1.1^Host: h^Content-Length: 4^^ab", "SHTTP/1.1 413 No^Content-Length: 0^^",
      "Ccd"},
     "C REQUEST 1 POST / h - -\nS RESPONSE 1 413\nS END 1\nC END 1\n"},
    {"chunked",
     {"CPUT / HTTP/1.1^Host: h^Transfer-Encoding: chunked^^5^hello^0^^GET / HTTP/1.1^Host: h^^",
      "SHTTP/1.1 200 OK^Transfer-Encoding: gzip, Chunked^^1a;name=\"v\"^abcdefghijklmnopqrstuvwxyz^"
      "00f ;x^123456789012345^0;last^Trailer: 1^Other: 2^^HTTP/1.1 204 None^^"},
     "C REQUEST 1 PUT / h - -\nC END 1\n" GET_LOG("2") OK_LOG("1") "S RESPONSE 2 204\nS END 2\n"},
    {"chunked-beats-length",
     {"CGET / HTTP/1.1^Host: h^^",
      "SHTTP/1.1 200 OK^Content-Length: 3^Transfer-Encoding: chunked^^1^x^0^^"},
     GET_LOG("1") OK_LOG("1")},
    {"coded-until-close",
     {"CGET / HTTP/1.1^Host: h^^",
      "SHTTP/1.1 200 OK^Transfer-Encoding: gzip^Content-Length: "
      "1^^data",
      "SHTTP/1.1 200 OK^^", "F"},
     GET_LOG("1") OK_LOG("1")},
    {"until-close",
     {"CGET / HTTP/1.0^Host: h^^", "SHTTP/1.0 200 OK^^some^^HTTP/1.0 200 OK^^", "F", "Smore"},
     GET_LOG("1") OK_LOG("1")},
    {"close-in-body",
     {"CGET / HTTP/1.1^Host: h^^", "SHTTP/1.1 200 OK^Content-Length: 10^^some", "F"},
     GET_LOG("1") "S RESPONSE 1 200\n"},
    {"no-body",
     {"CGET / HTTP/1.1^Host: h^^GET / HTTP/1.1^Host: h^^",
      "SHTTP/1.1 304 Same^Content-Length: 7^^HTTP/1.1 204 None^Transfer-Encoding: chunked^^"},
     GET_LOG("1") GET_LOG("2") "S RESPONSE 1 304\nS END 1\nS RESPONSE 2 204\nS END 2\n"},
    {"interim",
     {"CPOST / HTTP/1.1^Host: h^Expect: 100-continue^Content-Length: 1^^",
      "SHTTP/1.1 100 Continue^^", "Cx",
      "SHTTP/1.1 103 Hints^Link: </x>^^HTTP/1.1 200 OK^Content-"
      "Length: 0^^"},
     "C REQUEST 1 POST / h - -\nS RESPONSE 1 100\nC END 1\nS RESPONSE 1 103\n" OK_LOG("1")},
    {"upgrade",
     {"CGET /ws HTTP/1.1^Host: h^Upgrade: websocket^^",
      "SHTTP/1.1 101 Switch^Upgrade: websocket^^\x81\x05hello", "CGET / HTTP/1.1^^", "F"},
     "C REQUEST 1 GET /ws h - -\nC END 1\nS RESPONSE 1 101\nS END 1\n"},
    {"connect",
     {"CCONNECT a:443 HTTP/1.1^Host: b:443^^", "SHTTP/1.1 200 OK^Content-Length: 5^^HTTP/1.1 ",
      "CGET / HTTP/1.1^^"},
     "C REQUEST 1 CONNECT - a:443 - -\nC END 1\n" OK_LOG("1")},
    {"connect-refused",
     {"CCONNECT a:443 HTTP/1.1^^", "SHTTP/1.1 407 Auth^Content-Length: 2^^no",
      "CGET / HTTP/1.1^Host: h^^"},
     "C REQUEST 1 CONNECT - a:443 - -\nC END 1\nS RESPONSE 1 407\nS END 1\n" GET_LOG("2")},
    {"connect-eager",
     {"CCONNECT a:443 HTTP/1.1^^\x16\x03\x01", "SHTTP/1.1 200 OK^^\x16\x03\x03"},
     "C REQUEST 1 CONNECT - a:443 - -\nC END 1\n" OK_LOG("1")},
    {"targets",
     {"CGET http://x:1/p?a=://b HTTP/1.1^Host: h^^GET http://x HTTP/1.1^^GET http://x?q=/ "
      "HTTP/1.1^^"
      "OPTIONS * HTTP/1.1^^GET /to?u=http://y/z HTTP/1.1^^"},
     "C REQUEST 1 GET /p?a=://b h - -\nC END 1\nC REQUEST 2 GET / - - -\nC END 2\n"
     "C REQUEST 3 GET / - - -\nC END 3\nC REQUEST 4 OPTIONS * - - -\nC END 4\n"
     "C REQUEST 5 GET /to?u=http://y/z - - -\nC END 5\n"},
    {"odd-lines",
     {"C\n^^GET / HTTP/1.1\nx-request-id: a^\t b \nHost:\th \t^X-Request-ID: second^Empty:^\n",
      "SHTTP/1.1 200 \nContent-Length: 3^content-length: 3^Fold: a^ b\n\t:c^\nabc"},
     "C REQUEST 1 GET / h a  \t b -\nC END 1\n" OK_LOG("1")},
    {"unsolicited",
     {"SHTTP/1.1 408 Timeout^Content-Length: 0^^", "CGET / HTTP/1.1^Host: h^^",
      "SHTTP/1.1 200 OK^^"},
     GET_LOG("1")},
    {"server-not-http",
     {"CGET / HTTP/1.1^Host: h^^", "S220 smtp ready^^HTTP/1.1 200 OK^^",
      "CGET / HTTP/1.1^Host: h^^", "F"},
     GET_LOG("1") "S GAP\n" GET_LOG("2")},
    {"client-not-http",
     {"CGET / HTTP/1.1^Host: h^^junk^^", "SHTTP/1.1 200 OK^Content-Length: 0^^",
      "SHTTP/1.1 400 Bad^^"},
     GET_LOG("1") "C GAP\n" OK_LOG("1")},
};

static void test_conversation(gconstpointer data)
{
    const struct conversation *conversation = data;
    GRand *rand = g_rand_new_with_seed(9112);
    for (size_t max = 0; max < 20; max++) {
        struct wire wire;
        wire_init(&wire);
        converse(&wire, conversation->texts, max, max > 3 ? rand : NULL);
        expect(&wire, conversation->log);
        g_assert_false(http1_is_h2c(wire.http1));
        wire_fini(&wire);
    }
    g_rand_free(rand);
}

/* ---- Packets -------------------------------------------------------------------------------- */

static void test_packet_that_completes(void)
{
    struct wire wire;
    wire_init(&wire);
    wire.out.packets = true;
    send_text(&wire, H2T_CLIENT, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r");
    send_text(&wire, H2T_CLIENT, "\n1");
    send_text(&wire, H2T_CLIENT, "2");
    send_text(&wire, H2T_SERVER, "HTTP/1.1 200 OK\r\n\r\nall");
    http1_fin(wire.http1, H2T_CLIENT, (struct h2t_mark){.packet = 8});
    http1_fin(wire.http1, H2T_SERVER, (struct h2t_mark){.packet = 9});
    http1_fin(wire.http1, H2T_SERVER, (struct h2t_mark){.packet = 10});
    expect(&wire, "2 C REQUEST 1 POST / h - -\n3 C END 1\n4 S RESPONSE 1 200\n9 S END 1\n");
    wire_fini(&wire);
}

/* ---- Rejections ----------------------------------------------------------------------------- */

static void test_bad_requests(void)
{
    static const char *const bad[] = {
        "CGET /^^",
        "CGET  / HTTP/1.1^^",
        "CGET / HTTP/1.1 ^^",
        "CGET / HTTP/2.0^^",
        "CG(T / HTTP/1.1^^",
        "C / HTTP/1.1^^",
        "CGET / HTTP/1.1^Host^^",
        "CGET / HTTP/1.1^Host : h^^",
        "CGET / HTTP/1.1^: h^^",
        "CGET / HTTP/1.1^Content-Length: 1^Content-Length: 2^^",
        "CGET / HTTP/1.1^Content-Length: 1, 1^^",
        "CGET / HTTP/1.1^Content-Length: -1^^",
        "CGET / HTTP/1.1^Content-Length: +1^^",
        "CGET / HTTP/1.1^Content-Length: 0x1^^",
        "CGET / HTTP/1.1^Content-Length:^^",
        "CGET / HTTP/1.1^Content-Length: 9223372036854775808^^",
        "CGET / HTTP/1.1^Transfer-Encoding: gzip^^",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct wire wire;
        wire_init(&wire);
        converse(&wire, (const char *const[TALK_MAX]){bad[i], "CGET / HTTP/1.1^^"}, i % 2, NULL);
        expect(&wire, "C GAP\n");
        wire_fini(&wire);
    }
    struct wire wire;
    wire_init(&wire);
    send_bytes(&wire, H2T_CLIENT, "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29, 0, NULL);
    expect(&wire, "C GAP\n");
    wire_fini(&wire);
}

static void test_bad_responses(void)
{
    static const char *const bad[] = {
        "SHTTP/1.1^^",
        "SHTTP/1.1 99 X^^",
        "SHTTP/1.1 1000 X^^",
        "SHTTP/1.1 2OO X^^",
        "SHTTP/2 200^^",
        "SICY 200 OK^^",
        "SHTTP/1.1 200 OK^bad line^^",
        "SHTTP/1.1 200 OK^Content-Length: 1^Content-Length: 2^^",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct wire wire;
        wire_init(&wire);
        const char *const texts[TALK_MAX] = {"CGET / HTTP/1.1^Host: h^^", bad[i],
                                             "SHTTP/1.1 200 OK^^"};
        converse(&wire, texts, i % 2, NULL);
        expect(&wire, GET_LOG("1") "S GAP\n");
        wire_fini(&wire);
    }
}

static void test_bad_chunks(void)
{
    static const char *const bad[] = {
        "S^",
        "Sx^",
        "S ;5^",
        "S-1^",
        "S1^xy",
        "S1^x\rx",
        "S10000000000000000^",
        "Sffffffffffffffff^",
        "S5z^",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct wire wire;
        wire_init(&wire);
        const char *const texts[TALK_MAX] = {"CGET / HTTP/1.1^Host: h^^",
                                             "SHTTP/1.1 200 OK^Transfer-Encoding: chunked^^",
                                             bad[i], "S0^^"};
        converse(&wire, texts, i % 2, NULL);
        expect(&wire, GET_LOG("1") "S RESPONSE 1 200\nS GAP\n");
        wire_fini(&wire);
    }
}

/* ---- Limits --------------------------------------------------------------------------------- */

/* A head of `len` bytes. */
static GString *large_head(size_t len)
{
    GString *head = g_string_new("GET / HTTP/1.1\r\nHost: h\r\nX: ");
    while (head->len < len - 4)
        g_string_append_c(head, 'x');
    g_string_append(head, "\r\n\r\n");
    return head;
}

static void test_head_limit(void)
{
    for (size_t over = 0; over < 2; over++) {
        for (size_t max = 0; max < 2000; max += 1999) {
            struct wire wire;
            wire_init(&wire);
            GString *head = large_head(H2T_MAX_HEAD + over);
            send_bytes(&wire, H2T_CLIENT, head->str, head->len, max, NULL);
            expect(&wire, over ? "C GAP\n" : GET_LOG("1"));
            g_string_free(head, TRUE);
            wire_fini(&wire);
        }
    }
}

static void test_trailer_limit(void)
{
    for (size_t over = 0; over < 2; over++) {
        struct wire wire;
        wire_init(&wire);
        send_text(&wire, H2T_CLIENT,
                  "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
        g_autofree char *trailer = g_strnfill(H2T_MAX_HEAD - 4 + over, 't');
        send_text(&wire, H2T_CLIENT, trailer);
        send_text(&wire, H2T_CLIENT, "\r\n\r\n");
        expect(&wire, over ? "C REQUEST 1 GET / h - -\nC GAP\n" : GET_LOG("1"));
        wire_fini(&wire);
    }
}

static void test_pipeline_limit(void)
{
    static const char get[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    struct wire wire;
    wire_init(&wire);
    for (unsigned i = 0; i < 50; i++) { /* the ring goes round */
        send_text(&wire, H2T_CLIENT, get);
        send_text(&wire, H2T_SERVER, ok);
    }
    for (unsigned i = 0; i < HTTP1_MAX_PIPELINE; i++)
        send_text(&wire, H2T_CLIENT, get);
    g_assert_null(strstr(wire.out.log->str, "GAP"));
    send_text(&wire, H2T_CLIENT, get);
    send_text(&wire, H2T_CLIENT, get);
    g_assert_true(g_str_has_suffix(wire.out.log->str, GET_LOG("178") "C GAP\n"));
    g_string_truncate(wire.out.log, 0);
    for (unsigned i = 0; i < HTTP1_MAX_PIPELINE + 1; i++)
        send_text(&wire, H2T_SERVER, ok);
    g_assert_true(g_str_has_prefix(wire.out.log->str, OK_LOG("51") OK_LOG("52")));
    g_assert_true(g_str_has_suffix(wire.out.log->str, OK_LOG("178")));
    wire_fini(&wire);
}

static void on_long_value(void *user, const struct h2t_frame *frame)
{
    if (frame->kind != H2T_REQUEST)
        return;
    g_assert_cmpuint(strlen(frame->fields->path), ==, H2T_MAX_STRING);
    g_assert_cmpuint(strlen(frame->fields->request_id), ==, H2T_MAX_STRING);
    g_assert_cmpuint(strlen(frame->fields->method), ==, H2T_MAX_STRING);
    *(bool *)user = true;
}

static void test_long_values(void)
{
    bool seen = false;
    struct http1 *http1 = http1_new(on_long_value, &seen);
    g_autofree char *value = g_strnfill(H2T_MAX_STRING + 1, 'v');
    g_autofree char *head =
        g_strdup_printf("%s /%s HTTP/1.1\r\nX-Request-Id: %s\r\n\r\n", value, value, value);
    http1_input(http1, H2T_CLIENT, (const uint8_t *)head, strlen(head), (struct h2t_mark){0});
    g_assert_true(seen);
    http1_free(&http1);
}

/* ---- h2c --------------------------------------------------------------------------- */

static void test_h2c(void)
{
    static const char switching[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n\0\0\0\4\0\0\0\0\0";
    for (size_t max = 0; max < 2; max++) {
        struct wire wire;
        wire_init(&wire);
        send_text(&wire, H2T_CLIENT, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n");
        g_assert_false(http1_is_h2c(wire.http1));
        size_t used = send_bytes(&wire, H2T_SERVER, switching, sizeof switching - 1, max, NULL);
        g_assert_cmpuint(used, ==, sizeof switching - 1 - 9);
        g_assert_true(http1_is_h2c(wire.http1));
        expect(&wire, GET_LOG("1") "S RESPONSE 1 101\n");
        g_assert_cmpuint(send_bytes(&wire, H2T_CLIENT, "PRI", 3, 0, NULL), ==, 0);
        expect(&wire, "");
        wire_fini(&wire);
    }
}

/* ---- Anything ------------------------------------------------------------------------------- */

static void test_damage(void)
{
    GRand *rand = g_rand_new_with_seed(1);
    for (unsigned round = 0; round < 60 * G_N_ELEMENTS(conversations); round++) {
        const struct conversation *conversation =
            &conversations[round % G_N_ELEMENTS(conversations)];
        struct wire wire;
        wire_init(&wire);
        for (size_t i = 0; i < TALK_MAX && conversation->texts[i]; i++) {
            GString *bytes = expand(conversation->texts[i]);
            bytes->str[g_rand_int_range(rand, 0, (int)bytes->len)] = (char)g_rand_int(rand);
            enum h2t_dir dir = *conversation->texts[i] == 'C' ? H2T_CLIENT : H2T_SERVER;
            send_bytes(&wire, dir, bytes->str + 1, bytes->len - 1, 30, rand);
            g_string_free(bytes, TRUE);
        }
        wire_fini(&wire);
    }
    g_rand_free(rand);
}

static void test_looks_like(void)
{
    static const struct {
        const char *text;
        bool yes;
    } cases[] = {
        {"GET / HTTP/1.1\r\n", true},
        {"GET /", true},
        {"M-SEARCH * HTTP/1.1\r\nHost: x\r\n", true},
        {"CONNECT ", true},
        {"GET", false},
        {"", false},
        {" ", false},
        {"get / HTTP/1.1", false},
        {"SSH-2.0-OpenSSH_9.2 Debian", false},
        {"EHLO example.com\r\n", false},
        {"PRI * HTTP/2.0\r\n", false},
        {"PRIX / HTTP/1.1\r\n", true},
        {"\x16\x03\x01 ", false},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG /", false},
        {"GET / HTTP/0.9\r\n HTTP/1.1", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t len = strlen(cases[i].text);
        g_autofree uint8_t *copy = g_memdup2(cases[i].text, len);
        g_assert_true(http1_looks_like(copy, len) == cases[i].yes);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(conversations); i++) {
        g_autofree char *path = g_strconcat("/http1/says/", conversations[i].name, NULL);
        g_test_add_data_func(path, &conversations[i], test_conversation);
    }
    g_test_add_func("/http1/packet", test_packet_that_completes);
    g_test_add_func("/http1/bad/requests", test_bad_requests);
    g_test_add_func("/http1/bad/responses", test_bad_responses);
    g_test_add_func("/http1/bad/chunks", test_bad_chunks);
    g_test_add_func("/http1/limits/head", test_head_limit);
    g_test_add_func("/http1/limits/trailers", test_trailer_limit);
    g_test_add_func("/http1/limits/pipeline", test_pipeline_limit);
    g_test_add_func("/http1/limits/values", test_long_values);
    g_test_add_func("/http1/h2c", test_h2c);
    g_test_add_func("/http1/damage", test_damage);
    g_test_add_func("/http1/looks-like", test_looks_like);
    return g_test_run();
}
