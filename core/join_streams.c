/* SPDX-License-Identifier: MIT */
#include "core/join_streams.h"

#include "core/agree.h"
#include "core/anchors.h"
#include "core/bounds.h"
#include "core/clock.h"
#include "core/view.h"

#include <string.h>

/* One connection's requests as both sides saw them, in order. Positions count from 0 on both sides.
 */
struct work {
    const struct h2t_model *m;
    uint32_t tconn;
    uint32_t *attempts, n_attempts; /* those with WroteHeaders */
    uint32_t *streams, n_streams;
    uint32_t *anchor;       /* a stream's attempt by header, H2T_NONE: none */
    uint32_t *pair;         /* a stream's attempt in the end */
    bool from_start;        /* both sides begin with the same request */
    bool holes;             /* the trace may lack attempts of this connection */
    enum h2t_reason reason; /* why the rest stays alone; NONE: nothing special */
};

/* Between two ties (anchors, or the start): attempts [a, a_end), streams [s, s_end). */
struct span {
    uint32_t a, a_end, s, s_end;
    bool tied_before, tied_after;
};

static void pair_by_header(struct work *w)
{
    for (uint32_t s = 0; s < w->n_streams; s++)
        w->pair[s] = w->anchor[s];
}

static void work_init(struct work *w, const struct h2t_model *m, uint32_t conn)
{
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    const struct h2t_tconn *t = h2t_tconn_at(m, c->tconn);
    *w = (struct work){
        .m = m, .tconn = c->tconn, .from_start = h2t_counts_from_start(m, c->tconn, conn)};
    w->attempts = (uint32_t *)(void *)t->attempts->data;
    while (w->n_attempts < t->attempts->len && h2t_attempt_at(m, w->attempts[w->n_attempts])->seq)
        w->n_attempts++;
    w->streams = g_new(uint32_t, c->n_streams);
    for (uint32_t s = c->first_stream; s != H2T_NONE; s = h2t_stream_at(m, s)->next)
        w->streams[w->n_streams++] = s;
    w->anchor = g_new(uint32_t, c->n_streams);
    w->pair = g_new(uint32_t, c->n_streams);
    h2t_anchors(m, w->attempts, w->n_attempts, w->streams, w->n_streams, w->anchor);
    pair_by_header(w);
}

static void work_fini(struct work *w)
{
    g_free(w->streams);
    g_free(w->anchor);
    g_free(w->pair);
}

static uint16_t gaps_at(const struct work *w, uint32_t s)
{
    return h2t_stream_at(w->m, w->streams[s])->gaps;
}

/* Headers must not cross: the order of what they tie is the order of both sides. */
static bool anchors_in_order(const struct work *w)
{
    uint32_t last = H2T_NONE;
    for (uint32_t s = 0; s < w->n_streams; s++) {
        if (w->anchor[s] == H2T_NONE)
            continue;
        if (last != H2T_NONE && w->anchor[s] <= last)
            return false;
        last = w->anchor[s];
    }
    return true;
}

static void count_forward(struct work *w, const struct span *span)
{
    uint16_t gaps = span->s ? gaps_at(w, span->s - 1) : 0;
    for (uint32_t a = span->a, s = span->s; a < span->a_end && s < span->s_end; a++, s++) {
        if (gaps_at(w, s) != gaps)
            return;
        w->pair[s] = a;
    }
}

static void count_backward(struct work *w, const struct span *span)
{
    uint16_t gaps = gaps_at(w, span->s_end);
    for (uint32_t a = span->a_end, s = span->s_end; a > span->a && s > span->s; a--, s--) {
        if (gaps_at(w, s - 1) != gaps)
            return;
        w->pair[s - 1] = a - 1;
    }
}

/* As many of both between two ties are the same ones. Else, only the tail may have attempts that
 * are not on the wire; fewer attempts than streams means that the trace is not complete, and then
 * counting proves nothing. */
static void pair_span(struct work *w, const struct span *span)
{
    uint32_t n_attempts = span->a_end - span->a, n_streams = span->s_end - span->s;
    bool closed = span->tied_before && span->tied_after;
    bool gapless =
        n_streams && gaps_at(w, span->s_end - 1) == (span->s ? gaps_at(w, span->s - 1) : 0);
    if (!n_streams)
        return;
    if (n_streams > n_attempts) {
        w->reason = H2T_REASON_PARTIAL;
    } else if (closed && n_streams == n_attempts) {
        for (uint32_t k = 0; k < n_streams; k++)
            w->pair[span->s + k] = span->a + k;
    } else if (w->holes) {
        w->reason = H2T_REASON_PARTIAL;
    } else if (closed && gapless && gaps_at(w, span->s_end) == gaps_at(w, span->s_end - 1)) {
        w->reason = H2T_REASON_AMBIGUOUS;
    } else {
        if (span->tied_before)
            count_forward(w, span);
        if (span->tied_after)
            count_backward(w, span);
    }
}

