/* SPDX-License-Identifier: MIT */
/* Which protocol was agreed on, and whether both spoke it: ALPN (RFC 7301), RFC 9113 section 3. */
#include "core/rule_set.h"

#include "core/view.h"

#include <string.h>

#define NO_APPLICATION_PROTOCOL 120u /* RFC 7301 section 3.2 */

/* ---- One side speaks something else --------------------------------------------------------- */

/* The client's HTTP/2 began, and no SETTINGS answered it. */
static bool lacks_settings(const struct h2t_case *c)
{
    return c->conn && c->conn->preface.packet && !c->talk->settings[H2T_SERVER].packet &&
           !h2t_has_goaway(c);
}

static void say_lacks_settings(struct h2t_verdict *v, const struct h2t_case *c)
{
    v->at = c->conn->preface;
    rule_wire(v, "the client's preface in packet %u, no SETTINGS of the server", v->at.packet);
}

/* The framer read "HTTP/1.1 4…" as a frame header of 4.7 MB. */
RULE(http1_on_h2)
{
    if (!h2t_error_says(c, "frame too large") || (c->conn && !lacks_settings(c)))
        return false;
    if (c->conn) {
        say_lacks_settings(v, c);
        v->at = c->talk->last[H2T_SERVER];
    }
    rule_error(v, c);
    return true;
}

RULE(h2_on_http1)
{
    if (!h2t_error_says(c, "malformed HTTP response \"\\x00\\x00"))
        return false;
    if (c->stream) {
        v->at = c->stream->headers;
        rule_wire(v, "an HTTP/1.1 request in packet %u, no HTTP/1.1 response", v->at.packet);
    }
    rule_error(v, c);
    return true;
}

RULE(settings_missing)
{
    if (!lacks_settings(c) || !h2t_has_failed(c) || c->conn->gap[H2T_SERVER].packet || !c->stream ||
        !(c->stream->acked || h2t_cut_by_server(c)))
        return false;
    say_lacks_settings(v, c);
    if (h2t_cut_by_server(c))
        rule_wire(v, "closed by the server in packet %u", h2t_server_cut(c).packet);
    else if (h2t_client_cut(c).packet)
        rule_wire(v, "closed by the client in packet %u", h2t_client_cut(c).packet);
    rule_error(v, c);
    return true;
}

/* The client closes the connection; the GOAWAY that it writes is never flushed (readLoop). */
RULE(server_violation)
{
    if (!h2t_error_says(c, "connection error: "))
        return false;
    if (c->conn && !h2t_cut_by_client(c))
        return false;
    if (c->conn) {
        v->at = h2t_client_cut(c);
        if (c->talk->push.packet)
            rule_wire(v, "PUSH_PROMISE in packet %u, which the client had switched off",
                      c->talk->push.packet);
        if (c->talk->flood.packet)
            rule_wire(v, "WINDOW_UPDATE in packet %u takes the connection past 2147483647",
                      c->talk->flood.packet);
        if (lacks_settings(c))
            rule_wire(v, "the server's first frame is no SETTINGS");
        rule_wire(v, "the client closed the connection in packet %u%s", v->at.packet,
                  c->conn->goaway[H2T_CLIENT].packet ? "" : ", its GOAWAY never left");
    }
    rule_error(v, c);
    return true;
}

/* ---- ALPN ----------------------------------------------------------------------------------- */

static bool offers(const struct h2t_conn *c, const char *protocol)
{
    g_auto(GStrv) names = g_strsplit(c->alpn_offered ? c->alpn_offered : "", ",", -1);
    return g_strv_contains((const char *const *)names, protocol);
}

/* Somebody speaks HTTP/2 with this server, or the client offers nothing else, or it must be. */
static bool wants_h2(const struct h2t_case *c)
{
    if (c->m->expect_h2 || (offers(c->conn, "h2") && !offers(c->conn, "http/1.1")))
        return true;
    struct h2t_kin_list kin = h2t_kin_conns(c->kin, c->conn);
    for (uint32_t i = 0; i < MIN(kin.n, MAX_SIBLINGS); i++)
        if (h2t_conn_at(c->m, kin.at[i])->proto == H2T_PROTO_H2)
            return true;
    return false;
}

/* HTTP/1.1 over TLS; without keys, what the program says counts. */
static bool is_http1_in_tls(const struct h2t_case *c)
{
    if (!c->tconn || !c->conn->client_hello.packet || !c->conn->server_hello.packet)
        return false;
    return c->conn->proto == H2T_PROTO_H1 ||
           (c->conn->proto == H2T_PROTO_UNKNOWN && c->tconn->alpn &&
            !strcmp(c->tconn->alpn, "http/1.1"));
}

static void say_alpn(struct h2t_verdict *v, const struct h2t_case *c)
{
    const struct h2t_conn *conn = c->conn;
    v->at = conn->client_hello;
    v->all_requests = true;
    v->proof = conn->server_hello;
    rule_wire(v, "the ClientHello in packet %u offers %s", v->at.packet,
              conn->alpn_offered ? conn->alpn_offered : "no ALPN");
    rule_wire(v, "the server chose %s", conn->alpn ? conn->alpn : "nothing");
    if (c->tconn->alpn && *c->tconn->alpn)
        rule_trace(v, "TLSHandshakeDone has ALPN %s", c->tconn->alpn);
    if (!wants_h2(c)) {
        v->severity = H2T_SEVERITY_NOTE;
        rule_wire(v, "nothing shows that HTTP/2 was wanted");
    }
}

RULE(alpn_downgrade)
{
    if (!is_http1_in_tls(c) || !offers(c->conn, "h2"))
        return false;
    say_alpn(v, c);
    return true;
}

RULE(h2_not_offered)
{
    if (!is_http1_in_tls(c) || offers(c->conn, "h2"))
        return false;
    say_alpn(v, c);
    return true;
}

RULE(alpn_rejected)
{
    if (!h2t_error_says(c, "no application protocol") &&
        !h2t_error_says(c, "unexpected ALPN protocol"))
        return false;
    struct h2t_kin_list dials = h2t_kin_dials(c->kin, c->i_request);
    for (uint32_t i = 0; i < dials.n && !v->at.packet; i++) {
        const struct h2t_dial *d = h2t_dial_at(c->m, dials.at[i]);
        const struct h2t_conn *conn = d->conn == H2T_NONE ? NULL : h2t_conn_at(c->m, d->conn);
        const struct h2t_talk *t = conn ? h2t_talk_of(c->m->wire, conn) : NULL;
        if (!t)
            continue;
        bool alert = t->alert_code[H2T_SERVER] == NO_APPLICATION_PROTOCOL;
        v->at = alert ? t->alert[H2T_SERVER] : conn->server_hello;
        rule_wire(v, "the ClientHello in packet %u offers %s", conn->client_hello.packet,
                  conn->alpn_offered ? conn->alpn_offered : "no ALPN");
        rule_wire(v,
                  alert ? "alert no_application_protocol in packet %u"
                        : "the ServerHello in packet %u chose nothing of it",
                  v->at.packet);
    }
    rule_error(v, c);
    return true;
}
