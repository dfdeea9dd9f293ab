/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/session.h"

#include "core/join.h"
#include "core/notes.h"
#include "core/ns.h"
#include "core/rules.h"
#include "core/sorted.h"
#include "core/trace.h"
#include "core/view.h"

void session_init(struct session *s)
{
    *s = (struct session){.facts = h2t_facts_new()};
    h2t_facts_keep_ledgers(s->facts); /* the trace may want them */
    s->model.wire = h2t_facts_wire(s->facts);
    places_init(&s->places);
}

void session_fini(struct session *s)
{
    h2t_live_free(&s->live);
    h2t_findings_free(&s->model.findings);
    h2t_facts_free(&s->facts);
    h2t_index_fini(&s->streams);
    h2t_index_fini(&s->lookups);
    places_fini(&s->places);
    if (s->notes)
        g_array_unref(s->notes);
    *s = (struct session){0};
}

static void take_trace(struct session *s, struct h2t_trace *trace)
{
    if (s->model.trace)
        return;
    s->model.trace = trace;
    if (!h2t_trace_wants_ledgers(trace))
        h2t_facts_drop_ledgers(s->facts);
    for (uint32_t i = 0; i < trace->lookups->len; i++)
        h2t_index_add(&s->lookups, h2t_index_pair(h2t_lookup_at(&s->model, i)->request, 0), i);
}

void session_follow(struct session *s, struct h2t_trace *trace)
{
    take_trace(s, trace);
    if (!s->live)
        s->live = h2t_live_new(&s->model);
}

void session_complete(struct session *s, struct h2t_trace *trace)
{
    take_trace(s, trace);
    if (s->notes)
        g_array_unref(s->notes);
    h2t_facts_settle(s->facts);
    h2t_join(&s->model);
    h2t_diagnose(&s->model);
    s->notes = h2t_notes(&s->model);
    s->grown = false;
}

static uint32_t find_stream(const struct session *s, uint32_t conn, uint32_t id)
{
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(&s->streams, h2t_index_pair(conn, id), &p); i != H2T_NONE;
         i = h2t_index_next(&s->streams, &p))
        if (h2t_stream_at(&s->model, i)->conn == conn && h2t_stream_at(&s->model, i)->id == id)
            return i;
    return H2T_NONE;
}

void session_frame(struct session *s, const struct h2t_frame *frame)
{
    const GArray *streams = s->model.wire->streams;
    uint32_t before = streams->len;
    s->grown = true;
    h2t_facts_frame(s->facts, frame);
    if (streams->len > before)
        h2t_index_add(&s->streams, h2t_index_pair(frame->conn, frame->stream), before);
    if (s->live)
        h2t_live_frame(s->live, frame, find_stream(s, frame->conn, frame->stream));
}

const struct h2t_note *session_notes(struct session *s, uint32_t packet, bool visited, unsigned *n)
{
    *n = 0;
    if (visited ? !s->notes : !s->live)
        return NULL;
    const GArray *notes = visited ? s->notes : h2t_live_notes(s->live, packet);
    unsigned first =
        visited ? h2t_sorted_first(notes, offsetof(struct h2t_note, packet), packet) : 0;
    while (first + *n < notes->len &&
           g_array_index(notes, struct h2t_note, first + *n).packet == packet)
        (*n)++;
    return *n ? &g_array_index(notes, struct h2t_note, first) : NULL;
}

uint32_t session_tconn(const struct session *s, uint32_t packet)
{
    uint32_t conn = places_conn(&s->places, packet);
    return s->model.trace && conn != H2T_NONE && conn < s->model.wire->conns->len
               ? h2t_conn_at(&s->model, conn)->tconn
               : H2T_NONE;
}

uint32_t session_stream(const struct session *s, uint32_t packet, uint32_t id)
{
    uint32_t stream =
        s->model.trace ? find_stream(s, places_conn(&s->places, packet), id) : H2T_NONE;
    return stream != H2T_NONE && h2t_stream_at(&s->model, stream)->attempt != H2T_NONE ? stream
                                                                                       : H2T_NONE;
}

int64_t session_total(const struct session *s, const struct h2t_note *note)
{
    if (note->what != H2T_NOTE_REQUEST)
        return H2T_NEVER;
    uint32_t attempt = h2t_stream_at(&s->model, note->ref)->attempt;
    const struct h2t_attempt *a = h2t_attempt_at(&s->model, attempt);
    const struct h2t_request *r = h2t_request_at(&s->model, a->request);
    bool known = a->number == 1 && r->start != H2T_NEVER && r->done != H2T_NEVER;
    return known ? h2t_ns_sub(r->done, r->start) : H2T_NEVER;
}
