/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/check.h"

#include "core/base.h"
#include "core/comment.h"
#include "core/ledger.h"
#include "core/notes.h"
#include "core/view.h"

#include <string.h>

static bool in(uint32_t index, const GArray *array)
{
    return index < array->len;
}

static bool none_or_in(uint32_t index, const GArray *array)
{
    return index == H2T_NONE || in(index, array);
}

static void check_text(const char *text)
{
    if (text)
        g_assert_cmpuint(strlen(text), <=, H2T_MAX_STRING);
}

/* ---- The trace ------------------------------------------------------------------------------ */

static void check_request(const struct h2t_trace *t, uint32_t index)
{
    const struct h2t_request *r = &g_array_index(t->requests, struct h2t_request, index);
    uint32_t n = 0;
    g_assert_true(in(r->process, t->processes));
    g_assert_nonnull(r->id);
    for (uint32_t i = r->first_attempt; i != H2T_NONE; n++) {
        g_assert_true(in(i, t->attempts));
        g_assert_cmpuint(n, <, r->n_attempts);
        const struct h2t_attempt *a = &g_array_index(t->attempts, struct h2t_attempt, i);
        g_assert_cmpuint(a->request, ==, index);
        i = a->next;
    }
    g_assert_cmpuint(n, ==, r->n_attempts);
    const char *const texts[] = {r->id,  r->method,   r->url,        r->host,
                                 r->err, r->body_err, r->traceparent};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        check_text(texts[i]);
}

/* How many attempts it has. */
static uint32_t check_tconn(const struct h2t_trace *t, uint32_t index)
{
    const struct h2t_tconn *c = &g_array_index(t->tconns, struct h2t_tconn, index);
    g_assert_true(in(c->process, t->processes));
    g_assert_true(none_or_in(c->dial, t->dials));
    for (uint32_t i = 0; i < c->attempts->len; i++) {
        uint32_t attempt = g_array_index(c->attempts, uint32_t, i);
        g_assert_true(in(attempt, t->attempts));
        g_assert_cmpuint(g_array_index(t->attempts, struct h2t_attempt, attempt).tconn, ==, index);
    }
    return c->attempts->len;
}

static void check_dials(const struct h2t_trace *t)
{
    for (uint32_t i = 0; i < t->dials->len; i++) {
        const struct h2t_dial *d = &g_array_index(t->dials, struct h2t_dial, i);
        g_assert_true(none_or_in(d->request, t->requests) && none_or_in(d->tconn, t->tconns));
        check_text(d->err);
        check_text(d->tls_err);
    }
    for (uint32_t i = 0; i < t->lookups->len; i++) {
        const struct h2t_lookup *l = &g_array_index(t->lookups, struct h2t_lookup, i);
        g_assert_true(none_or_in(l->request, t->requests));
    }
}

void check_trace(const struct h2t_trace *t)
{
    uint32_t connected = 0, chained = 0, on_conns = 0;
    for (uint32_t i = 0; i < t->requests->len; i++) {
        check_request(t, i);
        chained += g_array_index(t->requests, struct h2t_request, i).n_attempts;
    }
    g_assert_cmpuint(chained, ==, t->attempts->len);
    for (uint32_t i = 0; i < t->attempts->len; i++) {
        const struct h2t_attempt *a = &g_array_index(t->attempts, struct h2t_attempt, i);
        g_assert_true(none_or_in(a->tconn, t->tconns));
        g_assert_cmpuint(a->number, >, 0);
        connected += a->tconn != H2T_NONE;
    }
    for (uint32_t i = 0; i < t->tconns->len; i++)
        on_conns += check_tconn(t, i);
    g_assert_cmpuint(on_conns, ==, connected);
    check_dials(t);
    g_assert_cmpuint(t->bad->len, <=, H2T_MAX_BAD_SHOWN);
}

/* ---- The wire ------------------------------------------------------------------------------- */

static void check_mark(struct h2t_mark mark, uint64_t packets)
{
    g_assert_cmpuint(mark.packet, <=, packets);
}

static void check_streams(const struct h2t_wire *w, uint32_t conn, uint64_t packets)
{
    const struct h2t_conn *c = &g_array_index(w->conns, struct h2t_conn, conn);
    uint32_t n = 0, last = H2T_NONE;
    for (uint32_t i = c->first_stream; i != H2T_NONE; n++) {
        g_assert_true(in(i, w->streams));
        g_assert_cmpuint(n, <, c->n_streams);
        const struct h2t_stream *s = &g_array_index(w->streams, struct h2t_stream, i);
        g_assert_cmpuint(s->conn, ==, conn);
        g_assert_true(s->end > H2T_END_OPEN && s->end <= H2T_END_EOF);
        const struct h2t_mark marks[] = {s->headers, s->request_end, s->response, s->finish};
        for (size_t k = 0; k < G_N_ELEMENTS(marks); k++)
            check_mark(marks[k], packets);
        check_text(s->method);
        check_text(s->path);
        check_text(s->authority);
        last = i;
        i = s->next;
    }
    g_assert_cmpuint(n, ==, c->n_streams);
    g_assert_cmpuint(last, ==, c->last_stream);
}

