/* SPDX-License-Identifier: MIT */
/*
 * Connections from segments. Most cases are a table: segments in, one line of what was told out.
 *
 * The line has, in order of the callbacks: "open0" (number), "3:" (packet 3), "SYN>" (> from the
 * client, < from the server), ">text" bytes, ">gap5", "close", "overflow"; with "@2" when the mark
 * is not the current packet.
 */
#include "annotator/wire/tcp.h"

#include <string.h>

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* the tables */

/* ---- What is told, as a line ---------------------------------------------------------------- */

struct log {
    GString *text;
    uint32_t packet; /* the current one */
};

static void add(struct log *log, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(struct log *log, const char *format, ...)
{
    va_list args;
    if (log->text->len > 0)
        g_string_append_c(log->text, ' ');
    va_start(args, format);
    g_string_append_vprintf(log->text, format, args);
    va_end(args);
}

static void add_mark(struct log *log, struct h2t_mark mark)
{
    if (mark.packet != log->packet)
        g_string_append_printf(log->text, "@%u", mark.packet);
}

static char arrow(enum h2t_dir dir)
{
    return dir == H2T_CLIENT ? '>' : '<';
}

static void *on_open(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark)
{
    struct log *log = user;
    g_assert_cmpuint(mark.packet, ==, log->packet);
    g_assert_cmpuint(tuple->client.family, ==, 4);
    add(log, "open%u", conn);
    if (tuple->server.port != 443)
        add(log, "server=%u", tuple->server.port);
    return log;
}

static void on_control(void *user, void *state, const struct h2t_frame *f)
{
    static const char *const names[] = {
        [H2T_SYN] = "SYN", [H2T_SYN_ACK] = "SYN-ACK", [H2T_FIN] = "FIN", [H2T_RST] = "RST"};
    struct log *log = user;
    g_assert(state == log);
    add(log, "%s%c", names[f->kind], arrow(f->dir));
    add_mark(log, f->mark);
}

static void on_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    struct log *log = user;
    g_assert(state == log);
    add(log, "%c%.*s", arrow(dir), (int)len, (const char *)data);
    add_mark(log, mark);
}

static void on_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    struct log *log = user;
    g_assert(state == log);
    add(log, "%cgap%u", arrow(dir), len);
    add_mark(log, mark);
}

static void on_close(void *user, void *state, bool overflow)
{
    g_assert(state == user);
    add(user, "%s", overflow ? "overflow" : "close");
}

static void on_packet(void *user, uint32_t conn, const struct segment *segment)
{
    (void)conn;
    add(user, "%u:", segment->mark.packet);
}

static const struct tcp_callbacks callbacks = {on_open, on_control, on_data,
                                               on_gap,  on_close,   on_packet};

/* ---- Segments ------------------------------------------------------------------------------- */

static uint8_t flags_of(const char *text)
{
    uint8_t flags = 0;
    for (; *text; text++)
        flags |= *text == 'S'   ? TCP_SYN
                 : *text == 'A' ? TCP_ACK
                 : *text == 'F' ? TCP_FIN
                 : *text == 'R' ? TCP_RST
                                : 0;
    return flags;
}

static struct h2t_addr host(uint8_t last, uint16_t port)
{
    const uint8_t ip[4] = {10, 0, 0, last};
    return h2t_addr_make(4, ip, port);
}

/* `from` is 'c' or 's', capital: the packet is for the numbering only. */
struct step {
    char from;
    const char *flags;
    uint32_t seq, ack;
    const char *data;
    uint32_t cut; /* bytes that the snap length cut off */
};

static struct segment segment_of(const struct step *step, uint32_t packet)
{
    const bool client = g_ascii_tolower(step->from) == 'c';
    const struct h2t_addr c = host(1, 50000), s = host(2, 443);
    const uint32_t len = step->data ? (uint32_t)strlen(step->data) : 0;
    return (struct segment){.src = client ? c : s,
                            .dst = client ? s : c,
                            .seq = step->seq,
                            .ack = step->ack,
                            .flags = flags_of(step->flags),
                            .data = (const uint8_t *)step->data,
                            .len = len,
                            .wire_len = len + step->cut,
                            .mark = {.packet = packet, .ns = packet * INT64_C(10000000)}};
}

