/* SPDX-License-Identifier: MIT */
/* In: frames, after the facts have them. Out: notes on the packet they are in. */
#include "core/live.h"

#include "core/addr.h"
#include "core/adopt.h"
#include "core/agree.h"
#include "core/bounds.h"
#include "core/clock.h"
#include "core/estimate.h"
#include "core/index.h"
#include "core/maps.h"
#include "core/notes.h"
#include "core/ns.h"
#include "core/view.h"

#define MAX_CANDIDATES 64u         /* trace connections of one 4-tuple that are looked at */
#define GOAWAY_WARNING 0x7fffffffu /* RFC 9113 section 6.8: another GOAWAY will follow */

/* How far a connection's requests were counted. */
struct count {
    uint32_t next; /* place of the next attempt */
    uint16_t gaps; /* of the last stream */
    bool tied;     /* `next` is known */
    bool partial;  /* the trace lacks requests of the connection, or may: only headers pair */
    bool broken;   /* times contradicted: the same, and the order confirms nothing */
    bool doubtful; /* the trace is not sure of its own order */
    struct h2t_agree agree;
};

struct h2t_live {
    struct h2t_model *m;
    struct h2t_index tuples;   /* h2t_tuple_hash of both ends, ordered → trace connection */
    struct h2t_index requests; /* (trace connection, identity) → place in its attempts */
    struct h2t_index dials;    /* trace connection → dial */
    GArray *counts;            /* struct count, by trace connection */
    GArray *notes;             /* of `packet` */
    uint32_t packet;
};

static uint64_t tuple_key(const struct h2t_addr *a, const struct h2t_addr *b)
{
    bool ordered = h2t_addr_cmp(a, b) <= 0;
    struct h2t_tuple t = {.client = ordered ? *a : *b, .server = ordered ? *b : *a};
    return h2t_tuple_hash(&t);
}

static bool are_ends(const struct h2t_addr *local, const struct h2t_addr *remote,
                     const struct h2t_tuple *tuple)
{
    return (!h2t_addr_cmp(local, &tuple->client) && !h2t_addr_cmp(remote, &tuple->server)) ||
           (!h2t_addr_cmp(local, &tuple->server) && !h2t_addr_cmp(remote, &tuple->client));
}

/* As they are, or as the user says that they are translated. */
static bool same_ends(const struct h2t_live *live, const struct h2t_tconn *t,
                      const struct h2t_tuple *tuple)
{
    struct h2t_addr local = h2t_map_apply(live->m->trace, &t->local, false);
    struct h2t_addr remote = h2t_map_apply(live->m->trace, &t->remote, true);
    return are_ends(&t->local, &t->remote, tuple) || are_ends(&local, &remote, tuple);
}

static struct count *count_at(const struct h2t_live *live, uint32_t tconn)
{
    return &g_array_index(live->counts, struct count, tconn);
}

/* The trace has it; what a join makes of debug logs is none of ours. */
static bool is_bound(const struct h2t_live *live, const struct h2t_conn *c)
{
    return c->tconn != H2T_NONE && c->tconn < live->counts->len;
}

/* ---- Preparation ---------------------------------------------------------------------------- */

/* Requests were sent of which the trace does not say where: they may be on any connection. */
static bool has_strays(const struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->attempts->len; i++)
        if (h2t_attempt_at(m, i)->tconn == H2T_NONE && h2t_attempt_at(m, i)->seq)
            return true;
    return false;
}

static void index_addresses(struct h2t_live *live, uint32_t tconn)
{
    const struct h2t_tconn *t = h2t_tconn_at(live->m, tconn);
    struct h2t_addr local = h2t_map_apply(live->m->trace, &t->local, false);
    struct h2t_addr remote = h2t_map_apply(live->m->trace, &t->remote, true);
    uint64_t key = tuple_key(&t->local, &t->remote), mapped = tuple_key(&local, &remote);
    h2t_index_add(&live->tuples, key, tconn);
    if (mapped != key)
        h2t_index_add(&live->tuples, mapped, tconn);
}

