/* SPDX-License-Identifier: MIT */
/* http1 where bytes are missing: what is told again, and what is not. */
#include "http1_talk.h"

#define GET "CGET / HTTP/1.1^Host: h^^"
#define OK "SHTTP/1.1 200 OK^Content-Length: 0^^"
#define UNKNOWN_LOG(n) "C REQUEST " n " GET / h - -\nS GAP\nC END " n "\n"

/* "g", "m": bytes of client or server are missing, 0 is unknown how many; "f" the client closes. */
static const struct lost_case {
    const char *name;
    const char *texts[TALK_MAX];
    const char *log;
} cases[] = {
    /* the client's bytes */
    {"client", {GET, OK, "g0", GET, OK}, GET_LOG("1") OK_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"client-in-head",
     {"CGET / HT", "g9", GET, OK, "g9", "C^GET", GET, OK},
     GET_LOG("1") OK_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"client-not-at-start-line",
     {GET, OK, "g0", "Cx^^GET / HTTP/1.1^^", "CGET / HT", "CTP/1.1^^", "CGET / HTTP/2.0^^", "C",
      "C^GET / HTTP/1.1^^", GET},
     GET_LOG("1") OK_LOG("1") GET_LOG("2")},
    {"request-lost-response-seen",
     {GET, OK, OK, "g0", GET, OK, GET},
     GET_LOG("1") OK_LOG("1") GET_LOG("2") OK_LOG("2") GET_LOG("3")},
    {"client-before-response",
     {GET, "g0", GET, OK, OK, GET, OK, "f"},
     GET_LOG("1") UNKNOWN_LOG("2") OK_LOG("1") GET_LOG("3") OK_LOG("3")},
    {"client-in-response",
     {GET, "SHTTP/1.1 200 OK^Content-Length: 2^^x", "g0", GET, "Sx", OK, OK, "f"},
     GET_LOG("1") "S RESPONSE 1 200\n" UNKNOWN_LOG("2") "S END 1\n"},
    {"client-stopped", {"Cjunk^^", "g0", GET}, "C GAP\n"},
    /* the server's */
    {"server", {GET, "m0", OK, GET, OK}, GET_LOG("1") OK_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"server-until-close-of-client", {GET, "m0", OK, "f"}, GET_LOG("1") OK_LOG("1")},
    {"server-not-confirmed", {GET, "m0", OK, "F"}, GET_LOG("1")},
    {"server-in-head",
     {GET, "SHTTP/1.1 20", "m9", "Sx^^", GET, OK, "f"},
     GET_LOG("1") "S GAP\n" GET_LOG("2") OK_LOG("2")},
    {"server-two-outstanding",
     {GET, GET, "m0", OK, GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") GET_LOG("3") OK_LOG("3")},
    {"server-reading-and-one",
     {GET, "SHTTP/1.1 200 OK^Content-Length: 2^^x", GET, "m9", OK, GET, OK, "f"},
     GET_LOG("1") "S RESPONSE 1 200\n" GET_LOG("2") GET_LOG("3") OK_LOG("3")},
    {"server-not-at-status-line",
     {GET, "m0", "Sbody", OK, GET, OK, "f"},
     GET_LOG("1") "S GAP\n" GET_LOG("2") OK_LOG("2")},
    {"server-silent-between", /* pipelined, or a loss that is not told yet */
     {GET, "m0", GET, GET, OK, OK, GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") UNKNOWN_LOG("3") GET_LOG("4") OK_LOG("4")},
    {"server-interim",
     {GET, "m0", "SHTTP/1.1 103 Hints^^", OK, "f"},
     GET_LOG("1") "S RESPONSE 1 103\n" OK_LOG("1")},
    {"server-head",
     {"CHEAD / HTTP/1.1^Host: h^^", "m0", "SHTTP/1.1 200 OK^Content-Length: 5^^", GET, OK},
     "C REQUEST 1 HEAD / h - -\nC END 1\n" OK_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"server-stopped", {GET, "S220 smtp^^", "m0", OK, GET}, GET_LOG("1") "S GAP\n" GET_LOG("2")},
    {"server-bad-response",
     {GET, "m0", "SHTTP/1.1 200 OK^no colon^^", GET},
     GET_LOG("1") "S GAP\n" GET_LOG("2")},
    /* both */
    {"both", /* the second request and the first response: the response is nobody's */
     {GET, "m0", OK, "g0", GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"both-in-body",
     {GET, "m0", "SHTTP/1.1 200 OK^Content-Length: 9^^abc", "g0", GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"both-then-stray",
     {GET, "m0", OK, OK, "g0", GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"server-then-client",
     {GET, "m0", "g0", OK, GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"client-then-server",
     {GET, "g0", "m0", OK, GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") OK_LOG("2")},
    /* what may stand in the way */
    {"pipelining",
     {"CGET / HTTP/1.1^Host: h^^GET / HTTP/1.1^Host: h^^", OK, OK, "m0", GET, OK, GET, OK, "f"},
     GET_LOG("1") GET_LOG("2") OK_LOG("1") OK_LOG("2") UNKNOWN_LOG("3") UNKNOWN_LOG("4")},
    {"connect",
     {"CCONNECT a:1 HTTP/1.1^^", "m0", OK, GET},
     "C REQUEST 1 CONNECT - a:1 - -\nC END 1\n"},
    {"tunnel",
     {"CCONNECT a:1 HTTP/1.1^^", "g0", GET, OK},
     "C REQUEST 1 CONNECT - a:1 - -\nC END 1\n" OK_LOG("1")},
    /* bodies that are counted */
    {"request-body",
     {"CPOST / HTTP/1.1^Host: h^Content-Length: 9^^abc", "g5", "C9GET / HTTP/1.1^Host: h^^"},
     "C REQUEST 1 POST / h - -\nC END 1\n" GET_LOG("2")},
    {"request-body-and-more",
     {"CPOST / HTTP/1.1^Host: h^Content-Length: 9^^abc", "g7", GET, OK},
     "C REQUEST 1 POST / h - -\n" UNKNOWN_LOG("2") OK_LOG("1")},
    {"response-body",
     {GET, "SHTTP/1.1 200 OK^Content-Length: 9^^abc", "m5", "S9", GET, OK},
     GET_LOG("1") OK_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"response-body-end", /* its packet is not there */
     {GET, "SHTTP/1.1 200 OK^Content-Length: 9^^abc", "m6", GET, OK},
     GET_LOG("1") "S RESPONSE 1 200\n" GET_LOG("2") OK_LOG("2")},
    {"response-body-unknown",
     {GET, "SHTTP/1.1 200 OK^Content-Length: 9^^abc", "m0", "S9", GET, OK, "f"},
     GET_LOG("1") "S RESPONSE 1 200\n" GET_LOG("2") OK_LOG("2")},
    {"chunk",
     {GET, "SHTTP/1.1 200 OK^Transfer-Encoding: chunked^^9^a", "m8", "S^3^a", "m1", "Sc^0^^", GET,
      OK},
     GET_LOG("1") OK_LOG("1") GET_LOG("2") OK_LOG("2")},
    {"chunk-line",
     {GET, "SHTTP/1.1 200 OK^Transfer-Encoding: chunked^^9", "m1", OK, GET, OK, "f"},
     GET_LOG("1") "S RESPONSE 1 200\n" GET_LOG("2") OK_LOG("2")},
    {"until-close", {GET, "SHTTP/1.1 200 OK^^abc", "m0", OK, "m7", "F"}, GET_LOG("1") OK_LOG("1")},
};

static void test_case(gconstpointer data)
{
    const struct lost_case *c = data;
    struct wire wire;
    wire_init(&wire);
    converse(&wire, c->texts, 0, NULL);
    expect(&wire, c->log);
    wire_fini(&wire);
}

/* A response that is told late has the packets it came in. */
static void test_marks(void)
{
    struct wire wire;
    wire_init(&wire);
    wire.out.packets = true;
    converse(&wire, (const char *const[TALK_MAX]){GET, "m0", OK, GET, OK}, 0, NULL);
    expect(&wire, "1 C REQUEST 1 GET / h - -\n1 C END 1\n3 S RESPONSE 1 200\n3 S END 1\n"
                  "4 C REQUEST 2 GET / h - -\n4 C END 2\n5 S RESPONSE 2 200\n5 S END 2\n");
    wire_fini(&wire);
}

static void test_interim_limit(void)
{
    for (unsigned over = 0; over < 2; over++) {
        struct wire wire;
        wire_init(&wire);
        converse(&wire, (const char *const[TALK_MAX]){GET, "m0"}, 0, NULL);
        for (unsigned i = 0; i < 6 + over; i++)
            send_text(&wire, H2T_SERVER, "HTTP/1.1 103 Hints\r\n\r\n");
        converse(&wire, (const char *const[TALK_MAX]){OK, "f"}, 0, NULL);
        g_assert_true(
            g_str_has_suffix(wire.out.log->str, over ? "S RESPONSE 1 200\n" : "S END 1\n"));
        g_assert_true(!strstr(wire.out.log->str, "GAP") == !over);
        wire_fini(&wire);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/http1/lost/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/http1/lost-marks", test_marks);
    g_test_add_func("/http1/lost-interim-limit", test_interim_limit);
    return g_test_run();
}