struct scene {
    const char *name, *want;
    struct step steps[12];
};

static void run_scene(gconstpointer data)
{
    const struct scene *scene = data;
    struct log log = {.text = g_string_new(NULL)};
    struct tcp *tcp = tcp_new(&callbacks, &log);
    for (unsigned i = 0; i < G_N_ELEMENTS(scene->steps) && scene->steps[i].from; i++) {
        const struct segment s = segment_of(&scene->steps[i], ++log.packet);
        tcp_input(tcp, &s, g_ascii_isupper(scene->steps[i].from));
    }
    tcp_free(&tcp);
    g_assert_null(tcp);
    g_assert_cmpstr(log.text->str, ==, scene->want);
    g_string_free(log.text, TRUE);
}

#define HANDSHAKE                                                                                  \
    {'c', "S", 99, 0}, {'s', "SA", 499, 100},                                                      \
    {                                                                                              \
        'c', "A", 100, 500                                                                         \
    }
#define SHAKEN "open0 1: SYN> 2: SYN-ACK< 3: "

static const struct scene scenes[] = {
    {"whole",
     SHAKEN "4: >hello 5: <hi 6: FIN> 7: FIN< 8: close",
     {HANDSHAKE,
      {'c', "A", 100, 500, "hello"},
      {'s', "A", 500, 105, "hi"},
      {'c', "FA", 105, 502},
      {'s', "FA", 502, 106},
      {'c', "A", 106, 503}}},
    {"fin-with-data",
     SHAKEN "4: >hello FIN> 5: FIN< close",
     {HANDSHAKE, {'c', "FA", 100, 500, "hello"}, {'s', "FA", 500, 106}}},
    {"half-close",
     SHAKEN "4: FIN> 5: <late 6: FIN< close",
     {HANDSHAKE, {'c', "FA", 100, 500}, {'s', "A", 500, 101, "late"}, {'s', "FA", 504, 101}}},
    {"reorder",
     SHAKEN "4: 5: 6: >ab >cd >ef close",
     {HANDSHAKE,
      {'c', "A", 104, 500, "ef"},
      {'c', "A", 102, 500, "cd"},
      {'c', "A", 100, 500, "ab"}}},
    {"reorder-two-holes",
     SHAKEN "4: 5: 6: >ab >cd 7: >ef >gh close",
     {HANDSHAKE,
      {'c', "A", 106, 500, "gh"},
      {'c', "A", 102, 500, "cd"},
      {'c', "A", 100, 500, "ab"},
      {'c', "A", 104, 500, "ef"}}},
    {"retransmitted-whole-and-part",
     SHAKEN "4: >abcd 5: 6: >ef 7: close",
     {HANDSHAKE,
      {'c', "A", 100, 500, "abcd"},
      {'c', "A", 100, 500, "abcd"},
      {'c', "A", 102, 500, "cdef"},
      {'c', "A", 101, 500, "bc"}}},
    {"overlap-first-wins",
     SHAKEN "4: 5: 6: >ab >CD >efg close",
     {HANDSHAKE,
      {'c', "A", 102, 500, "CD"},
      {'c', "A", 104, 500, "efg"},
      {'c', "A", 100, 500, "abxxyyz"}}},
    {"overlap-round-held",
     SHAKEN "4: 5: 6: >ab >C >de >F >g close",
     {HANDSHAKE,
      {'c', "A", 102, 500, "C"},
      {'c', "A", 105, 500, "F"},
      {'c', "A", 100, 500, "abxdeyg"}}},
    {"lost",
     SHAKEN "4: 5: >gap4 >cd 6: >ef close",
     {HANDSHAKE, {'c', "A", 104, 500, "cd"}, {'s', "A", 500, 106}, {'c', "A", 106, 500, "ef"}}},
    {"lost-not-yet-acked-far-enough",
     SHAKEN "4: 5: 6: >ab >cdef close",
     {HANDSHAKE, {'c', "A", 102, 500, "cdef"}, {'s', "A", 500, 101}, {'c', "A", 100, 500, "ab"}}},
    {"lost-acked-before-the-rest-comes",
     SHAKEN "4: 5: >gap2 >cd close",
     {HANDSHAKE, {'s', "A", 500, 102}, {'c', "A", 102, 500, "cd"}}},
    {"lost-at-the-end",
     SHAKEN "4: >ab 5: >gap7 close",
     {HANDSHAKE, {'c', "A", 100, 500, "ab"}, {'s', "A", 500, 109}}},
    {"end-of-capture-gives-up-holes",
     SHAKEN "4: 5: >gap1 >b >gap1 >d close",
     {HANDSHAKE, {'c', "A", 103, 500, "d"}, {'c', "A", 101, 500, "b"}}},
    {"wrap-around",
     "open0 1: SYN> 2: SYN-ACK< 3: >ab 4: 5: >cd >ef 6: FIN> close",
     {{'c', "S", 0xfffffffc, 0},
      {'s', "SA", 0xffffffff, 0xfffffffd},
      {'c', "A", 0xfffffffd, 0, "ab"},
      {'c', "A", 1, 0, "ef"},
      {'c', "A", 0xffffffff, 0, "cd"},
      {'c', "FA", 3, 0}}},
    {"late-start",
     "open0 1: >gap0 >ab 2: <gap0 <cd 3: >ef close",
     {{'c', "A", 100, 500, "ab"}, {'s', "A", 500, 102, "cd"}, {'c', "A", 102, 502, "ef"}}},
    {"late-start-by-server",
     "open0 1: <gap0 <ab 2: 3: >gap0 >cd close",
     {{'s', "A", 500, 100, "ab"}, {'c', "A", 100, 502}, {'c', "A", 100, 502, "cd"}}},
    {"late-start-with-keep-alive",
     "open0 1: 2: 3: >gap0 >ab close",
     {{'c', "A", 99, 500}, {'s', "A", 500, 100}, {'c', "A", 100, 500, "ab"}}},
    {"late-start-then-fin-only",
     "open0 1: FIN> 2: FIN< close",
     {{'c', "FA", 100, 500}, {'s', "FA", 500, 101}}},
    {"syn-lost",
     "open0 1: SYN-ACK< 2: 3: >ab close",
     {{'s', "SA", 499, 100}, {'c', "A", 100, 500}, {'c', "A", 100, 500, "ab"}}},
    {"syn-ack-lost",
     "open0 1: SYN> 2: 3: <ab close",
     {{'c', "S", 99, 0}, {'c', "A", 100, 500}, {'s', "A", 500, 100, "ab"}}},
    {"handshake-half-lost",
     "open0 1: SYN> 2: >ab 3: <gap0 <cd close",
     {{'c', "S", 99, 0}, {'c', "A", 100, 500, "ab"}, {'s', "A", 500, 102, "cd"}}},
    {"syn-again",
     "open0 1: SYN> 2: 3: SYN-ACK< 4: 5: >ab close",
     {{'c', "S", 99, 0},
      {'c', "S", 99, 0},
      {'s', "SA", 499, 100},
      {'s', "SA", 499, 100},
      {'c', "A", 100, 500, "ab"}}},
    {"syn-after-syn-ack",
     "open0 1: SYN-ACK< 2: SYN> 3: >ab close",
     {{'s', "SA", 499, 100}, {'c', "S", 99, 0}, {'c', "A", 100, 500, "ab"}}},
    {"fast-open",
     "open0 1: SYN> >ab 2: SYN-ACK< 3: >cd close",
     {{'c', "S", 99, 0, "ab"}, {'s', "SA", 499, 102}, {'c', "A", 102, 500, "cd"}}},
    {"fast-open-refused",
     "open0 1: SYN> >ab 2: SYN-ACK< 3: close",
     {{'c', "S", 99, 0, "ab"}, {'s', "SA", 499, 100}, {'c', "A", 100, 500, "ab"}}},
    {"simultaneous-open",
     "open0 1: SYN> 2: SYN< 3: SYN-ACK> 4: SYN-ACK< 5: >ab close",
     {{'c', "S", 99, 0},
      {'s', "S", 499, 0},
      {'c', "SA", 99, 500},
      {'s', "SA", 499, 100},
      {'c', "A", 100, 500, "ab"}}},
    {"port-reused",
     SHAKEN "4: >ab 5: FIN> 6: FIN< close open1 7: SYN> 8: >cd close",
     {HANDSHAKE,
      {'c', "A", 100, 500, "ab"},
      {'c', "FA", 102, 500},
      {'s', "FA", 500, 103},
      {'c', "S", 9999, 0},
      {'c', "A", 10000, 1, "cd"}}},
    {"port-reused-same-number-after-fin",
     SHAKEN "4: FIN> close open1 5: SYN> close",
     {HANDSHAKE, {'c', "FA", 100, 500}, {'c', "S", 99, 0}}},
    {"port-reused-gives-up-holes",
     SHAKEN "4: >gap1@4 >b@4 close open1 6: SYN> close",
     {HANDSHAKE, {'c', "A", 101, 500, "b"}, {'C', "S", 77777, 0}, {'c', "S", 77777, 0}}},
    {"fin-out-of-order",
     SHAKEN "4: 5: >ab FIN>@4 close",
     {HANDSHAKE, {'c', "FA", 102, 500}, {'c', "A", 100, 500, "ab"}}},
    {"fin-out-of-order-with-data",
     SHAKEN "4: 5: >ab >cd FIN>@4 close",
     {HANDSHAKE, {'c', "FA", 102, 500, "cd"}, {'c', "A", 100, 500, "ab"}}},
    {"fin-behind-lost-bytes",
     SHAKEN "4: 5: >gap3 FIN>@4 close",
     {HANDSHAKE, {'c', "FA", 103, 500}, {'s', "A", 500, 104}}},
    {"fin-not-acked",
     SHAKEN "4: 5: >gap3 FIN>@4 close",
     {HANDSHAKE, {'c', "FA", 103, 500}, {'s', "A", 500, 100}}},
    {"fin-lost",
     SHAKEN "4: >ab 5: 6: close",
     {HANDSHAKE, {'c', "A", 100, 500, "ab"}, {'s', "A", 500, 103}, {'c', "A", 103, 500}}},
    {"fin-again",
     SHAKEN "4: FIN> 5: 6: close",
     {HANDSHAKE, {'c', "FA", 100, 500}, {'c', "FA", 100, 500}, {'c', "A", 101, 500, "zz"}}},
    {"keep-alive",
     SHAKEN "4: >ab 5: 6: 7: >cd close",
     {HANDSHAKE,
      {'c', "A", 100, 500, "ab"},
      {'c', "A", 101, 500, "?"},
      {'c', "A", 101, 500},
      {'c', "A", 102, 500, "cd"}}},
    {"zero-window-probe",
     SHAKEN "4: >ab 5: >c 6: 7: >def close",
     {HANDSHAKE,
      {'c', "A", 100, 500, "ab"},
      {'c', "A", 102, 500, "c"},
      {'c', "A", 102, 500, "c"},
      {'c', "A", 102, 500, "cdef"}}},
    {"snap-length",
     SHAKEN "4: >ab >gap8 5: >cd >gap3 close",
     {HANDSHAKE, {'c', "A", 100, 500, "ab", 8}, {'c', "A", 110, 500, "cd", 3}}},
    {"snap-length-reordered",
     SHAKEN "4: 5: >ab >gap8 >cd 6: 7: >gap3 >ef close",
     {HANDSHAKE,
      {'c', "A", 110, 500, "cd", 3},
      {'c', "A", 100, 500, "ab", 8},
      {'c', "A", 115, 500, "ef"},
      {'s', "A", 500, 117}}},
    {"snap-length-no-payload-at-all",
     SHAKEN "4: >gap9 5: >ab close",
     {HANDSHAKE, {'c', "A", 100, 500, NULL, 9}, {'c', "A", 109, 500, "ab"}}},
    {"stray-segment-ignored",
     SHAKEN "4: 5: >ab 6: 7: >cd close",
     {HANDSHAKE,
      {'c', "A", 0x70000000, 500, "zz"},
      {'c', "A", 100, 500, "ab"},
      {'s', "A", 500, 0x70000000},
      {'c', "A", 102, 500, "cd"}}},
    {"stray-segments-that-go-on",
     SHAKEN "4: >ab 5: 6: >gap0 >yy 7: >zz close",
     {HANDSHAKE,
      {'c', "A", 100, 500, "ab"},
      {'c', "A", 0x90000000, 500, "xx"},
      {'c', "A", 0x90000002, 500, "yy"},
      {'c', "A", 0x90000004, 500, "zz"}}},
    {"number-only",
     "open0 3: SYN-ACK< 4: >ab close",
     {{'C', "S", 99, 0},
      {'S', "SA", 499, 100},
      {'s', "SA", 499, 100},
      {'c', "A", 100, 500, "ab"},
      {'S', "A", 500, 102}}},
    {"number-only-all", "", {{'C', "S", 99, 0}, {'S', "SA", 499, 100}}},
};