static void index_tconn(struct h2t_live *live, uint32_t tconn, bool partial)
{
    struct h2t_tconn *t = h2t_tconn_at(live->m, tconn);
    struct count count = {.agree = H2T_AGREE_NEW, .partial = partial};
    t->conn = H2T_NONE;
    t->bound = H2T_MATCH_NONE;
    if (t->local.family && t->remote.family)
        index_addresses(live, tconn);
    for (uint32_t k = 0; k < t->attempts->len; k++) {
        struct h2t_attempt *a = h2t_attempt_at(live->m, g_array_index(t->attempts, uint32_t, k));
        a->stream = H2T_NONE;
        a->match = H2T_MATCH_NONE;
        if (!a->seq)
            continue;
        count.doubtful |= a->doubtful;
        if (a->request_id)
            h2t_index_add(&live->requests, h2t_index_pair(tconn, a->request_id), k);
        if (a->traceparent && a->traceparent != a->request_id)
            h2t_index_add(&live->requests, h2t_index_pair(tconn, a->traceparent), k);
    }
    g_array_append_val(live->counts, count);
}

struct h2t_live *h2t_live_new(struct h2t_model *m)
{
    struct h2t_live *live = g_new0(struct h2t_live, 1);
    live->m = m;
    live->counts = g_array_new(false, false, sizeof(struct count));
    live->notes = g_array_new(false, false, sizeof(struct h2t_note));
    if (h2t_has_framers(m))
        h2t_adopt_forget(m);
    h2t_forget_clocks(m);
    bool partial = has_strays(m);
    for (uint32_t i = 0; i < m->trace->tconns->len; i++)
        index_tconn(live, i, partial);
    for (uint32_t i = 0; i < m->trace->dials->len; i++) {
        struct h2t_dial *d = h2t_dial_at(m, i);
        d->conn = H2T_NONE;
        d->match = H2T_MATCH_NONE;
        if (d->tconn != H2T_NONE)
            h2t_index_add(&live->dials, h2t_index_pair(d->tconn, 0), i);
    }
    return live;
}

void h2t_live_free(struct h2t_live **live)
{
    if (!*live)
        return;
    h2t_index_fini(&(*live)->tuples);
    h2t_index_fini(&(*live)->requests);
    h2t_index_fini(&(*live)->dials);
    g_array_unref((*live)->counts);
    g_array_unref((*live)->notes);
    g_clear_pointer(live, g_free);
}

/* ---- Requests by header --------------------------------------------------------------------- */

/* The only attempt of the connection that has this identity. */
static uint32_t only_attempt(const struct h2t_live *live, uint32_t tconn, uint64_t identity,
                             bool traceparent)
{
    const struct h2t_tconn *t = h2t_tconn_at(live->m, tconn);
    struct h2t_probe p;
    uint32_t found = H2T_NONE;
    if (!identity || live->m->ignore_headers)
        return H2T_NONE;
    for (uint32_t k = h2t_index_first(&live->requests, h2t_index_pair(tconn, identity), &p);
         k != H2T_NONE; k = h2t_index_next(&live->requests, &p)) {
        if (k >= t->attempts->len)
            continue;
        const struct h2t_attempt *a =
            h2t_attempt_at(live->m, g_array_index(t->attempts, uint32_t, k));
        if ((traceparent ? a->traceparent : a->request_id) != identity)
            continue;
        if (found != H2T_NONE)
            return H2T_NONE;
        found = k;
    }
    return found;
}

/* The place of the attempt that a header ties to the stream. */
static uint32_t anchor(const struct h2t_live *live, uint32_t tconn, const struct h2t_stream *s)
{
    uint32_t by_id = only_attempt(live, tconn, s->request_id, false);
    uint32_t by_parent = only_attempt(live, tconn, s->traceparent, true);
    if (by_id == H2T_NONE || by_parent == H2T_NONE)
        return MIN(by_id, by_parent); /* H2T_NONE is above all */
    return by_id == by_parent ? by_id : H2T_NONE;
}

