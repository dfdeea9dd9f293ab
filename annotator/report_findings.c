/* SPDX-License-Identifier: MIT */
#include "annotator/report_findings.h"

#include "annotator/gate.h"
#include "annotator/whom.h"
#include "core/finding.h"
#include "core/rules.h"
#include "core/sorted.h"
#include "core/view.h"

static void number_or_null(struct json_out *json, const char *key, uint32_t number, uint32_t none)
{
    if (number == none)
        json_null(json, key);
    else
        json_int(json, key, number);
}

static void affected(struct json_out *json, const struct h2t_model *m, const struct h2t_affected *a)
{
    const struct h2t_request *r = a->request == H2T_NONE ? NULL : h2t_request_at(m, a->request);
    const struct h2t_stream *s = a->stream == H2T_NONE ? NULL : h2t_stream_at(m, a->stream);
    struct whom whom = whom_affected(m, a);
    json_begin_object(json, NULL);
    json_string(json, "req", r ? r->id : NULL);
    number_or_null(json, "attempt",
                   a->attempt == H2T_NONE ? 0 : h2t_attempt_at(m, a->attempt)->number, 0);
    if (r)
        json_int(json, "pid", (int64_t)h2t_process_at(m, r->process)->pid);
    number_or_null(json, "tcp_stream", s ? s->conn : H2T_NONE, H2T_NONE);
    number_or_null(json, "stream", s ? s->id : 0, 0);
    json_string(json, "method", whom.method);
    json_string(json, "host", whom.host);
    json_string(json, "path", whom.path);
    json_end(json);
    whom_clear(&whom);
}

static void finding(struct json_out *json, const struct result *result, uint32_t index)
{
    const struct h2t_model *m = &result->model;
    const struct h2t_finding *f = h2t_finding_at(m, index);
    const struct h2t_rule *rule = h2t_rule_at(f->rule);
    g_autofree char *host = whom_host(m, f);
    json_begin_object(json, NULL);
    json_string(json, "id", rule->id);
    json_string(json, "severity", h2t_severity_name(f->severity));
    json_string(json, "title", rule->title);
    number_or_null(json, "packet", f->at.packet, 0);
    json_time(json, "time", f->at.packet ? f->at.ns : H2T_NEVER);
    number_or_null(json, "proof_packet", f->proof.packet, 0);
    number_or_null(json, "tcp_stream", f->conn, H2T_NONE);
    json_int(json, "connections", f->n_conns);
    json_string(json, "host", host);
    json_string(json, "wire", f->wire);
    json_string(json, "trace", f->trace);
    json_string(json, "fix", f->fix);
    if (result->answers)
        json_string(json, "gate", gate_answer_name(gate_answer_at(result->answers, index)));
    json_begin_array(json, "affected");
    for (uint32_t i = f->first; i < f->first + f->n; i++)
        affected(json, m, &g_array_index(m->findings->affected, struct h2t_affected, i));
    json_end(json);
    json_end(json);
}

void report_findings(struct json_out *json, const struct result *result)
{
    json_begin_array(json, "findings");
    for (uint32_t i = 0; i < result->model.findings->all->len; i++)
        finding(json, result, i);
    json_end(json);
}

/* ---- By place ------------------------------------------------------------------------------- */

struct pair {
    uint32_t place, finding;
};

struct report_places {
    GArray *conns, *streams; /* struct pair, sorted, none twice */
};

static int compare(gconstpointer a, gconstpointer b)
{
    const struct pair *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->finding < y->finding ? -1 : x->finding > y->finding;
}

static void sort(GArray *pairs)
{
    guint kept = 0;
    g_array_sort(pairs, compare);
    for (guint i = 0; i < pairs->len; i++) {
        struct pair *to = &g_array_index(pairs, struct pair, kept), *from = to + (i - kept);
        if (kept && !compare(to - 1, from))
            continue;
        *to = *from;
        kept++;
    }
    g_array_set_size(pairs, kept);
}

static void add(GArray *pairs, uint32_t place, uint32_t finding)
{
    struct pair pair = {place, finding};
    g_array_append_val(pairs, pair);
}

struct report_places *report_places_new(const struct h2t_model *m)
{
    struct report_places *p = g_new(struct report_places, 1);
    p->conns = g_array_new(false, false, sizeof(struct pair));
    p->streams = g_array_new(false, false, sizeof(struct pair));
    for (uint32_t i = 0; i < m->findings->all->len; i++)
        if (h2t_finding_at(m, i)->conn != H2T_NONE)
            add(p->conns, h2t_finding_at(m, i)->conn, i);
    for (uint32_t i = 0; i < m->findings->affected->len; i++) {
        const struct h2t_affected *a =
            &g_array_index(m->findings->affected, struct h2t_affected, i);
        if (a->stream == H2T_NONE)
            continue;
        add(p->streams, a->stream, a->finding);
        add(p->conns, h2t_stream_at(m, a->stream)->conn, a->finding);
    }
    sort(p->conns);
    sort(p->streams);
    return p;
}

void report_places_free(struct report_places **places)
{
    g_array_unref((*places)->conns);
    g_array_unref((*places)->streams);
    g_clear_pointer(places, g_free);
}

static void indexes(struct json_out *json, const GArray *pairs, uint32_t place)
{
    json_begin_array(json, "findings");
    guint first = h2t_sorted_first(pairs, offsetof(struct pair, place), place);
    for (guint i = first; i < pairs->len; i++) {
        const struct pair *pair = &g_array_index(pairs, struct pair, i);
        if (pair->place != place)
            break;
        json_int(json, NULL, pair->finding);
    }
    json_end(json);
}

void report_findings_of_conn(struct json_out *json, const struct report_places *places,
                             uint32_t conn)
{
    indexes(json, places->conns, conn);
}

void report_findings_of_stream(struct json_out *json, const struct report_places *places,
                               uint32_t stream)
{
    indexes(json, places->streams, stream);
}
