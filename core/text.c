/* SPDX-License-Identifier: MIT */
/*
 * A note as one line of text. Each kind of note has one function that adds its keys; hook times are
 * relative to the packet, in the capture's clock.
 */
#include "core/addr.h"
#include "core/clock.h"
#include "core/comment.h"
#include "core/files.h"
#include "core/finding.h"
#include "core/grpc.h"
#include "core/ledger.h"
#include "core/names.h"
#include "core/notes.h"
#include "core/ns.h"
#include "core/rules.h"
#include "core/view.h"

#define MAX_URL 72u /* bytes: the line shall stay near 200 */
#define MAX_ERROR 80u
#define MAX_EVIDENCE 400u                    /* a finding may be longer, it is rare */
#define FINDING_REQUESTS 3                   /* named; the others are counted */
#define STAMP_TOO_COARSE INT64_C(1000000000) /* ns: such times say nothing about a packet */

/* Where a line is being written. */
struct line {
    const struct h2t_model *m;
    const struct h2t_note *note;
    GString *out;
    uint32_t process; /* whose times they are */
};

static void add_hook(const struct line *l, const char *hook, int64_t at, struct h2t_mark packet)
{
    if (at == H2T_NEVER || !packet.packet || packet.ns == H2T_NEVER)
        return;
    const struct h2t_clock *clock = h2t_clock_of(l->m, l->process);
    int64_t there = h2t_ns_add(at, h2t_clock_shift(clock, at, packet.packet));
    h2t_comment_add_duration(l->out, hook, h2t_ns_sub(there, packet.ns));
}

static void add_text(const struct line *l, const char *key, const char *value, size_t max)
{
    if (value && *value)
        h2t_comment_add_cut(l->out, key, value, max);
}

static void add_code(const struct line *l, const char *key, uint32_t code)
{
    const char *name = h2t_h2_error_name(code);
    if (name)
        h2t_comment_add(l->out, key, name);
    else
        h2t_comment_add_int(l->out, key, code);
}

static void add_process(const struct line *l, uint32_t process)
{
    if (l->m->trace->processes->len > l->m->trace->n_silent + 1)
        h2t_comment_add_int(l->out, "pid", (int64_t)h2t_process_at(l->m, process)->pid);
}

static void add_conn(const struct line *l, uint32_t tconn)
{
    h2t_comment_add_int(l->out, "conn", (int64_t)h2t_conn_number(l->m, tconn));
}

/* Where the clocks differ for sure, a reader must know what was added to the program's times. */
static void add_offset(const struct line *l, int64_t at, struct h2t_mark packet)
{
    const struct h2t_clock *clock = h2t_clock_of(l->m, l->process);
    int64_t shift = at == H2T_NEVER ? 0 : h2t_clock_shift(clock, at, packet.packet);
    if (!shift)
        return;
    struct h2t_range r = h2t_clock_at(clock, at, packet.packet);
    h2t_comment_add_duration(l->out, "offset", shift);
    h2t_comment_add_duration(l->out, "offset-error",
                             MAX(h2t_ns_sub(r.hi, shift), h2t_ns_sub(shift, r.lo)));
}

/* ---- Connections ---------------------------------------------------------------------------- */

static const struct h2t_dial *dial_of(const struct line *l, const struct h2t_conn *c)
{
    return c->dial == H2T_NONE ? NULL : h2t_dial_at(l->m, c->dial);
}

static void begin_conn(const struct line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    if (c->tconn != H2T_NONE) {
        add_process(l, h2t_tconn_at(l->m, c->tconn)->process);
        add_conn(l, c->tconn);
    } else if (d && d->request != H2T_NONE) {
        add_process(l, h2t_request_at(l->m, d->request)->process);
    }
    if (d && d->request != H2T_NONE)
        h2t_comment_add(l->out, "dialled-for", h2t_request_at(l->m, d->request)->id);
}

/* The program's addresses, where the capture has others. */
static void add_addresses(const struct line *l, const struct h2t_conn *c)
{
    const struct h2t_tconn *t = h2t_tconn_at(l->m, c->tconn);
    char text[H2T_ADDR_LEN];
    if (t->local.family && h2t_addr_cmp(&t->local, &c->tuple.client))
        h2t_comment_add(l->out, "local", h2t_addr_text(&t->local, text));
    if (t->remote.family && h2t_addr_cmp(&t->remote, &c->tuple.server))
        h2t_comment_add(l->out, "remote", h2t_addr_text(&t->remote, text));
}