/* ---- Connections ---------------------------------------------------------------------------- */

/* Could the trace connection be in use at this time of the capture? */
static bool lives_at(const struct h2t_live *live, const struct h2t_tconn *t,
                     const struct h2t_conn *c, int64_t ns)
{
    if (t->first == H2T_NEVER || t->conn != H2T_NONE)
        return false;
    int64_t shift = h2t_clock_shift(&live->m->clock, t->first, 0); /* if it is stated */
    int64_t first = h2t_ns_add(t->first, shift - H2T_CLOCK_NEAR);
    int64_t last = t->last == H2T_NEVER ? INT64_MAX : h2t_ns_add(t->last, shift + H2T_CLOCK_NEAR);
    if (c->syn.packet && t->from_start && c->syn.ns < first)
        return false;
    return ns >= first && ns <= last;
}

/* The only trace connection that can be meant; with a stream, a header may decide. Says whether the
 * 4-tuple recurs in the trace. */
static uint32_t candidate(const struct h2t_live *live, uint32_t conn, uint32_t stream, int64_t ns,
                          bool *recurs)
{
    const struct h2t_conn *c = h2t_conn_at(live->m, conn);
    const struct h2t_stream *s = stream == H2T_NONE ? NULL : h2t_stream_at(live->m, stream);
    uint32_t alone = H2T_NONE, n = 0, named = H2T_NONE, n_named = 0, seen = 0;
    uint64_t key = tuple_key(&c->tuple.client, &c->tuple.server);
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(&live->tuples, key, &p); i != H2T_NONE && n < MAX_CANDIDATES;
         i = h2t_index_next(&live->tuples, &p)) {
        const struct h2t_tconn *t = h2t_tconn_at(live->m, i);
        if (!same_ends(live, t, &c->tuple))
            continue;
        seen++;
        if (!lives_at(live, t, c, ns))
            continue;
        n++;
        alone = i;
        if (s && anchor(live, i, s) != H2T_NONE) {
            n_named++;
            named = i;
        }
    }
    *recurs = seen > 1;
    if (n_named)
        return n_named == 1 ? named : H2T_NONE;
    return n == 1 && seen == 1 ? alone : H2T_NONE;
}

static void tie_dial(const struct h2t_live *live, uint32_t conn, uint32_t tconn)
{
    struct h2t_probe p;
    uint32_t dial = h2t_index_first(&live->dials, h2t_index_pair(tconn, 0), &p);
    if (dial == H2T_NONE || h2t_dial_at(live->m, dial)->tconn != tconn)
        return;
    h2t_dial_at(live->m, dial)->conn = conn;
    h2t_dial_at(live->m, dial)->match = h2t_tconn_at(live->m, tconn)->bound;
    h2t_conn_at(live->m, conn)->dial = dial;
}

static void bind(const struct h2t_live *live, uint32_t conn, uint32_t stream, int64_t ns)
{
    struct h2t_conn *c = h2t_conn_at(live->m, conn);
    bool recurs;
    if (c->tconn != H2T_NONE || !c->tuple.client.family)
        return;
    uint32_t tconn = candidate(live, conn, stream, ns, &recurs);
    if (tconn == H2T_NONE)
        return;
    struct h2t_tconn *t = h2t_tconn_at(live->m, tconn);
    t->conn = conn;
    t->bound = !are_ends(&t->local, &t->remote, &c->tuple) ? H2T_MATCH_MAPPED
               : recurs                                    ? H2T_MATCH_TUPLE_TIME
                                                           : H2T_MATCH_TUPLE;
    c->tconn = tconn;
    tie_dial(live, conn, tconn);
}

/* ---- Streams -------------------------------------------------------------------------------- */

