/* SPDX-License-Identifier: MIT */
/* h2 with frames made by hand and by nghttp2's session: whole, in pieces, damaged, past limits. */
#include "h2_wire.h"

#include <nghttp2/nghttp2.h>

/* ---- Every frame, in every way of cutting --------------------------------------------------- */

static void add_client_frames(GByteArray *c)
{
    FRAME(c, H2_SETTINGS, H2_FLAG_ACK, 0, "");
    FRAME(c, H2_HEADERS, WHOLE | END, 1, GET_A);
    FRAME(c, H2_HEADERS, WHOLE | H2_FLAG_PADDED | H2_FLAG_PRIORITY, 3,
          "\3\0\0\0\1\20" GET_NEWEST "\0\0\0");
    FRAME(c, H2_PRIORITY, 0, 5, "\0\0\0\0\1");
    add_data(c, 0, 3, 5000);
    FRAME(c, H2_DATA, END | H2_FLAG_PADDED, 3, "\1x\0");
    FRAME(c, H2_HEADERS, END | H2_FLAG_PADDED, 5, "\1" GET_NEWEST "\0");
    FRAME(c, H2_CONTINUATION, 0, 5, "\x40\x0cx-req");
    FRAME(c, H2_CONTINUATION, 0, 5, "");
    FRAME(c, H2_CONTINUATION, WHOLE, 5, "uest-id\x03id7");
    FRAME(c, H2_WINDOW_UPDATE, 0, 0, "\x80\0\1\0");
    FRAME(c, H2_PRIORITY_UPDATE, 0, 0, "\0\0\0\5u=1");
    FRAME(c, 0x4f, 0xff, 77, "extension"); /* RFC 9113 section 5.5 */
    FRAME(c, H2_RST_STREAM, 0, 5, "\0\0\0\x8");
    FRAME(c, H2_PING, 0, 0, "12345678");
    FRAME(c, H2_GOAWAY, 0, 0, "\0\0\0\0\0\0\0\0");
}

#define CLIENT_LOG                                                                                 \
    "C SETTINGS 0 len 0 flags 1\n"                                                                 \
    "C HEADERS 1 len 5 END GET /a\n"                                                               \
    "C HEADERS 3 len 11 GET /a\n"                                                                  \
    "C DATA 3 len 5000\n"                                                                          \
    "C DATA 3 len 3 END\n"                                                                         \
    "C HEADERS 5 len 22 END GET /a id7\n"                                                          \
    "C WINDOW_UPDATE 0 len 4 code 256\n"                                                           \
    "C RST_STREAM 5 len 4 code 8\n"                                                                \
    "C PING 0 len 8 code 825373492 last 892745528\n"                                               \
    "C GOAWAY 0 len 8\n"

static void add_server_frames(GByteArray *s)
{
    FRAME(s, H2_ALTSVC, 0, 0, "\0\0x");
    FRAME(s, H2_ORIGIN, 0, 0, "");
    FRAME(s, H2_PUSH_PROMISE, WHOLE | H2_FLAG_PADDED, 1, "\1\0\0\0\2" GET_A "\0");
    FRAME(s, H2_PUSH_PROMISE, 0, 1, "\x80\0\0\4\x82");
    FRAME(s, H2_CONTINUATION, WHOLE, 1, "\xbe");
    FRAME(s, H2_HEADERS, WHOLE, 1,
          "\x48\x03"
          "103");
    FRAME(s, H2_HEADERS, WHOLE, 1, STATUS_200);
    add_data(s, END, 1, 0);
    FRAME(s, H2_PING, H2_FLAG_ACK, 0, "12345678");
    FRAME(s, H2_WINDOW_UPDATE, 0, 3, "\0\0\0\1");
    FRAME(s, H2_GOAWAY, 0, 0, "\x80\0\0\3\0\0\0\2too many");
}