static void connect_line(const struct line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    bool bound = c->tconn != H2T_NONE;
    if (bound)
        h2t_comment_add(l->out, "match", h2t_match_name(h2t_tconn_at(l->m, c->tconn)->bound));
    if (d)
        h2t_comment_add(l->out, "dial-match", h2t_match_name(d->match));
    if (bound && h2t_is_translated(h2t_tconn_at(l->m, c->tconn)))
        add_addresses(l, c);
    h2t_comment_add_int(l->out, "requests",
                        bound ? h2t_tconn_at(l->m, c->tconn)->attempts->len : 0);
    if (d) {
        add_offset(l, d->connect_start, c->syn);
        add_hook(l, "ConnectStart", d->connect_start, c->syn);
    }
    if (d && d->connect_done == H2T_NEVER)
        h2t_comment_add(l->out, "ConnectDone", "never");
    if (d)
        add_text(l, "error", d->err, MAX_ERROR);
}

static void connected_line(const struct line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    if (d)
        add_hook(l, "ConnectDone", d->connect_done, c->syn_ack);
}

static void client_hello_line(const struct line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    add_text(l, "sni", c->sni, MAX_URL);
    add_text(l, "alpn-offered", c->alpn_offered ? c->alpn_offered : "none", MAX_URL);
    if (d)
        add_hook(l, "TLSHandshakeStart", d->tls_start, c->client_hello);
}

static const char *tls_name(uint16_t version)
{
    static const char *const names[] = {"1.0", "1.1", "1.2", "1.3"};
    return version >= 0x0301 && version <= 0x0304 ? names[version - 0x0301] : "unknown";
}

static void handshake_line(const struct line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    struct h2t_mark end = {.ns = H2T_NEVER};
    end.packet = l->note->packet;
    for (enum h2t_dir dir = H2T_CLIENT; dir <= H2T_SERVER; dir++)
        if (c->finished[dir].packet == end.packet)
            end = c->finished[dir];
    h2t_comment_add(l->out, "tls", tls_name(c->tls_version));
    add_text(l, "alpn", c->alpn, MAX_URL);
    if (d)
        add_hook(l, "TLSHandshakeDone", d->tls_done, end);
    if (d)
        add_text(l, "error", d->tls_err, MAX_ERROR);
}

static void goaway_line(const struct line *l, const struct h2t_conn *c)
{
    enum h2t_dir dir = l->note->dir;
    h2t_comment_add(l->out, "by", dir == H2T_CLIENT ? "client" : "server");
    add_code(l, "code", c->goaway_code[dir]);
    h2t_comment_add_int(l->out, "last-stream", c->goaway_last[dir]);
}

static void close_line(const struct line *l, const struct h2t_conn *c)
{
    enum h2t_dir dir = l->note->dir;
    h2t_comment_add(l->out, "by", dir == H2T_CLIENT ? "client" : "server");
    h2t_comment_add(l->out, "with", c->fin[dir].packet == l->note->packet ? "FIN" : "RST");
}

/* ---- Streams -------------------------------------------------------------------------------- */

static const struct h2t_attempt *attempt_of(const struct line *l, const struct h2t_stream *s)
{
    return h2t_attempt_at(l->m, s->attempt);
}

static const struct h2t_request *request_of(const struct line *l, const struct h2t_stream *s)
{
    return h2t_request_at(l->m, attempt_of(l, s)->request);
}

static void begin_stream(const struct line *l, const struct h2t_stream *s)
{
    const struct h2t_attempt *a = attempt_of(l, s);
    const struct h2t_request *r = request_of(l, s);
    h2t_comment_add(l->out, "req", r->id);
    h2t_comment_add_int(l->out, "attempt", a->number);
    add_process(l, r->process);
    if (a->tconn != H2T_NONE)
        add_conn(l, a->tconn);
    h2t_comment_add_int(l->out, "stream", s->id);
}

static bool is_last(const struct line *l, const struct h2t_stream *s)
{
    return attempt_of(l, s)->next == H2T_NONE;
}

static void add_grpc(const struct line *l, const struct h2t_stream *s)
{
    if (!s->grpc)
        return;
    uint32_t status = s->grpc - 1u;
    h2t_comment_add_int(l->out, "grpc-status", status);
    add_text(l, "grpc-code", h2t_grpc_name(status), MAX_URL);
}