static void pair_by_order(struct work *w)
{
    struct span span = {.tied_before = w->from_start};
    for (uint32_t s = 0; s < w->n_streams; s++) {
        if (w->anchor[s] == H2T_NONE)
            continue;
        span.s_end = s;
        span.a_end = w->anchor[s];
        span.tied_after = true;
        pair_span(w, &span);
        span = (struct span){.a = w->anchor[s] + 1, .s = s + 1, .tied_before = true};
    }
    span.s_end = w->n_streams;
    span.a_end = w->n_attempts;
    if (span.tied_before)
        pair_span(w, &span);
}

/* Headers, paths and times of the pairs must agree, and every attempt must be sure of its place. */
static enum h2t_reason verify(struct work *w)
{
    const struct h2t_clock *clock = h2t_clock_of(w->m, h2t_tconn_at(w->m, w->tconn)->process);
    struct h2t_agree agree = H2T_AGREE_NEW;
    if (w->n_streams)
        agree.lo = h2t_life_bounds(w->m, w->tconn, h2t_stream_at(w->m, w->streams[0])->conn).lo;
    bool all_fit = true;
    uint32_t last = H2T_NONE;
    for (uint32_t a = 0; a < w->n_attempts; a++)
        if (h2t_attempt_at(w->m, w->attempts[a])->doubtful)
            return H2T_REASON_AMBIGUOUS;
    for (uint32_t s = 0; s < w->n_streams; s++) {
        if (w->pair[s] == H2T_NONE)
            continue;
        struct h2t_bounds b = h2t_pair_bounds(w->m, w->attempts[w->pair[s]], w->streams[s]);
        all_fit &= h2t_agree_add(&agree, &b, h2t_stream_at(w->m, w->streams[s])->headers.ns);
        if (b.refuted || agree.broken)
            return H2T_REASON_CONTRADICTION;
        last = s;
    }
    if (!h2t_tconn_at(w->m, w->tconn)->from_start && w->from_start) {
        /* only their times say that the first requests are the same */
        struct h2t_bounds all = {.lo = agree.lo, .hi = agree.hi};
        bool fits = h2t_clock_known(clock) && all_fit && h2t_clock_holds(clock, &all);
        return fits ? H2T_REASON_NONE : H2T_REASON_PARTIAL;
    }
    if (agree.stray) /* nothing after it says that it is one */
        w->pair[last] = w->anchor[last];
    return H2T_REASON_NONE;
}

static enum h2t_match match_of(const struct work *w, uint32_t s)
{
    uint32_t a = w->pair[s];
    if (w->anchor[s] == H2T_NONE)
        return h2t_tconn_at(w->m, w->tconn)->bound == H2T_MATCH_TIMING ? H2T_MATCH_TIMING
                                                                       : H2T_MATCH_ORDER;
    bool counted = s ? w->pair[s - 1] == a - 1 && a && gaps_at(w, s) == gaps_at(w, s - 1)
                     : w->from_start && a == 0;
    return counted && w->reason != H2T_REASON_CONTRADICTION ? H2T_MATCH_ORDER_HEADER
                                                            : H2T_MATCH_HEADER;
}

static void tie(const struct h2t_model *m, uint32_t attempt, uint32_t stream, enum h2t_match match)
{
    struct h2t_attempt *a = h2t_attempt_at(m, attempt);
    struct h2t_stream *s = h2t_stream_at(m, stream);
    a->stream = stream;
    s->attempt = attempt;
    a->match = s->match = (uint8_t)match;
    a->reason = s->reason = H2T_REASON_NONE;
}

/* Why requests of this connection stay alone. */
static enum h2t_reason conn_reason(const struct h2t_conn *c, const struct work *w)
{
    if (c->no_keys && !c->decrypted)
        return H2T_REASON_NO_KEYS;
    if (c->tunnel && !c->n_streams)
        return H2T_REASON_TUNNEL;
    if (c->proto == H2T_PROTO_UNKNOWN)
        return c->syn.packet ? H2T_REASON_NOT_HTTP : H2T_REASON_LATE;
    if (w->reason)
        return w->reason;
    if (c->client_gaps)
        return c->syn.packet ? H2T_REASON_GAP : H2T_REASON_LATE;
    return w->from_start ? H2T_REASON_NONE : H2T_REASON_PARTIAL;
}

/* Which processes have attempts that name no connection: any of theirs may have had them. */
static bool *find_holes(const struct h2t_model *m)
{
    bool *holes = g_new0(bool, m->trace->processes->len + 1);
    for (uint32_t i = 0; i < m->trace->attempts->len; i++) {
        const struct h2t_attempt *a = h2t_attempt_at(m, i);
        bool sent = a->seq || a->at[H2T_GOT_CONN] != H2T_NEVER;
        if (a->tconn == H2T_NONE && sent)
            holes[h2t_request_at(m, a->request)->process] = true;
    }
    return holes;
}

