/* SPDX-License-Identifier: MIT */
/* Ends of connections with requests open: who ended it, with what, and whether the end crossed the
 * request. TCP tells the latter: the end acknowledges the HEADERS or it does not. */
#include "core/rule_set.h"

#include "core/ns.h"
#include "core/view.h"

#define SILENCE_NS 500000000 /* a peer that is there answers or acknowledges sooner */
#define IDLE_NS 100000000    /* HTTP/1.1: what ends sooner was not meant to stay */

static void say_cut(struct h2t_verdict *v, const struct h2t_case *c)
{
    const struct h2t_conn *conn = c->conn;
    v->at = h2t_server_cut(c);
    const char *with = conn->rst[H2T_SERVER].packet == v->at.packet            ? "RST"
                       : conn->close_notify[H2T_SERVER].packet == v->at.packet ? "close_notify"
                                                                               : "FIN";
    rule_wire(v, "the server's %s in packet %u, no GOAWAY", with, v->at.packet);
}

static void say_headers(struct h2t_verdict *v, const struct h2t_case *c)
{
    rule_wire(v, "HEADERS of stream %u in packet %u, %s by TCP", c->stream->id,
              c->stream->headers.packet, c->stream->acked ? "acknowledged" : "not acknowledged");
}

/* The connection ended without a response, and the server did it. */
static bool was_cut(const struct h2t_case *c)
{
    return h2t_ended(c, H2T_END_CLOSE) && !c->stream->status && !h2t_has_goaway(c) &&
           h2t_cut_by_server(c);
}

/* HTTP/1.1 requests are sent again by themselves; then nothing is lost. */
static void soften(struct h2t_verdict *v, const struct h2t_case *c)
{
    if (h2t_succeeded_later(c))
        v->severity = H2T_SEVERITY_NOTE;
    rule_retry(v, c);
    rule_error(v, c);
}

RULE(silent_drop)
{
    char quiet[RULE_SPAN];
    if (!c->stream || !c->talk || c->stream->status || !c->stream->acked || h2t_has_goaway(c))
        return false;
    const struct h2t_mark *rst = &c->conn->rst[H2T_SERVER], *after = &c->talk->rst_after;
    if (!rst->packet || rst->packet != h2t_server_cut(c).packet ||
        after->packet <= c->stream->headers.packet || c->talk->rst_quiet < SILENCE_NS)
        return false;
    v->at = *rst;
    say_headers(v, c);
    rule_wire(v, "then %s of silence; packet %u was answered by RST in packet %u",
              rule_span(c->talk->rst_quiet, quiet), after->packet, rst->packet);
    rule_error(v, c);
    return true;
}

/* Without keys there is no stream, but TCP and the program agree. */
static bool is_told_reset(const struct h2t_case *c)
{
    return c->attempt && !c->stream && c->conn && h2t_cut_by_rst(c) &&
           h2t_error_says(c, "connection reset");
}

RULE(tcp_reset)
{
    bool seen = was_cut(c) && h2t_cut_by_rst(c);
    if (!seen && !is_told_reset(c))
        return false;
    say_cut(v, c);
    if (seen)
        say_headers(v, c);
    soften(v, c);
    return true;
}

RULE(idle_close_race)
{
    if (!was_cut(c) || h2t_cut_by_rst(c) || c->stream->acked)
        return false;
    say_cut(v, c);
    say_headers(v, c);
    soften(v, c);
    return true;
}

RULE(closed_without_goaway)
{
    if (!was_cut(c) || h2t_cut_by_rst(c) || !c->stream->acked)
        return false;
    say_cut(v, c);
    say_headers(v, c);
    soften(v, c);
    return true;
}

/* ---- Nobody was hit ------------------------------------------------------------------------- */

/* When the connection was last of use before `mark`; H2T_NEVER: a stream was open, or none was ever
 * there. */
static int64_t idle_since(const struct h2t_case *c, struct h2t_mark mark)
{
    int64_t last = H2T_NEVER;
    for (uint32_t i = c->conn->first_stream; i != H2T_NONE; i = h2t_stream_at(c->m, i)->next) {
        const struct h2t_stream *s = h2t_stream_at(c->m, i);
        if (!s->finish.packet || s->finish.packet >= mark.packet || s->end == H2T_END_CLOSE)
            return H2T_NEVER;
        last = MAX(last, s->finish.ns);
    }
    return last;
}

RULE(idle_close)
{
    char span[RULE_SPAN];
    if (h2t_has_goaway(c) || !h2t_cut_by_server(c) || h2t_cut_by_rst(c))
        return false;
    struct h2t_mark cut = h2t_server_cut(c);
    int64_t since = idle_since(c, cut), idle = h2t_ns_sub(cut.ns, since);
    if (since == H2T_NEVER || (c->conn->proto == H2T_PROTO_H1 && idle < IDLE_NS))
        return false;
    say_cut(v, c);
    rule_wire(v, "no stream was open for %s", rule_span(idle, span));
    return true;
}
