/* SPDX-License-Identifier: MIT */
/* A connection with one request on both sides, and its notes as lines. Lines are compared without
 * their check value, which is verified. */
#ifndef TEST_NOTED_H
#define TEST_NOTED_H

#include "world.h"

#include "core/comment.h"
#include "core/notes.h"

#include <string.h>

#define US (MS / 1000)

/* ---- A connection with one request, on both sides ------------------------------------------- */

static inline void hello(struct world *w, enum h2t_frame_kind kind, enum h2t_dir dir,
                         const struct h2t_hello *h, int64_t at)
{
    struct h2t_frame f = {.kind = kind, .dir = dir, .mark = mark(w, at), .hello = h};
    h2t_facts_frame(w->facts, &f);
}

static inline void http(struct world *w, enum h2t_frame_kind kind, enum h2t_dir dir,
                        const struct h2t_fields *fields, bool end, int64_t at)
{
    struct h2t_frame f = {.kind = kind,
                          .dir = dir,
                          .stream = 1,
                          .mark = mark(w, at),
                          .end_stream = end,
                          .fields = fields};
    h2t_facts_frame(w->facts, &f);
}

/* Packets 2 to 8 */
static inline void wire_dial(struct world *w)
{
    static const struct h2t_hello client = {.sni = "localhost", .alpn = "h2,http/1.1"};
    static const struct h2t_hello server = {.version = 0x0304, .alpn = "h2"};
    struct h2t_tuple tuple = {.client = addr("10.0.0.1:4000"), .server = addr("10.0.0.2:443")};
    h2t_facts_open(w->facts, 0, &tuple, mark(w, 0));
    tell(w, 0, H2T_SYN, H2T_CLIENT, 0);
    tell(w, 0, H2T_SYN_ACK, H2T_SERVER, 1 * MS);
    hello(w, H2T_CLIENT_HELLO, H2T_CLIENT, &client, 2 * MS);
    hello(w, H2T_SERVER_HELLO, H2T_SERVER, &server, 3 * MS);
    tell(w, 0, H2T_HANDSHAKE_DONE, H2T_SERVER, 3 * MS);
    tell(w, 0, H2T_HANDSHAKE_DONE, H2T_CLIENT, 4 * MS);
    tell(w, 0, H2T_PREFACE, H2T_CLIENT, 4 * MS);
}

static const struct h2t_fields post = {.method = "POST", .path = "/a", .complete = true};
static const struct h2t_fields ok = {.status = 200, .complete = true};

/* Packets 9 to 12, a request with a body and its response. */
static inline void wire_post(struct world *w)
{
    http(w, H2T_HEADERS, H2T_CLIENT, &post, false, 10 * MS);
    http(w, H2T_DATA, H2T_CLIENT, NULL, true, 11 * MS);
    http(w, H2T_HEADERS, H2T_SERVER, &ok, false, 15 * MS);
    http(w, H2T_DATA, H2T_SERVER, NULL, true, 17 * MS);
}

static inline void wire_goaway(struct world *w, enum h2t_dir dir, uint32_t code, int64_t at)
{
    struct h2t_frame f = {
        .kind = H2T_GOAWAY, .dir = dir, .mark = mark(w, at), .code = code, .last_stream = 1};
    h2t_facts_frame(w->facts, &f);
}

static inline void wire_reset(struct world *w, enum h2t_dir dir, uint32_t code, int64_t at)
{
    struct h2t_frame f = {
        .kind = H2T_RST_STREAM, .dir = dir, .stream = 1, .mark = mark(w, at), .code = code};
    h2t_facts_frame(w->facts, &f);
}

static inline void trace_process(struct world *w, uint64_t pid)
{
    struct h2t_process p = {.pid = pid};
    g_array_append_val(w->m.trace->processes, p);
}

