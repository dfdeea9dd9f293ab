/* SPDX-License-Identifier: MIT */
/*
 * In: the joined model. Out: its findings. Exchanges are asked first, each until one rule explains
 * it; then the connections, each all rules. What has the same rule and the same cause becomes one
 * finding.
 */
#include "core/base.h"
#include "core/index.h"
#include "core/ns.h"
#include "core/rules.h"
#include "core/view.h"

#include <string.h>

struct work {
    struct h2t_model *m;
    struct h2t_kin *kin;
    struct h2t_findings *out;
    GHashTable *by_cause; /* key of rule and cause → finding + 1 */
    GHashTable *conns;    /* (finding, connection), a set: what was counted */
    struct h2t_verdict verdict;
};

static struct h2t_findings *findings_new(void)
{
    struct h2t_findings *f = g_new0(struct h2t_findings, 1);
    f->all = g_array_new(false, false, sizeof(struct h2t_finding));
    f->affected = g_array_new(false, false, sizeof(struct h2t_affected));
    f->strings = h2t_strings_new();
    return f;
}

void h2t_findings_free(struct h2t_findings **findings)
{
    if (!*findings)
        return;
    g_array_unref((*findings)->all);
    g_array_unref((*findings)->affected);
    h2t_strings_free(&(*findings)->strings);
    g_clear_pointer(findings, g_free);
}

/* ---- One verdict ---------------------------------------------------------------------------- */

static uint64_t server_key(const struct h2t_case *c)
{
    if (c->conn) {
        struct h2t_tuple t = {.server = c->conn->tuple.server};
        return h2t_tuple_hash(&t);
    }
    const char *host = c->request && c->request->host ? c->request->host : "";
    return h2t_hash(host, strlen(host));
}

/* What the exchanges that share a finding have in common. Where there is no connection, the request
 * stands for it. */
static uint64_t cause_key(const struct h2t_case *c, enum h2t_cause cause)
{
    switch (cause) {
    case H2T_CAUSE_CAPTURE:
        return 0;
    case H2T_CAUSE_SERVER:
        return server_key(c);
    case H2T_CAUSE_CONN:
        if (c->conn)
            return (uint64_t)1 << 32 | c->i_conn;
        break;
    case H2T_CAUSE_REQUEST:
        break;
    }
    return c->request ? (uint64_t)2 << 32 | c->i_request : (uint64_t)3 << 32 | c->i_stream;
}

static char *key_of(uint32_t rule, const struct h2t_case *c, enum h2t_cause cause)
{
    return g_strdup_printf("%u %d %" G_GINT64_MODIFIER "x", rule, cause, cause_key(c, cause));
}

static const char *keep(struct h2t_findings *f, const GString *text)
{
    return text->len ? h2t_intern(f->strings, text->str, text->len) : NULL;
}

static void add_finding(struct work *w, uint32_t rule, const struct h2t_case *c)
{
    const struct h2t_verdict *v = &w->verdict;
    struct h2t_finding f = {.rule = rule,
                            .severity = (uint8_t)v->severity,
                            .at = v->at,
                            .proof = v->proof.packet ? v->proof : v->at,
                            .conn = c->i_conn,
                            .wire = keep(w->out, v->wire),
                            .trace = keep(w->out, v->trace),
                            .fix = v->fix};
    g_array_append_val(w->out->all, f);
}

/* g_int64_hash looks at the low half only, before GLib 2.80. */
static guint pair_hash(gconstpointer pair)
{
    return (guint)h2t_index_mix(*(const uint64_t *)pair);
}

/* One more that has this cause. */
static void add_affected(struct work *w, uint32_t index, const struct h2t_case *c)
{
    struct h2t_finding *f = &g_array_index(w->out->all, struct h2t_finding, index);
    struct h2t_affected a = {index, c->i_request, c->i_attempt, c->i_stream};
    int64_t pair = (int64_t)index << 32 | c->i_conn;
    f->severity = MAX(f->severity, (uint8_t)w->verdict.severity);
    if (c->request || c->stream)
        g_array_append_val(w->out->affected, a);
    if (c->conn && g_hash_table_add(w->conns, g_memdup2(&pair, sizeof pair)))
        f->n_conns++;
}

