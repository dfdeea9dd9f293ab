/* SPDX-License-Identifier: MIT */
/* GOAWAY: RFC 9113 section 6.8. Go's side is setGoAway in net/http's h2_bundle.go, from 1.27 on in
 * net/http/internal/http2/transport.go. */
#include "core/rule_set.h"

#include "core/view.h"

#define NO_ERROR 0u
#define ENHANCE_YOUR_CALM 11u
#define INADEQUATE_SECURITY 12u

static bool goaway_is(const struct h2t_case *c, uint32_t code)
{
    return h2t_has_goaway(c) && c->conn->goaway_code[H2T_SERVER] == code;
}

/* It did not end as it should. */
static bool is_victim(const struct h2t_case *c)
{
    return !h2t_ended(c, H2T_END_END) || h2t_has_failed(c) || h2t_is_retried(c);
}

static bool ended_before_goaway(const struct h2t_case *c)
{
    return c->stream && c->stream->finish.packet &&
           c->stream->finish.packet < c->conn->goaway[H2T_SERVER].packet;
}

static void say_goaway(struct h2t_verdict *v, const struct h2t_case *c)
{
    char code[RULE_CODE];
    v->at = c->conn->goaway[H2T_SERVER];
    rule_wire(v, "GOAWAY %s last-stream=%u in packet %u",
              rule_code(c->conn->goaway_code[H2T_SERVER], code), c->conn->goaway_last[H2T_SERVER],
              v->at.packet);
}

/* ---- INADEQUATE_SECURITY -------------------------------------------------------------------- */

static bool settings_came_first(const struct h2t_case *c)
{
    const struct h2t_mark *settings = &c->talk->settings[H2T_SERVER];
    return settings->packet && settings->packet <= c->conn->goaway[H2T_SERVER].packet;
}

static void say_cipher(struct h2t_verdict *v, const struct h2t_case *c)
{
    if (c->conn->tls_version == 0x0303 && c->conn->cipher)
        rule_wire(v, "TLS 1.2 with cipher suite 0x%04x", c->conn->cipher);
}

RULE(inadequate_security)
{
    if (!goaway_is(c, INADEQUATE_SECURITY) || !c->talk || !is_victim(c) || !settings_came_first(c))
        return false;
    say_goaway(v, c);
    say_cipher(v, c);
    if (c->request && c->request->n_attempts > 1)
        rule_trace(v, "tried %u times without pause, as Go before 1.23 does",
                   c->request->n_attempts);
    rule_error(v, c);
    return true;
}

RULE(inadequate_security_hidden)
{
    if (!goaway_is(c, INADEQUATE_SECURITY) || !c->talk || !is_victim(c) || settings_came_first(c))
        return false;
    say_goaway(v, c);
    rule_wire(v, "the server's first frame");
    say_cipher(v, c);
    rule_error(v, c);
    return true;
}

/* ---- ENHANCE_YOUR_CALM ---------------------------------------------------------------------- */

static void say_provocation(struct h2t_verdict *v, const struct h2t_case *c)
{
    uint32_t pings = c->talk ? c->talk->n_pings : 0, resets = c->talk ? c->talk->n_resets : 0;
    if (pings || resets)
        rule_wire(v, "the client had sent %u PING and %u RST_STREAM", pings, resets);
    else
        rule_wire(v, "nothing of the client is seen that provokes it");
}

RULE(enhance_your_calm)
{
    bool reset = h2t_reset_by(c, H2T_SERVER) && c->stream->reset_code == ENHANCE_YOUR_CALM;
    bool goaway = goaway_is(c, ENHANCE_YOUR_CALM) && is_victim(c) && !ended_before_goaway(c);
    bool told = h2t_error_says(c, "ENHANCE_YOUR_CALM");
    if (!reset && !goaway && !told)
        return false;
    if (reset && !h2t_has_goaway(c)) {
        v->at = c->stream->finish;
        v->cause = H2T_CAUSE_REQUEST;
        rule_wire(v, "RST_STREAM ENHANCE_YOUR_CALM on stream %u in packet %u", c->stream->id,
                  v->at.packet);
    } else if (goaway) {
        say_goaway(v, c);
    }
    if (c->conn)
        say_provocation(v, c);
    rule_error(v, c);
    return true;
}

