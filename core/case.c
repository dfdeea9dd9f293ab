/* SPDX-License-Identifier: MIT */
#include "core/case.h"

#include "core/clock.h"
#include "core/ns.h"
#include "core/view.h"

#include <string.h>

#define MAX_OPENINGS 64u /* of streams in an interval, that are looked at */

static void add_conn(struct h2t_case *c, uint32_t conn)
{
    if (conn == H2T_NONE)
        return;
    c->i_conn = conn;
    c->conn = h2t_conn_at(c->m, conn);
    c->talk = h2t_talk_of(c->m->wire, c->conn);
    if (!c->tconn && c->conn->tconn != H2T_NONE)
        c->tconn = h2t_tconn_at(c->m, c->conn->tconn);
}

static void add_stream(struct h2t_case *c, uint32_t stream)
{
    c->i_stream = stream;
    c->stream = h2t_stream_at(c->m, stream);
    c->upload = h2t_upload_of(c->m->wire, c->stream);
    add_conn(c, c->stream->conn);
}

static struct h2t_case blank(const struct h2t_model *m, const struct h2t_kin *kin)
{
    return (struct h2t_case){.m = m,
                             .kin = kin,
                             .i_request = H2T_NONE,
                             .i_attempt = H2T_NONE,
                             .i_stream = H2T_NONE,
                             .i_conn = H2T_NONE};
}

struct h2t_case h2t_case_of_request(const struct h2t_model *m, const struct h2t_kin *kin,
                                    uint32_t request)
{
    struct h2t_case c = blank(m, kin);
    c.i_request = request;
    c.request = h2t_request_at(m, request);
    return c;
}

struct h2t_case h2t_case_of_attempt(const struct h2t_model *m, const struct h2t_kin *kin,
                                    uint32_t attempt)
{
    const struct h2t_attempt *a = h2t_attempt_at(m, attempt);
    struct h2t_case c = h2t_case_of_request(m, kin, a->request);
    c.i_attempt = attempt;
    c.attempt = a;
    if (a->tconn != H2T_NONE)
        c.tconn = h2t_tconn_at(m, a->tconn);
    if (a->stream != H2T_NONE)
        add_stream(&c, a->stream);
    else if (c.tconn)
        add_conn(&c, c.tconn->conn);
    return c;
}

struct h2t_case h2t_case_of_stream(const struct h2t_model *m, const struct h2t_kin *kin,
                                   uint32_t stream)
{
    struct h2t_case c = blank(m, kin);
    add_stream(&c, stream);
    return c;
}

struct h2t_case h2t_case_of_conn(const struct h2t_model *m, const struct h2t_kin *kin,
                                 uint32_t conn)
{
    struct h2t_case c = blank(m, kin);
    add_conn(&c, conn);
    return c;
}

/* ---- The trace's side ----------------------------------------------------------------------- */

bool h2t_is_retried(const struct h2t_case *c)
{
    return c->attempt && c->attempt->next != H2T_NONE;
}

const char *h2t_error_of(const struct h2t_case *c)
{
    if (!c->request || h2t_is_retried(c))
        return NULL;
    return c->request->err ? c->request->err : c->request->body_err;
}

bool h2t_has_failed(const struct h2t_case *c)
{
    return h2t_error_of(c) != NULL;
}

bool h2t_error_says(const struct h2t_case *c, const char *part)
{
    const char *error = h2t_error_of(c);
    return error && strstr(error, part);
}

bool h2t_succeeded_later(const struct h2t_case *c)
{
    return h2t_is_retried(c) && c->request->status && !c->request->err;
}

bool h2t_was_cancelled(const struct h2t_case *c)
{
    return h2t_error_says(c, "context canceled") ||
           (h2t_error_says(c, "request canceled") && !c->request->timeout);
}

bool h2t_hit_deadline(const struct h2t_case *c)
{
    return h2t_error_says(c, "deadline exceeded") || h2t_error_says(c, "Client.Timeout") ||
           (h2t_error_says(c, "request canceled") && c->request->timeout);
}

bool h2t_wrote_headers(const struct h2t_case *c)
{
    return c->attempt && c->attempt->at[H2T_WROTE_HEADERS] != H2T_NEVER;
}

