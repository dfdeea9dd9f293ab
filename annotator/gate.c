/* SPDX-License-Identifier: MIT */
#include "annotator/gate.h"

#include "annotator/rule_name.h"
#include "core/finding.h"

#include <string.h>

#define NO_SEVERITY (H2T_SEVERITY_ERROR + 1)

struct gate {
    unsigned from;               /* the least severity that fails; NO_SEVERITY: none does */
    GHashTable *fail_on, *allow; /* rules (const struct h2t_rule *), sets */
};

static unsigned severity_named(const char *word)
{
    unsigned severity = H2T_SEVERITY_NOTE;
    while (severity < NO_SEVERITY && strcmp(word, h2t_severity_name(severity)) != 0)
        severity++;
    return severity;
}

static bool add_word(struct gate *gate, const char *word, bool allow, GError **error)
{
    unsigned severity = allow ? NO_SEVERITY : severity_named(word);
    const struct h2t_rule *rule = h2t_rule_find(word);
    gate->from = MIN(gate->from, severity);
    if (rule)
        g_hash_table_add(allow ? gate->allow : gate->fail_on, (void *)rule);
    else if (severity == NO_SEVERITY)
        rule_name_unknown(allow ? "--allow" : "--fail-on", word, !allow, error);
    return rule || severity != NO_SEVERITY;
}

static bool add_lists(struct gate *gate, const GPtrArray *lists, bool allow, GError **error)
{
    for (guint i = 0; i < lists->len; i++) {
        g_auto(GStrv) words = g_strsplit(lists->pdata[i], ",", -1);
        for (char **word = words; *word; word++)
            if (!add_word(gate, *word, allow, error))
                return false;
    }
    return true;
}

struct gate *gate_new(const GPtrArray *fail_on, const GPtrArray *allow, GError **error)
{
    struct gate *gate = g_new0(struct gate, 1);
    gate->from = NO_SEVERITY;
    gate->fail_on = g_hash_table_new(NULL, NULL);
    gate->allow = g_hash_table_new(NULL, NULL);
    if (!add_lists(gate, fail_on, false, error) || !add_lists(gate, allow, true, error))
        gate_free(&gate);
    return gate;
}

void gate_free(struct gate **gate)
{
    if (!*gate)
        return;
    g_hash_table_unref((*gate)->fail_on);
    g_hash_table_unref((*gate)->allow);
    g_clear_pointer(gate, g_free);
}

enum gate_answer gate_ask(const struct gate *gate, uint32_t rule, enum h2t_severity severity)
{
    const struct h2t_rule *asked = h2t_rule_at(rule);
    if (severity < gate->from && !g_hash_table_contains(gate->fail_on, asked))
        return GATE_PASSES;
    return g_hash_table_contains(gate->allow, asked) ? GATE_ALLOWED : GATE_FAILS;
}

GArray *gate_judge(const struct gate *gate, const struct baseline *baseline,
                   const struct h2t_model *m)
{
    uint32_t n = m->findings->all->len;
    GArray *answers = g_array_sized_new(false, false, sizeof(uint8_t), n);
    for (uint32_t i = 0; i < n; i++) {
        const struct h2t_finding *f = h2t_finding_at(m, i);
        uint8_t answer = (uint8_t)gate_ask(gate, f->rule, f->severity);
        if (answer == GATE_FAILS && baseline && baseline_has(baseline, m, i))
            answer = GATE_KNOWN;
        g_array_append_val(answers, answer);
    }
    return answers;
}

const char *gate_answer_name(enum gate_answer answer)
{
    static const char *const names[] = {
        [GATE_PASSES] = "passes",
        [GATE_ALLOWED] = "allowed",
        [GATE_KNOWN] = "known",
        [GATE_FAILS] = "fails",
    };
    return names[answer];
}
