/* SPDX-License-Identifier: MIT */
#include "annotator/report.h"

#include "annotator/clock_text.h"
#include "annotator/maps_text.h"
#include "annotator/report_findings.h"
#include "annotator/uncertain.h"
#include "core/addr.h"
#include "core/grpc.h"
#include "core/names.h"
#include "core/view.h"

#define REPORT_VERSION 1

static void mark(struct json_out *json, const char *key, struct h2t_mark mark)
{
    if (mark.packet)
        json_int(json, key, mark.packet);
    else
        json_null(json, key);
}

static void address(struct json_out *json, const char *key, const struct h2t_addr *addr)
{
    char text[H2T_ADDR_LEN];
    json_string(json, key, addr->family ? h2t_addr_text(addr, text) : NULL);
}

/* The number by which the trace knows a connection. */
static void conn_number(struct json_out *json, const struct h2t_model *m, uint32_t tconn)
{
    uint64_t number = tconn == H2T_NONE ? 0 : h2t_tconn_at(m, tconn)->number;
    if (tconn == H2T_NONE)
        json_null(json, "conn");
    else
        json_int(json, "conn", (int64_t)(number ? number : tconn + 1));
}

static void process_of(struct json_out *json, const struct h2t_model *m, uint32_t process)
{
    json_int(json, "pid", (int64_t)h2t_process_at(m, process)->pid);
}

/* The request's name and place, for an attempt. */
static void attempt_names(struct json_out *json, const struct h2t_model *m,
                          const struct h2t_attempt *a)
{
    const struct h2t_request *r = h2t_request_at(m, a->request);
    json_string(json, "req", r->id);
    json_int(json, "attempt", a->number);
    process_of(json, m, r->process);
}

static void end_text(struct json_out *json, const struct h2t_stream *s)
{
    json_string(json, "end", h2t_end_name(s->end));
    if (s->end != H2T_END_RESET)
        return;
    const char *name = h2t_h2_error_name(s->reset_code);
    json_string(json, "reset_by", s->reset_by == H2T_CLIENT ? "client" : "server");
    if (name)
        json_string(json, "reset_code", name);
    else
        json_int(json, "reset_code", s->reset_code);
}

/* Only what is gRPC has it. */
static void grpc_status(struct json_out *json, const struct h2t_stream *s)
{
    if (!s->grpc)
        return;
    json_int(json, "grpc_status", s->grpc - 1);
    json_string(json, "grpc_code", h2t_grpc_name(s->grpc - 1u));
}

static void stream(struct json_out *json, const struct h2t_model *m,
                   const struct report_places *places, uint32_t index)
{
    const struct h2t_stream *s = h2t_stream_at(m, index);
    const struct h2t_attempt *a = s->attempt == H2T_NONE ? NULL : h2t_attempt_at(m, s->attempt);
    const struct h2t_request *r = a ? h2t_request_at(m, a->request) : NULL;
    json_begin_object(json, NULL);
    json_int(json, "stream", s->id);
    if (a) {
        attempt_names(json, m, a);
        if (a->by_server)
            json_string(json, "side", "server");
        else
            json_bool(json, "reused", a->reused);
    } else {
        json_null(json, "req");
        json_null(json, "attempt");
    }
    json_string(json, "match", h2t_match_name(s->match));
    json_string(json, "method", s->method ? s->method : r ? r->method : NULL);
    json_string(json, "path", s->path);
    end_text(json, s);
    if (s->status)
        json_int(json, "status", s->status);
    else
        json_null(json, "status");
    grpc_status(json, s);
    json_string(json, "error", r && a->next == H2T_NONE ? (r->err ? r->err : r->body_err) : NULL);
    json_begin_object(json, "packets");
    mark(json, "headers", s->headers);
    mark(json, "request_end", s->request_end);
    mark(json, "first_response", s->response);
    mark(json, "end", s->finish);
    json_end(json);
    report_findings_of_stream(json, places, index);
    json_end(json);
}

static const char *tls_version(const struct h2t_conn *c)
{
    switch (c->tls_version) {
    case 0x0301:
        return "1.0";
    case 0x0302:
        return "1.1";
    case 0x0303:
        return "1.2";
    case 0x0304:
        return "1.3";
    default:
        return NULL;
    }
}

static const char *proto(const struct h2t_conn *c)
{
    static const char *const names[] = {
        [H2T_PROTO_UNKNOWN] = NULL, [H2T_PROTO_H2] = "h2", [H2T_PROTO_H1] = "http/1.1"};
    return names[c->proto];
}

static void dialled(struct json_out *json, const struct h2t_model *m, const struct h2t_conn *c)
{
    const struct h2t_dial *d = c->dial == H2T_NONE ? NULL : h2t_dial_at(m, c->dial);
    if (!d || d->request == H2T_NONE) {
        json_null(json, "dialled_for");
        return;
    }
    json_begin_object(json, "dialled_for");
    json_string(json, "req", h2t_request_at(m, d->request)->id);
    json_string(json, "match", h2t_match_name(d->match));
    json_end(json);
}