/* RST: the sender's held bytes come before it, the peer's stay; its payload and ACK do not count.
 */
static const struct scene rst_scenes[] = {
    {"rst-gives-up-own-holes",
     SHAKEN "4: 5: 6: >gap2 >cd RST> 7: 8: <ab <cd close",
     {HANDSHAKE,
      {'c', "A", 102, 500, "cd"},
      {'s', "A", 502, 100, "cd"},
      {'c', "RA", 104, 900, "reset by test"},
      {'c', "R", 104, 0},
      {'s', "A", 500, 100, "ab"}}},
    {"rst-both-ways",
     SHAKEN "4: RST< 5: RST> 6: close",
     {HANDSHAKE, {'s', "R", 500, 0}, {'c', "R", 100, 0}, {'s', "R", 500, 0}}},
    {"rst-refuses-syn",
     "open0 1: SYN> 2: RST< close open1 3: SYN> 4: RST< close",
     {{'c', "S", 99, 0}, {'s', "RA", 0, 100}, {'c', "S", 99, 0}, {'s', "RA", 0, 100}}},
};

/* ---- Single points -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    struct step steps[6];
    int64_t step_ns;
    struct tcp_stats want;
} stats_cases[] = {
    {"copies",
     {{'c', "S", 99, 0}, {'c', "S", 99, 0}, {'c', "A", 100, 1, "ab"}, {'c', "A", 100, 1, "ab"}},
     500000,
     {.segments = 4, .duplicates = 2}},
    {"retransmissions",
     {{'c', "S", 99, 0}, {'c', "S", 99, 0}, {'c', "A", 100, 1, "ab"}, {'c', "A", 100, 1, "ab"}},
     1000001,
     {.segments = 4, .retransmitted = 1}},
    {"pure-acks-are-no-copies",
     {{'c', "A", 100, 1}, {'c', "A", 100, 1}, {'c', "R", 100, 1}, {'c', "R", 100, 1}},
     10,
     {.segments = 4}},
    {"copies-mixed-with-others",
     {{'c', "S", 99, 0},
      {'c', "A", 100, 1, "ab"},
      {'c', "A", 102, 1, "cd"},
      {'c', "A", 100, 1, "ab"},
      {'c', "A", 102, 1, "cd"}},
     10,
     {.segments = 5, .duplicates = 2}},
    {"keep-alive-is-no-retransmission",
     {{'c', "S", 99, 0}, {'c', "A", 100, 1, "ab"}, {'c', "A", 101, 1, "?"}, {'c', "A", 101, 1}},
     10000000,
     {.segments = 4}},
    {"conflict",
     {{'c', "S", 99, 0},
      {'c', "A", 101, 1, "bc"},
      {'c', "A", 101, 1, "bc"},
      {'c', "A", 102, 1, "Xd"}},
     10000000,
     {.segments = 4, .retransmitted = 2, .conflicts = 1}},
    {"gaps",
     {{'c', "S", 99, 0},
      {'c', "A", 103, 1, "bc", 5},
      {'s', "A", 1, 200},
      {'c', "A", 110, 1, "x", 2}},
     10000000,
     {.segments = 4, .gaps = 3, .gap_bytes = 3 + 5 + 2}},
};

static void test_stats(gconstpointer data)
{
    const unsigned n = GPOINTER_TO_UINT(data);
    struct log log = {.text = g_string_new(NULL)};
    struct tcp *tcp = tcp_new(&callbacks, &log);
    for (unsigned i = 0; i < 6 && stats_cases[n].steps[i].from; i++) {
        struct segment s = segment_of(&stats_cases[n].steps[i], ++log.packet);
        s.mark.ns = i * stats_cases[n].step_ns;
        tcp_input(tcp, &s, false);
    }
    const struct tcp_stats *got = tcp_stats(tcp), *want = &stats_cases[n].want;
    g_assert_cmpuint(got->segments, ==, want->segments);
    g_assert_cmpuint(got->duplicates, ==, want->duplicates);
    g_assert_cmpuint(got->retransmitted, ==, want->retransmitted);
    g_assert_cmpuint(got->conflicts, ==, want->conflicts);
    g_assert_cmpuint(got->gaps, ==, want->gaps);
    g_assert_cmpuint(got->gap_bytes, ==, want->gap_bytes);
    tcp_free(&tcp);
    g_string_free(log.text, TRUE);
}

/* Without a SYN the higher port is the client's, else who sent first. */
static void test_client_by_port(void)
{
    static const struct {
        uint16_t src, dst;
        const char *flags, *want;
    } cases[] = {
        {443, 50000, "A", "open0 1: close"},
        {50000, 443, "A", "open0 1: close"},
        {50000, 50001, "A", "open0 server=50000 1: close"},
        {50000, 50000, "A", "open0 server=50000 1: close"},
        {443, 80, "S", "open0 server=80 1: SYN> close"},
        {443, 80, "SA", "open0 1: SYN-ACK< close"},
        {80, 443, "S", "open0 1: SYN> close"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct log log = {.text = g_string_new(NULL), .packet = 1};
        struct tcp *tcp = tcp_new(&callbacks, &log);
        const struct segment s = {.src = host(1, cases[i].src),
                                  .dst = host(2, cases[i].dst),
                                  .flags = flags_of(cases[i].flags),
                                  .mark = {.packet = 1}};
        tcp_input(tcp, &s, false);
        tcp_free(&tcp);
        g_assert_cmpstr(log.text->str, ==, cases[i].want);
        g_string_free(log.text, TRUE);
    }
}

/* Headers quoted in ICMP and malformed ones have a number, and nothing is told of them. */
static void test_quoted(void)
{
    static const struct step syn = {'c', "S", 99, 0};
    struct log log = {.text = g_string_new(NULL), .packet = 1};
    struct tcp *tcp = tcp_new(&callbacks, &log);
    struct segment s = segment_of(&syn, 1);
    s.quoted = true;
    g_assert_cmpuint(tcp_input(tcp, &s, false), ==, 0);
    s.quoted = false;
    s.malformed = true;
    g_assert_cmpuint(tcp_input(tcp, &s, false), ==, 0);
    g_assert_cmpstr(log.text->str, ==, "");
    s.malformed = false;
    g_assert_cmpuint(tcp_input(tcp, &s, false), ==, 0);
    tcp_free(&tcp);
    g_assert_cmpstr(log.text->str, ==, "open0 1: SYN> close");
    g_string_free(log.text, TRUE);
}

/* From an address and port to themselves there is only one side. */
static void test_to_itself(void)
{
    static const struct step steps[] = {{'c', "A", 100, 0, "ab"}, {'c', "A", 102, 0, "cd"}};
    struct log log = {.text = g_string_new(NULL)};
    struct tcp *tcp = tcp_new(&callbacks, &log);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        struct segment s = segment_of(&steps[i], ++log.packet);
        s.dst = s.src;
        g_assert_cmpuint(tcp_input(tcp, &s, false), ==, 0);
    }
    tcp_free(&tcp);
    g_assert_cmpstr(log.text->str, ==, "open0 server=50000 1: >gap0 >ab 2: >cd close");
    g_string_free(log.text, TRUE);
}

static void add_scenes(const struct scene *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/tcp/scene/%s", list[i].name);
        g_test_add_data_func(path, &list[i], run_scene);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_scenes(scenes, G_N_ELEMENTS(scenes));
    add_scenes(rst_scenes, G_N_ELEMENTS(rst_scenes));
    for (unsigned i = 0; i < G_N_ELEMENTS(stats_cases); i++) {
        g_autofree char *path = g_strdup_printf("/tcp/stats/%s", stats_cases[i].name);
        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_stats);
    }
    g_test_add_func("/tcp/client-by-port", test_client_by_port);
    g_test_add_func("/tcp/quoted", test_quoted);
    g_test_add_func("/tcp/to-itself", test_to_itself);
    return g_test_run();
}
