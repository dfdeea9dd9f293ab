/* SPDX-License-Identifier: MIT */
/*
 * In: frames, packet by packet. Out: struct h2t_wire.
 *
 * Only streams that are open have state beyond the model (open_streams.h).
 */
#include "core/facts.h"

#include "core/ledger.h"
#include "core/open_streams.h"
#include "core/queries.h"
#include "core/uploads.h"

#include <string.h>

struct h2t_facts {
    struct h2t_wire *wire;
    struct h2t_open_streams *open;
    struct h2t_queries *queries;
    struct h2t_ledgers ledgers; /* .all NULL: none are kept */
};

static struct h2t_wire *wire_new(void)
{
    struct h2t_wire *wire = g_new0(struct h2t_wire, 1);
    wire->conns = g_array_new(false, false, sizeof(struct h2t_conn));
    wire->streams = g_array_new(false, false, sizeof(struct h2t_stream));
    wire->queries = g_array_new(false, false, sizeof(struct h2t_query));
    wire->talks = g_array_new(false, false, sizeof(struct h2t_talk));
    wire->uploads = g_array_new(false, false, sizeof(struct h2t_upload));
    wire->strings = g_string_chunk_new(4096);
    return wire;
}

void h2t_wire_free(struct h2t_wire **wire)
{
    if (!*wire)
        return;
    g_array_unref((*wire)->conns);
    g_array_unref((*wire)->streams);
    g_array_unref((*wire)->queries);
    g_array_unref((*wire)->talks);
    g_array_unref((*wire)->uploads);
    if ((*wire)->ledgers)
        g_ptr_array_unref((*wire)->ledgers);
    g_string_chunk_free((*wire)->strings);
    g_clear_pointer(wire, g_free);
}

struct h2t_facts *h2t_facts_new(void)
{
    struct h2t_facts *facts = g_new0(struct h2t_facts, 1);
    facts->wire = wire_new();
    facts->open = h2t_open_streams_new();
    facts->queries = h2t_queries_new();
    return facts;
}

void h2t_facts_free(struct h2t_facts **facts)
{
    if (!*facts)
        return;
    h2t_wire_free(&(*facts)->wire);
    h2t_open_streams_free(&(*facts)->open);
    h2t_queries_free(&(*facts)->queries);
    g_clear_pointer(facts, g_free);
}

void h2t_facts_keep_ledgers(struct h2t_facts *facts)
{
    h2t_ledgers_init(&facts->ledgers, facts->wire);
}

void h2t_facts_drop_ledgers(struct h2t_facts *facts)
{
    g_clear_pointer(&facts->wire->ledgers, g_ptr_array_unref);
    facts->ledgers = (struct h2t_ledgers){0};
}

/* ---- Connections ---------------------------------------------------------------------------- */

static struct h2t_conn *conn_at(struct h2t_facts *facts, uint32_t conn)
{
    return conn < facts->wire->conns->len
               ? &g_array_index(facts->wire->conns, struct h2t_conn, conn)
               : NULL;
}

static struct h2t_stream *stream_at(struct h2t_facts *facts, uint32_t stream)
{
    return &g_array_index(facts->wire->streams, struct h2t_stream, stream);
}

void h2t_facts_open(struct h2t_facts *facts, uint32_t conn, const struct h2t_tuple *tuple,
                    struct h2t_mark mark)
{
    static const struct h2t_conn blank = {.first_stream = H2T_NONE,
                                          .last_stream = H2T_NONE,
                                          .talk = H2T_NONE,
                                          .tconn = H2T_NONE,
                                          .dial = H2T_NONE,
                                          .copy_of = H2T_NONE};
    if (conn >= H2T_MAX_CONNS)
        return;
    while (facts->wire->conns->len <= conn)
        g_array_append_val(facts->wire->conns, blank);
    h2t_open_streams_reserve(facts->open, facts->wire->conns->len);
    struct h2t_conn *c = conn_at(facts, conn);
    c->tuple = *tuple;
    c->first = c->last = mark;
}

void h2t_facts_packet(struct h2t_facts *facts, uint32_t conn, struct h2t_mark mark)
{
    struct h2t_conn *c = conn_at(facts, conn);
    facts->wire->last = mark;
    if (c)
        c->last = mark;
}