/* ---- Requests that a GOAWAY hit ------------------------------------------------------------- */

RULE(goaway_no_getbody)
{
    if (!h2t_error_says(c, "define Request.GetBody") || !h2t_error_says(c, "GOAWAY"))
        return false;
    if (h2t_has_goaway(c))
        say_goaway(v, c);
    if (c->stream)
        rule_wire(v, "stream %u had begun in packet %u", c->stream->id, c->stream->headers.packet);
    rule_error(v, c);
    return true;
}

/* The attempt got the connection, but nothing of it is in the capture. */
static bool is_missing(const struct h2t_case *c)
{
    return c->attempt && !c->stream && c->conn &&
           (c->attempt->reason == H2T_REASON_NOT_WRITTEN ||
            c->attempt->reason == H2T_REASON_NOT_ON_WIRE || c->attempt->reason == H2T_REASON_GAP);
}

RULE(goaway_retried)
{
    if (!h2t_is_retried(c) || !h2t_has_goaway(c))
        return false;
    if (!h2t_ended(c, H2T_END_GOAWAY) && !is_missing(c))
        return false;
    say_goaway(v, c);
    if (c->stream)
        rule_wire(v, "stream %u had begun in packet %u", c->stream->id, c->stream->headers.packet);
    else
        rule_wire(v, h2t_is_whole(c) ? "the request's HEADERS never left"
                                     : "the request's HEADERS are not in the capture");
    rule_retry(v, c);
    return true;
}

/* The stream is not to be seen, but the program was told (GoAwayError of RoundTrip). */
static bool is_told_lost(const struct h2t_case *c)
{
    return !c->stream && h2t_error_says(c, "server sent GOAWAY and closed the connection") &&
           c->request->err;
}

RULE(goaway_lost)
{
    if (is_told_lost(c)) {
        rule_error(v, c);
        return true;
    }
    if (!h2t_ended(c, H2T_END_CLOSE) || !h2t_has_goaway(c) || c->stream->status)
        return false;
    if (c->stream->id > c->conn->goaway_last[H2T_SERVER] || h2t_cut_by_client(c))
        return false;
    say_goaway(v, c);
    v->proof = c->stream->finish;
    rule_wire(v, "it covers stream %u; closed in packet %u without a response", c->stream->id,
              v->proof.packet);
    rule_error(v, c);
    return true;
}

/* ---- Nobody was hit ------------------------------------------------------------------------- */

static bool has_victims(const struct h2t_case *c)
{
    for (uint32_t i = c->conn->first_stream; i != H2T_NONE; i = h2t_stream_at(c->m, i)->next) {
        uint8_t end = h2t_stream_at(c->m, i)->end;
        if (end == H2T_END_GOAWAY || end == H2T_END_CLOSE)
            return true;
    }
    for (uint32_t k = 0; c->tconn && k < c->tconn->attempts->len; k++) {
        uint32_t attempt = g_array_index(c->tconn->attempts, uint32_t, k);
        struct h2t_case one = h2t_case_of_attempt(c->m, c->kin, attempt);
        if (is_missing(&one) && h2t_is_retried(&one))
            return true;
    }
    return false;
}

RULE(goaway_graceful)
{
    if (!goaway_is(c, NO_ERROR) || has_victims(c))
        return false;
    say_goaway(v, c);
    rule_wire(v, "no stream was lost");
    if (c->tconn)
        rule_trace(v, "%u attempts had used the connection", c->tconn->attempts->len);
    return true;
}
