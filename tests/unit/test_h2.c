/* SPDX-License-Identifier: MIT */
/* h2 with frames made by hand and by nghttp2's session: whole, in pieces, damaged, with gaps. */
#include "annotator/wire/h2.h"

#include "annotator/wire/h2_head.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* ---- What comes out, as text ---------------------------------------------------------------- */

static const char *const kind_names[] = {
    [H2T_GAP] = "GAP",
    [H2T_PREFACE] = "PREFACE",
    [H2T_DATA] = "DATA",
    [H2T_HEADERS] = "HEADERS",
    [H2T_RST_STREAM] = "RST_STREAM",
    [H2T_SETTINGS] = "SETTINGS",
    [H2T_PUSH_PROMISE] = "PUSH_PROMISE",
    [H2T_PING] = "PING",
    [H2T_GOAWAY] = "GOAWAY",
    [H2T_WINDOW_UPDATE] = "WINDOW_UPDATE",
};

static void add_fields(GString *log, const struct h2t_fields *fields)
{
    const char *const values[] = {fields->method, fields->path, fields->request_id};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        if (values[i])
            g_string_append_printf(log, " %s", values[i]);
    }
    if (fields->status)
        g_string_append_printf(log, " %u", fields->status);
    if (!fields->complete)
        g_string_append(log, " ?");
}

/* "C HEADERS 1 len 9 END GET /", one frame a line; with `packets` the packet before it. */
struct out {
    GString *log;
    bool packets;
};

static void on_frame(void *user, const struct h2t_frame *frame)
{
    struct out *out = user;
    g_assert_cmpint(frame->kind, <, G_N_ELEMENTS(kind_names));
    g_assert_nonnull(kind_names[frame->kind]);
    if (out->packets)
        g_string_append_printf(out->log, "%u ", frame->mark.packet);
    g_string_append_printf(out->log, "%c %s", "CS"[frame->dir], kind_names[frame->kind]);
    g_string_append_printf(out->log, " %u len %u", frame->stream, frame->len);
    if (frame->flags && frame->kind != H2T_DATA && frame->kind != H2T_HEADERS)
        g_string_append_printf(out->log, " flags %u", frame->flags);
    if (frame->end_stream)
        g_string_append(out->log, " END");
    if (frame->code)
        g_string_append_printf(out->log, " code %u", frame->code);
    if (frame->last_stream)
        g_string_append_printf(out->log, " last %u", frame->last_stream);
    for (unsigned i = 0; i < MIN(frame->n_settings, 3); i++)
        g_string_append_printf(out->log, " %u=%u", frame->settings[i].id, frame->settings[i].value);
    if (frame->n_settings > 3)
        g_string_append_printf(out->log, " of %u", frame->n_settings);
    if (frame->fields)
        add_fields(out->log, frame->fields);
    g_string_append_c(out->log, '\n');
}

/* ---- What goes in --------------------------------------------------------------------------- */

static void add(GByteArray *out, const void *data, size_t len)
{
    g_byte_array_append(out, data, (guint)len);
}

static void add_head(GByteArray *out, size_t len, uint8_t type, uint8_t flags, uint32_t stream)
{
    const uint8_t head[H2_HEAD_LEN] = {(uint8_t)(len >> 16),
                                       (uint8_t)(len >> 8),
                                       (uint8_t)len,
                                       type,
                                       flags,
                                       (uint8_t)(stream >> 24),
                                       (uint8_t)(stream >> 16),
                                       (uint8_t)(stream >> 8),
                                       (uint8_t)stream};
    add(out, head, sizeof head);
}

static void add_frame(GByteArray *out, uint8_t type, uint8_t flags, uint32_t stream,
                      const char *payload, size_t len)
{
    add_head(out, len, type, flags, stream);
    add(out, payload, len);
}

/* A frame with a string literal for payload. */
#define FRAME(out, type, flags, stream, payload)                                                   \
    add_frame(out, type, flags, stream, payload, sizeof payload - 1)

static void add_data(GByteArray *out, uint8_t flags, uint32_t stream, size_t len)
{
    g_autofree char *body = g_strnfill(len, 'b');
    add_frame(out, H2_DATA, flags, stream, body, len);
}

/* :method GET, and :path inserted in the table. */
#define GET_A "\x82\x44\x02/a"
/* :method GET, and the newest path in the table. */
#define GET_NEWEST "\x82\xbe"
#define STATUS_200 "\x88"

enum { END = H2_FLAG_END_STREAM, WHOLE = H2_FLAG_END_HEADERS };