#define SERVER_LOG                                                                                 \
    "S PUSH_PROMISE 2 len 11 flags 12 GET /a\n"                                                    \
    "S PUSH_PROMISE 4 len 6 GET /a\n"                                                              \
    "S HEADERS 1 len 5 103\n"                                                                      \
    "S HEADERS 1 len 1 200\n"                                                                      \
    "S DATA 1 len 0 END\n"                                                                         \
    "S PING 0 len 8 flags 1 code 825373492 last 892745528\n"                                       \
    "S WINDOW_UPDATE 3 len 4 code 1\n"                                                             \
    "S GOAWAY 0 len 16 code 2 last 3\n"

static void test_every_frame(void)
{
    GRand *rand = g_rand_new_with_seed(9113);
    for (size_t round = 0; round < 40; round++) {
        struct wire wire;
        wire_start(&wire);
        add_client_frames(wire.bytes[H2T_CLIENT]);
        add_server_frames(wire.bytes[H2T_SERVER]);
        flush(&wire, H2T_CLIENT, round, round > 3 ? rand : NULL);
        expect(&wire, CLIENT_LOG);
        flush(&wire, H2T_SERVER, round, round > 3 ? rand : NULL);
        expect(&wire, SERVER_LOG);
        wire_fini(&wire);
    }
    g_rand_free(rand);
}

static void test_packet_that_completes(void)
{
    struct wire wire;
    wire_start(&wire);
    wire.out.packets = true;
    GByteArray *c = wire.bytes[H2T_CLIENT];
    wire.packet = 9;
    FRAME(c, H2_HEADERS, 0, 1, GET_A);
    flush(&wire, H2T_CLIENT, 0, NULL);
    FRAME(c, H2_CONTINUATION, WHOLE, 1, "");
    add_head(c, 10, H2_DATA, END, 1);
    flush(&wire, H2T_CLIENT, 0, NULL);
    add(c, "12345", 5);
    flush(&wire, H2T_CLIENT, 0, NULL);
    add(c, "67890", 5);
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire, "11 C HEADERS 1 len 5 GET /a\n13 C DATA 1 len 10 END\n");
    wire_fini(&wire);
}

/* ---- A real session ------------------------------------------------------------------------- */

static void pump(struct wire *wire, nghttp2_session *from, nghttp2_session *to, enum h2t_dir dir)
{
    const uint8_t *data;
    ssize_t len;
    while ((len = nghttp2_session_mem_send(from, &data)) > 0) {
        send_piece(wire, dir, data, (size_t)len);
        g_assert_cmpint(nghttp2_session_mem_recv(to, data, (size_t)len), ==, len);
    }
    g_assert_cmpint(len, ==, 0);
}

static void test_session(void)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *client, *server;
    g_assert_cmpint(nghttp2_session_callbacks_new(&callbacks), ==, 0);
    g_assert_cmpint(nghttp2_session_client_new(&client, callbacks, NULL), ==, 0);
    g_assert_cmpint(nghttp2_session_server_new(&server, callbacks, NULL), ==, 0);
    nghttp2_submit_settings(client, NGHTTP2_FLAG_NONE, NULL, 0);
    nghttp2_settings_entry table = {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 100};
    nghttp2_submit_settings(server, NGHTTP2_FLAG_NONE, &table, 1);
    struct wire wire;
    wire_init(&wire);
    nghttp2_nv request[] = {
        {(uint8_t *)(gintptr) ":method", (uint8_t *)(gintptr) "GET", 7, 3, 0},
        {(uint8_t *)(gintptr) ":scheme", (uint8_t *)(gintptr) "https", 7, 5, 0},
        {(uint8_t *)(gintptr) ":path", (uint8_t *)(gintptr) "/s", 5, 2, 0},
        {(uint8_t *)(gintptr) ":authority", (uint8_t *)(gintptr) "h", 10, 1, 0},
        {(uint8_t *)(gintptr) "x-request-id", (uint8_t *)(gintptr) "q", 12, 1, 0}};
    nghttp2_nv response[] = {{(uint8_t *)(gintptr) ":status", (uint8_t *)(gintptr) "404", 7, 3, 0}};
    for (int i = 0; i < 3; i++) { /* the second block has the new table size */
        int32_t stream = nghttp2_submit_request(client, NULL, request, 5, NULL, NULL);
        pump(&wire, client, server, H2T_CLIENT);
        nghttp2_submit_response(server, stream, response, 1, NULL);
        pump(&wire, server, client, H2T_SERVER);
    }
    g_autofree char *seen = g_strdup(wire.out.log->str);
    for (int i = 1; i <= 5; i += 2) {
        g_autofree char *asked = g_strdup_printf("C HEADERS %d ", i);
        g_autofree char *answered = g_strdup_printf("S HEADERS %d ", i);
        g_assert_nonnull(strstr(seen, asked));
        g_assert_nonnull(strstr(strstr(seen, asked), "END GET /s q\n"));
        g_assert_nonnull(strstr(strstr(seen, asked), answered));
        g_assert_nonnull(strstr(strstr(seen, answered), "END 404\n"));
    }
    g_assert_null(strstr(seen, "?"));
    g_assert_null(strstr(seen, "GAP"));
    wire_fini(&wire);
    nghttp2_session_del(client);
    nghttp2_session_del(server);
    nghttp2_session_callbacks_del(callbacks);
}

