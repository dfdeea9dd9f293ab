/* SPDX-License-Identifier: MIT */
/* SETTINGS_MAX_CONCURRENT_STREAMS: RFC 9113 section 5.1.2. Go dials another connection when one is
 * full, or waits for a slot with http2.Transport.StrictMaxConcurrentStreams
 * (awaitOpenSlotForStream).
 */
#include "core/rule_set.h"

#include "core/ns.h"
#include "core/view.h"

#define DEADLOCK_NS 50000000 /* the connection was idle this long before the request gave up */
#define BACKOFF_NS 900000000 /* the first pause of RoundTripOpt is 1 s, with 10 % jitter */
#define REFUSED_STREAM 7u
#define LAST_STREAM 0x7fffff00u /* identifiers end at 2^31-1 */

/* It has a connection and never began to write. */
static bool is_waiting(const struct h2t_case *c)
{
    return c->attempt && !c->stream && c->conn && c->conn->proto == H2T_PROTO_H2 &&
           c->attempt->at[H2T_GOT_CONN] != H2T_NEVER && !h2t_wrote_headers(c) &&
           c->attempt->at[H2T_WROTE_HEADER_FIELD] == H2T_NEVER;
}

static bool gave_up(const struct h2t_case *c)
{
    return h2t_hit_deadline(c) || h2t_was_cancelled(c);
}

/* How long it waited for its slot, in the trace's clock; what came at once did not wait. */
struct wait {
    int64_t from, until;
    bool vain;
};

static bool find_wait(const struct h2t_case *c, struct wait *w)
{
    if (!c->attempt || !c->conn || !c->talk || c->conn->proto != H2T_PROTO_H2 || h2t_is_retried(c))
        return false;
    const int64_t *at = c->attempt->at;
    w->vain = is_waiting(c) && gave_up(c);
    w->from = at[H2T_GOT_CONN];
    w->until = w->vain ? c->request->done : at[H2T_WROTE_HEADER_FIELD];
    return (w->vain || c->stream) && w->from != H2T_NEVER && w->until != H2T_NEVER &&
           h2t_ns_sub(w->until, w->from) >= H2T_QUEUED_NS;
}

static void say_wait(struct h2t_verdict *v, const struct h2t_case *c, const struct wait *w,
                     uint32_t open)
{
    char span[RULE_SPAN];
    v->at = c->stream ? c->stream->headers : c->talk->settings[H2T_SERVER];
    rule_wire(v, "MAX_CONCURRENT_STREAMS %u, %u open", h2t_stream_limit(c), open);
    rule_trace(v, "waited %s after GotConn%s", rule_span(h2t_ns_sub(w->until, w->from), span),
               w->vain ? ", in vain" : "");
    rule_error(v, c);
}

RULE(slot_deadlock)
{
    struct wait w;
    if (!find_wait(c, &w) || !gave_up(c) || h2t_ns_sub(w.until, w.from) < DEADLOCK_NS ||
        h2t_stream_limit(c) == UINT32_MAX || h2t_cut_by_server(c))
        return false;
    int64_t from = h2t_in_capture(c, w.from), until = h2t_in_capture(c, w.until);
    if (h2t_most_open(c, h2t_ns_add(from, h2t_ns_sub(until, from) / 4), until))
        return false;
    say_wait(v, c, &w, 0);
    return true;
}

RULE(max_streams_queued)
{
    struct wait w;
    if (!find_wait(c, &w))
        return false;
    uint32_t open = h2t_most_open(c, h2t_in_capture(c, w.from), h2t_in_capture(c, w.until));
    if (open < h2t_stream_limit(c))
        return false;
    say_wait(v, c, &w, open);
    return true;
}

/* It had the connection, wrote nothing, and was tried again: the connection was full by then. */
static bool found_full(const struct h2t_case *c, int64_t *pause, uint32_t *open)
{
    if (!h2t_is_retried(c) || c->stream || h2t_has_goaway(c) || !c->conn || !c->talk)
        return false;
    int64_t got = c->attempt->at[H2T_GOT_CONN];
    int64_t again = h2t_attempt_at(c->m, c->attempt->next)->at[H2T_GOT_CONN];
    if (got == H2T_NEVER || again == H2T_NEVER)
        return false;
    *pause = h2t_ns_sub(again, got);
    *open = h2t_most_open(c, h2t_in_capture(c, got), h2t_in_capture(c, again));
    return *open >= h2t_stream_limit(c);
}

