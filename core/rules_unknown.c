/* SPDX-License-Identifier: MIT */
/* What is not known, and why: nothing here is the program's or the server's doing. */
#include "core/rule_set.h"

#include "core/names.h"
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

/* Where the server ended the connection, frames that were under way are no surprise. */
RULE(frames_not_sent)
{
    struct h2t_kin_list unsent = h2t_kin_unsent(c->kin, c->i_conn);
    if (!unsent.n || h2t_cut_by_server(c))
        return false;
    v->at = h2t_client_cut(c);
    if (v->at.packet)
        rule_wire(v, "the client ended the connection in packet %u", v->at.packet);
    const struct h2t_sighting *s =
        &g_array_index(c->m->trace->unsent, struct h2t_sighting, unsent.at[0]);
    const struct h2t_framer *f = h2t_framer_at(c->m, s->framer);
    const struct h2t_logged *logged = h2t_logged_at(f, s->dir, s->frame);
    rule_trace(v, "the log wrote %s on stream %u (line %u)%s, which the capture lacks",
               h2t_kind_name(logged->kind), logged->stream, logged->line,
               unsent.n > 1 ? " and more" : "");
    return true;
}