/* ---- Limits --------------------------------------------------------------------------------- */

static void test_frame_size(void)
{
    struct wire wire;
    wire_start(&wire);
    GByteArray *c = wire.bytes[H2T_CLIENT];
    add_data(c, 0, 1, 16384);
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire, "C DATA 1 len 16384\n");

    FRAME(wire.bytes[H2T_SERVER], H2_SETTINGS, 0, 0, "\0\5\0\1\0\0");
    flush(&wire, H2T_SERVER, 0, NULL);
    add_data(c, 0, 1, 65536);
    flush(&wire, H2T_CLIENT, 1000, NULL);
    expect(&wire, "S SETTINGS 0 len 6 5=65536\nC DATA 1 len 65536\n");

    add_data(c, 0, 1, 65537);
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire, "C GAP 0 len 0\n");
    wire_fini(&wire);
}

/* No setting allows more than the 24 bits hold, and no peer's settings are believed to. */
static void test_settings_limits(void)
{
    struct wire wire;
    wire_start(&wire);
    GByteArray *s = wire.bytes[H2T_SERVER];
    FRAME(s, H2_SETTINGS, 0, 0, "\0\5\xff\xff\xff\xff");
    flush(&wire, H2T_SERVER, 0, NULL);
    expect(&wire, "S SETTINGS 0 len 6 5=4294967295\n");
    add_head(wire.bytes[H2T_CLIENT], (1u << 24) - 1, H2_DATA, 0, 1);
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire, "");

    for (unsigned n = H2_MAX_SETTINGS; n <= H2_MAX_SETTINGS + 1; n++) {
        add_head(s, n * 6, H2_SETTINGS, 0, 0);
        for (unsigned i = 0; i < n; i++)
            add(s, "\0\1\0\0\0\7", 6);
        flush(&wire, H2T_SERVER, n % 2 ? 50 : 0, NULL);
    }
    expect(&wire, "S SETTINGS 0 len 384 1=7 1=7 1=7 of 64\n"
                  "S SETTINGS 0 len 390 1=7 1=7 1=7 of 64\n");
    wire_fini(&wire);
}

/* A block of `len` bytes that decodes to not much more: a path, long fields of no interest, and
 * indexed ones to fill up. */
static GByteArray *large_block(size_t len)
{
    static const char field[] = "\0\1x\x7f\x81\x7f"; /* its 6 bytes say 16384 of value */
    GByteArray *block = g_byte_array_new();
    g_autofree char *value = g_strnfill(16384, 'v');
    add(block, GET_A, 5);
    while (block->len + 6 + 16384 <= len) {
        add(block, field, 6);
        add(block, value, 16384);
    }
    while (block->len < len)
        add(block, "\x82", 1);
    return block;
}

