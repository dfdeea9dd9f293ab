/* SPDX-License-Identifier: MIT */
/* h2 where the frames are lost: bytes that cannot be HTTP/2, gaps, captures that began late. */
#include "h2_wire.h"

/* ---- What is not HTTP/2 --------------------------------------------------------------------- */

static void test_not_possible(void)
{
    static const struct {
        enum h2t_dir dir;
        uint8_t type, flags;
        uint32_t stream;
        size_t len;
    } cases[] = {
        {H2T_CLIENT, H2_DATA, 0, 0, 1},
        {H2T_CLIENT, H2_HEADERS, WHOLE, 0, 1},
        {H2T_CLIENT, H2_PRIORITY, 0, 0, 5},
        {H2T_CLIENT, H2_RST_STREAM, 0, 0, 4},
        {H2T_CLIENT, H2_RST_STREAM, 0, 1, 5},
        {H2T_CLIENT, H2_RST_STREAM, 0, 1, 3},
        {H2T_CLIENT, H2_SETTINGS, 0, 1, 6},
        {H2T_CLIENT, H2_SETTINGS, 0, 0, 5},
        {H2T_CLIENT, H2_SETTINGS, H2_FLAG_ACK, 0, 6},
        {H2T_CLIENT, H2_PUSH_PROMISE, WHOLE, 1, 5},
        {H2T_SERVER, H2_PUSH_PROMISE, WHOLE, 1, 3},
        {H2T_SERVER, H2_PING, 0, 0, 7},
        {H2T_SERVER, H2_PING, 0, 1, 8},
        {H2T_SERVER, H2_GOAWAY, 0, 0, 7},
        {H2T_SERVER, H2_GOAWAY, 0, 1, 8},
        {H2T_SERVER, H2_WINDOW_UPDATE, 0, 1, 5},
        {H2T_SERVER, H2_CONTINUATION, WHOLE, 1, 1},
        {H2T_SERVER, H2_DATA, 0, 1, 16385},
        {H2T_SERVER, 0x21, 0, 1, 16385},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct wire wire;
        wire_start(&wire);
        GByteArray *bytes = wire.bytes[cases[i].dir];
        g_autofree char *zeros = g_malloc0(cases[i].len);
        add_frame(bytes, cases[i].type, cases[i].flags, cases[i].stream, zeros, cases[i].len);
        flush(&wire, cases[i].dir, i % 2, NULL);
        expect(&wire, cases[i].dir == H2T_CLIENT ? "C GAP 0 len 0\n" : "S GAP 0 len 0\n");
        wire_fini(&wire);
    }
}

/* Only errors of a stream: the connection goes on. */
static void test_still_possible(void)
{
    struct wire wire;
    wire_start(&wire);
    GByteArray *c = wire.bytes[H2T_CLIENT];
    FRAME(c, H2_PRIORITY, 0, 1, "1234");
    FRAME(c, H2_WINDOW_UPDATE, 0xff, 1, "\0\0\0\0");
    FRAME(c, H2_PING, 0, 0x80000000, "12345678"); /* the reserved bit */
    FRAME(c, H2_ALTSVC, 0, 0, "\0\0");
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire,
           "C WINDOW_UPDATE 1 len 4 flags 255\nC PING 0 len 8 code 825373492 last 892745528\n");
    wire_fini(&wire);
}

static void test_block_interrupted(void)
{
    for (int i = 0; i < 2; i++) {
        struct wire wire;
        wire_start(&wire);
        GByteArray *c = wire.bytes[H2T_CLIENT];
        FRAME(c, H2_HEADERS, 0, 1, GET_A);
        if (i == 0)
            FRAME(c, H2_PING, 0, 0, "12345678");
        else
            FRAME(c, H2_CONTINUATION, WHOLE, 3, "");
        flush(&wire, H2T_CLIENT, 0, NULL);
        expect(&wire, "C GAP 0 len 0\n");
        wire_fini(&wire);
    }
}

/* A server that only knows HTTP/1.1, a client that says something else; a server that begins with
 * another frame than SETTINGS is read all the same. */