void h2t_facts_segment(struct h2t_facts *facts, uint32_t conn, const struct h2t_segment *segment)
{
    struct h2t_conn *c = conn_at(facts, conn);
    if (c)
        h2t_talk_segment(facts->wire, c, segment);
}

void h2t_facts_decrypted(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = conn_at(facts, conn);
    if (c)
        c->decrypted = true;
}

void h2t_facts_no_keys(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = conn_at(facts, conn);
    if (c)
        c->no_keys = true;
}

static void swap_marks(struct h2t_mark marks[2])
{
    struct h2t_mark first = marks[0];
    marks[0] = marks[1];
    marks[1] = first;
}

void h2t_facts_swap(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = conn_at(facts, conn);
    if (!c)
        return;
    c->tuple = (struct h2t_tuple){.client = c->tuple.server, .server = c->tuple.client};
    swap_marks(c->fin);
    swap_marks(c->rst);
    swap_marks(c->gap);
    c->client_gaps = c->gap[H2T_CLIENT].packet ? 1 : 0;
    if (c->talk != H2T_NONE)
        h2t_talk_swap(h2t_talk_of(facts->wire, c));
    if (facts->ledgers.all)
        h2t_ledgers_swap(&facts->ledgers, conn);
}

/* ---- Streams -------------------------------------------------------------------------------- */

/* What TCP and flow control say of the stream, as things are. */
static void take_stock(const struct h2t_facts *facts, const struct h2t_open *open)
{
    struct h2t_stream *s = &g_array_index(facts->wire->streams, struct h2t_stream, open->stream);
    const struct h2t_conn *c = &g_array_index(facts->wire->conns, struct h2t_conn, s->conn);
    const struct h2t_talk *t = h2t_talk_of(facts->wire, c);
    struct h2t_upload *u = h2t_upload_of(facts->wire, s);
    if (!t)
        return;
    s->acked = h2t_talk_acked(t, open->end);
    s->heard = t->last[H2T_SERVER].packet > s->headers.packet;
    s->repeated = !s->heard && t->n_unheard > 0;
    if (u)
        u->conn_window = t->window;
}

/* The stream ended at `mark`; nothing more is expected of it. */
static void finish(struct h2t_facts *facts, struct h2t_open *open, enum h2t_end end,
                   struct h2t_mark mark)
{
    struct h2t_stream *s = stream_at(facts, open->stream);
    take_stock(facts, open);
    s->end = (uint8_t)end;
    s->finish = mark;
    h2t_open_remove(facts->open, open);
}

/* Every open stream of the connection ended for this reason, unless missing bytes make that unsure.
 */
static void finish_all(struct h2t_facts *facts, uint32_t conn, enum h2t_end end,
                       struct h2t_mark mark)
{
    static const struct h2t_mark nowhere = {.ns = H2T_NEVER};
    struct h2t_open_list *list = h2t_open_list(facts->open, conn);
    while (list->oldest) {
        if (end != H2T_END_OVERFLOW && h2t_open_missed(facts->open, list->oldest))
            finish(facts, list->oldest, H2T_END_GAP, nowhere);
        else
            finish(facts, list->oldest, end, mark);
    }
}

void h2t_facts_overflow(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = conn_at(facts, conn);
    if (!c)
        return;
    c->overflow = true;
    finish_all(facts, conn, H2T_END_OVERFLOW, (struct h2t_mark){.ns = H2T_NEVER});
}

static const char *keep(struct h2t_facts *facts, const char *text)
{
    return text ? h2t_intern(facts->wire->strings, text, strlen(text)) : NULL;
}

static uint64_t identity(const char *value)
{
    return value ? h2t_hash(value, strlen(value)) : 0;
}

/* A :path without its query, which may hold secrets. */
static const char *keep_path(struct h2t_facts *facts, const char *path)
{
    return path ? h2t_intern(facts->wire->strings, path, strcspn(path, "?#")) : NULL;
}

