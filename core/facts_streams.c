/* SPDX-License-Identifier: MIT */
/* The streams of the facts: how each begins, what is seen of it, how it ends. */
#include "core/facts_impl.h"

/* What TCP and flow control say of the stream, as things are. */
void facts_take_stock(const struct h2t_facts *facts, const struct h2t_open *open)
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
    struct h2t_stream *s = facts_stream(facts, open->stream);
    facts_take_stock(facts, open);
    s->end = (uint8_t)end;
    s->finish = mark;
    h2t_open_remove(facts->open, open);
}

/* Every open stream of the connection ended for this reason, unless missing bytes make that unsure.
 */
void facts_finish_all(struct h2t_facts *facts, uint32_t conn, enum h2t_end end,
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

static uint64_t identity(const char *value)
{
    return value ? h2t_hash(value, strlen(value)) : 0;
}

/* A :path without its query, which may hold secrets. */
static const char *keep_path(struct h2t_facts *facts, const char *path)
{
    return path ? h2t_intern(facts->wire->strings, path, strcspn(path, "?#")) : NULL;
}

/* Of a path that is kept whole. */
static uint64_t hash_path(const char *path)
{
    size_t len = path ? strlen(path) : 0;
    return len && len < H2T_MAX_STRING ? h2t_hash(path, len) : 0;
}

/* The client opened a stream, or sent the next HTTP/1.1 request. */
static struct h2t_open *open_stream(struct h2t_facts *facts, const struct h2t_frame *f)
{
    const struct h2t_fields *fields = f->fields;
    struct h2t_conn *c = facts_conn(facts, f->conn);
    struct h2t_talk *t = h2t_talk_begin(facts->wire, c);
    const char *path = keep_path(facts, fields->path);
    uint32_t index = facts->wire->streams->len;
    struct h2t_stream s = {.conn = f->conn,
                           .next = H2T_NONE,
                           .id = f->stream,
                           .attempt = H2T_NONE,
                           .headers = f->mark,
                           .gaps = c->client_gaps,
                           .upload = H2T_NONE,
                           .method = facts_keep(facts, fields->method),
                           .authority = facts_keep(facts, fields->authority),
                           .path = path,
                           .path_hash = hash_path(path),
                           .request_id = identity(fields->request_id),
                           .traceparent = identity(fields->traceparent)};
    if (!f->end_stream && f->kind == H2T_HEADERS)
        h2t_upload_begin(facts->wire, t, &s);
    g_array_append_val(facts->wire->streams, s);
    if (c->last_stream == H2T_NONE)
        c->first_stream = index;
    else
        facts_stream(facts, c->last_stream)->next = index;
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
    struct h2t_stream *s = facts_stream(facts, open->stream);
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
    if (f->fields->grpc)
        s->grpc = f->fields->grpc;
}

/* RFC 9110 section 9.3.6: what follows belongs to whoever speaks through the tunnel, which counts
 * its requests anew. The CONNECT leaves the chain; who did not wait has requests behind it. */
static void begin_tunnel(struct h2t_facts *facts, struct h2t_open *open, struct h2t_mark mark)
{
    uint32_t connect = open->stream, before = H2T_NONE;
    struct h2t_conn *c = facts_conn(facts, facts_stream(facts, connect)->conn);
    for (uint32_t s = c->first_stream; s != connect; s = facts_stream(facts, s)->next)
        before = s;
    uint32_t *link = before == H2T_NONE ? &c->first_stream : &facts_stream(facts, before)->next;
    *link = facts_stream(facts, connect)->next;
    facts_stream(facts, connect)->next = H2T_NONE;
    if (c->last_stream == connect)
        c->last_stream = before;
    c->n_streams--;
    c->tunnel = true;
    c->proto = H2T_PROTO_UNKNOWN;
    h2t_open_list(facts->open, facts_stream(facts, connect)->conn)->highest = 0;
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

void facts_headers(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (!open && opens_stream(facts, f))
        open = open_stream(facts, f);
    else if (open && f->dir == H2T_SERVER)
        response_head(facts_stream(facts, open->stream), f);
    if (!open)
        return;
    const struct h2t_conn *c = facts_conn(facts, f->conn);
    if (f->dir == H2T_SERVER && opens_tunnel(facts_stream(facts, open->stream), f)) {
        begin_tunnel(facts, open, f->mark);
        return;
    }
    if (f->dir == H2T_CLIENT && refused_by_goaway(c, f->stream)) {
        facts_stream(facts, open->stream)->request_done = f->end_stream;
        finish(facts, open, H2T_END_GOAWAY, c->goaway[H2T_SERVER]);
    } else if (f->end_stream) {
        message_end(facts, open, f->dir, f->mark);
    }
}

void facts_data(struct h2t_facts *facts, const struct h2t_frame *f)
{
    bool upload = f->dir == H2T_CLIENT;
    struct h2t_open *open =
        f->end_stream || upload ? h2t_open_find(facts->open, f->conn, f->stream) : NULL;
    if (upload)
        h2t_upload_data(facts->wire, h2t_talk_begin(facts->wire, facts_conn(facts, f->conn)),
                        open ? facts_stream(facts, open->stream) : NULL, f);
    if (open && f->end_stream)
        message_end(facts, open, f->dir, f->mark);
}

void facts_window_update(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (f->dir == H2T_SERVER)
        h2t_upload_window(facts->wire, h2t_talk_begin(facts->wire, facts_conn(facts, f->conn)),
                          open ? facts_stream(facts, open->stream) : NULL, f);
}

void facts_message_end(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (open)
        message_end(facts, open, f->dir, f->mark);
}

void facts_rst_stream(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_open *open = h2t_open_find(facts->open, f->conn, f->stream);
    if (!open)
        return;
    struct h2t_stream *s = facts_stream(facts, open->stream);
    s->reset_by = f->dir == H2T_SERVER;
    s->reset_code = f->code;
    finish(facts, open, H2T_END_RESET, f->mark);
}

void facts_goaway(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = facts_conn(facts, f->conn);
    c->goaway[f->dir] = f->mark;
    c->goaway_code[f->dir] = f->code;
    c->goaway_last[f->dir] = f->last_stream;
    if (f->dir != H2T_SERVER)
        return;
    const struct h2t_open_list *list = h2t_open_list(facts->open, f->conn);
    while (list->newest && facts_stream(facts, list->newest->stream)->id > f->last_stream)
        finish(facts, list->newest, H2T_END_GOAWAY, f->mark);
}