static inline void trace_post(struct world *w)
{
    trace_process(w, 28);
    uint32_t a = trace_request(w, trace_conn(w, "10.0.0.1:4000"), NULL, 10 * MS);
    h2t_attempt_at(&w->m, a)->at[H2T_GET_CONN] = START - 500 * US;
    h2t_attempt_at(&w->m, a)->at[H2T_WROTE_REQUEST] = START + 11 * MS + 20 * US;
    struct h2t_request *r = h2t_request_at(&w->m, 0);
    r->id = "r1";
    r->method = "POST";
    r->url = "https://localhost:8443/a";
    r->done = START + 15 * MS + 300 * US;
    r->body_done = START + 17 * MS + 50 * US;
    struct h2t_dial *d = h2t_dial_at(&w->m, trace_dial(w, -50 * US, 1 * MS + 40 * US));
    d->request = 0;
    d->tls_start = START + 2 * MS - 60 * US;
    d->tls_done = START + 4 * MS + 70 * US;
}

/* The capture ends; what belongs together is tied, as the join would. */
static inline void tie_all(struct world *w)
{
    w->m.wire = h2t_facts_finish(&w->facts);
    w->m.clock = (struct h2t_clock){.lo = w->offset, .hi = w->offset, .n = 1};
    struct h2t_conn *c = h2t_conn_at(&w->m, 0);
    c->tconn = c->dial = 0;
    h2t_tconn_at(&w->m, 0)->bound = H2T_MATCH_TUPLE;
    h2t_dial_at(&w->m, 0)->match = H2T_MATCH_ONLY;
    for (uint32_t i = 0; i < w->m.wire->streams->len; i++) {
        h2t_stream_at(&w->m, i)->attempt = i;
        h2t_stream_at(&w->m, i)->match = H2T_MATCH_ORDER;
    }
}

/* Packets 13 to 15 as well. */
static inline struct world typical(int64_t offset)
{
    struct world w = world_new();
    w.offset = offset;
    wire_dial(&w);
    wire_post(&w);
    wire_goaway(&w, H2T_SERVER, 0, 20 * MS);
    tell(&w, 0, H2T_FIN, H2T_CLIENT, 30 * MS);
    tell(&w, 0, H2T_RST, H2T_SERVER, 31 * MS);
    trace_post(&w);
    tie_all(&w);
    return w;
}

/* ---- Lines ---------------------------------------------------------------------------------- */

/* Without the check value, once that is right and no letter is one that may not stand there. */
static inline void note_line(const struct world *w, const struct h2t_note *note, bool variant,
                             GString *out)
{
    struct h2t_comment parsed;
    h2t_note_text(&w->m, note, variant, out);
    for (gsize i = 0; i < out->len; i++)
        g_assert_true(g_ascii_isprint(out->str[i]));
    g_assert_true(h2t_comment_parse(out->str, out->len, &parsed));
    g_assert_true(parsed.variant == variant);
    g_string_truncate(out, out->len - strlen(" ~00000000"));
}

/* "packet line", all of them */
static inline char *all_lines(const struct world *w)
{
    g_autoptr(GString) line = g_string_new(NULL);
    GString *out = g_string_new(NULL);
    GArray *notes = h2t_notes(&w->m);
    for (uint32_t i = 0; i < notes->len; i++) {
        const struct h2t_note *note = &g_array_index(notes, struct h2t_note, i);
        note_line(w, note, false, line);
        g_string_append_printf(out, "%u %s\n", note->packet, line->str);
    }
    g_array_unref(notes);
    return g_string_free(out, FALSE);
}

/* The first line about `what`. */
static inline void expect_line(const struct world *w, enum h2t_what what, const char *wanted)
{
    g_autoptr(GString) line = g_string_new("-");
    GArray *notes = h2t_notes(&w->m);
    for (uint32_t i = notes->len; i--;)
        if (g_array_index(notes, struct h2t_note, i).what == what)
            note_line(w, &g_array_index(notes, struct h2t_note, i), false, line);
    g_array_unref(notes);
    g_assert_cmpstr(line->str, ==, wanted);
}

#define STREAM "req=r1 attempt=1 conn=1 stream=1 "
#define URL "method=POST url=https://localhost:8443/a "

#endif