static void test_other_protocol(void)
{
    static const struct {
        enum h2t_dir dir;
        const char *text;
        const char *log;
    } cases[] = {
        {H2T_SERVER, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", ""},
        {H2T_CLIENT, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "C GAP 0 len 0\n"},
        {H2T_CLIENT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", "C GAP 0 len 0\n"},
        {H2T_SERVER, "SSH-2.0-OpenSSH_9.2\r\n", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (size_t max = 0; max < 3; max++) {
            struct wire wire;
            wire_init(&wire);
            add(wire.bytes[cases[i].dir], cases[i].text, strlen(cases[i].text));
            flush(&wire, cases[i].dir, max, NULL);
            expect(&wire, cases[i].log);
            wire_fini(&wire);
        }
    }
    struct wire wire;
    wire_init(&wire);
    FRAME(wire.bytes[H2T_SERVER], H2_HEADERS, WHOLE, 1, STATUS_200);
    FRAME(wire.bytes[H2T_SERVER], H2_PING, 0, 0, "12345678");
    flush(&wire, H2T_SERVER, 1, NULL);
    expect(&wire, "S HEADERS 1 len 1 200\nS PING 0 len 8 code 825373492 last 892745528\n");
    wire_fini(&wire);
}

/* ---- Gaps ----------------------------------------------------------------------------------- */

/* Where the first frame is found in `junk` bytes of body followed by frames. */
struct seek_case {
    const char *name;
    enum h2t_dir dir;
    size_t junk;
    void (*frames)(GByteArray *out);
    const char *log;
};

static void one_headers(GByteArray *out)
{
    FRAME(out, H2_HEADERS, WHOLE | END, 7, GET_A);
}

static void headers_and_part(GByteArray *out)
{
    one_headers(out);
    add_head(out, 100, H2_DATA, 0, 9);
    add(out, "bbbb", 4);
}

static void headers_and_head_part(GByteArray *out)
{
    one_headers(out);
    add(out, "\0\0\4", 3);
}

static void two_frames(GByteArray *out)
{
    one_headers(out);
    FRAME(out, H2_PING, 0, 0, "12345678");
}

static void three_and_part(GByteArray *out)
{
    two_frames(out);
    add_head(out, 100, H2_DATA, 0, 9);
    add(out, "bbbb", 4);
}

static void split_headers(GByteArray *out)
{
    FRAME(out, H2_HEADERS, 0, 7, "\x82");
    FRAME(out, H2_CONTINUATION, WHOLE, 7, "\x84");
}

static void continuation_first(GByteArray *out)
{
    FRAME(out, H2_CONTINUATION, WHOLE, 5, "\x84");
    FRAME(out, H2_CONTINUATION, WHOLE, 7, "\x84");
}

static void even_stream(GByteArray *out)
{
    FRAME(out, H2_RST_STREAM, 0, 2, "1234");
    FRAME(out, H2_DATA, END, 4, "x");
    FRAME(out, H2_RST_STREAM, 0, 6, "1234");
}

static void odd_flag(GByteArray *out)
{
    FRAME(out, H2_HEADERS, WHOLE | 0x40, 7, "\x82");
}

static void reserved_bit(GByteArray *out)
{
    FRAME(out, H2_HEADERS, WHOLE, 0x80000007, "\x82");
}

static void unknown_type(GByteArray *out)
{
    FRAME(out, 0x0b, 0, 7, "x");
    FRAME(out, 0x0d, 0, 0, "");
}

static void zeros(GByteArray *out)
{
    g_byte_array_set_size(out, 900);
    memset(out->data, 0, out->len);
}

static void far_stream(GByteArray *out)
{
    FRAME(out, H2_HEADERS, WHOLE, 5 + H2_MAX_STREAM_JUMP + 2, "\x82");
}

static void near_stream(GByteArray *out)
{
    FRAME(out, H2_HEADERS, WHOLE, 5 + H2_MAX_STREAM_JUMP, "\x82");
}

static void large_frame(GByteArray *out)
{
    add_data(out, 0, 7, 16385);
}

static void http1_text(GByteArray *out)
{
    static const char text[] = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nhello "
                               "world\n";
    add(out, text, sizeof text - 1);
}

static const struct seek_case seek_cases[] = {
    {"one", H2T_CLIENT, 0, one_headers, "C HEADERS 7 len 5 END GET /a\n"},
    {"one-inside", H2T_CLIENT, 50, one_headers, ""},
    {"part", H2T_CLIENT, 0, headers_and_part, "C HEADERS 7 len 5 END GET /a\n"},
    {"part-inside", H2T_CLIENT, 50, headers_and_part, ""},
    {"head-part", H2T_CLIENT, 0, headers_and_head_part, ""},
    {"two-inside", H2T_CLIENT, 50, two_frames,
     "C HEADERS 7 len 5 END GET /a\nC PING 0 len 8 code 825373492 last 892745528\n"},
    {"three-inside", H2T_CLIENT, 1, three_and_part,
     "C HEADERS 7 len 5 END GET /a\nC PING 0 len 8 code 825373492 last 892745528\n"},
    {"continued", H2T_CLIENT, 0, split_headers, "C HEADERS 7 len 2 GET /\n"},
    {"continuation", H2T_CLIENT, 0, continuation_first, ""},
    {"even", H2T_SERVER, 0, even_stream, ""},
    {"flag", H2T_CLIENT, 0, odd_flag, ""},
    {"reserved", H2T_CLIENT, 0, reserved_bit, ""},
    {"type", H2T_CLIENT, 0, unknown_type, ""},
    {"zeros", H2T_CLIENT, 0, zeros, ""},
    {"far", H2T_CLIENT, 0, far_stream, ""},
    {"near", H2T_CLIENT, 0, near_stream, "C HEADERS 1048581 len 1 GET\n"},
    {"large", H2T_CLIENT, 0, large_frame, ""},
    {"large-server", H2T_SERVER, 0, large_frame, "S DATA 7 len 16385\n"},
    {"text", H2T_CLIENT, 0, http1_text, ""},
};

/* The client loses stream 5's rest and all up to the case's bytes; the server too, where the
 * client's SETTINGS may be in the client's gap. */
static void test_seek(gconstpointer data)
{
    const struct seek_case *seek_case = data;
    struct wire wire;
    wire_start(&wire);
    GByteArray *c = wire.bytes[H2T_CLIENT];
    FRAME(c, H2_HEADERS, WHOLE, 5, GET_A);
    add_head(c, 1000, H2_DATA, 0, 5);
    add(c, "partly", 6);
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire, "C HEADERS 5 len 5 GET /a\n");
    h2_gap(wire.h2, H2T_CLIENT, (struct h2t_mark){0});
    if (seek_case->dir == H2T_SERVER)
        h2_gap(wire.h2, H2T_SERVER, (struct h2t_mark){0});
    g_autofree char *junk = g_strnfill(seek_case->junk, 'j');
    GByteArray *bytes = wire.bytes[seek_case->dir];
    add(bytes, junk, seek_case->junk);
    GByteArray *frames = g_byte_array_new();
    seek_case->frames(frames);
    add(bytes, frames->data, frames->len);
    g_byte_array_unref(frames);
    flush(&wire, seek_case->dir, 0, NULL);
    expect(&wire, seek_case->log);
    wire_fini(&wire);
}

/* Other bytes come first, then the frames; the table of before is not used. */
static void test_gap_then_fields(void)
{
    static const char lost[] = "\x82\x44\x05/lost";
    struct wire wire;
    wire_start(&wire);
    GByteArray *c = wire.bytes[H2T_CLIENT];
    FRAME(c, H2_HEADERS, WHOLE, 1, GET_A);
    FRAME(c, H2_HEADERS, 0, 3, "\x82"); /* the rest of its CONTINUATION is lost */
    add_head(c, sizeof lost, H2_CONTINUATION, WHOLE, 3);
    add(c, lost, 3);
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire, "C HEADERS 1 len 5 GET /a\n");
    h2_gap(wire.h2, H2T_CLIENT, (struct h2t_mark){0});
    expect(&wire, "");
    for (int i = 0; i < 3; i++) {
        add(c, "body body body body body", 24);
        flush(&wire, H2T_CLIENT, 0, NULL);
    }
    FRAME(c, H2_HEADERS, WHOLE, 9, GET_NEWEST);
    flush(&wire, H2T_CLIENT, 0, NULL);
    FRAME(c, H2_HEADERS, WHOLE, 11, GET_A);
    FRAME(c, H2_HEADERS, WHOLE, 13, GET_NEWEST);
    flush(&wire, H2T_CLIENT, 1, NULL);
    expect(&wire, "C HEADERS 9 len 2 GET ?\nC HEADERS 11 len 5 GET /a\n"
                  "C HEADERS 13 len 2 GET /a\n");
    wire_fini(&wire);
}

/* Only the client's direction has a gap: the server's table is untouched. */
static void test_gap_other_direction(void)
{
    struct wire wire;
    wire_start(&wire);
    GByteArray *s = wire.bytes[H2T_SERVER];
    FRAME(s, H2_HEADERS, WHOLE, 1,
          "\x48\x03"
          "418");
    flush(&wire, H2T_SERVER, 0, NULL);
    h2_gap(wire.h2, H2T_CLIENT, (struct h2t_mark){0});
    FRAME(s, H2_HEADERS, WHOLE, 3, "\xbe");
    flush(&wire, H2T_SERVER, 1, NULL);
    expect(&wire, "S HEADERS 1 len 5 418\nS HEADERS 3 len 1 418\n");
    wire_fini(&wire);
}

static void test_late(void)
{
    struct wire wire;
    wire_init(&wire);
    h2_gap(wire.h2, H2T_CLIENT, (struct h2t_mark){0});
    h2_gap(wire.h2, H2T_SERVER, (struct h2t_mark){0});
    FRAME(wire.bytes[H2T_CLIENT], H2_HEADERS, WHOLE | END, 0x7ffffffd, GET_NEWEST);
    flush(&wire, H2T_CLIENT, 0, NULL);
    add_data(wire.bytes[H2T_SERVER], END, 0x7ffffffd, H2_LATE_FRAME_SIZE);
    flush(&wire, H2T_SERVER, 0, NULL);
    expect(&wire, "C HEADERS 2147483645 len 2 END GET ?\nS DATA 2147483645 len 1048576 END\n");
    add_data(wire.bytes[H2T_SERVER], END, 0x7ffffffd, H2_LATE_FRAME_SIZE + 1);
    flush(&wire, H2T_SERVER, 0, NULL);
    expect(&wire, "S GAP 0 len 0\n");
    wire_fini(&wire);
}

/* The preface is a beginning wherever it comes. */
static void test_late_preface(void)
{
    struct wire wire;
    wire_init(&wire);
    h2_gap(wire.h2, H2T_CLIENT, (struct h2t_mark){0});
    add_start(wire.bytes[H2T_CLIENT], wire.bytes[H2T_SERVER]);
    flush(&wire, H2T_CLIENT, 0, NULL);
    flush(&wire, H2T_SERVER, 0, NULL);
    expect(&wire, START_LOG);
    wire_fini(&wire);
}

/* ---- Anything ------------------------------------------------------------------------------- */

/* In random bytes no frame is found. Where all bytes are 0 or 1, some may be taken for one. */
static void test_random(void)
{
    GRand *rand = g_rand_new_with_seed(3);
    for (uint8_t mask = 0xff; mask; mask = mask == 1 ? 0 : 1) {
        struct wire wire;
        wire_init(&wire);
        for (unsigned i = 0; i < 2000; i++) {
            uint8_t piece[128];
            size_t len = (size_t)g_rand_int_range(rand, 0, sizeof piece);
            for (size_t k = 0; k < len; k++)
                piece[k] = (uint8_t)(g_rand_int(rand) & mask);
            send_piece(&wire, i % 2 ? H2T_CLIENT : H2T_SERVER, piece, len);
        }
        g_assert_true(g_str_has_prefix(wire.out.log->str, "C GAP 0 len 0\n"));
        g_assert_true(wire.out.log->len == 14 || mask == 1);
        wire_fini(&wire);
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/h2/bad/not-possible", test_not_possible);
    g_test_add_func("/h2/bad/still-possible", test_still_possible);
    g_test_add_func("/h2/bad/interrupted", test_block_interrupted);
    g_test_add_func("/h2/bad/other-protocol", test_other_protocol);
    for (size_t i = 0; i < G_N_ELEMENTS(seek_cases); i++) {
        g_autofree char *path = g_strconcat("/h2/seek/", seek_cases[i].name, NULL);
        g_test_add_data_func(path, &seek_cases[i], test_seek);
    }
    g_test_add_func("/h2/gap/fields", test_gap_then_fields);
    g_test_add_func("/h2/gap/other-direction", test_gap_other_direction);
    g_test_add_func("/h2/gap/late", test_late);
    g_test_add_func("/h2/gap/late-preface", test_late_preface);
    g_test_add_func("/h2/random/bytes", test_random);
    return g_test_run();
}
