/* SPDX-License-Identifier: MIT */
/* Notes about streams: each kind has one function that adds its keys. */
#include "core/text_line.h"

#include "core/comment.h"
#include "core/grpc.h"
#include "core/names.h"
#include "core/view.h"

static const struct h2t_attempt *attempt_of(const struct text_line *l, const struct h2t_stream *s)
{
    return h2t_attempt_at(l->m, s->attempt);
}

static const struct h2t_request *request_of(const struct text_line *l, const struct h2t_stream *s)
{
    return h2t_request_at(l->m, attempt_of(l, s)->request);
}

static void begin_stream(const struct text_line *l, const struct h2t_stream *s)
{
    const struct h2t_attempt *a = attempt_of(l, s);
    const struct h2t_request *r = request_of(l, s);
    h2t_comment_add(l->out, "req", r->id);
    h2t_comment_add_int(l->out, "attempt", a->number);
    text_add_process(l, r->process);
    if (a->tconn != H2T_NONE)
        text_add_conn(l, a->tconn);
    h2t_comment_add_int(l->out, "stream", s->id);
}

static bool is_last(const struct text_line *l, const struct h2t_stream *s)
{
    return attempt_of(l, s)->next == H2T_NONE;
}

static void add_grpc(const struct text_line *l, const struct h2t_stream *s)
{
    if (!s->grpc)
        return;
    uint32_t status = s->grpc - 1u;
    h2t_comment_add_int(l->out, "grpc-status", status);
    text_add_text(l, "grpc-code", h2t_grpc_name(status), MAX_URL);
}

/* What only the last attempt of a request can tell: how RoundTrip ended. */
static void add_outcome(const struct text_line *l, const struct h2t_stream *s,
                        struct h2t_mark packet)
{
    const struct h2t_request *r = request_of(l, s);
    if (!is_last(l, s)) {
        h2t_comment_add(l->out, "retried", "yes");
        text_add_text(l, "error", attempt_of(l, s)->wrote_err, MAX_ERROR);
        return;
    }
    if (!s->response.packet) /* else it stands there */
        text_add_hook(l, "RoundTripDone", r->done, packet);
    text_add_hook(l, "BodyDone", r->body_done, packet);
    text_add_text(l, "error", r->err ? r->err : r->body_err, MAX_ERROR);
}

static void add_hooks(const struct text_line *l, const struct h2t_stream *s, enum h2t_hook first,
                      enum h2t_hook last, struct h2t_mark packet)
{
    for (enum h2t_hook hook = first; hook <= last; hook++)
        text_add_hook(l, h2t_hook_name(hook), attempt_of(l, s)->at[hook], packet);
}

static void request_line(const struct text_line *l, const struct h2t_stream *s)
{
    const struct h2t_attempt *a = attempt_of(l, s);
    const struct h2t_request *r = request_of(l, s);
    if (a->by_server)
        h2t_comment_add(l->out, "side", "server");
    else
        h2t_comment_add(l->out, "reused", a->reused ? "yes" : "no");
    if (a->was_idle)
        h2t_comment_add_duration(l->out, "idle", a->idle_ns);
    h2t_comment_add(l->out, "match", h2t_match_name(s->match));
    text_add_text(l, "method", r->method, MAX_URL);
    text_add_text(l, "url", r->url, MAX_URL);
    text_add_offset(l, a->at[H2T_GOT_CONN] == H2T_NEVER ? r->start : a->at[H2T_GOT_CONN],
                    s->headers);
    add_hooks(l, s, H2T_GET_CONN, H2T_WROTE_HEADERS, s->headers);
    if (s->request_end.packet == s->headers.packet)
        add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->headers);
    if (s->finish.packet || s->end == H2T_END_OPEN)
        return;
    if (!s->request_end.packet)
        add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->headers);
    h2t_comment_add(l->out, "end", h2t_end_name(s->end)); /* no other packet tells it */
    add_grpc(l, s);
    add_outcome(l, s, s->headers);
}

static void request_end_line(const struct text_line *l, const struct h2t_stream *s)
{
    add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->request_end);
    text_add_text(l, "error", attempt_of(l, s)->wrote_err, MAX_ERROR);
}

static void response_line(const struct text_line *l, const struct h2t_stream *s)
{
    if (s->status)
        h2t_comment_add_int(l->out, "status", s->status);
    add_hooks(l, s, H2T_FIRST_BYTE, H2T_FIRST_BYTE, s->response);
    if (is_last(l, s))
        text_add_hook(l, "RoundTripDone", request_of(l, s)->done, s->response);
}

static void end_line(const struct text_line *l, const struct h2t_stream *s)
{
    h2t_comment_add(l->out, "end", h2t_end_name(s->end));
    if (s->end == H2T_END_RESET) {
        h2t_comment_add(l->out, "by", s->reset_by == H2T_CLIENT ? "client" : "server");
        text_add_code(l, "code", s->reset_code);
    }
    if (s->status)
        h2t_comment_add_int(l->out, "status", s->status);
    add_grpc(l, s);
    if (!s->request_end.packet) /* it never ended on the wire */
        add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->finish);
    add_hooks(l, s, H2T_PUT_IDLE, H2T_PUT_IDLE, s->finish);
    add_outcome(l, s, s->finish);
}

void text_stream(const struct text_line *l)
{
    static void (*const add[H2T_N_NOTES])(const struct text_line *, const struct h2t_stream *) = {
        [H2T_NOTE_REQUEST] = request_line,   [H2T_NOTE_REQUEST_END] = request_end_line,
        [H2T_NOTE_RESPONSE] = response_line, [H2T_NOTE_END] = end_line,
        [H2T_NOTE_RESET] = end_line,
    };
    const struct h2t_stream *s = h2t_stream_at(l->m, l->note->ref);
    begin_stream(l, s);
    add[l->note->what](l, s);
}