static void conclude(struct work *w, uint32_t rule, const struct h2t_case *c)
{
    char *key = key_of(rule, c, w->verdict.cause);
    uint32_t index = GPOINTER_TO_UINT(g_hash_table_lookup(w->by_cause, key));
    if (index) {
        g_free(key);
    } else if (w->out->all->len == H2T_MAX_FINDINGS) {
        w->out->n_dropped++;
        g_free(key);
        return;
    } else {
        add_finding(w, rule, c);
        index = w->out->all->len;
        g_hash_table_insert(w->by_cause, key, GUINT_TO_POINTER(index));
    }
    add_affected(w, index - 1, c);
    for (uint32_t k = 0; w->verdict.all_requests && k < c->tconn->attempts->len; k++) {
        uint32_t attempt = g_array_index(c->tconn->attempts, uint32_t, k);
        struct h2t_case used = h2t_case_of_attempt(w->m, w->kin, attempt);
        add_affected(w, index - 1, &used);
    }
}

static bool ask(struct work *w, uint32_t index, const struct h2t_case *c)
{
    const struct h2t_rule *rule = h2t_rule_at(index);
    struct h2t_verdict *v = &w->verdict;
    *v = (struct h2t_verdict){.severity = rule->severity,
                              .cause = rule->cause,
                              .wire = g_string_truncate(v->wire, 0),
                              .trace = g_string_truncate(v->trace, 0),
                              .fix = rule->fix};
    if (!rule->holds(c, v))
        return false;
    conclude(w, index, c);
    return true;
}

/* ---- All of them ---------------------------------------------------------------------------- */

static void ask_exchange(struct work *w, const struct h2t_case *c)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n);
    for (uint32_t i = 0; i < n; i++)
        if (rules[i].scope & H2T_SCOPE_EXCHANGE && ask(w, i, c))
            return;
}

static void ask_conn(struct work *w, uint32_t conn)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n);
    struct h2t_case c = h2t_case_of_conn(w->m, w->kin, conn);
    for (uint32_t i = 0; i < n; i++)
        if (rules[i].scope & H2T_SCOPE_CONN)
            ask(w, i, &c);
}

/* A request and response as they should be, without a body to watch or a wait to explain. */
static bool is_plain(const struct h2t_case *c)
{
    const struct h2t_attempt *a = c->attempt;
    int64_t got = a->at[H2T_GOT_CONN], wrote = a->at[H2T_WROTE_HEADER_FIELD];
    bool waited = got != H2T_NEVER && wrote != H2T_NEVER && h2t_ns_sub(wrote, got) >= H2T_QUEUED_NS;
    bool body_done = c->request->body_done != H2T_NEVER || c->request->done == H2T_NEVER;
    return c->stream && c->stream->end == H2T_END_END && a->next == H2T_NONE && !c->request->err &&
           !c->request->body_err && body_done && !c->upload && !waited;
}

static void ask_attempts(struct work *w)
{
    for (uint32_t i = 0; i < w->m->trace->attempts->len; i++) {
        struct h2t_case c = h2t_case_of_attempt(w->m, w->kin, i);
        if (!is_plain(&c))
            ask_exchange(w, &c);
    }
    for (uint32_t i = 0; i < w->m->trace->requests->len; i++) {
        struct h2t_case c = h2t_case_of_request(w->m, w->kin, i);
        if (!c.request->n_attempts && c.request->err)
            ask_exchange(w, &c);
    }
}