/* The client opened a stream, or sent the next HTTP/1.1 request. */
static struct h2t_open *open_stream(struct h2t_facts *facts, const struct h2t_frame *f)
{
    const struct h2t_fields *fields = f->fields;
    struct h2t_conn *c = conn_at(facts, f->conn);
    struct h2t_talk *t = h2t_talk_begin(facts->wire, c);
    uint32_t index = facts->wire->streams->len;
    struct h2t_stream s = {.conn = f->conn,
                           .next = H2T_NONE,
                           .id = f->stream,
                           .attempt = H2T_NONE,
                           .headers = f->mark,
                           .gaps = c->client_gaps,
                           .upload = H2T_NONE,
                           .method = keep(facts, fields->method),
                           .authority = keep(facts, fields->authority),
                           .path = keep_path(facts, fields->path),
                           .request_id = identity(fields->request_id),
                           .traceparent = identity(fields->traceparent)};
    if (!f->end_stream && f->kind == H2T_HEADERS)
        h2t_upload_begin(facts->wire, t, &s);
    g_array_append_val(facts->wire->streams, s);
    if (c->last_stream == H2T_NONE)
        c->first_stream = index;
    else
        stream_at(facts, c->last_stream)->next = index;
    c->last_stream = index;
    c->n_streams++;
    t->n_unsettled += !t->settings[H2T_SERVER].packet;
    struct h2t_open *open = h2t_open_add(facts->open, f->conn, f->stream, index);
    open->end = t->end[H2T_CLIENT];
    return open;
}

/* `dir` has sent all of its message. */
static void message_end(struct h2t_facts *facts, struct h2t_open *open, enum h2t_dir dir,
                        struct h2t_mark mark)
{
    struct h2t_stream *s = stream_at(facts, open->stream);
    if (dir == H2T_CLIENT && !s->request_done) {
        s->request_done = true;
        s->request_end = mark;
    } else if (dir == H2T_SERVER) {
        s->response_done = true;
    }
    if (s->request_done && s->response_done)
        finish(facts, open, H2T_END_END, mark);
}

static void response_head(struct h2t_stream *s, const struct h2t_frame *f)
{
    if (!s->response.packet)
        s->response = f->mark;
    if (f->fields->status >= 200 && !s->status)
        s->status = f->fields->status;
}

/* RFC 9110 section 9.3.6: what follows belongs to whoever speaks through the tunnel, which counts
 * its requests anew. Of the chain the CONNECT was the last. */
static void begin_tunnel(struct h2t_facts *facts, struct h2t_open *open, struct h2t_mark mark)
{
    uint32_t connect = open->stream, before = H2T_NONE;
    struct h2t_conn *c = conn_at(facts, stream_at(facts, connect)->conn);
    for (uint32_t s = c->first_stream; s != connect; s = stream_at(facts, s)->next)
        before = s;
    if (before == H2T_NONE)
        c->first_stream = H2T_NONE;
    else
        stream_at(facts, before)->next = H2T_NONE;
    c->last_stream = before;
    c->n_streams--;
    c->tunnel = true;
    c->proto = H2T_PROTO_UNKNOWN;
    h2t_open_list(facts->open, stream_at(facts, connect)->conn)->highest = 0;
    finish(facts, open, H2T_END_END, mark);
}

static bool opens_tunnel(const struct h2t_stream *s, const struct h2t_frame *f)
{
    return f->kind == H2T_RESPONSE && s->method && !strcmp(s->method, "CONNECT") &&
           f->fields->status >= 200 && f->fields->status < 300;
}

/* A request head opens a stream if its id is above all before (RFC 9113 section 5.1.1) and it is
 * not the trailers of a stream whose beginning the capture lacks. */
static bool opens_stream(const struct h2t_facts *facts, const struct h2t_frame *f)
{
    bool trailers = f->fields->complete && !f->fields->method;
    return f->dir == H2T_CLIENT && !trailers &&
           f->stream > h2t_open_list(facts->open, f->conn)->highest;
}

/* RFC 9113 section 6.8: what is above the last stream identifier was not and will not be processed.
 */
static bool refused_by_goaway(const struct h2t_conn *c, uint32_t id)
{
    return c->goaway[H2T_SERVER].packet && id > c->goaway_last[H2T_SERVER];
}

