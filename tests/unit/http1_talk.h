/* SPDX-License-Identifier: MIT */
/* http1 with conversations as texts, for its tests. */
#ifndef TEST_HTTP1_TALK_H
#define TEST_HTTP1_TALK_H

#include "annotator/wire/http1.h"

#include <string.h>

/* ---- What comes out, as text ---------------------------------------------------------------- */

struct out {
    GString *log;
    bool packets; /* with the packet before each line */
};

static inline const char *or_dash(const char *text)
{
    return text ? text : "-";
}

/* "C REQUEST 1 GET /a host id traceparent", "S RESPONSE 1 200", "C END 1", "S GAP" */
static inline void on_frame(void *user, const struct h2t_frame *frame)
{
    struct out *out = user;
    const struct h2t_fields *fields = frame->fields;
    if (out->packets)
        g_string_append_printf(out->log, "%u ", frame->mark.packet);
    g_string_append_printf(out->log, "%c ", "CS"[frame->dir]);
    if (frame->kind == H2T_REQUEST) {
        g_assert_null(fields->scheme);
        g_assert_true(fields->complete);
        g_string_append_printf(out->log, "REQUEST %u %s %s %s %s %s\n", frame->stream,
                               fields->method, or_dash(fields->path), or_dash(fields->authority),
                               or_dash(fields->request_id), or_dash(fields->traceparent));
    } else if (frame->kind == H2T_RESPONSE)
        g_string_append_printf(out->log, "RESPONSE %u %u\n", frame->stream, fields->status);
    else if (frame->kind == H2T_MESSAGE_END)
        g_string_append_printf(out->log, "END %u\n", frame->stream);
    else {
        g_assert_cmpint(frame->kind, ==, H2T_GAP);
        g_assert_cmpuint(frame->len, ==, 0);
        g_string_append(out->log, "GAP\n");
    }
}

struct wire {
    struct out out;
    struct http1 *http1;
    uint32_t packet;
};

static inline void wire_init(struct wire *wire)
{
    *wire = (struct wire){.out = {g_string_new(NULL), false}, .packet = 0};
    wire->http1 = http1_new(on_frame, &wire->out);
}

static inline void wire_fini(struct wire *wire)
{
    http1_free(&wire->http1);
    g_assert_null(wire->http1);
    http1_free(&wire->http1);
    g_string_free(wire->out.log, TRUE);
}

static inline void expect(struct wire *wire, const char *log)
{
    g_assert_cmpstr(wire->out.log->str, ==, log);
    g_string_truncate(wire->out.log, 0);
}

/* In pieces of `max` bytes, of random length up to it, or (0) in one. Stops where h2c begins. */
static inline size_t send_bytes(struct wire *wire, enum h2t_dir dir, const char *bytes, size_t len,
                                size_t max, GRand *rand)
{
    size_t at = 0, n, used;
    for (; at < len; at += n) {
        n = max == 0 ? len : max;
        if (rand)
            n = (size_t)g_rand_int_range(rand, 1, (int)max + 1);
        n = MIN(n, len - at);
        g_autofree uint8_t *copy = g_memdup2(bytes + at, n); /* ASan sees a byte too many */
        used = http1_input(wire->http1, dir, copy, n, (struct h2t_mark){.packet = ++wire->packet});
        if (used < n)
            return at + used;
    }
    return at;
}

static inline void send_text(struct wire *wire, enum h2t_dir dir, const char *text)
{
    send_bytes(wire, dir, text, strlen(text), 0, NULL);
}

/* ---- Conversations -------------------------------------------------------------------------- */

#define GET_LOG(n) "C REQUEST " n " GET / h - -\nC END " n "\n"
#define OK_LOG(n) "S RESPONSE " n " 200\nS END " n "\n"

#define TALK_MAX 12

/* Texts are sent in turn: 'C' and 'S' at a line's start say who speaks. "^" is CR LF. */
static inline GString *expand(const char *text)
{
    GString *out = g_string_new(NULL);
    for (; *text; text++)
        g_string_append(out, *text == '^' ? "\r\n" : (char[]){*text, 0});
    return out;
}

/* "f", "F": client or server closes. "g7", "m7": 7 bytes are missing of client or server. */
static inline void event(struct wire *wire, const char *text)
{
    struct h2t_mark mark = {.packet = ++wire->packet};
    enum h2t_dir dir = strchr("fg", *text) ? H2T_CLIENT : H2T_SERVER;
    if (g_ascii_tolower(*text) == 'f')
        http1_fin(wire->http1, dir, mark);
    else
        http1_gap(wire->http1, dir, (uint32_t)g_ascii_strtoull(text + 1, NULL, 10));
}

static inline void converse(struct wire *wire, const char *const texts[TALK_MAX], size_t max,
                            GRand *rand)
{
    for (size_t i = 0; i < TALK_MAX && texts[i]; i++) {
        if (strchr("Ffgm", *texts[i])) {
            event(wire, texts[i]);
            continue;
        }
        GString *bytes = expand(texts[i] + 1);
        enum h2t_dir dir = *texts[i] == 'C' ? H2T_CLIENT : H2T_SERVER;
        g_assert_cmpuint(send_bytes(wire, dir, bytes->str, bytes->len, max, rand), ==, bytes->len);
        g_string_free(bytes, TRUE);
    }
}

#endif
