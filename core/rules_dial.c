/* SPDX-License-Identifier: MIT */
/* Requests that never got a connection, and connections that no request got. Dial hooks belong to
 * who began the dial, not to who uses it (net/http's queueForDial and tryDeliver). */
#include "core/rule_set.h"

#include "core/addr.h"
#include "core/ns.h"
#include "core/view.h"

#define MUTE_NS 200000000 /* ServerHello takes less, round trips not counted */

/* It failed before it had a connection. */
static bool never_connected(const struct h2t_case *c)
{
    return c->request && c->request->err &&
           (!c->attempt || c->attempt->reason == H2T_REASON_NO_CONN);
}

/* One of the request's dials and its packets; NULL, NULL past the last. */
struct dialled {
    const struct h2t_dial *dial;
    const struct h2t_conn *conn; /* NULL: not in the capture */
    const struct h2t_talk *talk;
};

static struct dialled dial_at(const struct h2t_case *c, uint32_t i)
{
    struct h2t_kin_list dials = h2t_kin_dials(c->kin, c->i_request);
    struct dialled d = {0};
    if (i >= dials.n)
        return d;
    d.dial = h2t_dial_at(c->m, dials.at[i]);
    if (d.dial->conn == H2T_NONE)
        return d;
    d.conn = h2t_conn_at(c->m, d.dial->conn);
    d.talk = h2t_talk_of(c->m->wire, d.conn);
    return d;
}

static void say_remote(struct h2t_verdict *v, const struct h2t_dial *d)
{
    char text[H2T_ADDR_LEN];
    if (d->remote.family)
        rule_trace(v, "ConnectStart to %s", h2t_addr_text(&d->remote, text));
}

static void say_answer(const struct h2t_case *c, uint32_t lookup, struct h2t_verdict *v)
{
    struct h2t_kin_list queries = h2t_kin_queries(c->kin, lookup);
    if (!queries.n)
        return;
    const struct h2t_query *q = h2t_query_at(c->m, queries.at[queries.n - 1]);
    v->at = q->answer.packet ? q->answer : q->query;
    if (q->answer.packet)
        rule_wire(v, "%s answered with code %u in packet %u", q->name, q->rcode, v->at.packet);
    else
        rule_wire(v, "the question for %s in packet %u has no answer", q->name, v->at.packet);
}

RULE(dns_failed)
{
    if (!never_connected(c))
        return false;
    struct h2t_kin_list lookups = h2t_kin_lookups(c->kin, c->i_request);
    for (uint32_t i = 0; i < lookups.n; i++) {
        const struct h2t_lookup *l = h2t_lookup_at(c->m, lookups.at[i]);
        bool unanswered = l->done == H2T_NEVER && h2t_hit_deadline(c);
        if (!l->err && !unanswered)
            continue;
        say_answer(c, lookups.at[i], v);
        rule_trace(v, unanswered ? "no DNSDone for %s" : "DNSDone for %s", l->host ? l->host : "?");
        rule_error(v, c);
        return true;
    }
    return false;
}

static bool is_about_tls(const struct h2t_case *c)
{
    return h2t_error_says(c, "tls: ") || h2t_error_says(c, "x509: ") ||
           h2t_error_says(c, "TLS handshake");
}

/* The server took the ClientHello and said nothing, for much longer than its TCP took to answer. */
static bool is_mute(const struct dialled *d)
{
    const struct h2t_conn *c = d->conn;
    if (!d->talk || !c->syn_ack.packet || !c->client_hello.packet || c->server_hello.packet ||
        d->talk->sent[H2T_SERVER])
        return false;
    int64_t trip = h2t_ns_sub(c->syn_ack.ns, c->syn.ns);
    return h2t_ns_sub(c->last.ns, c->client_hello.ns) > MUTE_NS + 4 * CLAMP(trip, 0, MUTE_NS);
}

/* The first alert, rather the server's. */
static void say_alert(struct h2t_verdict *v, const struct h2t_talk *t)
{
    enum h2t_dir dir = t->alert[H2T_SERVER].packet ? H2T_SERVER : H2T_CLIENT;
    if (!t->alert[dir].packet)
        return;
    v->at = t->alert[dir];
    rule_wire(v, "alert %u of the %s in packet %u", t->alert_code[dir],
              dir == H2T_CLIENT ? "client" : "server", v->at.packet);
}

static void say_handshake(struct h2t_verdict *v, const struct dialled *d)
{
    if (is_mute(d)) {
        v->at = d->conn->client_hello;
        rule_wire(v, "the ClientHello in packet %u has no answer", v->at.packet);
    } else if (d->talk) {
        say_alert(v, d->talk);
    }
    if (d->conn && !v->at.packet)
        v->at = d->conn->last;
    if (d->dial->tls_err)
        rule_trace(v, "TLSHandshakeDone: %s", d->dial->tls_err);
}

/* The request's first dial whose handshake failed; its `dial` is NULL if there is none. */
static struct dialled failed_handshake(const struct h2t_case *c)
{
    bool gave_up = h2t_hit_deadline(c) || h2t_was_cancelled(c);
    for (uint32_t i = 0;; i++) {
        struct dialled d = dial_at(c, i);
        if (!d.dial || is_mute(&d) || (d.dial->tls_err && !gave_up))
            return d;
    }
}