/* What the program saw, where that is something else. */
static void translated(struct json_out *json, const struct h2t_tconn *t, const struct h2t_conn *c)
{
    if (t->local.family && h2t_addr_cmp(&t->local, &c->tuple.client))
        address(json, "trace_local", &t->local);
    if (t->remote.family && h2t_addr_cmp(&t->remote, &c->tuple.server))
        address(json, "trace_remote", &t->remote);
}

static void connection(struct json_out *json, const struct h2t_model *m,
                       const struct report_places *places, uint32_t index)
{
    const struct h2t_conn *c = h2t_conn_at(m, index);
    bool traced = c->tconn != H2T_NONE;
    json_begin_object(json, NULL);
    json_int(json, "tcp_stream", index);
    address(json, "client", &c->tuple.client);
    address(json, "server", &c->tuple.server);
    mark(json, "first_packet", c->first);
    mark(json, "last_packet", c->last);
    json_string(json, "tls", tls_version(c));
    json_string(json, "alpn", c->alpn);
    json_bool(json, "decrypted", c->decrypted);
    json_string(json, "proto", proto(c));
    json_bool(json, "traced", traced);
    conn_number(json, m, c->tconn);
    json_string(json, "match", traced ? h2t_match_name(h2t_tconn_at(m, c->tconn)->bound) : NULL);
    if (traced && h2t_is_translated(h2t_tconn_at(m, c->tconn)))
        translated(json, h2t_tconn_at(m, c->tconn), c);
    dialled(json, m, c);
    if (c->copy_of != H2T_NONE)
        json_int(json, "copy_of", c->copy_of);
    report_findings_of_conn(json, places, index);
    json_begin_array(json, "streams");
    for (uint32_t s = c->first_stream; s != H2T_NONE; s = h2t_stream_at(m, s)->next)
        stream(json, m, places, s);
    json_end(json);
    json_end(json);
}

/* Of a capture in several files: packets are counted over all of them. */
static void files_part(struct json_out *json, const struct result *r)
{
    const GArray *files = r->model.wire->files;
    if (!files)
        return;
    json_begin_array(json, "files");
    for (uint32_t i = 0; i < files->len; i++) {
        json_begin_object(json, NULL);
        json_string(json, "file", capture_file(r->capture, i));
        json_int(json, "packets_before", g_array_index(files, struct h2t_file, i).before);
        json_end(json);
    }
    json_end(json);
}

static void capture_part(struct json_out *json, const struct result *r)
{
    json_begin_object(json, "capture");
    json_string(json, "file", r->capture_name);
    files_part(json, r);
    json_int(json, "packets", (int64_t)r->decoded.packets);
    json_int(json, "annotated_packets", (int64_t)r->written.annotated_packets);
    json_int(json, "comments", (int64_t)r->written.comments);
    json_int(json, "unplaceable", (int64_t)r->written.unplaceable);
    json_int(json, "unknown_link_type", (int64_t)r->decoded.stats.unknown_link);
    json_int(json, "duplicate_segments", (int64_t)r->decoded.stats.segments.duplicates);
    json_int(json, "gaps", (int64_t)r->decoded.stats.segments.gaps);
    json_bool(json, "converted_from_pcap", r->converted);
    json_string(json, "damage", r->damage);
    json_end(json);
}

static void trace_part(struct json_out *json, const struct h2t_trace *t)
{
    json_begin_object(json, "trace");
    json_int(json, "events", (int64_t)t->n_events);
    json_int(json, "bad_lines", (int64_t)t->n_bad_lines);
    json_int(json, "unknown_events", (int64_t)t->n_unknown_events);
    json_int(json, "nameless_events", (int64_t)t->n_nameless);
    json_int(json, "requests", t->requests->len);
    json_int(json, "attempts", t->attempts->len);
    json_int(json, "connections", t->tconns->len);
    json_end(json);
}

/* For each attempt its place in its connection's order of WroteHeaders, from 1; 0: it has none. */
static uint32_t *places(const struct h2t_model *m)
{
    uint32_t *place = g_new0(uint32_t, m->trace->attempts->len);
    for (uint32_t i = 0; i < m->trace->tconns->len; i++) {
        const GArray *attempts = h2t_tconn_at(m, i)->attempts;
        for (uint32_t k = 0; k < attempts->len; k++) {
            uint32_t attempt = g_array_index(attempts, uint32_t, k);
            place[attempt] = h2t_attempt_at(m, attempt)->seq ? k + 1 : 0;
        }
    }
    return place;
}

static void unmatched_attempt(struct json_out *json, const struct h2t_model *m, uint32_t attempt,
                              uint32_t place)
{
    const struct h2t_attempt *a = h2t_attempt_at(m, attempt);
    const struct h2t_request *r = h2t_request_at(m, a->request);
    json_begin_object(json, NULL);
    attempt_names(json, m, a);
    json_string(json, "reason", h2t_reason_name(a->reason));
    json_string(json, "error", a->next == H2T_NONE ? r->err : NULL);
    if (a->tconn != H2T_NONE) {
        const struct h2t_tconn *t = h2t_tconn_at(m, a->tconn);
        conn_number(json, m, a->tconn);
        address(json, "local", &t->local);
        address(json, "remote", &t->remote);
        if (t->conn != H2T_NONE)
            json_int(json, "tcp_stream", t->conn);
        json_int(json, "nth_on_connection", place);
    }
    json_end(json);
}