/* The same in frames: the first of `first` bytes, the others of `rest` at most. */
static void add_large_block(GByteArray *out, uint32_t stream, size_t len, size_t first, size_t rest)
{
    GByteArray *block = large_block(len);
    for (size_t at = 0, n = MIN(first, len); at < len; at += n, n = MIN(rest, len - at)) {
        uint8_t flags = at + n == len ? WHOLE : 0;
        add_frame(out, at == 0 ? H2_HEADERS : H2_CONTINUATION, flags, stream,
                  (const char *)block->data + at, n);
    }
    g_byte_array_unref(block);
}

/* Past the limit the fields are unknown, and so is what the block did to the table; frames go on.
 */
static void test_block_limit(void)
{
    struct wire wire;
    wire_start(&wire);
    GByteArray *c = wire.bytes[H2T_CLIENT];
    add_large_block(c, 1, H2T_MAX_HEADER_BLOCK, 16384, 16384);
    FRAME(c, H2_HEADERS, WHOLE, 3, GET_NEWEST);
    flush(&wire, H2T_CLIENT, 0, NULL);
    expect(&wire, "C HEADERS 1 len 1048576 GET /a\nC HEADERS 3 len 2 GET /a\n");
    add_large_block(c, 5, H2T_MAX_HEADER_BLOCK + 1, 16384, 16384);
    FRAME(c, H2_HEADERS, WHOLE, 7, GET_NEWEST);
    FRAME(c, H2_HEADERS, WHOLE, 9, GET_A);
    FRAME(c, H2_HEADERS, WHOLE, 11, GET_NEWEST);
    flush(&wire, H2T_CLIENT, 5000, NULL);
    expect(&wire, "C HEADERS 5 len 1048577 ?\nC HEADERS 7 len 2 GET ?\n"
                  "C HEADERS 9 len 5 GET /a\nC HEADERS 11 len 2 GET /a\n");
    wire_fini(&wire);
}

static void test_block_limit_one_frame(void)
{
    struct wire wire;
    wire_start(&wire);
    FRAME(wire.bytes[H2T_SERVER], H2_SETTINGS, 0, 0, "\0\5\0\xff\xff\xff");
    flush(&wire, H2T_SERVER, 0, NULL);
    g_string_truncate(wire.out.log, 0);
    GByteArray *c = wire.bytes[H2T_CLIENT];
    for (uint32_t over = 0; over < 2; over++) {
        size_t len = H2T_MAX_HEADER_BLOCK + over;
        add_large_block(c, 1, len, len, 0);
        add_large_block(c, 3, len, 1, len);
        add_large_block(c, 5, len + 1, 1, len); /* the CONTINUATION alone is too long, or not */
        flush(&wire, H2T_CLIENT, over ? 0 : 100000, NULL);
    }
    expect(&wire, "C HEADERS 1 len 1048576 GET /a\nC HEADERS 3 len 1048576 GET /a\n"
                  "C HEADERS 5 len 1048577 ?\nC HEADERS 1 len 1048577 ?\n"
                  "C HEADERS 3 len 1048577 ?\nC HEADERS 5 len 1048578 ?\n");
    wire_fini(&wire);
}

