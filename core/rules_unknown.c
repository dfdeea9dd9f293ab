/* SPDX-License-Identifier: MIT */
/* What is not known, and why: nothing here is the program's or the server's doing. */
#include "core/rule_set.h"

#include "core/view.h"

RULE(unexplained_error)
{
    if (!h2t_has_failed(c))
        return false;
    if (c->stream)
        v->at = c->stream->finish.packet ? c->stream->finish : c->stream->headers;
    rule_error(v, c);
    return true;
}

RULE(capture_late)
{
    if (!c->tconn || c->conn->syn.packet || c->conn->preface.packet || c->conn->client_hello.packet)
        return false;
    v->at = c->conn->first;
    rule_wire(v, "tcp.stream %u is under way in its first packet, %u", c->i_conn, v->at.packet);
    return true;
}

RULE(capture_gap)
{
    const struct h2t_mark *gap = c->conn->gap;
    if (!c->tconn || !c->conn->syn.packet || (!gap[H2T_CLIENT].packet && !gap[H2T_SERVER].packet))
        return false;
    v->at = gap[H2T_CLIENT].packet ? gap[H2T_CLIENT] : gap[H2T_SERVER];
    rule_wire(v, "bytes of tcp.stream %u are missing before packet %u", c->i_conn, v->at.packet);
    return true;
}

RULE(no_keys)
{
    if (!c->tconn || !c->conn->no_keys || c->conn->decrypted)
        return false;
    v->at = c->conn->client_hello.packet ? c->conn->client_hello : c->conn->first;
    rule_wire(v, "no key opens the TLS of tcp.stream %u", c->i_conn);
    return true;
}

RULE(untraced_connection)
{
    if (c->tconn || !c->conn->n_streams)
        return false;
    v->at = c->conn->first;
    rule_wire(v, "tcp.stream %u has %u requests", c->i_conn, c->conn->n_streams);
    rule_trace(v, "the trace does not have the connection");
    return true;
}
