/* SPDX-License-Identifier: MIT */
/*
 * A note as one line of text. Hook times are relative to the packet, in the capture's clock. Here
 * are lookups, findings and frames of debug logs; the others are in text_conn.c and text_stream.c.
 */
#include "core/text_line.h"

#include "core/comment.h"
#include "core/files.h"
#include "core/finding.h"
#include "core/ledger.h"
#include "core/names.h"
#include "core/notes.h"
#include "core/ns.h"
#include "core/rules.h"
#include "core/view.h"

#define MAX_EVIDENCE 400u                    /* a finding may be longer, it is rare */
#define FINDING_REQUESTS 3                   /* named; the others are counted */
#define STAMP_TOO_COARSE INT64_C(1000000000) /* ns: such times say nothing about a packet */

/* ---- DNS ------------------------------------------------------------------------------------ */

static void dns_line(const struct text_line *l)
{
    const struct h2t_query *q = h2t_query_at(l->m, l->note->ref);
    const struct h2t_lookup *lookup = h2t_lookup_at(l->m, q->lookup);
    if (lookup->request != H2T_NONE) {
        const struct h2t_request *r = h2t_request_at(l->m, lookup->request);
        h2t_comment_add(l->out, "req", r->id);
        text_add_process(l, r->process);
    }
    text_add_text(l, "host", lookup->host, MAX_URL);
    if (l->note->what == H2T_NOTE_DNS_QUERY) {
        text_add_offset(l, lookup->start, q->query);
        text_add_hook(l, "DNSStart", lookup->start, q->query);
        return;
    }
    text_add_hook(l, "DNSDone", lookup->done, q->answer);
    text_add_text(l, "error", lookup->err, MAX_ERROR);
}

/* ---- Findings ------------------------------------------------------------------------------- */

/* The other packet that the finding stands on. */
static void add_see(const struct text_line *l, const struct h2t_finding *f)
{
    bool proof = l->note->packet != f->at.packet;
    uint32_t see = proof ? f->at.packet : f->proof.packet;
    if (f->proof.packet == f->at.packet)
        return;
    h2t_comment_add_int(l->out, proof ? "at" : "proof", h2t_packet_in_file(l->m->wire, see));
    text_add_text(l, "file", h2t_other_file(l->m->wire, l->note->packet, see), MAX_URL);
}

static void add_wire(const struct text_line *l, const char *evidence)
{
    g_autoptr(GString) text = g_string_new(NULL);
    h2t_files_text(l->m->wire, l->note->packet, evidence ? evidence : "", text);
    text_add_text(l, "wire", text->str, MAX_EVIDENCE);
}

static void finding_line(const struct text_line *l)
{
    const struct h2t_finding *f = h2t_finding_at(l->m, l->note->ref);
    const struct h2t_rule *rule = h2t_rule_at(f->rule);
    g_autoptr(GString) requests = g_string_new(NULL);
    h2t_comment_add(l->out, "id", rule->id);
    h2t_comment_add(l->out, "severity", h2t_severity_name(f->severity));
    h2t_finding_requests(l->m, f, FINDING_REQUESTS, requests);
    text_add_text(l, "reqs", requests->str, MAX_URL);
    if (f->n_conns > 1)
        h2t_comment_add_int(l->out, "conns", f->n_conns);
    else if (f->conn != H2T_NONE && h2t_conn_at(l->m, f->conn)->tconn != H2T_NONE) {
        uint32_t tconn = h2t_conn_at(l->m, f->conn)->tconn;
        text_add_process(l, h2t_tconn_at(l->m, tconn)->process);
        text_add_conn(l, tconn);
    }
    add_see(l, f);
    text_add_text(l, "what", rule->title, SIZE_MAX);
    add_wire(l, f->wire);
    text_add_text(l, "trace", f->trace, MAX_EVIDENCE);
    text_add_text(l, "fix", f->fix, SIZE_MAX);
}

/* ---- Debug logs ----------------------------------------------------------------------------- */