RULE(tls_failed)
{
    if (!never_connected(c))
        return false;
    struct dialled d = failed_handshake(c);
    if (!d.dial && !is_about_tls(c))
        return false;
    if (d.dial)
        say_handshake(v, &d);
    rule_error(v, c);
    return true;
}

/* The dial came through, or was still under way, when the request gave up. */
static bool goes_on(const struct dialled *d)
{
    bool connected = d->dial->connect_done != H2T_NEVER && !d->dial->err;
    return connected || (d->conn && d->conn->syn_ack.packet);
}

RULE(deadline_in_dial)
{
    char span[RULE_SPAN];
    if (!never_connected(c) || !h2t_hit_deadline(c))
        return false;
    for (uint32_t i = 0;; i++) {
        struct dialled d = dial_at(c, i);
        if (!d.dial)
            return false;
        if (!goes_on(&d))
            continue;
        if (d.conn) {
            v->at = d.conn->syn;
            rule_wire(v, "SYN in packet %u was answered in packet %u", v->at.packet,
                      d.conn->syn_ack.packet);
        }
        if (c->request->start != H2T_NEVER && c->request->done != H2T_NEVER)
            rule_trace(v, "given up after %s",
                       rule_span(h2t_ns_sub(c->request->done, c->request->start), span));
        rule_error(v, c);
        return true;
    }
}

static void say_no_answer(struct h2t_verdict *v, const struct dialled *d)
{
    v->at = d->conn->syn;
    if (d->conn->rst[H2T_SERVER].packet) {
        v->at = d->conn->rst[H2T_SERVER];
        rule_wire(v, "SYN in packet %u was answered by RST in packet %u", d->conn->syn.packet,
                  v->at.packet);
    } else if (!d->conn->syn_ack.packet) {
        rule_wire(v, "SYN in packet %u has no answer", v->at.packet);
    }
}

RULE(dial_failed)
{
    bool told = never_connected(c) && h2t_error_says(c, "dial ");
    if (!never_connected(c))
        return false;
    for (uint32_t i = 0;; i++) {
        struct dialled d = dial_at(c, i);
        if (!d.dial)
            break;
        bool unanswered = d.dial->connect_done == H2T_NEVER && h2t_hit_deadline(c);
        if (!d.dial->err && !unanswered)
            continue;
        told = true;
        if (d.conn)
            say_no_answer(v, &d);
        say_remote(v, d.dial);
        if (unanswered)
            rule_trace(v, "no ConnectDone");
        break;
    }
    if (told)
        rule_error(v, c);
    return told;
}

/* ---- Connections ---------------------------------------------------------------------------- */

/* The trace knows the server. */
static bool is_known_server(const struct h2t_case *c)
{
    struct h2t_kin_list kin = h2t_kin_conns(c->kin, c->conn);
    for (uint32_t i = 0; i < MIN(kin.n, MAX_SIBLINGS); i++)
        if (h2t_conn_at(c->m, kin.at[i])->tconn != H2T_NONE)
            return true;
    return false;
}

/* Who began the dial gave up: then it was not another dial that was faster. */
static bool dialler_failed(const struct h2t_case *c)
{
    const struct h2t_dial *d = c->conn->dial == H2T_NONE ? NULL : h2t_dial_at(c->m, c->conn->dial);
    return d && d->request != H2T_NONE && h2t_request_at(c->m, d->request)->err;
}

RULE(dial_race_lost)
{
    const struct h2t_conn *conn = c->conn;
    struct h2t_mark ready = conn->client_hello.packet ? conn->server_hello : conn->syn_ack;
    bool used = c->tconn && c->tconn->attempts->len;
    if (used || !ready.packet || conn->n_streams || !h2t_cut_by_client(c) || dialler_failed(c) ||
        !is_known_server(c))
        return false;
    v->at = h2t_client_cut(c);
    rule_wire(v, "dialled in packet %u, closed by the client in packet %u, no request on it",
              conn->syn.packet, v->at.packet);
    if (conn->dial != H2T_NONE && h2t_dial_at(c->m, conn->dial)->request != H2T_NONE)
        rule_trace(v, "dialled for %s",
                   h2t_request_at(c->m, h2t_dial_at(c->m, conn->dial)->request)->id);
    return true;
}

static bool uses(const struct h2t_case *c, uint32_t request)
{
    for (uint32_t k = 0; k < c->tconn->attempts->len; k++)
        if (h2t_attempt_at(c->m, g_array_index(c->tconn->attempts, uint32_t, k))->request ==
            request)
            return true;
    return false;
}

RULE(dial_background)
{
    const struct h2t_dial *d = c->conn->dial == H2T_NONE ? NULL : h2t_dial_at(c->m, c->conn->dial);
    if (!c->tconn || !d || d->request == H2T_NONE || !c->tconn->attempts->len)
        return false;
    const struct h2t_request *r = h2t_request_at(c->m, d->request);
    if (!dialler_failed(c) || uses(c, d->request))
        return false;
    v->at = c->conn->syn.packet ? c->conn->syn : c->conn->first;
    v->all_requests = true;
    rule_wire(v, "dialled in packet %u", v->at.packet);
    rule_trace(v, "dialled for %s, which gave up (%s); used by others", r->id, r->err);
    return true;
}
