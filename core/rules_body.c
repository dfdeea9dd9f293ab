/* SPDX-License-Identifier: MIT */
/* What programs do with response bodies, and with connections afterwards: net/http keeps a
 * connection only when the body was read to its end (HTTP/1.1), and resets the stream when it is
 * closed before (HTTP/2). */
#include "core/rule_set.h"

#include "core/ns.h"
#include "core/view.h"

#define LEFT_OPEN_NS 1000000000 /* a body that nobody read for so long is left open */
#define AT_ONCE_NS 50000000     /* closed so soon after its only response: on purpose */
#define CANCEL 8u

/* Nobody read the body to its end or closed it, while the capture went on. Only the recorder tells
 * when bodies are done. */
static bool is_left(const struct h2t_case *c)
{
    const struct h2t_request *r = c->request;
    const struct h2t_process *p = h2t_process_at(c->m, r->process);
    return p->go && (h2t_ended(c, H2T_END_END) || h2t_ended(c, H2T_END_EOF)) &&
           r->done != H2T_NEVER && r->body_done == H2T_NEVER &&
           h2t_ns_sub(c->m->wire->last.ns, c->stream->response.ns) >= LEFT_OPEN_NS;
}

RULE(open_body)
{
    const struct h2t_stream *s = c->stream;
    if (!s || !s->status || !c->request || h2t_has_failed(c) || c->conn->proto != H2T_PROTO_H2)
        return false;
    bool closed = h2t_reset_by(c, H2T_CLIENT) && s->reset_code == CANCEL && !s->response_done;
    if (!closed && !is_left(c))
        return false;
    v->at = closed ? s->finish : s->response;
    if (closed)
        rule_wire(v, "RST_STREAM CANCEL on stream %u in packet %u, in the middle of the body",
                  s->id, v->at.packet);
    else
        rule_wire(v, "the response of stream %u came in packet %u", s->id, v->at.packet);
    rule_trace(v, closed ? "the body was closed before its end"
                         : "the body was neither read to its end nor closed");
    return true;
}

/* ---- Connections ---------------------------------------------------------------------------- */

/* The only stream of a connection that the trace knows, with its request; false: not so. */
static bool only_exchange(const struct h2t_model *m, uint32_t conn, struct h2t_case *out)
{
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    if (c->tconn == H2T_NONE || c->n_streams != 1 ||
        h2t_stream_at(m, c->first_stream)->attempt == H2T_NONE)
        return false;
    *out = h2t_case_of_attempt(m, NULL, h2t_stream_at(m, c->first_stream)->attempt);
    return out->stream->status && !h2t_is_retried(out);
}

/* HTTP/1.1, and the body was not read to its end. */
static bool is_unread(const struct h2t_model *m, uint32_t conn)
{
    struct h2t_case c;
    if (h2t_conn_at(m, conn)->proto != H2T_PROTO_H1 || !only_exchange(m, conn, &c))
        return false;
    const struct h2t_request *r = c.request;
    return !r->err && c.attempt->at[H2T_PUT_IDLE] == H2T_NEVER &&
           (r->closed_early || (r->body_done == H2T_NEVER && r->done != H2T_NEVER));
}

/* One request, read to its end, and at once the end of the connection. */
static bool is_for_one(const struct h2t_model *m, uint32_t conn)
{
    struct h2t_case c;
    if (!only_exchange(m, conn, &c) || !h2t_ended(&c, H2T_END_END) || h2t_has_goaway(&c))
        return false;
    bool client = h2t_cut_by_client(&c);
    if (!client && c.conn->proto != H2T_PROTO_H1)
        return false;
    struct h2t_mark cut = client ? h2t_client_cut(&c) : h2t_server_cut(&c);
    const struct h2t_request *r = c.request;
    return cut.packet && h2t_ns_sub(cut.ns, c.stream->finish.ns) < AT_ONCE_NS && !r->err &&
           !r->body_err && !r->closed_early && r->body_done != H2T_NEVER;
}

/* Another connection to the server that is alike; one alone proves no habit. */
static bool has_alike(const struct h2t_case *c,
                      bool (*alike)(const struct h2t_model *m, uint32_t conn))
{
    struct h2t_kin_list kin = h2t_kin_conns(c->kin, c->conn);
    for (uint32_t i = 0; i < MIN(kin.n, MAX_SIBLINGS); i++)
        if (kin.at[i] != c->i_conn && alike(c->m, kin.at[i]))
            return true;
    return false;
}

RULE(no_reuse_body)
{
    if (!is_unread(c->m, c->i_conn) || !has_alike(c, is_unread))
        return false;
    v->at = h2t_stream_at(c->m, c->conn->first_stream)->response;
    v->all_requests = true;
    rule_wire(v, "one request on the connection, its response in packet %u", v->at.packet);
    rule_trace(v, "the body was not read to its end, no PutIdleConn");
    return true;
}

RULE(keepalive_off)
{
    if (!is_for_one(c->m, c->i_conn) || !has_alike(c, is_for_one))
        return false;
    bool client = h2t_cut_by_client(c);
    v->at = client ? h2t_client_cut(c) : h2t_server_cut(c);
    v->all_requests = true;
    rule_wire(v, "one request on the connection, closed by the %s in packet %u",
              client ? "client" : "server", v->at.packet);
    rule_trace(v, "the body was read to its end");
    return true;
}
