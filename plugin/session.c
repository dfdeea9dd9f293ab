/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/session.h"

#include "core/join.h"
#include "core/notes.h"
#include "core/rules.h"
#include "core/trace.h"
#include "core/view.h"

void session_init(struct session *s, struct h2t_trace *trace)
{
    *s = (struct session){.grown = true};
    if (!trace)
        return;
    s->facts = h2t_facts_new();
    if (h2t_trace_wants_ledgers(trace))
        h2t_facts_keep_ledgers(s->facts);
    s->model = (struct h2t_model){.wire = h2t_facts_wire(s->facts), .trace = trace};
    s->live = h2t_live_new(&s->model);
}

void session_fini(struct session *s)
{
    h2t_live_free(&s->live);
    h2t_findings_free(&s->model.findings);
    h2t_facts_free(&s->facts);
    if (s->notes)
        g_array_unref(s->notes);
    *s = (struct session){0};
}

/* The stream that the frame opened and perhaps ended at once. */
static uint32_t newest_stream(const struct session *s, const struct h2t_frame *frame)
{
    if (frame->conn >= s->model.wire->conns->len)
        return H2T_NONE;
    uint32_t last = h2t_conn_at(&s->model, frame->conn)->last_stream;
    bool same = last != H2T_NONE && h2t_stream_at(&s->model, last)->id == frame->stream &&
                h2t_stream_at(&s->model, last)->headers.packet == frame->mark.packet;
    return same ? last : H2T_NONE;
}

void session_frame(struct session *s, const struct h2t_frame *frame)
{
    s->grown = true;
    if (!s->want_live) {
        h2t_facts_frame(s->facts, frame);
        return;
    }
    uint32_t stream = h2t_facts_open_stream(s->facts, frame->conn, frame->stream);
    h2t_facts_frame(s->facts, frame);
    h2t_live_frame(s->live, frame, stream == H2T_NONE ? newest_stream(s, frame) : stream);
}

void session_complete(struct session *s)
{
    if (s->notes)
        g_array_unref(s->notes);
    h2t_facts_settle(s->facts);
    h2t_join(&s->model);
    h2t_diagnose(&s->model);
    s->notes = h2t_notes(&s->model);
    s->grown = false;
}

static unsigned first_note(const GArray *notes, uint32_t packet)
{
    unsigned lo = 0, hi = notes->len;
    while (lo < hi) {
        unsigned mid = lo + (hi - lo) / 2;
        if (g_array_index(notes, struct h2t_note, mid).packet < packet)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct h2t_note *session_notes(struct session *s, uint32_t packet, bool visited, unsigned *n)
{
    *n = 0;
    if (!s->facts || (visited && !s->notes))
        return NULL;
    const GArray *notes = visited ? s->notes : h2t_live_notes(s->live, packet);
    unsigned first = visited ? first_note(notes, packet) : 0;
    while (first + *n < notes->len &&
           g_array_index(notes, struct h2t_note, first + *n).packet == packet)
        (*n)++;
    return *n ? &g_array_index(notes, struct h2t_note, first) : NULL;
}