static void headers(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (!open && opens_stream(facts, f))
        open = open_stream(facts, f);
    else if (open && f->dir == H2T_SERVER)
        response_head(stream_at(facts, open->stream), f);
    if (!open)
        return;
    const struct h2t_conn *c = conn_at(facts, f->conn);
    if (f->dir == H2T_SERVER && opens_tunnel(stream_at(facts, open->stream), f)) {
        begin_tunnel(facts, open, f->mark);
        return;
    }
    if (f->dir == H2T_CLIENT && refused_by_goaway(c, f->stream)) {
        stream_at(facts, open->stream)->request_done = f->end_stream;
        finish(facts, open, H2T_END_GOAWAY, c->goaway[H2T_SERVER]);
    } else if (f->end_stream) {
        message_end(facts, open, f->dir, f->mark);
    }
}

static void data(struct h2t_facts *facts, const struct h2t_frame *f)
{
    bool upload = f->dir == H2T_CLIENT;
    struct h2t_open *open =
        f->end_stream || upload ? h2t_open_find(facts->open, f->conn, f->stream) : NULL;
    if (upload)
        h2t_upload_data(facts->wire, h2t_talk_begin(facts->wire, conn_at(facts, f->conn)),
                        open ? stream_at(facts, open->stream) : NULL, f);
    if (open && f->end_stream)
        message_end(facts, open, f->dir, f->mark);
}

static void window_update(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (f->dir == H2T_SERVER)
        h2t_upload_window(facts->wire, h2t_talk_begin(facts->wire, conn_at(facts, f->conn)),
                          open ? stream_at(facts, open->stream) : NULL, f);
}

/* Frames about the connection. */
static void control(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_talk *t = h2t_talk_begin(facts->wire, conn_at(facts, f->conn));
    uint32_t window = t->initial_window;
    h2t_talk_frame(t, f);
    h2t_upload_resize(facts->wire, t, h2t_open_list(facts->open, f->conn), window);
}

static void message_done(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (open)
        message_end(facts, open, f->dir, f->mark);
}

static void rst_stream(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (!open)
        return;
    struct h2t_stream *s = stream_at(facts, open->stream);
    s->reset_by = f->dir == H2T_SERVER;
    s->reset_code = f->code;
    finish(facts, open, H2T_END_RESET, f->mark);
}

static void goaway(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = conn_at(facts, f->conn);
    c->goaway[f->dir] = f->mark;
    c->goaway_code[f->dir] = f->code;
    c->goaway_last[f->dir] = f->last_stream;
    if (f->dir != H2T_SERVER)
        return;
    const struct h2t_open_list *list = h2t_open_list(facts->open, f->conn);
    while (list->newest && stream_at(facts, list->newest->stream)->id > f->last_stream)
        finish(facts, list->newest, H2T_END_GOAWAY, f->mark);
}

/* ---- Everything else a frame can be --------------------------------------------------------- */

static void first_mark(struct h2t_mark *mark, struct h2t_mark seen)
{
    if (!mark->packet)
        *mark = seen;
}

static void tcp_frame(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = conn_at(facts, f->conn);
    switch (f->kind) {
    case H2T_SYN:
        first_mark(&c->syn, f->mark);
        break;
    case H2T_SYN_ACK:
        first_mark(&c->syn_ack, f->mark);
        break;
    case H2T_FIN:
        first_mark(&c->fin[f->dir], f->mark);
        if (c->talk != H2T_NONE)
            h2t_talk_cut(h2t_talk_of(facts->wire, c), f->dir, f->mark);
        finish_all(facts, f->conn, H2T_END_CLOSE, f->mark);
        break;
    case H2T_RST:
        first_mark(&c->rst[f->dir], f->mark);
        finish_all(facts, f->conn, H2T_END_CLOSE, f->mark);
        break;
    default: /* H2T_GAP: the last one counts, it is the one that may hide an end */
        c->gap[f->dir] = f->mark;
        h2t_open_list(facts->open, f->conn)->n_gaps++;
        if (f->dir == H2T_CLIENT && c->client_gaps < UINT16_MAX)
            c->client_gaps++;
        break;
    }
}