static void say_full(struct h2t_verdict *v, const struct h2t_case *c, int64_t pause, uint32_t open)
{
    char span[RULE_SPAN];
    v->at = c->talk->settings[H2T_SERVER];
    rule_wire(v, "MAX_CONCURRENT_STREAMS %u, %u open", h2t_stream_limit(c), open);
    rule_trace(v, "tried again after %s", rule_span(pause, span));
    rule_retry(v, c);
}

RULE(slot_backoff)
{
    int64_t pause;
    uint32_t open;
    if (!found_full(c, &pause, &open) || pause < BACKOFF_NS)
        return false;
    say_full(v, c, pause, open);
    return true;
}

/* The server refuses what was opened before the client could know the limit. */
RULE(limit_before_settings)
{
    const struct h2t_talk *t = c->talk;
    if (!h2t_reset_by(c, H2T_SERVER) || c->stream->reset_code != REFUSED_STREAM || !t ||
        !c->conn->preface.packet || t->n_unsettled <= t->first_max_streams ||
        c->stream->headers.packet > t->settings[H2T_SERVER].packet)
        return false;
    v->at = t->settings[H2T_SERVER];
    if (h2t_has_failed(c))
        v->severity = H2T_SEVERITY_ERROR;
    rule_wire(v, "%u streams were open before the SETTINGS in packet %u allowed %u", t->n_unsettled,
              v->at.packet, t->first_max_streams);
    rule_wire(v, "REFUSED_STREAM for stream %u in packet %u", c->stream->id,
              c->stream->finish.packet);
    rule_retry(v, c);
    rule_error(v, c);
    return true;
}

/* ---- Connections ---------------------------------------------------------------------------- */

/* Another connection to the server that was full when this one was dialled. */
static bool find_full(const struct h2t_case *c, struct h2t_case *out)
{
    struct h2t_kin_list kin = h2t_kin_conns(c->kin, c->conn);
    for (uint32_t i = 0; i < MIN(kin.n, MAX_SIBLINGS) && kin.at[i] < c->i_conn; i++) {
        *out = h2t_case_of_conn(c->m, c->kin, kin.at[i]);
        uint32_t limit = h2t_stream_limit(out);
        if (out->tconn && limit != UINT32_MAX && out->talk->settings[H2T_SERVER].packet &&
            out->talk->settings[H2T_SERVER].packet < c->conn->syn.packet &&
            h2t_open_at(out, c->conn->syn.ns) >= limit)
            return true;
    }
    return false;
}

/* What it went on with is another connection. */
static bool moved_on(const struct h2t_case *c, struct h2t_verdict *v)
{
    int64_t pause;
    uint32_t open;
    if (!found_full(c, &pause, &open) ||
        h2t_attempt_at(c->m, c->attempt->next)->tconn == c->attempt->tconn)
        return false;
    say_full(v, c, pause, open);
    return true;
}

RULE(max_streams_dial)
{
    struct h2t_case full;
    if (c->attempt || c->stream)
        return moved_on(c, v);
    if (!c->tconn || c->conn->proto != H2T_PROTO_H2 || !c->conn->syn.packet || !find_full(c, &full))
        return false;
    v->at = c->conn->syn;
    v->all_requests = true;
    rule_wire(v, "dialled in packet %u while tcp.stream %u was full", v->at.packet, full.i_conn);
    rule_wire(v, "MAX_CONCURRENT_STREAMS %u, %u open there", h2t_stream_limit(&full),
              h2t_open_at(&full, c->conn->syn.ns));
    return true;
}

RULE(stream_ids_exhausted)
{
    uint32_t last = c->conn->last_stream;
    if (last == H2T_NONE || c->conn->proto != H2T_PROTO_H2 ||
        h2t_stream_at(c->m, last)->id < LAST_STREAM)
        return false;
    v->at = h2t_stream_at(c->m, last)->headers;
    rule_wire(v, "stream %u in packet %u is near the end of all identifiers",
              h2t_stream_at(c->m, last)->id, v->at.packet);
    return true;
}
