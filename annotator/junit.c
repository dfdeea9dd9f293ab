/* SPDX-License-Identifier: MIT */
#include "annotator/junit.h"

#include "annotator/whom.h"
#include "annotator/xml.h"
#include "core/finding.h"
#include "core/rules.h"

#define SHOWN 20u /* requests listed of one finding */

struct suite {
    const struct result *result;
    GString *cases;
    GHashTable *names; /* of cases → how often, so that each is there once */
    unsigned tests, failures, skipped;
};

/* "GET example.com/path", as far as it is known. */
static char *whom_text(const struct whom *whom)
{
    const char *host = whom->host ? whom->host : "";
    return g_strdup_printf("%s%s%.*s%s", whom->method ? whom->method : "", whom->method ? " " : "",
                           (int)whom_len_without_port(host), host, whom->path ? whom->path : "");
}

static struct whom whom_at(const struct h2t_model *m, uint32_t affected)
{
    return whom_affected(m, &g_array_index(m->findings->affected, struct h2t_affected, affected));
}

/* The first request that the finding is about stands for all. */
static char *name_of(const struct suite *s, const struct h2t_finding *f)
{
    const struct h2t_model *m = &s->result->model;
    struct whom whom = f->n ? whom_at(m, f->first) : (struct whom){.host = whom_host(m, f)};
    g_autofree char *text = whom_text(&whom);
    whom_clear(&whom);
    return g_strdup_printf("%s%s%s", h2t_rule_at(f->rule)->id, *text ? ": " : "", text);
}

/* Takes `name` over. */
static void begin_case(struct suite *s, char *name)
{
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(s->names, name)) + 1;
    g_autofree char *numbered = n > 1 ? g_strdup_printf("%s (%u)", name, n) : g_strdup(name);
    g_string_append(s->cases, "    <testcase classname=\"h2annotate\"");
    xml_attribute(s->cases, "name", numbered);
    g_hash_table_insert(s->names, name, GUINT_TO_POINTER(n));
    s->tests++;
}

static void skip_case(struct suite *s, const char *why)
{
    g_string_append(s->cases, "><skipped");
    xml_attribute(s->cases, "message", why);
    g_string_append(s->cases, "/></testcase>\n");
    s->skipped++;
}

/* The line that is printed, then whom it is about. */
static void add_details(const struct suite *s, uint32_t finding)
{
    const struct h2t_model *m = &s->result->model;
    const struct h2t_finding *f = h2t_finding_at(m, finding);
    g_autoptr(GString) text = g_string_new(NULL), line = g_string_new(NULL);
    h2t_finding_text(m, finding, text);
    struct place place = result_place(s->result, f->at.packet);
    h2t_finding_line(place.file, place.packet, text->str, line);
    xml_append(s->cases, line->str);
    for (uint32_t i = f->first; i < f->first + MIN(f->n, SHOWN); i++) {
        struct whom whom = whom_at(m, i);
        g_autofree char *one = whom_text(&whom);
        g_string_append(s->cases, "\n  ");
        xml_append(s->cases, one);
        whom_clear(&whom);
    }
    if (f->n > SHOWN)
        g_string_append_printf(s->cases, "\n  and %u more", f->n - SHOWN);
    g_string_append_printf(s->cases, "\nh2annotate --explain=%s tells more.\n",
                           h2t_rule_at(f->rule)->id);
}

static void fail_case(struct suite *s, uint32_t finding)
{
    const struct h2t_rule *rule = h2t_rule_at(h2t_finding_at(&s->result->model, finding)->rule);
    g_string_append(s->cases, "><failure");
    xml_attribute(s->cases, "type", rule->id);
    xml_attribute(s->cases, "message", rule->title);
    g_string_append_c(s->cases, '>');
    add_details(s, finding);
    g_string_append(s->cases, "</failure></testcase>\n");
    s->failures++;
}

static void add_finding(struct suite *s, uint32_t finding)
{
    const struct h2t_finding *f = h2t_finding_at(&s->result->model, finding);
    enum gate_answer answer = gate_answer_at(s->result->answers, finding);
    if (answer == GATE_PASSES)
        return;
    begin_case(s, name_of(s, f));
    if (answer == GATE_FAILS)
        fail_case(s, finding);
    else
        skip_case(s, answer == GATE_KNOWN ? "known from --baseline" : "--allow");
}

/* Rules that nothing was found by, though it would have failed. */
static void add_rules(struct suite *s, const struct gate *gate)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n);
    g_autofree bool *found = g_new0(bool, n);
    for (uint32_t i = 0; i < s->result->answers->len; i++)
        if (gate_answer_at(s->result->answers, i) != GATE_PASSES)
            found[h2t_finding_at(&s->result->model, i)->rule] = true;
    for (uint32_t i = 0; i < n; i++) {
        if (found[i] || gate_ask(gate, i, rules[i].severity) != GATE_FAILS)
            continue;
        begin_case(s, g_strdup(rules[i].id));
        g_string_append(s->cases, "/>\n");
    }
}

static void write_suite(const struct suite *s, struct output *output)
{
    g_autoptr(GString) head = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                           "<testsuites>\n  <testsuite");
    xml_attribute(head, "name", s->result->capture_name);
    g_string_append_printf(head, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n",
                           s->tests, s->failures, s->skipped);
    output_write(output, head->str, head->len);
    output_write(output, s->cases->str, s->cases->len);
    static const char end[] = "  </testsuite>\n</testsuites>\n";
    output_write(output, end, sizeof end - 1);
}

void junit_write(const struct result *result, const struct gate *gate, struct output *output)
{
    struct suite s = {.result = result, .cases = g_string_new(NULL)};
    s.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (uint32_t i = 0; i < result->answers->len; i++)
        add_finding(&s, i);
    add_rules(&s, gate);
    write_suite(&s, output);
    g_string_free(s.cases, true);
    g_hash_table_unref(s.names);
}