/* RFC 8446 section 6: 0 is close_notify. */
static void alert(struct h2t_facts *facts, struct h2t_conn *c, const struct h2t_frame *f)
{
    struct h2t_talk *t = h2t_talk_begin(facts->wire, c);
    if (f->code == 0) {
        first_mark(&c->close_notify[f->dir], f->mark);
        h2t_talk_cut(t, f->dir, f->mark);
    } else if (!t->alert[f->dir].packet) {
        t->alert[f->dir] = f->mark;
        t->alert_code[f->dir] = (uint8_t)f->code;
    }
}

static void tls_frame(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = conn_at(facts, f->conn);
    switch (f->kind) {
    case H2T_CLIENT_HELLO:
        first_mark(&c->client_hello, f->mark);
        c->sni = keep(facts, f->hello->sni);
        c->alpn_offered = keep(facts, f->hello->alpn);
        break;
    case H2T_SERVER_HELLO:
        first_mark(&c->server_hello, f->mark);
        c->tls_version = f->hello->version;
        c->cipher = f->hello->cipher;
        if (f->hello->alpn)
            c->alpn = keep(facts, f->hello->alpn);
        break;
    case H2T_HANDSHAKE_DONE:
        first_mark(&c->finished[f->dir], f->mark);
        break;
    default: /* H2T_ALERT */
        alert(facts, c, f);
        break;
    }
}

void h2t_facts_frame(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = conn_at(facts, f->conn);
    if (!c)
        return;
    if (facts->ledgers.all)
        h2t_ledgers_frame(&facts->ledgers, f);
    if (f->kind <= H2T_GAP) {
        tcp_frame(facts, f);
        return;
    }
    if (f->kind <= H2T_ALERT) {
        tls_frame(facts, f);
        return;
    }
    c->proto = f->kind < H2T_REQUEST ? H2T_PROTO_H2 : H2T_PROTO_H1;
    switch (f->kind) {
    case H2T_PREFACE:
        c->preface = f->mark;
        c->client_gaps = 0; /* nothing of HTTP/2 can be missing before it */
        break;
    case H2T_HEADERS:
    case H2T_REQUEST:
    case H2T_RESPONSE:
        headers(facts, f);
        break;
    case H2T_DATA:
        data(facts, f);
        break;
    case H2T_MESSAGE_END:
        message_done(facts, f);
        break;
    case H2T_RST_STREAM:
        control(facts, f);
        rst_stream(facts, f);
        break;
    case H2T_GOAWAY:
        goaway(facts, f);
        break;
    case H2T_WINDOW_UPDATE:
        window_update(facts, f);
        break;
    default: /* SETTINGS, PING, PUSH_PROMISE */
        control(facts, f);
        break;
    }
}

/* ---- The whole ------------------------------------------------------------------------------ */

void h2t_facts_dns(struct h2t_facts *facts, const struct h2t_dns *dns)
{
    h2t_queries_input(facts->queries, facts->wire, dns);
}

struct h2t_wire *h2t_facts_wire(struct h2t_facts *facts)
{
    return facts->wire;
}

uint32_t h2t_facts_open_stream(struct h2t_facts *facts, uint32_t conn, uint32_t id)
{
    const struct h2t_open *open = h2t_open_find(facts->open, conn, id);
    return open ? open->stream : H2T_NONE;
}

static void settle(void *user, const struct h2t_open *open)
{
    struct h2t_facts *facts = user;
    bool missed = h2t_open_missed(facts->open, open);
    take_stock(facts, open);
    stream_at(facts, open->stream)->end = missed ? H2T_END_GAP : H2T_END_EOF;
}

void h2t_facts_settle(struct h2t_facts *facts)
{
    h2t_open_foreach(facts->open, settle, facts);
}

struct h2t_wire *h2t_facts_finish(struct h2t_facts **facts)
{
    struct h2t_wire *wire = (*facts)->wire;
    for (uint32_t conn = 0; conn < wire->conns->len; conn++)
        finish_all(*facts, conn, H2T_END_EOF, (struct h2t_mark){.ns = H2T_NEVER});
    (*facts)->wire = NULL;
    h2t_facts_free(facts);
    return wire;
}