int64_t h2t_in_capture(const struct h2t_case *c, int64_t trace_ns)
{
    if (trace_ns == H2T_NEVER)
        return H2T_NEVER;
    const struct h2t_clock *clock = h2t_clock_of(c->m, c->request->process);
    uint32_t packet = c->stream ? c->stream->headers.packet : 0;
    return h2t_ns_add(trace_ns, h2t_clock_shift(clock, trace_ns, packet));
}

/* ---- The wire's side ------------------------------------------------------------------------ */

bool h2t_ended(const struct h2t_case *c, enum h2t_end end)
{
    return c->stream && c->stream->end == end;
}

bool h2t_reset_by(const struct h2t_case *c, enum h2t_dir dir)
{
    return h2t_ended(c, H2T_END_RESET) && c->stream->reset_by == dir;
}

bool h2t_has_goaway(const struct h2t_case *c)
{
    return c->conn && c->conn->goaway[H2T_SERVER].packet;
}

/* The earlier of two marks of which either may not be there. */
static struct h2t_mark earlier(struct h2t_mark a, struct h2t_mark b)
{
    if (!a.packet || !b.packet)
        return a.packet ? a : b;
    return a.packet <= b.packet ? a : b;
}

static struct h2t_mark polite_cut(const struct h2t_conn *c, enum h2t_dir dir)
{
    return earlier(c->close_notify[dir], c->fin[dir]);
}

static struct h2t_mark cut(const struct h2t_case *c, enum h2t_dir dir)
{
    return c->conn ? earlier(polite_cut(c->conn, dir), c->conn->rst[dir]) : (struct h2t_mark){0};
}

struct h2t_mark h2t_server_cut(const struct h2t_case *c)
{
    return cut(c, H2T_SERVER);
}

struct h2t_mark h2t_client_cut(const struct h2t_case *c)
{
    return cut(c, H2T_CLIENT);
}

bool h2t_cut_by_server(const struct h2t_case *c)
{
    uint32_t server = h2t_server_cut(c).packet, client = h2t_client_cut(c).packet;
    return server && (!client || server < client);
}

bool h2t_cut_by_client(const struct h2t_case *c)
{
    uint32_t server = h2t_server_cut(c).packet, client = h2t_client_cut(c).packet;
    return client && (!server || client < server);
}

bool h2t_cut_by_rst(const struct h2t_case *c)
{
    if (!h2t_cut_by_server(c) || h2t_has_goaway(c))
        return false;
    uint32_t rst = c->conn->rst[H2T_SERVER].packet;
    uint32_t polite = polite_cut(c->conn, H2T_SERVER).packet;
    return rst && (!polite || rst < polite);
}

bool h2t_is_whole(const struct h2t_case *c)
{
    return c->conn && c->conn->syn.packet && !c->conn->gap[H2T_CLIENT].packet &&
           !c->conn->gap[H2T_SERVER].packet && !c->conn->overflow;
}

static bool is_open_at(const struct h2t_stream *s, int64_t ns)
{
    return s->headers.ns < ns && (!s->finish.packet || s->finish.ns >= ns);
}

uint32_t h2t_open_at(const struct h2t_case *c, int64_t ns)
{
    bool own = c->stream && c->stream->conn == c->i_conn && is_open_at(c->stream, ns);
    return h2t_kin_open_at(c->kin, c->i_conn, ns) - own;
}

uint32_t h2t_most_open(const struct h2t_case *c, int64_t from, int64_t until)
{
    uint32_t most = h2t_open_at(c, from), n;
    const int64_t *opened = h2t_kin_opened(c->kin, c->i_conn, from, &n);
    for (uint32_t i = 0; i < MIN(n, MAX_OPENINGS) && opened[i] < until; i++)
        most = MAX(most, h2t_open_at(c, opened[i] + 1));
    return most;
}

uint32_t h2t_stream_limit(const struct h2t_case *c)
{
    return c->talk ? c->talk->max_streams : UINT32_MAX;
}

struct h2t_mark h2t_retry_mark(const struct h2t_case *c)
{
    uint32_t next = c->attempt ? c->attempt->next : H2T_NONE;
    while (next != H2T_NONE) {
        const struct h2t_attempt *a = h2t_attempt_at(c->m, next);
        if (a->stream != H2T_NONE)
            return h2t_stream_at(c->m, a->stream)->headers;
        next = a->next;
    }
    return (struct h2t_mark){0};
}
