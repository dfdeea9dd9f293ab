/* SPDX-License-Identifier: MIT */
#include "annotator/rule_name.h"

#include "core/base.h"

#include <string.h>

#define MAX_WORD 63u /* letters that are compared */

/* Letters to insert, drop or change to make one of the other (Levenshtein), one row at a time. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[MAX_WORD + 1];
    size_t n = MIN(strlen(b), MAX_WORD);
    for (unsigned k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; i < MAX_WORD && a[i]; i++) {
        unsigned diagonal = row[0]++;
        for (size_t k = 0; k < n; k++) {
            unsigned changed = diagonal + (a[i] != b[k]);
            diagonal = row[k + 1];
            row[k + 1] = MIN(changed, MIN(row[k], diagonal) + 1);
        }
    }
    return row[n];
}

struct nearest {
    const char *word, *name;
    unsigned distance;
};

static void consider(struct nearest *n, const char *name)
{
    unsigned d = distance(n->word, name);
    if (n->name && d >= n->distance)
        return;
    n->name = name;
    n->distance = d;
}

void rule_name_unknown(const char *option, const char *word, bool severities, GError **error)
{
    uint32_t n_rules;
    const struct h2t_rule *rules = h2t_rules(&n_rules);
    struct nearest nearest = {.word = word};
    for (uint32_t i = 0; i < n_rules; i++)
        consider(&nearest, rules[i].id);
    for (enum h2t_severity s = H2T_SEVERITY_NOTE; severities && s <= H2T_SEVERITY_ERROR; s++)
        consider(&nearest, h2t_severity_name(s));
    g_set_error(error, H2T_ERROR, H2T_ERROR_USAGE,
                "%s: \"%s\" is no rule; the nearest is \"%s\" (--explain=list has all)", option,
                word, nearest.name);
}
