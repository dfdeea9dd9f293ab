/* SPDX-License-Identifier: MIT */
/* Flow control: RFC 9113 sections 5.2 and 6.9. A stall is what is not there: DATA stops at exactly
 * the window, and no WINDOW_UPDATE comes. */
#include "core/ns.h"
#include "core/rule_set.h"

#define TINY_BYTES 4096u   /* a mean WINDOW_UPDATE below this holds an upload back */
#define TINY_COUNT 8u      /* and so many of them are no accident */
#define STALL_NS 200000000 /* without DATA for so long, though the window was opened before */

/* Its body stopped in the middle, and nothing was missing that could tell otherwise. */
static bool is_stopped(const struct h2t_case *c)
{
    return c->upload && h2t_is_whole(c) && !c->stream->request_done && !c->stream->status &&
           (h2t_ended(c, H2T_END_EOF) || h2t_reset_by(c, H2T_CLIENT) ||
            h2t_ended(c, H2T_END_CLOSE)) &&
           !h2t_cut_by_server(c);
}

static void say_upload(struct h2t_verdict *v, const struct h2t_case *c)
{
    const struct h2t_upload *u = c->upload;
    v->at = u->last.packet ? u->last : c->stream->headers;
    if (c->stream->finish.packet)
        v->proof = c->stream->finish;
    rule_wire(v, "stream %u sent %" G_GUINT64_FORMAT " bytes of DATA, the last in packet %u",
              c->stream->id, u->sent, v->at.packet);
}

RULE(window_stall_connection)
{
    if (!is_stopped(c) || c->upload->conn_window > 0 || c->upload->window <= 0)
        return false;
    say_upload(v, c);
    rule_wire(v, "the connection's window is used up, the stream's has %" G_GINT64_FORMAT " left",
              c->upload->window);
    rule_error(v, c);
    return true;
}

/* Windows that come slowly are none that do not come. */
static bool is_trickling(const struct h2t_case *c)
{
    return c->upload->n_granted && c->stream->finish.packet &&
           h2t_ns_sub(c->stream->finish.ns, c->upload->last.ns) < STALL_NS;
}

RULE(window_stall_stream)
{
    if (!is_stopped(c) || c->upload->window > 0 || is_trickling(c))
        return false;
    say_upload(v, c);
    rule_wire(v, "the stream's window (%u at first) is used up, %u WINDOW_UPDATE for it",
              c->talk->initial_window, c->upload->n_granted);
    if (c->upload->conn_window <= 0)
        rule_wire(v, "the connection's is used up, too");
    rule_error(v, c);
    return true;
}

RULE(window_tiny)
{
    const struct h2t_upload *u = c->upload;
    if (!u || u->n_granted < TINY_COUNT || u->granted / u->n_granted >= TINY_BYTES ||
        u->n_blocked < u->n_granted / 2 || !h2t_is_whole(c))
        return false;
    say_upload(v, c);
    rule_wire(v, "it came to the window's end %u times, %u WINDOW_UPDATE gave %u bytes each",
              u->n_blocked, u->n_granted, (unsigned)(u->granted / u->n_granted));
    rule_error(v, c);
    return true;
}

RULE(window_overflow)
{
    if (!c->upload || !c->upload->flood.packet)
        return false;
    v->at = c->upload->flood;
    rule_wire(v, "WINDOW_UPDATE in packet %u takes stream %u past 2147483647", v->at.packet,
              c->stream->id);
    if (c->request && c->request->done == H2T_NEVER)
        rule_trace(v, "RoundTrip never returned");
    rule_error(v, c);
    return true;
}
