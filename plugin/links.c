/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/links.h"

#include "plugin/printable.h"

#include "core/view.h"

#include <string.h>

#define TRACE_ID_AT 3 /* in a traceparent, W3C Trace Context section 3.2.2 */
#define TRACE_ID_LEN 32

struct link {
    const struct show *s;
    const struct h2t_model *m;
    proto_tree *tree;
    uint32_t packet;
};

static void add_frame(const struct link *l, enum field field, struct h2t_mark mark)
{
    int hf = field_hf(field);
    if (mark.packet && mark.packet != l->packet && show_wants(l->s, hf))
        proto_item_set_generated(proto_tree_add_uint(l->tree, hf, l->s->tvb, 0, 0, mark.packet));
}

static void add_time(const struct link *l, enum field field, int64_t from, int64_t to)
{
    int hf = field_hf(field);
    if (from == H2T_NEVER || to == H2T_NEVER || !show_wants(l->s, hf))
        return;
    nstime_t time = {.secs = (to - from) / 1000000000, .nsecs = (int)((to - from) % 1000000000)};
    proto_item_set_generated(proto_tree_add_time(l->tree, hf, l->s->tvb, 0, 0, &time));
}

static void add_trace_id(const struct link *l, const struct h2t_request *r)
{
    int hf = field_hf(FIELD_TRACE_ID);
    if (!r->traceparent || strlen(r->traceparent) < TRACE_ID_AT + TRACE_ID_LEN ||
        !show_wants(l->s, hf))
        return;
    const char *id = wmem_strndup(l->s->pinfo->pool, r->traceparent + TRACE_ID_AT, TRACE_ID_LEN);
    proto_item_set_generated(
        proto_tree_add_string(l->tree, hf, l->s->tvb, 0, 0, printable(l->s->pinfo->pool, id)));
}

/* The attempts before and after, if their streams are in the capture. */
static void add_retries(const struct link *l, uint32_t index)
{
    const struct h2t_attempt *a = h2t_attempt_at(l->m, index);
    uint32_t before = H2T_NONE;
    for (uint32_t i = h2t_request_at(l->m, a->request)->first_attempt; i != index && i != H2T_NONE;
         i = h2t_attempt_at(l->m, i)->next)
        before = i;
    uint32_t of = before == H2T_NONE ? H2T_NONE : h2t_attempt_at(l->m, before)->stream;
    uint32_t in = a->next == H2T_NONE ? H2T_NONE : h2t_attempt_at(l->m, a->next)->stream;
    if (of != H2T_NONE)
        add_frame(l, FIELD_RETRY_OF, h2t_stream_at(l->m, of)->headers);
    if (in != H2T_NONE)
        add_frame(l, FIELD_RETRY_IN, h2t_stream_at(l->m, in)->headers);
}

/* From the first lookup's start to the last one's end. Only new connections have any. */
static void add_lookups(const struct link *l, uint32_t request)
{
    int64_t from = H2T_NEVER, to = H2T_NEVER;
    const struct h2t_index *lookups = &l->s->session->lookups;
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(lookups, h2t_index_pair(request, 0), &p); i != H2T_NONE;
         i = h2t_index_next(lookups, &p)) {
        const struct h2t_lookup *lookup = h2t_lookup_at(l->m, i);
        if (lookup->request != request || lookup->start == H2T_NEVER)
            continue;
        from = from == H2T_NEVER ? lookup->start : MIN(from, lookup->start);
        to = MAX(to, lookup->done); /* H2T_NEVER is below all */
    }
    add_time(l, FIELD_DNS_TIME, from, to);
}

/* Times of the connection belong to the request only if it was the first to use it. */
static void add_phases(const struct link *l, const struct h2t_attempt *a, const struct h2t_conn *c)
{
    const struct h2t_request *r = h2t_request_at(l->m, a->request);
    if (!a->reused && c->dial != H2T_NONE) {
        const struct h2t_dial *d = h2t_dial_at(l->m, c->dial);
        add_time(l, FIELD_CONNECT_TIME, d->connect_start, d->connect_done);
        add_time(l, FIELD_TLS_TIME, d->tls_start, d->tls_done);
    }
    if (!a->reused)
        add_lookups(l, a->request);
    add_time(l, FIELD_WAIT_TIME, a->at[H2T_GET_CONN], a->at[H2T_GOT_CONN]);
    add_time(l, FIELD_FIRST_BYTE_TIME, a->at[H2T_WROTE_REQUEST], a->at[H2T_FIRST_BYTE]);
    add_time(l, FIELD_TOTAL_TIME, r->start, r->done);
    add_trace_id(l, r);
}

static void link_stream(const struct link *l, const struct h2t_note *note)
{
    const struct h2t_stream *s = h2t_stream_at(l->m, note->ref);
    const struct h2t_conn *c = h2t_conn_at(l->m, s->conn);
    if (s->attempt == H2T_NONE)
        return;
    add_frame(l, FIELD_REQUEST_IN, s->headers);
    if (l->s->complete) {
        add_frame(l, FIELD_RESPONSE_IN, s->response);
        add_frame(l, FIELD_END_IN, s->finish);
        add_retries(l, s->attempt);
        add_frame(l, FIELD_GOAWAY_IN, c->goaway[H2T_SERVER]);
    }
    if (note->what == H2T_NOTE_REQUEST)
        add_phases(l, h2t_attempt_at(l->m, s->attempt), c);
}

void show_links(const struct show *s, proto_tree *tree, const struct h2t_note *note)
{
    struct link l = {s, &s->session->model, tree, note->packet};
    if (note->what >= H2T_NOTE_REQUEST && note->what <= H2T_NOTE_RESET)
        link_stream(&l, note);
}
