/* SPDX-License-Identifier: MIT */
/* Waiting in vain: what answered (HTTP/2, TCP, nothing) tells a slow server from a dead path. */
#include "core/rule_set.h"

#include "core/ns.h"

#define PATIENCE_NS                                                                                \
    500000000 /* a PING that is older than this and has no answer counts as lost                   \
               */

/* The client gave up, or the capture ended before anything came. */
static bool is_unanswered(const struct h2t_case *c)
{
    return c->stream && !c->stream->status && !h2t_ended(c, H2T_END_END) &&
           !h2t_ended(c, H2T_END_GAP) && !h2t_ended(c, H2T_END_OVERFLOW);
}

static void say_waiting(struct h2t_verdict *v, const struct h2t_case *c)
{
    char span[RULE_SPAN];
    const struct h2t_stream *s = c->stream;
    rule_wire(v, "HEADERS of stream %u in packet %u, %s by TCP", s->id, s->headers.packet,
              s->acked ? "acknowledged" : "not acknowledged");
    v->at = s->headers;
    if (!s->finish.packet)
        return;
    v->at = s->finish;
    rule_wire(v, "given up in packet %u after %s", s->finish.packet,
              rule_span(h2t_ns_sub(s->finish.ns, s->headers.ns), span));
}

static void say_unanswered_ping(struct h2t_verdict *v, const struct h2t_case *c)
{
    v->proof = c->talk->ping[H2T_CLIENT];
    rule_wire(v, "PING in packet %u has no answer", v->proof.packet);
}

static bool has_unanswered_ping(const struct h2t_case *c)
{
    const struct h2t_mark *ping = &c->talk->ping[H2T_CLIENT];
    return ping->packet && c->talk->ping_ack[H2T_SERVER].packet < ping->packet;
}

/* Go's health check: closeForLostPing. */
RULE(ping_timeout)
{
    if (!h2t_error_says(c, "client connection lost"))
        return false;
    if (c->stream)
        v->at = c->stream->headers;
    if (c->talk && has_unanswered_ping(c)) {
        say_unanswered_ping(v, c);
        v->at = v->proof;
    }
    if (c->conn && h2t_client_cut(c).packet)
        rule_wire(v, "closed by the client in packet %u", h2t_client_cut(c).packet);
    rule_error(v, c);
    return true;
}

/* http.Transport.ResponseHeaderTimeout. */
RULE(header_timeout)
{
    if (!h2t_error_says(c, "timeout awaiting response headers"))
        return false;
    if (c->stream)
        say_waiting(v, c);
    rule_error(v, c);
    return true;
}

/* A later request on a dead connection waits in TCP's queue: its hooks fired, no packet left. */
static bool is_queued(const struct h2t_case *c)
{
    return c->attempt && !c->stream && c->conn && c->talk && h2t_wrote_headers(c) &&
           c->attempt->reason == H2T_REASON_NOT_ON_WIRE && c->talk->n_unheard;
}

RULE(dead_connection_reused)
{
    bool unheard = is_unanswered(c) && !c->stream->heard && c->stream->repeated;
    bool queued = is_queued(c);
    if (!unheard && !queued)
        return false;
    if (unheard)
        say_waiting(v, c);
    else
        v->at = c->talk->last[H2T_CLIENT];
    rule_wire(v, "nothing came from the server since packet %u, the client repeated %u segments",
              c->talk->last[H2T_SERVER].packet, c->talk->n_repeated);
    if (queued)
        rule_trace(v, "WroteHeaders fired, no packet left");
    rule_error(v, c);
    return true;
}

static bool tcp_has_all(const struct h2t_talk *t)
{
    return t->sent[H2T_CLIENT] && t->has_acked[H2T_CLIENT] &&
           (int32_t)(t->end[H2T_CLIENT] - t->acked[H2T_CLIENT]) <= 0;
}

RULE(server_unresponsive)
{
    if (!h2t_hit_deadline(c) || !is_unanswered(c) || !c->talk || !has_unanswered_ping(c))
        return false;
    const struct h2t_mark *ping = &c->talk->ping[H2T_CLIENT];
    if (!tcp_has_all(c->talk) || h2t_ns_sub(c->m->wire->last.ns, ping->ns) < PATIENCE_NS)
        return false;
    say_waiting(v, c);
    say_unanswered_ping(v, c);
    rule_wire(v, "TCP acknowledged it");
    rule_error(v, c);
    return true;
}

RULE(server_slow)
{
    bool body = c->stream && c->stream->status && !c->stream->response_done;
    if (!h2t_hit_deadline(c) || !(is_unanswered(c) || body) || !c->stream->heard)
        return false;
    say_waiting(v, c);
    if (body)
        rule_wire(v, "status %u had come, the body was not complete", c->stream->status);
    else
        rule_wire(v, "the server's TCP was there");
    if (c->talk->ping_ack[H2T_SERVER].packet > c->stream->headers.packet)
        rule_wire(v, "it answered PING in packet %u", c->talk->ping_ack[H2T_SERVER].packet);
    rule_error(v, c);
    return true;
}

RULE(cancelled_by_caller)
{
    if (!h2t_was_cancelled(c))
        return false;
    if (c->stream)
        say_waiting(v, c);
    rule_error(v, c);
    return true;
}