/* `side`: whose log it is. The time of the line only where its stamp is finer than a second. */
static void frame_line(const struct text_line *l)
{
    const struct h2t_sighting *s =
        &g_array_index(l->m->trace->sightings, struct h2t_sighting, l->note->ref);
    const struct h2t_framer *f = h2t_framer_at(l->m, s->framer);
    const struct h2t_logged *logged = h2t_logged_at(f, s->dir, s->frame);
    char pointer[24];
    int64_t at = h2t_sighting_entry(l->m, l->note->ref)->ns;
    uint32_t tconn = h2t_conn_at(l->m, f->conn)->tconn;
    if (tconn != H2T_NONE) {
        text_add_process(l, h2t_tconn_at(l->m, tconn)->process);
        text_add_conn(l, tconn);
    }
    h2t_comment_add(l->out, "side", f->side == H2T_CLIENT ? "client" : "server");
    h2t_comment_add(l->out, s->dir == H2T_WROTE ? "wrote" : "read", h2t_kind_name(logged->kind));
    h2t_comment_add_int(l->out, "stream", logged->stream);
    if (f->unit < STAMP_TOO_COARSE && logged->ns != H2T_NEVER && at != H2T_NEVER)
        h2t_comment_add_duration(l->out, "Logged",
                                 h2t_ns_sub(h2t_ns_add(logged->ns, f->offset), at));
    g_snprintf(pointer, sizeof pointer, "0x%" G_GINT64_MODIFIER "x", f->pointer);
    if (f->pointer)
        h2t_comment_add(l->out, "framer", pointer);
    h2t_comment_add_int(l->out, "line", logged->line);
    if (s->dir == H2T_READ)
        text_add_text(l, "error", h2t_fault_of(f, s->frame), MAX_ERROR);
}

/* ---- All ------------------------------------------------------------------------------------ */

static uint32_t process_of(const struct h2t_model *m, uint32_t request)
{
    return request == H2T_NONE ? H2T_NONE : h2t_request_at(m, request)->process;
}

/* Whose hooks the note tells of: of a connection, those of its dial. */
static uint32_t process_of_note(const struct h2t_model *m, const struct h2t_note *note)
{
    uint32_t attempt, lookup, dial;
    switch ((enum h2t_what)note->what) {
    case H2T_NOTE_DNS_QUERY:
    case H2T_NOTE_DNS_ANSWER:
        lookup = h2t_query_at(m, note->ref)->lookup;
        return process_of(m, h2t_lookup_at(m, lookup)->request);
    case H2T_NOTE_CONNECT:
    case H2T_NOTE_CONNECTED:
    case H2T_NOTE_CLIENT_HELLO:
    case H2T_NOTE_HANDSHAKE:
        dial = h2t_conn_at(m, note->ref)->dial;
        return dial == H2T_NONE ? H2T_NONE : process_of(m, h2t_dial_at(m, dial)->request);
    case H2T_NOTE_REQUEST:
    case H2T_NOTE_REQUEST_END:
    case H2T_NOTE_RESPONSE:
    case H2T_NOTE_END:
    case H2T_NOTE_RESET:
        attempt = h2t_stream_at(m, note->ref)->attempt;
        return process_of(m, h2t_attempt_at(m, attempt)->request);
    default: /* it tells of none */
        return H2T_NONE;
    }
}

void h2t_note_text(const struct h2t_model *m, const struct h2t_note *note, bool variant,
                   GString *out)
{
    struct text_line line = {m, note, out, process_of_note(m, note)};
    h2t_comment_begin(out, h2t_what_name(note->what));
    switch ((enum h2t_what)note->what) {
    case H2T_NOTE_FINDING:
        finding_line(&line);
        break;
    case H2T_NOTE_DNS_QUERY:
    case H2T_NOTE_DNS_ANSWER:
        dns_line(&line);
        break;
    case H2T_NOTE_FRAME:
        frame_line(&line);
        break;
    case H2T_NOTE_CONNECT:
    case H2T_NOTE_CONNECTED:
    case H2T_NOTE_CLIENT_HELLO:
    case H2T_NOTE_HANDSHAKE:
    case H2T_NOTE_GOAWAY:
    case H2T_NOTE_CLOSE:
        text_conn(&line);
        break;
    default:
        text_stream(&line);
        break;
    }
    h2t_comment_end(out, variant);
}
