/* SPDX-License-Identifier: MIT */
/*
 * In: frames, packet by packet. Out: struct h2t_wire.
 *
 * Only streams that are open have state beyond the model: an entry in a hash table by (connection,
 * stream), and a place in the connection's list of open streams, which is in the order of opening
 * (so of ids).
 */
#include "core/facts.h"

#include <string.h>

/* An open stream. */
struct open {
    uint64_t key;
    uint32_t stream; /* index in the model */
    struct open *prev, *next;
};

/* What is needed of a connection only while frames come. */
struct state {
    uint32_t highest; /* stream identifier opened by the client */
    struct open *oldest, *newest;
};

struct h2t_facts {
    struct h2t_wire *wire;
    GArray *states;      /* struct state, parallel to wire->conns */
    GHashTable *open;    /* struct open, by its key */
    GHashTable *pending; /* index of an unanswered query + 1, by its key */
};

#define MAX_PENDING_QUERIES 65536u /* unanswered DNS questions; past it they are forgotten */

static guint hash_key(gconstpointer p)
{
    uint64_t key = *(const uint64_t *)p * 0x9e3779b97f4a7c15u;
    return (guint)(key >> 32);
}

static struct h2t_wire *wire_new(void)
{
    struct h2t_wire *wire = g_new0(struct h2t_wire, 1);
    wire->conns = g_array_new(false, false, sizeof(struct h2t_conn));
    wire->streams = g_array_new(false, false, sizeof(struct h2t_stream));
    wire->queries = g_array_new(false, false, sizeof(struct h2t_query));
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
    g_string_chunk_free((*wire)->strings);
    g_clear_pointer(wire, g_free);
}

struct h2t_facts *h2t_facts_new(void)
{
    struct h2t_facts *facts = g_new0(struct h2t_facts, 1);
    facts->wire = wire_new();
    facts->states = g_array_new(false, true, sizeof(struct state));
    facts->open = g_hash_table_new_full(hash_key, g_int64_equal, NULL, g_free);
    facts->pending = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return facts;
}

void h2t_facts_free(struct h2t_facts **facts)
{
    if (!*facts)
        return;
    h2t_wire_free(&(*facts)->wire);
    g_array_unref((*facts)->states);
    g_hash_table_unref((*facts)->open);
    g_hash_table_unref((*facts)->pending);
    g_clear_pointer(facts, g_free);
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
                                          .tconn = H2T_NONE,
                                          .dial = H2T_NONE,
                                          .copy_of = H2T_NONE};
    if (conn >= H2T_MAX_CONNS)
        return;
    while (facts->wire->conns->len <= conn) {
        g_array_append_val(facts->wire->conns, blank);
        g_array_set_size(facts->states, facts->wire->conns->len);
    }
    struct h2t_conn *c = conn_at(facts, conn);
    c->tuple = *tuple;
    c->first = c->last = mark;
}

void h2t_facts_packet(struct h2t_facts *facts, uint32_t conn, struct h2t_mark mark)
{
    struct h2t_conn *c = conn_at(facts, conn);
    if (c)
        c->last = mark;
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
}

/* ---- Streams -------------------------------------------------------------------------------- */

static struct open *find_open(struct h2t_facts *facts, uint32_t conn, uint32_t id)
{
    uint64_t key = (uint64_t)conn << 32 | id;
    return g_hash_table_lookup(facts->open, &key);
}

static void add_open(struct h2t_facts *facts, uint32_t conn, uint32_t id, uint32_t stream)
{
    struct state *state = &g_array_index(facts->states, struct state, conn);
    struct open *open = g_new0(struct open, 1);
    open->key = (uint64_t)conn << 32 | id;
    open->stream = stream;
    open->prev = state->newest;
    *(state->newest ? &state->newest->next : &state->oldest) = open;
    state->newest = open;
    g_hash_table_replace(facts->open, &open->key, open);
}

/* The stream ended at `mark`; nothing more is expected of it. */
static void finish(struct h2t_facts *facts, struct open *open, enum h2t_end end,
                   struct h2t_mark mark)
{
    struct h2t_stream *s = stream_at(facts, open->stream);
    struct state *state = &g_array_index(facts->states, struct state, s->conn);
    s->end = (uint8_t)end;
    s->finish = mark;
    *(open->prev ? &open->prev->next : &state->oldest) = open->next;
    *(open->next ? &open->next->prev : &state->newest) = open->prev;
    g_hash_table_remove(facts->open, &open->key);
}

