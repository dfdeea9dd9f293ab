/* SPDX-License-Identifier: MIT */
#include "annotator/explain.h"

#include "annotator/rule_name.h"

#include <string.h>

static char *list(void)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n);
    GString *out = g_string_new(NULL);
    for (uint32_t i = 0; i < n; i++)
        g_string_append_printf(out, "%-26s %-7s  %s\n", rules[i].id,
                               h2t_severity_name(rules[i].severity), rules[i].title);
    return g_string_free(out, false);
}

char *explain(const char *id, GError **error)
{
    if (!strcmp(id, "list"))
        return list();
    g_autofree char *heading = g_strdup_printf("\n## %s\n", id);
    const char *begin = h2t_rule_find(id) ? strstr(explain_page, heading) : NULL;
    if (!begin) {
        rule_name_unknown("--explain", id, false, error);
        return NULL;
    }
    begin += strlen("\n## ");
    const char *end = strstr(begin, "\n## ");
    return end ? g_strndup(begin, (gsize)(end - begin)) : g_strdup(begin);
}