/* Lengths that contradict each other inside a frame; the next frame is where it should be. */
static void test_bad_padding(void)
{
    static const struct {
        uint8_t type, flags;
        const char *payload;
        size_t len;
        const char *log;
    } cases[] = {
        {H2_HEADERS, WHOLE | H2_FLAG_PADDED, "", 0, "S HEADERS 1 len 0 ?\n"},
        {H2_HEADERS, WHOLE | H2_FLAG_PADDED, "\2\x88", 2, "S HEADERS 1 len 2 ?\n"},
        {H2_HEADERS, WHOLE | H2_FLAG_PRIORITY, "\0\0\0\0", 4, "S HEADERS 1 len 4 ?\n"},
        {H2_HEADERS, WHOLE | H2_FLAG_PRIORITY | H2_FLAG_PADDED, "\1\0\0\0\1\2", 6,
         "S HEADERS 1 len 6 ?\n"},
        {H2_HEADERS, WHOLE | H2_FLAG_PADDED, "\0\x88", 2, "S HEADERS 1 len 2 200\n"},
        {H2_HEADERS, WHOLE, "\xff", 1, "S HEADERS 1 len 1 ?\n"},
        {H2_PUSH_PROMISE, WHOLE | H2_FLAG_PADDED, "\1\0\0\0\2", 5,
         "S PUSH_PROMISE 0 len 5 flags 12 ?\n"},
        {H2_PUSH_PROMISE, WHOLE | H2_FLAG_PADDED, "\0\0\0\0\2", 5,
         "S PUSH_PROMISE 2 len 5 flags 12\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct wire wire;
        wire_start(&wire);
        GByteArray *s = wire.bytes[H2T_SERVER];
        add_frame(s, cases[i].type, cases[i].flags, 1, cases[i].payload, cases[i].len);
        FRAME(s, H2_HEADERS, WHOLE, 3, STATUS_200);
        flush(&wire, H2T_SERVER, i % 2, NULL);
        g_autofree char *log = g_strconcat(cases[i].log, "S HEADERS 3 len 1 200\n", NULL);
        expect(&wire, log);
        wire_fini(&wire);
    }
}

/* ---- Anything ------------------------------------------------------------------------------- */

/* Bytes changed, lost and added: no crash, and every string is one that was sent or may be one. */
static void test_damage(void)
{
    GRand *rand = g_rand_new_with_seed(2);
    for (unsigned round = 0; round < 400; round++) {
        struct wire wire;
        wire_init(&wire);
        for (int dir = 0; dir < 2; dir++) {
            GByteArray *bytes = wire.bytes[dir];
            add_start(wire.bytes[H2T_CLIENT], wire.bytes[H2T_SERVER]);
            g_byte_array_set_size(wire.bytes[!dir], 0);
            for (int i = 0; i < 2; i++)
                (dir == H2T_CLIENT ? add_client_frames : add_server_frames)(bytes);
            for (unsigned n = round % 5; n > 0; n--)
                bytes->data[g_rand_int_range(rand, 0, (int)bytes->len)] = (uint8_t)g_rand_int(rand);
            flush(&wire, (enum h2t_dir)dir, 200, rand);
            if (round % 2)
                h2_gap(wire.h2, (enum h2t_dir)dir, (struct h2t_mark){0});
        }
        wire_fini(&wire);
    }
    g_rand_free(rand);
}

static void test_looks_like(void)
{
    const uint8_t *preface = (const uint8_t *)PREFACE;
    for (size_t len = 0; len <= 24; len++)
        g_assert_true(h2_looks_like(preface, len) == (len >= 3));
    g_assert_true(h2_looks_like((const uint8_t *)PREFACE "more", 28));
    g_assert_false(h2_looks_like((const uint8_t *)"PRO", 3));
    g_assert_false(h2_looks_like((const uint8_t *)"PRI * HTTP/1.1\r\n", 16));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/h2/frames/every", test_every_frame);
    g_test_add_func("/h2/frames/packet", test_packet_that_completes);
    g_test_add_func("/h2/frames/session", test_session);
    g_test_add_func("/h2/limits/frame", test_frame_size);
    g_test_add_func("/h2/limits/settings", test_settings_limits);
    g_test_add_func("/h2/limits/block", test_block_limit);
    g_test_add_func("/h2/limits/block-one-frame", test_block_limit_one_frame);
    g_test_add_func("/h2/bad/padding", test_bad_padding);
    g_test_add_func("/h2/random/damage", test_damage);
    g_test_add_func("/h2/looks-like", test_looks_like);
    return g_test_run();
}