/* True if bytes are missing that may have told more about the stream. */
static bool missed_something(const struct h2t_conn *c, const struct h2t_stream *s)
{
    return c->gap[H2T_CLIENT].packet > s->headers.packet ||
           c->gap[H2T_SERVER].packet > s->headers.packet;
}

/* Every open stream of the connection ended for this reason, unless missing bytes make that unsure.
 */
static void finish_all(struct h2t_facts *facts, uint32_t conn, enum h2t_end end,
                       struct h2t_mark mark)
{
    static const struct h2t_mark nowhere = {.ns = H2T_NEVER};
    struct state *state = &g_array_index(facts->states, struct state, conn);
    while (state->oldest) {
        const struct h2t_stream *s = stream_at(facts, state->oldest->stream);
        if (end != H2T_END_OVERFLOW && missed_something(conn_at(facts, conn), s))
            finish(facts, state->oldest, H2T_END_GAP, nowhere);
        else
            finish(facts, state->oldest, end, mark);
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
static struct open *open_stream(struct h2t_facts *facts, const struct h2t_frame *f)
{
    const struct h2t_fields *fields = f->fields;
    struct h2t_conn *c = conn_at(facts, f->conn);
    uint32_t index = facts->wire->streams->len;
    struct h2t_stream s = {.conn = f->conn,
                           .next = H2T_NONE,
                           .id = f->stream,
                           .attempt = H2T_NONE,
                           .headers = f->mark,
                           .gaps = c->client_gaps,
                           .method = keep(facts, fields->method),
                           .authority = keep(facts, fields->authority),
                           .path = keep_path(facts, fields->path),
                           .request_id = identity(fields->request_id),
                           .traceparent = identity(fields->traceparent)};
    g_array_append_val(facts->wire->streams, s);
    if (c->last_stream == H2T_NONE)
        c->first_stream = index;
    else
        stream_at(facts, c->last_stream)->next = index;
    c->last_stream = index;
    c->n_streams++;
    g_array_index(facts->states, struct state, f->conn).highest = f->stream;
    add_open(facts, f->conn, f->stream, index);
    return find_open(facts, f->conn, f->stream);
}

/* `dir` has sent all of its message. */
static void message_end(struct h2t_facts *facts, struct open *open, enum h2t_dir dir,
                        struct h2t_mark mark)
{
    struct h2t_stream *s = stream_at(facts, open->stream);
    if (dir == H2T_CLIENT) {
        s->request_done = true;
        s->request_end = mark;
    } else {
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

/* A request head opens a stream if its id is above all before (RFC 9113 section 5.1.1) and it is
 * not the trailers of a stream whose beginning the capture lacks. */
static bool opens_stream(const struct h2t_facts *facts, const struct h2t_frame *f)
{
    bool trailers = f->fields->complete && !f->fields->method;
    return f->dir == H2T_CLIENT && !trailers &&
           f->stream > g_array_index(facts->states, struct state, f->conn).highest;
}

/* RFC 9113 section 6.8: what is above the last stream identifier was not and will not be processed.
 */
static bool refused_by_goaway(const struct h2t_conn *c, uint32_t id)
{
    return c->goaway[H2T_SERVER].packet && id > c->goaway_last[H2T_SERVER];
}

static void headers(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct open *open = find_open(facts, f->conn, f->stream);
    if (!open && opens_stream(facts, f))
        open = open_stream(facts, f);
    else if (open && f->dir == H2T_SERVER)
        response_head(stream_at(facts, open->stream), f);
    if (!open)
        return;
    const struct h2t_conn *c = conn_at(facts, f->conn);
    if (f->dir == H2T_CLIENT && refused_by_goaway(c, f->stream)) {
        stream_at(facts, open->stream)->request_done = f->end_stream;
        finish(facts, open, H2T_END_GOAWAY, c->goaway[H2T_SERVER]);
    } else if (f->end_stream) {
        message_end(facts, open, f->dir, f->mark);
    }
}

static void data(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct open *open = f->end_stream ? find_open(facts, f->conn, f->stream) : NULL;
    if (open)
        message_end(facts, open, f->dir, f->mark);
}

static void message_done(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct open *open = find_open(facts, f->conn, f->stream);
    if (open)
        message_end(facts, open, f->dir, f->mark);
}

static void rst_stream(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct open *open = find_open(facts, f->conn, f->stream);
    if (!open)
        return;
    struct h2t_stream *s = stream_at(facts, open->stream);
    s->reset_by = (uint8_t)f->dir;
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
    struct state *state = &g_array_index(facts->states, struct state, f->conn);
    while (state->newest && stream_at(facts, state->newest->stream)->id > f->last_stream)
        finish(facts, state->newest, H2T_END_GOAWAY, f->mark);
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
        finish_all(facts, f->conn, H2T_END_CLOSE, f->mark);
        break;
    case H2T_RST:
        first_mark(&c->rst[f->dir], f->mark);
        finish_all(facts, f->conn, H2T_END_CLOSE, f->mark);
        break;
    default: /* H2T_GAP: the last one counts, it is the one that may hide an end */
        c->gap[f->dir] = f->mark;
        if (f->dir == H2T_CLIENT && c->client_gaps < UINT16_MAX)
            c->client_gaps++;
        break;
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
        if (f->code == 0)
            first_mark(&c->close_notify[f->dir], f->mark);
        break;
    }
}

void h2t_facts_frame(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = conn_at(facts, f->conn);
    if (!c)
        return;
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
        rst_stream(facts, f);
        break;
    case H2T_GOAWAY:
        goaway(facts, f);
        break;
    default: /* SETTINGS, PING, WINDOW_UPDATE, PUSH_PROMISE: nothing is asked of them yet */
        break;
    }
}

/* ---- DNS ------------------------------------------------------------------------------------ */

static uint64_t query_key(const struct h2t_dns *dns)
{
    uint64_t key = h2t_hash(dns->name, strlen(dns->name));
    key = key * 31 + h2t_hash((const char *)dns->client.ip, sizeof dns->client.ip);
    return key * 31 + ((uint64_t)dns->client.port << 32 | (uint64_t)dns->id << 16 | dns->type);
}

void h2t_facts_dns(struct h2t_facts *facts, const struct h2t_dns *dns)
{
    uint64_t key = query_key(dns);
    uint32_t known = GPOINTER_TO_UINT(g_hash_table_lookup(facts->pending, &key));
    if (dns->response) {
        struct h2t_query *query =
            known ? &g_array_index(facts->wire->queries, struct h2t_query, known - 1) : NULL;
        if (query && !query->answer.packet) {
            query->answer = dns->mark;
            query->rcode = dns->rcode;
        }
        return;
    }
    if (known && !g_array_index(facts->wire->queries, struct h2t_query, known - 1).answer.packet)
        return;
    struct h2t_query query = {.query = dns->mark,
                              .client = dns->client,
                              .name = keep(facts, dns->name),
                              .id = dns->id,
                              .type = dns->type,
                              .lookup = H2T_NONE};
    g_array_append_val(facts->wire->queries, query);
    if (g_hash_table_size(facts->pending) >= MAX_PENDING_QUERIES)
        g_hash_table_remove_all(facts->pending);
    g_hash_table_replace(facts->pending, g_memdup2(&key, sizeof key),
                         GUINT_TO_POINTER(facts->wire->queries->len));
}

struct h2t_wire *h2t_facts_wire(struct h2t_facts *facts)
{
    return facts->wire;
}

uint32_t h2t_facts_open_stream(struct h2t_facts *facts, uint32_t conn, uint32_t id)
{
    const struct open *open = find_open(facts, conn, id);
    return open ? open->stream : H2T_NONE;
}

void h2t_facts_settle(struct h2t_facts *facts)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, facts->open);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct open *open = value;
        struct h2t_stream *s = stream_at(facts, open->stream);
        s->end = missed_something(conn_at(facts, s->conn), s) ? H2T_END_GAP : H2T_END_EOF;
    }
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