/* Of an attempt without WroteHeaders. */
static enum h2t_reason unwritten_reason(const struct h2t_model *m, uint32_t attempt)
{
    const struct h2t_attempt *a = h2t_attempt_at(m, attempt);
    bool answered = h2t_was_answered(h2t_request_at(m, a->request), a);
    return answered ? H2T_REASON_PARTIAL : H2T_REASON_NOT_WRITTEN;
}

static void join_conn(const struct h2t_model *m, uint32_t conn, const bool *holes)
{
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    const struct h2t_tconn *t = h2t_tconn_at(m, c->tconn);
    struct work w;
    work_init(&w, m, conn);
    w.holes = holes[t->process];
    if (anchors_in_order(&w)) {
        pair_by_order(&w);
        enum h2t_reason wrong = verify(&w);
        if (wrong) {
            w.reason = wrong;
            pair_by_header(&w);
        }
    } else {
        w.reason = H2T_REASON_CONTRADICTION;
    }
    enum h2t_reason reason = conn_reason(c, &w);
    for (uint32_t i = 0; i < t->attempts->len; i++)
        h2t_attempt_at(m, w.attempts[i])->reason =
            (uint8_t)(i >= w.n_attempts ? unwritten_reason(m, w.attempts[i])
                      : reason          ? reason
                                        : H2T_REASON_NOT_ON_WIRE);
    for (uint32_t s = 0; s < w.n_streams; s++) {
        h2t_stream_at(m, w.streams[s])->reason =
            (uint8_t)(reason ? reason : H2T_REASON_NOT_IN_TRACE);
        if (w.pair[s] != H2T_NONE)
            tie(m, w.attempts[w.pair[s]], w.streams[s], match_of(&w, s));
    }
    work_fini(&w);
}

/* Attempts that name no connection can still carry a header that nothing else has. */
static void join_stray_attempts(const struct h2t_model *m)
{
    uint32_t n_attempts = m->trace->attempts->len, n_streams = m->wire->streams->len;
    bool any = false;
    g_autofree uint32_t *attempts = g_new(uint32_t, n_attempts),
                        *streams = g_new(uint32_t, n_streams);
    for (uint32_t i = 0; i < n_attempts; i++) {
        attempts[i] = i;
        any |= h2t_attempt_at(m, i)->tconn == H2T_NONE;
    }
    if (!any || m->ignore_headers)
        return;
    for (uint32_t i = 0; i < n_streams; i++)
        streams[i] = i;
    g_autofree uint32_t *anchor = g_new(uint32_t, n_streams);
    h2t_anchors(m, attempts, n_attempts, streams, n_streams, anchor);
    for (uint32_t s = 0; s < n_streams; s++) {
        if (anchor[s] == H2T_NONE || h2t_stream_at(m, s)->attempt != H2T_NONE ||
            h2t_attempt_at(m, anchor[s])->tconn != H2T_NONE)
            continue;
        struct h2t_bounds b = h2t_pair_bounds(m, anchor[s], s);
        uint32_t process = h2t_request_at(m, h2t_attempt_at(m, anchor[s])->request)->process;
        /* ids may be the same another day */
        if (h2t_clock_plausible(h2t_clock_of(m, process), &b))
            tie(m, anchor[s], s, H2T_MATCH_HEADER);
    }
}

static enum h2t_reason attempt_reason(const struct h2t_model *m, const struct h2t_attempt *a)
{
    if (a->tconn == H2T_NONE || a->unix_socket)
        return h2t_why_no_tconn(h2t_request_at(m, a->request), a);
    return h2t_tconn_at(m, a->tconn)->reason;
}

/* Of what is made of a debug log the streams are told, see join_framers.h. */
static bool has_order(const struct h2t_model *m, uint32_t tconn)
{
    return tconn != H2T_NONE && h2t_tconn_at(m, tconn)->bound != H2T_MATCH_LOG;
}

void h2t_join_streams(struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->attempts->len; i++) {
        struct h2t_attempt *a = h2t_attempt_at(m, i);
        a->stream = H2T_NONE;
        a->match = H2T_MATCH_NONE;
        a->reason = (uint8_t)attempt_reason(m, a);
    }
    for (uint32_t i = 0; i < m->wire->streams->len; i++) {
        struct h2t_stream *s = h2t_stream_at(m, i);
        const struct h2t_conn *c = h2t_conn_at(m, s->conn);
        bool connect = c->tunnel && s->method && !strcmp(s->method, "CONNECT");
        s->reason = c->copy_of != H2T_NONE ? H2T_REASON_COPY
                    : connect              ? H2T_REASON_CONNECT
                                           : H2T_REASON_UNTRACED;
    }
    g_autofree bool *holes = find_holes(m);
    for (uint32_t conn = 0; conn < m->wire->conns->len; conn++)
        if (has_order(m, h2t_conn_at(m, conn)->tconn))
            join_conn(m, conn, holes);
    join_stray_attempts(m);
}
