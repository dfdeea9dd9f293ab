/* SPDX-License-Identifier: MIT */
/* For the tests of h2: frames made by hand go in, one line of text for each frame comes out. */
#ifndef TEST_H2_WIRE_H
#define TEST_H2_WIRE_H

#include "annotator/wire/h2.h"

#include "annotator/wire/h2_head.h"

#include "core/names.h"

#include <string.h>

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* ---- What comes out, as text ---------------------------------------------------------------- */

static inline const char *kind_name(enum h2t_frame_kind kind)
{
    return kind == H2T_GAP ? "GAP" : kind == H2T_PREFACE ? "PREFACE" : h2t_kind_name(kind);
}

static inline void add_fields(GString *log, const struct h2t_fields *fields)
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

static inline void on_frame(void *user, const struct h2t_frame *frame)
{
    struct out *out = user;
    g_assert_nonnull(kind_name(frame->kind));
    if (out->packets)
        g_string_append_printf(out->log, "%u ", frame->mark.packet);
    g_string_append_printf(out->log, "%c %s", "CS"[frame->dir], kind_name(frame->kind));
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

static inline void add(GByteArray *out, const void *data, size_t len)
{
    g_byte_array_append(out, data, (guint)len);
}

static inline void add_head(GByteArray *out, size_t len, uint8_t type, uint8_t flags,
                            uint32_t stream)
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

static inline void add_frame(GByteArray *out, uint8_t type, uint8_t flags, uint32_t stream,
                             const char *payload, size_t len)
{
    add_head(out, len, type, flags, stream);
    add(out, payload, len);
}

/* A frame with a string literal for payload. */
#define FRAME(out, type, flags, stream, payload)                                                   \
    add_frame(out, type, flags, stream, payload, sizeof payload - 1)

static inline void add_data(GByteArray *out, uint8_t flags, uint32_t stream, size_t len)
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
static inline void add_start(GByteArray *client, GByteArray *server)
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

static inline void wire_init(struct wire *wire)
{
    *wire = (struct wire){.out = {g_string_new(NULL), false}, .packet = 0};
    wire->h2 = h2_new(on_frame, &wire->out);
    wire->bytes[H2T_CLIENT] = g_byte_array_new();
    wire->bytes[H2T_SERVER] = g_byte_array_new();
}

/* Each piece is copied to where ASan sees a byte too many. */
static inline void send_piece(struct wire *wire, enum h2t_dir dir, const uint8_t *data, size_t len)
{
    g_autofree uint8_t *copy = g_memdup2(data, len);
    h2_input(wire->h2, dir, copy, len, (struct h2t_mark){.packet = ++wire->packet});
}

/* Sends what was added, in one piece (`max` 0) or in pieces of up to `max` bytes. */
static inline void flush(struct wire *wire, enum h2t_dir dir, size_t max, GRand *rand)
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

static inline void wire_fini(struct wire *wire)
{
    h2_free(&wire->h2);
    g_assert_null(wire->h2);
    h2_free(&wire->h2);
    g_byte_array_unref(wire->bytes[H2T_CLIENT]);
    g_byte_array_unref(wire->bytes[H2T_SERVER]);
    g_string_free(wire->out.log, TRUE);
}

static inline void expect(struct wire *wire, const char *log)
{
    g_assert_cmpstr(wire->out.log->str, ==, log);
    g_string_truncate(wire->out.log, 0);
}

/* Past both preambles. */
static inline void wire_start(struct wire *wire)
{
    wire_init(wire);
    add_start(wire->bytes[H2T_CLIENT], wire->bytes[H2T_SERVER]);
    flush(wire, H2T_CLIENT, 0, NULL);
    flush(wire, H2T_SERVER, 0, NULL);
    expect(wire, START_LOG);
}

#endif