/* What only the last attempt of a request can tell: how RoundTrip ended. */
static void add_outcome(const struct line *l, const struct h2t_stream *s, struct h2t_mark packet)
{
    const struct h2t_request *r = request_of(l, s);
    if (!is_last(l, s)) {
        h2t_comment_add(l->out, "retried", "yes");
        add_text(l, "error", attempt_of(l, s)->wrote_err, MAX_ERROR);
        return;
    }
    if (!s->response.packet) /* else it stands there */
        add_hook(l, "RoundTripDone", r->done, packet);
    add_hook(l, "BodyDone", r->body_done, packet);
    add_text(l, "error", r->err ? r->err : r->body_err, MAX_ERROR);
}

static void add_hooks(const struct line *l, const struct h2t_stream *s, enum h2t_hook first,
                      enum h2t_hook last, struct h2t_mark packet)
{
    for (enum h2t_hook hook = first; hook <= last; hook++)
        add_hook(l, h2t_hook_name(hook), attempt_of(l, s)->at[hook], packet);
}

static void request_line(const struct line *l, const struct h2t_stream *s)
{
    const struct h2t_attempt *a = attempt_of(l, s);
    const struct h2t_request *r = request_of(l, s);
    if (a->by_server)
        h2t_comment_add(l->out, "side", "server");
    else
        h2t_comment_add(l->out, "reused", a->reused ? "yes" : "no");
    if (a->was_idle)
        h2t_comment_add_duration(l->out, "idle", a->idle_ns);
    h2t_comment_add(l->out, "match", h2t_match_name(s->match));
    add_text(l, "method", r->method, MAX_URL);
    add_text(l, "url", r->url, MAX_URL);
    add_offset(l, a->at[H2T_GOT_CONN] == H2T_NEVER ? r->start : a->at[H2T_GOT_CONN], s->headers);
    add_hooks(l, s, H2T_GET_CONN, H2T_WROTE_HEADERS, s->headers);
    if (s->request_end.packet == s->headers.packet)
        add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->headers);
    if (s->finish.packet || s->end == H2T_END_OPEN)
        return;
    if (!s->request_end.packet)
        add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->headers);
    h2t_comment_add(l->out, "end", h2t_end_name(s->end)); /* no other packet tells it */
    add_grpc(l, s);
    add_outcome(l, s, s->headers);
}

static void request_end_line(const struct line *l, const struct h2t_stream *s)
{
    add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->request_end);
    add_text(l, "error", attempt_of(l, s)->wrote_err, MAX_ERROR);
}

static void response_line(const struct line *l, const struct h2t_stream *s)
{
    if (s->status)
        h2t_comment_add_int(l->out, "status", s->status);
    add_hooks(l, s, H2T_FIRST_BYTE, H2T_FIRST_BYTE, s->response);
    if (is_last(l, s))
        add_hook(l, "RoundTripDone", request_of(l, s)->done, s->response);
}

static void end_line(const struct line *l, const struct h2t_stream *s)
{
    h2t_comment_add(l->out, "end", h2t_end_name(s->end));
    if (s->end == H2T_END_RESET) {
        h2t_comment_add(l->out, "by", s->reset_by == H2T_CLIENT ? "client" : "server");
        add_code(l, "code", s->reset_code);
    }
    if (s->status)
        h2t_comment_add_int(l->out, "status", s->status);
    add_grpc(l, s);
    if (!s->request_end.packet) /* it never ended on the wire */
        add_hooks(l, s, H2T_WAIT_100, H2T_WROTE_REQUEST, s->finish);
    add_hooks(l, s, H2T_PUT_IDLE, H2T_PUT_IDLE, s->finish);
    add_outcome(l, s, s->finish);
}

/* ---- DNS ------------------------------------------------------------------------------------ */

static void dns_line(const struct line *l)
{
    const struct h2t_query *q = h2t_query_at(l->m, l->note->ref);
    const struct h2t_lookup *lookup = h2t_lookup_at(l->m, q->lookup);
    if (lookup->request != H2T_NONE) {
        const struct h2t_request *r = h2t_request_at(l->m, lookup->request);
        h2t_comment_add(l->out, "req", r->id);
        add_process(l, r->process);
    }
    add_text(l, "host", lookup->host, MAX_URL);
    if (l->note->what == H2T_NOTE_DNS_QUERY) {
        add_offset(l, lookup->start, q->query);
        add_hook(l, "DNSStart", lookup->start, q->query);
        return;
    }
    add_hook(l, "DNSDone", lookup->done, q->answer);
    add_text(l, "error", lookup->err, MAX_ERROR);
}

/* ---- Findings ------------------------------------------------------------------------------- */