/* Streams that the trace lacks, on connections that it knows. */
static void ask_streams(struct work *w)
{
    for (uint32_t i = 0; i < w->m->wire->streams->len; i++) {
        const struct h2t_stream *s = h2t_stream_at(w->m, i);
        if (s->attempt != H2T_NONE || s->end == H2T_END_END ||
            h2t_conn_at(w->m, s->conn)->tconn == H2T_NONE)
            continue;
        struct h2t_case c = h2t_case_of_stream(w->m, w->kin, i);
        ask_exchange(w, &c);
    }
}

static void ask_conns(struct work *w)
{
    for (uint32_t i = 0; i < w->m->wire->conns->len; i++) {
        const struct h2t_conn *c = h2t_conn_at(w->m, i);
        if (c->first.packet && c->copy_of == H2T_NONE)
            ask_conn(w, i);
    }
}

/* ---- Order ---------------------------------------------------------------------------------- */

static int compare_findings(gconstpointer a, gconstpointer b, gpointer user)
{
    const GArray *all = user;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const struct h2t_finding *x = &g_array_index(all, struct h2t_finding, i);
    const struct h2t_finding *y = &g_array_index(all, struct h2t_finding, j);
    uint32_t at_x = x->at.packet - 1, at_y = y->at.packet - 1; /* no packet comes last */
    if (at_x != at_y)
        return at_x < at_y ? -1 : 1;
    if (x->severity != y->severity)
        return y->severity - x->severity;
    return i < j ? -1 : i > j;
}

static int compare_affected(gconstpointer a, gconstpointer b)
{
    const struct h2t_affected *x = a, *y = b;
    if (x->finding != y->finding)
        return x->finding < y->finding ? -1 : 1;
    if (x->attempt != y->attempt)
        return x->attempt < y->attempt ? -1 : 1;
    if (x->request != y->request)
        return x->request < y->request ? -1 : 1;
    return x->stream < y->stream ? -1 : x->stream > y->stream;
}

static void sort_findings(struct h2t_findings *f)
{
    GArray *order = g_array_new(false, false, sizeof(uint32_t));
    GArray *sorted = g_array_new(false, false, sizeof(struct h2t_finding));
    g_autofree uint32_t *place = g_new(uint32_t, f->all->len + 1);
    for (uint32_t i = 0; i < f->all->len; i++)
        g_array_append_val(order, i);
    g_array_sort_with_data(order, compare_findings, f->all);
    for (uint32_t i = 0; i < order->len; i++) {
        uint32_t from = g_array_index(order, uint32_t, i);
        place[from] = i;
        g_array_append_val(sorted, g_array_index(f->all, struct h2t_finding, from));
    }
    for (uint32_t i = 0; i < f->affected->len; i++) {
        struct h2t_affected *a = &g_array_index(f->affected, struct h2t_affected, i);
        a->finding = place[a->finding];
    }
    g_array_unref(order);
    g_array_unref(f->all);
    f->all = sorted;
}

static void link_affected(struct h2t_findings *f)
{
    g_array_sort(f->affected, compare_affected);
    for (uint32_t i = 0; i < f->affected->len; i++) {
        uint32_t finding = g_array_index(f->affected, struct h2t_affected, i).finding;
        struct h2t_finding *of = &g_array_index(f->all, struct h2t_finding, finding);
        if (!of->n++)
            of->first = i;
    }
}

void h2t_diagnose(struct h2t_model *m)
{
    struct work w = {.m = m, .kin = h2t_kin_new(m), .out = findings_new()};
    w.by_cause = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    w.conns = g_hash_table_new_full(pair_hash, g_int64_equal, g_free, NULL);
    w.verdict.wire = g_string_new(NULL);
    w.verdict.trace = g_string_new(NULL);
    ask_attempts(&w);
    ask_streams(&w);
    ask_conns(&w);
    sort_findings(w.out);
    link_affected(w.out);
    h2t_findings_free(&m->findings);
    m->findings = w.out;
    g_string_free(w.verdict.wire, true);
    g_string_free(w.verdict.trace, true);
    g_hash_table_unref(w.by_cause);
    g_hash_table_unref(w.conns);
    h2t_kin_free(&w.kin);
}
