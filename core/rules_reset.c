/* SPDX-License-Identifier: MIT */
/* RST_STREAM: RFC 9113 sections 6.4, 8.1 and 8.7. */
#include "core/rule_set.h"

enum { NO_ERROR = 0, PROTOCOL_ERROR = 1, REFUSED_STREAM = 7 };

static bool server_reset_with(const struct h2t_case *c, uint32_t code)
{
    return h2t_reset_by(c, H2T_SERVER) && c->stream->reset_code == code;
}

static void say_reset(struct h2t_verdict *v, const struct h2t_case *c)
{
    char code[RULE_CODE];
    v->at = c->stream->finish;
    rule_wire(v, "RST_STREAM %s on stream %u by the %s in packet %u",
              rule_code(c->stream->reset_code, code), c->stream->id,
              c->stream->reset_by == H2T_CLIENT ? "client" : "server", v->at.packet);
}

RULE(refused_stream)
{
    bool on_wire = server_reset_with(c, REFUSED_STREAM);
    if (!on_wire && !h2t_error_says(c, "REFUSED_STREAM"))
        return false;
    if (on_wire)
        say_reset(v, c);
    if (h2t_has_failed(c))
        v->severity = H2T_SEVERITY_ERROR;
    rule_retry(v, c);
    rule_error(v, c);
    return true;
}

RULE(reset_protocol_error)
{
    if (!server_reset_with(c, PROTOCOL_ERROR) || c->stream->status)
        return false;
    say_reset(v, c);
    if (h2t_succeeded_later(c))
        v->severity = H2T_SEVERITY_WARNING;
    rule_retry(v, c);
    rule_error(v, c);
    return true;
}

/* The client did not like the response: streamError in the transport's readLoop. */
RULE(bad_response_headers)
{
    bool on_wire = h2t_reset_by(c, H2T_CLIENT) && c->stream->reset_code == PROTOCOL_ERROR;
    bool told = h2t_error_says(c, "stream error") && h2t_error_says(c, "PROTOCOL_ERROR") &&
                !h2t_error_says(c, "received from peer");
    if (!on_wire && !told)
        return false;
    if (on_wire)
        say_reset(v, c);
    rule_error(v, c);
    return true;
}

/* RFC 9113 section 8.1: the server has answered and does not want the rest of the request. Who is
 * first to say so is chance: net/http stops its upload by itself. */
RULE(early_response)
{
    bool told = server_reset_with(c, NO_ERROR) || h2t_reset_by(c, H2T_CLIENT);
    if (!told || !c->stream->response_done || c->stream->request_done || h2t_has_failed(c))
        return false;
    say_reset(v, c);
    rule_wire(v, "the response was complete, the request's body was not");
    if (c->stream->status)
        rule_trace(v, "status %u", c->stream->status);
    return true;
}

RULE(body_cut)
{
    if (!c->stream || !c->stream->status || c->stream->response_done)
        return false;
    bool reset = h2t_reset_by(c, H2T_SERVER);
    bool closed = h2t_ended(c, H2T_END_CLOSE) && h2t_cut_by_server(c);
    if (!reset && !closed)
        return false;
    if (reset) {
        say_reset(v, c);
        v->cause = H2T_CAUSE_REQUEST;
    } else {
        v->at = c->stream->finish;
        rule_wire(v, "the server ended the connection in packet %u", v->at.packet);
    }
    rule_wire(v, "status %u had come in packet %u, the body was not complete", c->stream->status,
              c->stream->response.packet);
    rule_error(v, c);
    return true;
}

/* The stream is not to be seen, but RoundTrip told it (StreamError). */
static bool is_told_reset(const struct h2t_case *c)
{
    return !c->stream && h2t_error_says(c, "stream error") &&
           h2t_error_says(c, "received from peer") && c->request->err;
}

RULE(stream_reset)
{
    if (is_told_reset(c)) {
        rule_error(v, c);
        return true;
    }
    if (!h2t_reset_by(c, H2T_SERVER) || (c->stream->response_done && !h2t_has_failed(c)))
        return false;
    say_reset(v, c);
    rule_retry(v, c);
    rule_error(v, c);
    return true;
}