/* The other packet that the finding stands on. */
static void add_see(const struct line *l, const struct h2t_finding *f)
{
    bool proof = l->note->packet != f->at.packet;
    uint32_t see = proof ? f->at.packet : f->proof.packet;
    if (f->proof.packet == f->at.packet)
        return;
    h2t_comment_add_int(l->out, proof ? "at" : "proof", h2t_packet_in_file(l->m->wire, see));
    add_text(l, "file", h2t_other_file(l->m->wire, l->note->packet, see), MAX_URL);
}

static void add_wire(const struct line *l, const char *evidence)
{
    g_autoptr(GString) text = g_string_new(NULL);
    h2t_files_text(l->m->wire, l->note->packet, evidence ? evidence : "", text);
    add_text(l, "wire", text->str, MAX_EVIDENCE);
}

static void finding_line(const struct line *l)
{
    const struct h2t_finding *f = h2t_finding_at(l->m, l->note->ref);
    const struct h2t_rule *rule = h2t_rule_at(f->rule);
    g_autoptr(GString) requests = g_string_new(NULL);
    h2t_comment_add(l->out, "id", rule->id);
    h2t_comment_add(l->out, "severity", h2t_severity_name(f->severity));
    h2t_finding_requests(l->m, f, FINDING_REQUESTS, requests);
    add_text(l, "reqs", requests->str, MAX_URL);
    if (f->n_conns > 1)
        h2t_comment_add_int(l->out, "conns", f->n_conns);
    else if (f->conn != H2T_NONE && h2t_conn_at(l->m, f->conn)->tconn != H2T_NONE) {
        uint32_t tconn = h2t_conn_at(l->m, f->conn)->tconn;
        add_process(l, h2t_tconn_at(l->m, tconn)->process);
        add_conn(l, tconn);
    }
    add_see(l, f);
    add_text(l, "what", rule->title, SIZE_MAX);
    add_wire(l, f->wire);
    add_text(l, "trace", f->trace, MAX_EVIDENCE);
    add_text(l, "fix", f->fix, SIZE_MAX);
}

/* ---- Debug logs ----------------------------------------------------------------------------- */

/* `side`: whose log it is. The time of the line only where its stamp is finer than a second. */
static void frame_line(const struct line *l)
{
    const struct h2t_sighting *s =
        &g_array_index(l->m->trace->sightings, struct h2t_sighting, l->note->ref);
    const struct h2t_framer *f = h2t_framer_at(l->m, s->framer);
    const struct h2t_logged *logged = h2t_logged_at(f, s->dir, s->frame);
    char pointer[24];
    int64_t at = h2t_sighting_entry(l->m, l->note->ref)->ns;
    uint32_t tconn = h2t_conn_at(l->m, f->conn)->tconn;
    if (tconn != H2T_NONE) {
        add_process(l, h2t_tconn_at(l->m, tconn)->process);
        add_conn(l, tconn);
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
        add_text(l, "error", h2t_fault_of(f, s->frame), MAX_ERROR);
}

static void conn_line(const struct line *l)
{
    static void (*const add[H2T_N_NOTES])(const struct line *, const struct h2t_conn *) = {
        [H2T_NOTE_CONNECT] = connect_line,
        [H2T_NOTE_CONNECTED] = connected_line,
        [H2T_NOTE_CLIENT_HELLO] = client_hello_line,
        [H2T_NOTE_HANDSHAKE] = handshake_line,
        [H2T_NOTE_GOAWAY] = goaway_line,
        [H2T_NOTE_CLOSE] = close_line,
    };
    const struct h2t_conn *c = h2t_conn_at(l->m, l->note->ref);
    begin_conn(l, c);
    add[l->note->what](l, c);
}

static void stream_line(const struct line *l)
{
    static void (*const add[H2T_N_NOTES])(const struct line *, const struct h2t_stream *) = {
        [H2T_NOTE_REQUEST] = request_line,   [H2T_NOTE_REQUEST_END] = request_end_line,
        [H2T_NOTE_RESPONSE] = response_line, [H2T_NOTE_END] = end_line,
        [H2T_NOTE_RESET] = end_line,
    };
    const struct h2t_stream *s = h2t_stream_at(l->m, l->note->ref);
    begin_stream(l, s);
    add[l->note->what](l, s);
}

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
    struct line line = {m, note, out, process_of_note(m, note)};
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
        conn_line(&line);
        break;
    default:
        stream_line(&line);
        break;
    }
    h2t_comment_end(out, variant);
}