/* A CONNECT that opened a tunnel is in no chain. */
static bool may_be_loose(const struct h2t_wire *w, uint32_t index)
{
    const struct h2t_stream *s = &g_array_index(w->streams, struct h2t_stream, index);
    const struct h2t_conn *c = &g_array_index(w->conns, struct h2t_conn, s->conn);
    return c->tunnel && s->method && !strcmp(s->method, "CONNECT");
}

void check_wire(const struct h2t_wire *w, uint64_t packets)
{
    uint32_t chained = 0, loose = 0;
    for (uint32_t i = 0; i < w->conns->len; i++) {
        const struct h2t_conn *c = &g_array_index(w->conns, struct h2t_conn, i);
        const struct h2t_mark marks[] = {c->first,        c->last,         c->syn,    c->syn_ack,
                                         c->client_hello, c->server_hello, c->preface};
        for (size_t k = 0; k < G_N_ELEMENTS(marks); k++)
            check_mark(marks[k], packets);
        g_assert_cmpuint(c->proto, <=, H2T_PROTO_H1);
        check_streams(w, i, packets);
        chained += c->n_streams;
    }
    for (uint32_t i = 0; i < w->streams->len; i++)
        loose += may_be_loose(w, i);
    g_assert_cmpuint(chained, <=, w->streams->len);
    g_assert_cmpuint(chained + loose, >=, w->streams->len);
    for (uint32_t i = 0; i < w->queries->len; i++) {
        const struct h2t_query *q = &g_array_index(w->queries, struct h2t_query, i);
        check_mark(q->query, packets);
        check_mark(q->answer, packets);
    }
}

/* ---- The join ------------------------------------------------------------------------------- */

static void check_stream(const struct h2t_model *m, uint32_t index)
{
    const struct h2t_stream *s = h2t_stream_at(m, index);
    g_assert_cmpuint(s->reason, <, H2T_N_REASONS);
    if (s->attempt == H2T_NONE) {
        g_assert_cmpint(s->match, ==, H2T_MATCH_NONE);
        return;
    }
    g_assert_true(in(s->attempt, m->trace->attempts));
    const struct h2t_attempt *a =
        &g_array_index(m->trace->attempts, struct h2t_attempt, s->attempt);
    g_assert_cmpuint(a->stream, ==, index);
    g_assert_cmpint(a->match, ==, s->match);
    g_assert_cmpint(s->match, >=, H2T_MATCH_ORDER);
    g_assert_true(s->match <= H2T_MATCH_LOG || s->match == H2T_MATCH_TIMING);
}

static void check_attempts(const struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->attempts->len; i++) {
        const struct h2t_attempt *a = &g_array_index(m->trace->attempts, struct h2t_attempt, i);
        g_assert_cmpuint(a->reason, <, H2T_N_REASONS);
        g_assert_true(none_or_in(a->stream, m->wire->streams));
        if (a->stream == H2T_NONE)
            g_assert_cmpint(a->reason, !=, H2T_REASON_NONE);
        else
            g_assert_cmpuint(h2t_stream_at(m, a->stream)->attempt, ==, i);
        if (a->stream == H2T_NONE || a->tconn == H2T_NONE)
            continue;
        uint32_t bound = g_array_index(m->trace->tconns, struct h2t_tconn, a->tconn).conn;
        if (bound != H2T_NONE) /* a pair lies on one connection */
            g_assert_cmpuint(h2t_stream_at(m, a->stream)->conn, ==, bound);
    }
}

static void check_conn(const struct h2t_model *m, uint32_t index)
{
    const struct h2t_conn *c = h2t_conn_at(m, index);
    g_assert_true(none_or_in(c->copy_of, m->wire->conns));
    g_assert_true(none_or_in(c->tconn, m->trace->tconns));
    g_assert_true(none_or_in(c->dial, m->trace->dials));
    if (c->tconn != H2T_NONE)
        g_assert_cmpuint(g_array_index(m->trace->tconns, struct h2t_tconn, c->tconn).conn, ==,
                         index);
    if (c->dial != H2T_NONE)
        g_assert_cmpuint(g_array_index(m->trace->dials, struct h2t_dial, c->dial).conn, ==, index);
}