/* Both sides' first request is the next one. */
static bool at_start(const struct h2t_live *live, const struct h2t_conn *c, uint32_t stream)
{
    return c->first_stream == stream && h2t_tconn_at(live->m, c->tconn)->from_start &&
           h2t_counts_from_start(live->m, c->tconn, h2t_stream_at(live->m, stream)->conn);
}

/* Does the pair fit what was seen before? Keeps what it says of the clocks. */
static bool agrees(struct count *n, const struct h2t_bounds *b, int64_t ns)
{
    return h2t_agree_add(&n->agree, b, ns) && b->lo <= H2T_CLOCK_NEAR && b->hi >= -H2T_CLOCK_NEAR;
}

static void tie(const struct h2t_live *live, uint32_t attempt, uint32_t stream,
                enum h2t_match match)
{
    struct h2t_attempt *a = h2t_attempt_at(live->m, attempt);
    struct h2t_stream *s = h2t_stream_at(live->m, stream);
    if (a->stream != H2T_NONE)
        return;
    a->stream = stream;
    s->attempt = attempt;
    a->match = s->match = (uint8_t)match;
}

static uint32_t counted(const struct h2t_live *live, const struct h2t_conn *c,
                        const struct count *n, uint32_t stream)
{
    if (n->broken || n->doubtful)
        return H2T_NONE;
    if (at_start(live, c, stream))
        return 0;
    return n->tied && n->gaps == h2t_stream_at(live->m, stream)->gaps ? n->next : H2T_NONE;
}

/* httptrace may call an HTTP/1.1 connection reused at its first request (see bounds.h). */
static bool is_first_of_http1(const struct h2t_conn *c, const struct h2t_stream *s, uint32_t place)
{
    return c->proto == H2T_PROTO_H1 && c->syn.packet && place == 0 && c->n_streams == 1 &&
           s->gaps == 0;
}

/* The place of the stream's attempt by either way, H2T_NONE: unknown. */
struct places {
    uint32_t by_order, by_header;
};

static struct places find_places(const struct h2t_live *live, const struct h2t_conn *c,
                                 const struct count *n, uint32_t stream)
{
    const struct h2t_stream *s = h2t_stream_at(live->m, stream);
    struct places p = {counted(live, c, n, stream), anchor(live, c->tconn, s)};
    if (p.by_header != H2T_NONE && p.by_order == H2T_NONE && is_first_of_http1(c, s, p.by_header))
        p.by_order = p.by_header;
    return p;
}

/* The attempt at `place`, if its headers were written. */
static uint32_t attempt_at(const struct h2t_live *live, uint32_t tconn, uint32_t place)
{
    const struct h2t_tconn *t = h2t_tconn_at(live->m, tconn);
    if (place >= t->attempts->len)
        return H2T_NONE;
    uint32_t attempt = g_array_index(t->attempts, uint32_t, place);
    return h2t_attempt_at(live->m, attempt)->seq ? attempt : H2T_NONE;
}

static enum h2t_match match_of(const struct places *p, const struct count *n, bool agreed)
{
    bool counts = agreed && !n->broken;
    if (p->by_header == H2T_NONE)
        return counts && !n->partial ? H2T_MATCH_ORDER : H2T_MATCH_NONE;
    return counts && p->by_order == p->by_header ? H2T_MATCH_ORDER_HEADER : H2T_MATCH_HEADER;
}

static void pair(const struct h2t_live *live, uint32_t stream)
{
    const struct h2t_stream *s = h2t_stream_at(live->m, stream);
    const struct h2t_conn *c = h2t_conn_at(live->m, s->conn);
    struct count *n = count_at(live, c->tconn);
    struct places p = find_places(live, c, n, stream);
    uint32_t place = p.by_header != H2T_NONE ? p.by_header : p.by_order;
    n->partial |= p.by_order != H2T_NONE && p.by_header != H2T_NONE && p.by_order != p.by_header;
    n->tied = place != H2T_NONE;
    n->next = place + 1;
    n->gaps = s->gaps;
    uint32_t attempt = attempt_at(live, c->tconn, place);
    if (attempt == H2T_NONE)
        return;
    struct h2t_bounds b = h2t_pair_bounds(live->m, attempt, stream);
    if (n->agree.ns == H2T_NEVER) /* its end is not known yet */
        n->agree.lo = h2t_life_bounds(live->m, c->tconn, s->conn).lo;
    n->partial |= b.refuted;
    bool agreed = b.refuted || agrees(n, &b, s->headers.ns);
    n->broken |= n->agree.broken;
    enum h2t_match match = match_of(&p, n, agreed);
    if (match != H2T_MATCH_NONE)
        tie(live, attempt, stream, match);
}

