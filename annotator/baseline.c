/* SPDX-License-Identifier: MIT */
#include "annotator/baseline.h"

#include "annotator/whom.h"
#include "core/base.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/rules.h"

#include <string.h>
#include <sys/stat.h>

#define REPORT_VERSION 1

/* The depths of docs/report-format.md. */
enum { REPORT, IN_REPORT, FINDING, IN_FINDING, AFFECTED, IN_AFFECTED };

struct baseline {
    GHashTable *severities; /* key → worst enum h2t_severity */
};

/* NULL while it is not there. */
struct named {
    char *id, *severity;
    struct whom whom;
};

struct reading {
    struct baseline *baseline;
    struct named finding, affected;
    GPtrArray *keys; /* of the finding, without its id */
    uint32_t n;      /* findings so far */
    bool versioned, found, in_findings, in_affected;
    char *wrong; /* found and wanted; NULL: nothing yet */
};

/* ---- Keys ----------------------------------------------------------------------------------- */

static char *key_of(const struct whom *whom)
{
    const char *host = whom->host ? whom->host : "";
    return g_strdup_printf("%.*s\n%s\n%s", (int)whom_len_without_port(host), host,
                           whom->method ? whom->method : "", whom->path ? whom->path : "");
}

/* Takes `key` over. */
static void keep(struct baseline *b, const char *id, char *key, unsigned severity)
{
    char *whole = g_strconcat(id, "\n", key, NULL);
    unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(b->severities, whole));
    g_hash_table_replace(b->severities, whole, GUINT_TO_POINTER(MAX(before, severity)));
    g_free(key);
}

static bool has(const struct baseline *b, const char *id, const struct whom *whom,
                unsigned severity)
{
    g_autofree char *key = key_of(whom);
    g_autofree char *whole = g_strconcat(id, "\n", key, NULL);
    return GPOINTER_TO_UINT(g_hash_table_lookup(b->severities, whole)) >= severity;
}

bool baseline_has(const struct baseline *b, const struct h2t_model *m, uint32_t finding)
{
    const struct h2t_finding *f = h2t_finding_at(m, finding);
    const char *id = h2t_rule_at(f->rule)->id;
    bool all = true;
    for (uint32_t i = f->first; i < f->first + f->n && all; i++) {
        struct whom whom =
            whom_affected(m, &g_array_index(m->findings->affected, struct h2t_affected, i));
        all = has(b, id, &whom, f->severity);
        whom_clear(&whom);
    }
    if (f->n)
        return all;
    g_autofree char *host = whom_host(m, f);
    return has(b, id, &(struct whom){.host = host}, f->severity);
}

/* ---- Reading -------------------------------------------------------------------------------- */

static void named_clear(struct named *named)
{
    g_free(named->id);
    g_free(named->severity);
    whom_clear(&named->whom);
    *named = (struct named){0};
}

static bool G_GNUC_PRINTF(2, 3) wrong(struct reading *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->wrong = g_strdup_vprintf(format, args);
    va_end(args);
    return false;
}

static bool is(const struct h2t_json_value *v, const char *key)
{
    return v->key && strlen(key) == v->key_len && !memcmp(v->key, key, v->key_len);
}

static char **member(struct named *named, const struct h2t_json_value *v)
{
    return is(v, "id")         ? &named->id
           : is(v, "severity") ? &named->severity
           : is(v, "method")   ? &named->whom.method
           : is(v, "host")     ? &named->whom.host
           : is(v, "path")     ? &named->whom.path
                               : NULL;
}

static bool take(struct reading *r, struct named *named, const struct h2t_json_value *v)
{
    char **text = member(named, v);
    if (!text || v->kind == H2T_JSON_NULL)
        return true;
    if (v->kind != H2T_JSON_STRING)
        return wrong(r, "finding %u: \"%.*s\" is no string, wanted one", r->n, (int)v->key_len,
                     v->key);
    g_free(*text);
    *text = g_strndup(v->text, v->len);
    return true;
}

static unsigned severity_of(const struct named *finding)
{
    for (unsigned s = H2T_SEVERITY_NOTE; finding->severity && s <= H2T_SEVERITY_ERROR; s++)
        if (!strcmp(finding->severity, h2t_severity_name(s)))
            return s;
    return 0;
}