static void check_back(const struct h2t_model *m)
{
    const struct h2t_trace *t = m->trace;
    for (uint32_t i = 0; i < t->tconns->len; i++) {
        const struct h2t_tconn *c = &g_array_index(t->tconns, struct h2t_tconn, i);
        g_assert_true(none_or_in(c->conn, m->wire->conns));
        g_assert_cmpuint(c->reason, <, H2T_N_REASONS);
        if (c->conn != H2T_NONE)
            g_assert_cmpuint(h2t_conn_at(m, c->conn)->tconn, ==, i);
    }
    for (uint32_t i = 0; i < t->dials->len; i++) {
        const struct h2t_dial *d = &g_array_index(t->dials, struct h2t_dial, i);
        g_assert_true(none_or_in(d->conn, m->wire->conns));
        if (d->conn != H2T_NONE)
            g_assert_cmpuint(h2t_conn_at(m, d->conn)->dial, ==, i);
    }
}

static void check_entries(const struct h2t_model *m, const struct h2t_framer *f,
                          enum h2t_logged_dir dir)
{
    enum h2t_dir sender = dir == H2T_WROTE ? f->side : (enum h2t_dir) !f->side;
    const GArray *entries = h2t_ledger_of(m->wire, f->conn)->entries[sender];
    for (uint32_t i = 0; i < f->frames[dir]->len; i++) {
        const struct h2t_logged *l = h2t_logged_at(f, dir, i);
        if (l->entry == H2T_NONE)
            continue;
        g_assert_true(in(l->entry, entries));
        const struct h2t_entry *e = &g_array_index(entries, struct h2t_entry, l->entry);
        g_assert_true(l->kind == e->kind && l->stream == e->stream && l->len == e->len);
    }
}

static void check_framer(const struct h2t_model *m, const struct h2t_framer *f)
{
    g_assert_cmpuint(f->reason, <, H2T_N_REASONS);
    g_assert_true(none_or_in(f->tconn, m->trace->tconns));
    if (f->first_attempt != H2T_NONE)
        g_assert_cmpuint(f->first_attempt + f->requests->len, <=, m->trace->attempts->len);
    g_assert_cmpint(f->conn == H2T_NONE, ==, f->tied == H2T_TIED_NONE);
    if (f->conn == H2T_NONE) {
        g_assert_cmpint(f->reason, !=, H2T_REASON_NONE);
        return;
    }
    g_assert_true(in(f->conn, m->wire->conns) && f->has_side);
    check_entries(m, f, H2T_WROTE);
    check_entries(m, f, H2T_READ);
}

static void check_sightings(const struct h2t_model *m, const GArray *sightings)
{
    for (uint32_t i = 0; i < sightings->len; i++) {
        const struct h2t_sighting *s = &g_array_index(sightings, struct h2t_sighting, i);
        g_assert_true(in(s->framer, m->trace->framers));
        g_assert_true(in(s->frame, h2t_framer_at(m, s->framer)->frames[s->dir]));
        bool seen = h2t_logged_at(h2t_framer_at(m, s->framer), s->dir, s->frame)->entry != H2T_NONE;
        g_assert_cmpint(seen, ==, sightings == m->trace->sightings);
    }
}

static void check_framers(const struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->framers->len; i++)
        check_framer(m, h2t_framer_at(m, i));
    check_sightings(m, m->trace->sightings);
    check_sightings(m, m->trace->unsent);
}

void check_join(const struct h2t_model *m)
{
    check_framers(m);
    for (uint32_t i = 0; i < m->wire->streams->len; i++)
        check_stream(m, i);
    check_attempts(m);
    for (uint32_t i = 0; i < m->wire->conns->len; i++)
        check_conn(m, i);
    check_back(m);
    for (uint32_t i = 0; i < m->wire->queries->len; i++)
        g_assert_true(none_or_in(h2t_query_at(m, i)->lookup, m->trace->lookups));
}

/* ---- Notes ---------------------------------------------------------------------------------- */

static void check_comment(const GString *text, bool variant)
{
    struct h2t_comment comment;
    struct h2t_comment_pair pair, same;
    g_assert_true(h2t_comment_parse(text->str, text->len, &comment));
    g_assert_cmpint(comment.variant, ==, variant);
    g_assert_cmpuint(text->len, <=, UINT16_MAX);
    while (h2t_comment_next(&comment, &pair)) {
        g_autofree char *key = g_strndup(pair.key, pair.key_len);
        g_assert_false(h2t_comment_find(&comment, key, &same));
    }
}

void check_notes(const struct h2t_model *m, const GArray *notes, uint64_t packets)
{
    const struct h2t_note *before = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < notes->len; i++) {
        const struct h2t_note *note = &g_array_index(notes, struct h2t_note, i);
        g_assert_true(note->packet > 0 && note->packet <= packets);
        g_assert_cmpuint(note->what, <, H2T_N_NOTES);
        if (before && before->packet == note->packet)
            g_assert_cmpint(before->what, <=, note->what);
        else if (before)
            g_assert_cmpuint(before->packet, <, note->packet);
        h2t_note_text(m, note, i % 2, text);
        check_comment(text, i % 2);
        before = note;
    }
}
