/* SPDX-License-Identifier: MIT */
#include "core/join_framers.h"

#include "core/fits.h"
#include "core/url.h"
#include "core/view.h"

#include <string.h>

static const struct h2t_logged_request *logged_at(const struct h2t_framer *f, uint32_t i)
{
    return &g_array_index(f->requests, struct h2t_logged_request, i);
}

static bool is_client(const struct h2t_framer *f)
{
    return f->has_side && f->side == H2T_CLIENT;
}

/* Two values that are both there differ. */
static bool differ(uint64_t a, uint64_t b)
{
    return a && b && a != b;
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

static void untie(const struct h2t_model *m, uint32_t stream, enum h2t_reason reason)
{
    struct h2t_stream *s = h2t_stream_at(m, stream);
    struct h2t_attempt *a = h2t_attempt_at(m, s->attempt);
    s->attempt = a->stream = H2T_NONE;
    a->match = s->match = H2T_MATCH_NONE;
    a->reason = s->reason = (uint8_t)reason;
}

/* The position of the request with this stream identifier, from `from` on; they ascend. */
static uint32_t find_logged(const struct h2t_framer *f, uint32_t from, uint32_t stream)
{
    while (from < f->requests->len && logged_at(f, from)->stream < stream)
        from++;
    return from;
}

/* ---- Programs that have httptrace events, too ------------------------------------------------ */

/* One connection of which both sidecar and log tell. */
struct pairing {
    const struct h2t_model *m;
    const struct h2t_framer *f;
    const struct h2t_tconn *t;
    uint32_t n_written; /* attempts of the connection with WroteHeaders */
};

static uint32_t nth_attempt(const struct pairing *p, uint32_t n)
{
    return n < p->n_written ? g_array_index(p->t->attempts, uint32_t, n) : H2T_NONE;
}

/* Do the k-th of both belong together? Both begin with the connection; the log may lack the last
 * ones, which were never written, and then says so by identities alone. */
static bool counts(const struct pairing *p)
{
    if (!p->t->from_start || !p->f->from_start || p->n_written < p->f->requests->len)
        return false;
    for (uint32_t k = 0; k < p->f->requests->len; k++) {
        const struct h2t_attempt *a = h2t_attempt_at(p->m, nth_attempt(p, k));
        const struct h2t_logged_request *r = logged_at(p->f, k);
        if (a->doubtful || differ(a->request_id, r->request_id) || differ(a->path, r->path))
            return false;
    }
    return true;
}

/* What the log says of one stream, and what the join had made of it. */
static void confirm(const struct pairing *p, uint32_t stream, uint32_t attempt)
{
    const struct h2t_stream *s = h2t_stream_at(p->m, stream);
    if (s->attempt == attempt) {
        if (s->match == H2T_MATCH_ORDER)
            tie(p->m, attempt, stream, H2T_MATCH_ORDER_LOG);
        return;
    }
    if (s->attempt != H2T_NONE && s->match == H2T_MATCH_ORDER)
        untie(p->m, stream, H2T_REASON_CONTRADICTION);
    else if (s->attempt == H2T_NONE && h2t_attempt_at(p->m, attempt)->stream == H2T_NONE &&
             !differ(h2t_attempt_at(p->m, attempt)->request_id, s->request_id))
        tie(p->m, attempt, stream, H2T_MATCH_LOG);
}

/* A stream that a header has tied to another attempt: then one of the two does not count right. */
static bool headers_agree(const struct pairing *p, uint32_t first_stream)
{
    uint32_t k = 0;
    for (uint32_t s = first_stream; s != H2T_NONE; s = h2t_stream_at(p->m, s)->next) {
        const struct h2t_stream *stream = h2t_stream_at(p->m, s);
        k = find_logged(p->f, k, stream->id);
        bool known = k < p->f->requests->len && logged_at(p->f, k)->stream == stream->id;
        bool by_header =
            stream->match == H2T_MATCH_HEADER || stream->match == H2T_MATCH_ORDER_HEADER;
        if (known && by_header && stream->attempt != nth_attempt(p, k))
            return false;
    }
    return true;
}

static void confirm_conn(const struct h2t_model *m, const struct h2t_framer *f)
{
    const struct h2t_conn *c = h2t_conn_at(m, f->conn);
    struct pairing p = {.m = m, .f = f, .t = h2t_tconn_at(m, c->tconn)};
    while (p.n_written < p.t->attempts->len &&
           h2t_attempt_at(m, g_array_index(p.t->attempts, uint32_t, p.n_written))->seq)
        p.n_written++;
    if (f->level1 || !counts(&p) || !headers_agree(&p, c->first_stream))
        return;
    uint32_t k = 0;
    for (uint32_t s = c->first_stream; s != H2T_NONE; s = h2t_stream_at(m, s)->next) {
        k = find_logged(f, k, h2t_stream_at(m, s)->id);
        if (k < f->requests->len && logged_at(f, k)->stream == h2t_stream_at(m, s)->id)
            confirm(&p, s, nth_attempt(&p, k));
    }
}

/* ---- Programs of which only the log tells ---------------------------------------------------- */

/* At http2debug=1 the log has no identifiers, but all requests in order. */
static bool is_request(const struct h2t_framer *f, uint32_t k, uint32_t n, uint32_t id)
{
    return f->level1 ? k == n : logged_at(f, k)->stream == id;
}

/* A server's log does not say which lines with header fields are of which request; the wire does.
 */
static void tell_request(const struct h2t_model *m, const struct h2t_attempt *a)
{
    const struct h2t_stream *s = h2t_stream_at(m, a->stream);
    struct h2t_request *r = h2t_request_at(m, a->request);
    r->method = s->method;
    if (!s->authority || !s->path)
        return;
    bool tls = h2t_conn_at(m, s->conn)->decrypted;
    g_autofree char *url = g_strconcat(tls ? "https://" : "http://", s->authority, s->path, NULL);
    r->url =
        h2t_url_keep(m->trace->strings, (struct h2t_text){url, MIN(strlen(url), H2T_MAX_STRING)});
}

static void join_conn(const struct h2t_model *m, const struct h2t_framer *f)
{
    const struct h2t_conn *c = h2t_conn_at(m, f->conn);
    uint32_t k = 0, n = 0, attempts = f->first_attempt;
    for (uint32_t i = 0; i < f->requests->len; i++)
        h2t_attempt_at(m, attempts + i)->reason = H2T_REASON_NOT_ON_WIRE;
    for (uint32_t s = c->first_stream; s != H2T_NONE; s = h2t_stream_at(m, s)->next, n++) {
        struct h2t_stream *stream = h2t_stream_at(m, s);
        if (stream->attempt == H2T_NONE)
            stream->reason = H2T_REASON_NOT_IN_TRACE;
        k = f->level1 ? n : find_logged(f, k, stream->id);
        if (k >= f->requests->len || (f->level1 && (stream->gaps || !c->preface.packet)) ||
            !is_request(f, k, n, stream->id) || stream->attempt != H2T_NONE)
            continue;
        if (differ(logged_at(f, k)->request_id, stream->request_id))
            stream->reason = h2t_attempt_at(m, attempts + k)->reason = H2T_REASON_CONTRADICTION;
        else
            tie(m, attempts + k, s, f->level1 ? H2T_MATCH_ORDER : H2T_MATCH_LOG);
        if (h2t_attempt_at(m, attempts + k)->by_server)
            tell_request(m, h2t_attempt_at(m, attempts + k));
    }
}

/* ---- Each frame ------------------------------------------------------------------------------ */

static bool is_faulty(const struct h2t_framer *f, enum h2t_logged_dir dir, uint32_t frame)
{
    return dir == H2T_READ && h2t_fault_of(f, frame);
}

/* Worth a comment: what happens once a request, or seldom. DATA, WINDOW_UPDATE and acknowledgements
 * would drown the rest. */
static bool is_notable(const struct h2t_logged *l)
{
    switch ((enum h2t_frame_kind)l->kind) {
    case H2T_HEADERS:
    case H2T_RST_STREAM:
    case H2T_PING:
    case H2T_GOAWAY:
        return true;
    case H2T_SETTINGS:
        return l->len > 0;
    default:
        return false;
    }
}

static void see(const struct h2t_model *m, uint32_t framer)
{
    const struct h2t_framer *f = h2t_framer_at(m, framer);
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++)
        for (uint32_t i = 0; i < f->frames[dir]->len; i++) {
            const struct h2t_logged *l = &g_array_index(f->frames[dir], struct h2t_logged, i);
            struct h2t_sighting seen = {framer, i, (uint8_t)dir};
            if (l->entry != H2T_NONE && (is_notable(l) || is_faulty(f, dir, i)))
                g_array_append_val(m->trace->sightings, seen);
        }
    for (uint32_t i = h2t_fit_unsent(m, framer); i < f->frames[H2T_WROTE]->len; i++) {
        struct h2t_sighting unsent = {framer, i, H2T_WROTE};
        g_array_append_val(m->trace->unsent, unsent);
    }
}

void h2t_join_framers(struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        const struct h2t_framer *f = h2t_framer_at(m, i);
        if (f->conn == H2T_NONE)
            continue;
        if (f->first_attempt != H2T_NONE)
            join_conn(m, f);
        else if (is_client(f) && f->tconn != H2T_NONE)
            confirm_conn(m, f);
        see(m, i);
    }
}