static void unmatched_part(struct json_out *json, const struct h2t_model *m)
{
    g_autofree uint32_t *place = places(m);
    json_begin_object(json, "unmatched");
    json_begin_array(json, "attempts");
    for (uint32_t i = 0; i < m->trace->attempts->len; i++)
        if (h2t_attempt_at(m, i)->stream == H2T_NONE)
            unmatched_attempt(json, m, i, place[i]);
    json_end(json);
    json_begin_array(json, "streams");
    for (uint32_t i = 0; i < m->wire->streams->len; i++) {
        const struct h2t_stream *s = h2t_stream_at(m, i);
        if (s->attempt != H2T_NONE)
            continue;
        json_begin_object(json, NULL);
        json_int(json, "tcp_stream", s->conn);
        json_int(json, "stream", s->id);
        json_string(json, "reason", h2t_reason_name(s->reason));
        json_end(json);
    }
    json_end(json);
    json_end(json);
}

/* ---- Debug logs ----------------------------------------------------------------------------- */

static void code_of(struct json_out *json, const struct h2t_logged *l)
{
    const char *name = l->kind == H2T_RST_STREAM ? h2t_h2_error_name(l->detail) : NULL;
    if (name)
        json_string(json, "code", name);
}

static void unsent(struct json_out *json, const struct h2t_model *m, uint32_t i)
{
    const struct h2t_sighting *s = &g_array_index(m->trace->unsent, struct h2t_sighting, i);
    const struct h2t_framer *f = h2t_framer_at(m, s->framer);
    const struct h2t_logged *l = h2t_logged_at(f, s->dir, s->frame);
    json_begin_object(json, NULL);
    json_int(json, "framer", s->framer + 1);
    json_int(json, "tcp_stream", f->conn);
    json_string(json, "side", f->side == H2T_CLIENT ? "client" : "server");
    json_string(json, "type", h2t_kind_name(l->kind));
    json_int(json, "stream", l->stream);
    json_int(json, "length", l->len);
    code_of(json, l);
    json_string(json, "file", f->file);
    json_int(json, "line", l->line);
    json_end(json);
}

static void framer(struct json_out *json, const struct h2t_model *m, uint32_t i)
{
    const struct h2t_framer *f = h2t_framer_at(m, i);
    g_autofree char *pointer = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", f->pointer);
    json_begin_object(json, NULL);
    json_int(json, "framer", i + 1);
    process_of(json, m, f->process);
    json_string(json, "file", f->file);
    json_string(json, "pointer", f->pointer ? pointer : NULL);
    json_string(json, "side", !f->has_side ? NULL : f->side == H2T_CLIENT ? "client" : "server");
    json_int(json, "wrote", f->frames[H2T_WROTE]->len);
    json_int(json, "read", f->frames[H2T_READ]->len);
    if (f->conn == H2T_NONE) {
        json_null(json, "tcp_stream");
        json_string(json, "reason", h2t_reason_name(f->reason));
    } else {
        json_int(json, "tcp_stream", f->conn);
        json_string(json, "match", h2t_tied_name(f->tied));
    }
    json_end(json);
}

static void debug_part(struct json_out *json, const struct h2t_model *m)
{
    if (!h2t_has_framers(m))
        return;
    json_begin_object(json, "debug_log");
    json_begin_array(json, "framers");
    for (uint32_t i = 0; i < m->trace->framers->len; i++)
        framer(json, m, i);
    json_end(json);
    json_begin_array(json, "unsent");
    for (uint32_t i = 0; i < m->trace->unsent->len; i++)
        unsent(json, m, i);
    json_end(json);
    json_end(json);
}

static void connections_part(struct json_out *json, const struct h2t_model *m)
{
    struct report_places *places = report_places_new(m);
    json_begin_array(json, "connections");
    for (uint32_t i = 0; i < m->wire->conns->len; i++)
        if (h2t_conn_at(m, i)->first.packet)
            connection(json, m, places, i);
    json_end(json);
    report_places_free(&places);
}

void report_write(const struct result *r, struct output *output)
{
    struct json_out *json = json_out_new(output);
    json_begin_object(json, NULL);
    json_int(json, "version", REPORT_VERSION);
    if (r->redacted)
        json_bool(json, "redacted", true);
    capture_part(json, r);
    trace_part(json, r->model.trace);
    clock_report(json, &r->model);
    maps_report(json, &r->model);
    uncertain_report(json, r);
    report_findings(json, r);
    connections_part(json, &r->model);
    unmatched_part(json, &r->model);
    debug_part(json, &r->model);
    json_end(json);
    json_out_free(&json);
}