/* Both preambles. */
static void add_start(GByteArray *client, GByteArray *server)
{
    add(client, PREFACE, strlen(PREFACE));
    FRAME(client, H2_SETTINGS, 0, 0, "\0\2\0\0\0\0\0\4\0\1\0\0");
    FRAME(server, H2_SETTINGS, 0, 0, "\0\3\0\0\0\144");
}

#define START_LOG                                                                                  \
    "C PREFACE 0 len 24\n"                                                                         \
    "C SETTINGS 0 len 12 2=0 4=65536\n"                                                            \
    "S SETTINGS 0 len 6 3=100\n"

struct wire {
    struct out out;
    struct h2 *h2;
    GByteArray *bytes[2]; /* not yet sent */
    uint32_t packet;
};

static void wire_init(struct wire *wire)
{
    *wire = (struct wire){.out = {g_string_new(NULL), false}, .packet = 0};
    wire->h2 = h2_new(on_frame, &wire->out);
    wire->bytes[H2T_CLIENT] = g_byte_array_new();
    wire->bytes[H2T_SERVER] = g_byte_array_new();
}

/* Each piece is copied to where ASan sees a byte too many. */
static void send_piece(struct wire *wire, enum h2t_dir dir, const uint8_t *data, size_t len)
{
    g_autofree uint8_t *copy = g_memdup2(data, len);
    h2_input(wire->h2, dir, copy, len, (struct h2t_mark){.packet = ++wire->packet});
}

/* Sends what was added, in one piece (`max` 0) or in pieces of up to `max` bytes. */
static void flush(struct wire *wire, enum h2t_dir dir, size_t max, GRand *rand)
{
    GByteArray *bytes = wire->bytes[dir];
    for (size_t at = 0, n; at < bytes->len; at += n) {
        n = max == 0 ? bytes->len : max;
        if (rand)
            n = (size_t)g_rand_int_range(rand, 1, (int)max + 1);
        n = MIN(n, bytes->len - at);
        send_piece(wire, dir, bytes->data + at, n);
    }
    g_byte_array_set_size(bytes, 0);
}

static void wire_fini(struct wire *wire)
{
    h2_free(&wire->h2);
    g_assert_null(wire->h2);
    h2_free(&wire->h2);
    g_byte_array_unref(wire->bytes[H2T_CLIENT]);
    g_byte_array_unref(wire->bytes[H2T_SERVER]);
    g_string_free(wire->out.log, TRUE);
}

static void expect(struct wire *wire, const char *log)
{
    g_assert_cmpstr(wire->out.log->str, ==, log);
    g_string_truncate(wire->out.log, 0);
}

/* Past both preambles. */
static void wire_start(struct wire *wire)
{
    wire_init(wire);
    add_start(wire->bytes[H2T_CLIENT], wire->bytes[H2T_SERVER]);
    flush(wire, H2T_CLIENT, 0, NULL);
    flush(wire, H2T_SERVER, 0, NULL);
    expect(wire, START_LOG);
}

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
    "C PING 0 len 8\n"                                                                             \
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
    "S PING 0 len 8 flags 1\n"                                                                     \
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
    expect(&wire, "C WINDOW_UPDATE 1 len 4 flags 255\nC PING 0 len 8\n");
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

/* A server that only knows HTTP/1.1, a client that says something else, a first frame that may not
 * be the first. */
static void test_other_protocol(void)
{
    static const struct {
        enum h2t_dir dir;
        const char *text;
        const char *log;
    } cases[] = {
        {H2T_SERVER, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "S GAP 0 len 0\n"},
        {H2T_CLIENT, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "C GAP 0 len 0\n"},
        {H2T_CLIENT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", "C GAP 0 len 0\n"},
        {H2T_SERVER, "SSH-2.0-OpenSSH_9.2\r\n", "S GAP 0 len 0\n"},
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
    FRAME(wire.bytes[H2T_SERVER], H2_PING, 0, 0, "12345678");
    flush(&wire, H2T_SERVER, 0, NULL);
    expect(&wire, "S GAP 0 len 0\n");
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
    {"two-inside", H2T_CLIENT, 50, two_frames, "C HEADERS 7 len 5 END GET /a\nC PING 0 len 8\n"},
    {"three-inside", H2T_CLIENT, 1, three_and_part,
     "C HEADERS 7 len 5 END GET /a\nC PING 0 len 8\n"},
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
        g_assert_true(g_str_has_prefix(wire.out.log->str, "S GAP 0 len 0\nC GAP 0 len 0\n"));
        g_assert_true(wire.out.log->len == 28 || mask == 1);
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
    g_test_add_func("/h2/random/damage", test_damage);
    g_test_add_func("/h2/random/bytes", test_random);
    g_test_add_func("/h2/looks-like", test_looks_like);
    return g_test_run();
}