/* ---- Notes ---------------------------------------------------------------------------------- */

static bool is_warning(const struct h2t_conn *c, const struct h2t_note *note)
{
    return note->what == H2T_NOTE_GOAWAY && c->goaway_last[note->dir] == GOAWAY_WARNING;
}

/* The handshake is over when both have finished. */
static bool is_half(const struct h2t_conn *c, const struct h2t_note *note)
{
    return note->what == H2T_NOTE_HANDSHAKE &&
           !(c->finished[H2T_CLIENT].packet && c->finished[H2T_SERVER].packet);
}

static void note_conn(struct h2t_live *live, uint32_t conn)
{
    const struct h2t_conn *c = h2t_conn_at(live->m, conn);
    uint32_t before = live->notes->len;
    if (!is_bound(live, c) && c->dial == H2T_NONE)
        return;
    h2t_notes_of_conn(live->m, conn, live->packet, live->notes);
    for (uint32_t i = live->notes->len; i-- > before;) {
        const struct h2t_note *note = &g_array_index(live->notes, struct h2t_note, i);
        if (is_warning(c, note) || is_half(c, note))
            g_array_remove_index(live->notes, i);
    }
}

static void note_stream(struct h2t_live *live, uint32_t stream)
{
    if (h2t_stream_at(live->m, stream)->attempt != H2T_NONE)
        h2t_notes_of_stream(live->m, stream, live->packet, live->notes);
}

/* What ends a connection, or refuses streams, may have ended several. */
static void note_ended(struct h2t_live *live, uint32_t conn)
{
    for (uint32_t s = h2t_conn_at(live->m, conn)->first_stream; s != H2T_NONE;
         s = h2t_stream_at(live->m, s)->next)
        if (h2t_stream_at(live->m, s)->finish.packet == live->packet)
            note_stream(live, s);
}

void h2t_live_frame(struct h2t_live *live, const struct h2t_frame *f, uint32_t stream)
{
    if (f->mark.packet != live->packet) {
        live->packet = f->mark.packet;
        g_array_set_size(live->notes, 0);
    }
    if (f->conn >= live->m->wire->conns->len)
        return;
    bool opens = stream != H2T_NONE && f->dir == H2T_CLIENT &&
                 h2t_stream_at(live->m, stream)->headers.packet == f->mark.packet &&
                 (f->kind == H2T_HEADERS || f->kind == H2T_REQUEST);
    bind(live, f->conn, opens ? stream : H2T_NONE, f->mark.ns);
    const struct h2t_conn *c = h2t_conn_at(live->m, f->conn);
    if (opens && is_bound(live, c) && h2t_stream_at(live->m, stream)->attempt == H2T_NONE)
        pair(live, stream);
    if (stream != H2T_NONE)
        note_stream(live, stream);
    if (f->kind <= H2T_ALERT || f->kind == H2T_GOAWAY)
        note_conn(live, f->conn);
    if (f->kind == H2T_FIN || f->kind == H2T_RST || f->kind == H2T_GOAWAY)
        note_ended(live, f->conn);
}

const GArray *h2t_live_notes(struct h2t_live *live, uint32_t packet)
{
    if (packet != live->packet)
        g_array_set_size(live->notes, 0);
    live->packet = packet;
    h2t_notes_sort(live->notes);
    return live->notes;
}