static bool end_finding(struct reading *r)
{
    unsigned severity = severity_of(&r->finding);
    if (!r->finding.id)
        return wrong(r, "finding %u has no \"id\", wanted that of a rule", r->n);
    if (!severity)
        return wrong(r, "finding %u: \"severity\" is none of note, warning and error", r->n);
    if (!r->keys->len)
        g_ptr_array_add(r->keys, key_of(&(struct whom){.host = r->finding.whom.host}));
    for (guint i = 0; i < r->keys->len; i++)
        keep(r->baseline, r->finding.id, g_steal_pointer(&r->keys->pdata[i]), severity);
    g_ptr_array_set_size(r->keys, 0);
    named_clear(&r->finding);
    return true;
}

/* A member of the report. */
static bool visit_member(struct reading *r, const struct h2t_json_value *v)
{
    if (v->kind == H2T_JSON_END)
        r->in_findings = false;
    if (is(v, "version"))
        r->versioned = v->kind == H2T_JSON_INT && v->integer == REPORT_VERSION;
    if (is(v, "findings"))
        r->found = r->in_findings = v->kind == H2T_JSON_ARRAY;
    return true;
}

static bool visit_finding(struct reading *r, const struct h2t_json_value *v)
{
    if (v->kind == H2T_JSON_END)
        return end_finding(r);
    r->n++;
    return v->kind == H2T_JSON_OBJECT || wrong(r, "finding %u is no object, wanted one", r->n);
}

static bool visit_affected(struct reading *r, const struct h2t_json_value *v)
{
    if (v->kind != H2T_JSON_END)
        return v->kind == H2T_JSON_OBJECT ||
               wrong(r, "finding %u: what is in \"affected\" is no object, wanted one", r->n);
    g_ptr_array_add(r->keys, key_of(&r->affected.whom));
    named_clear(&r->affected);
    return true;
}

static bool visit(void *user, const struct h2t_json_value *v)
{
    struct reading *r = user;
    if (v->depth == REPORT)
        return v->kind == H2T_JSON_OBJECT || v->kind == H2T_JSON_END ||
               wrong(r, "the outermost value is no object, wanted a report");
    if (v->depth == IN_REPORT)
        return visit_member(r, v);
    if (!r->in_findings)
        return true;
    if (v->depth == FINDING)
        return visit_finding(r, v);
    if (v->depth == IN_FINDING) {
        r->in_affected = v->kind == H2T_JSON_ARRAY && is(v, "affected");
        return take(r, &r->finding, v);
    }
    if (!r->in_affected || v->depth > IN_AFFECTED)
        return true;
    return v->depth == AFFECTED ? visit_affected(r, v) : take(r, &r->affected, v);
}

/* What is wrong with it, to be freed; NULL: nothing. */
static char *read_report(struct baseline *b, const char *text, size_t len)
{
    struct reading r = {.baseline = b, .keys = g_ptr_array_new_with_free_func(g_free)};
    struct h2t_json *json = h2t_json_new();
    const char *damage = h2t_json_walk(json, text, len, visit, &r);
    if (damage)
        wrong(&r, "not JSON: %s; wanted a report of --report", damage);
    else if (!r.wrong && !r.found)
        wrong(&r, "no array \"findings\" in it, wanted a report of --report");
    else if (!r.wrong && !r.versioned)
        wrong(&r, "\"version\" is not %d, wanted a report of that version", REPORT_VERSION);
    h2t_json_free(&json);
    g_ptr_array_unref(r.keys);
    named_clear(&r.finding);
    named_clear(&r.affected);
    return r.wrong;
}

static bool read_file(const char *path, char **text, gsize *len, GError **error)
{
    struct stat st;
    if (!stat(path, &st) && (uint64_t)st.st_size > BASELINE_MAX) {
        g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT,
                    "%s: has %" G_GINT64_FORMAT " bytes, wanted at most %u: its \"version\" and "
                    "\"findings\" are enough",
                    path, (int64_t)st.st_size, BASELINE_MAX);
        return false;
    }
    return g_file_get_contents(path, text, len, error);
}

struct baseline *baseline_new(const char *name, const char *text, size_t len, GError **error)
{
    struct baseline *b = g_new0(struct baseline, 1);
    b->severities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *damage = read_report(b, text, len);
    if (damage) {
        g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT, "%s: %s", name, damage);
        baseline_free(&b);
    }
    return b;
}

struct baseline *baseline_read(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize len;
    return read_file(path, &text, &len, error) ? baseline_new(path, text, len, error) : NULL;
}

void baseline_free(struct baseline **b)
{
    if (!*b)
        return;
    g_hash_table_unref((*b)->severities);
    g_clear_pointer(b, g_free);
}
