/* SPDX-License-Identifier: MIT */
/* --explain: docs/rules.md as the program has it has a section for each rule of the table. */
#include "annotator/explain.h"

#include "core/base.h"
#include "core/rules.h"

#include <string.h>

static void test_sections(void)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n);
    const char *last = explain_page;
    for (uint32_t i = 0; i < n; i++) {
        GError *error = NULL;
        g_autofree char *text = explain(rules[i].id, &error);
        g_assert_no_error(error);
        g_autofree char *wanted =
            g_strdup_printf("%s\n\n%s: %s\n\n- ", rules[i].id, h2t_severity_name(rules[i].severity),
                            rules[i].title);
        if (!g_str_has_prefix(text, wanted))
            g_error("docs/rules.md, wanted: %sfound: %.200s", wanted, text);
        g_assert_null(strstr(text, "\n## "));
        const char *at = strstr(explain_page, text);
        g_assert_true(at > last); /* the table's order */
        last = at;
    }
}

/* Terminals print it. */
static void test_text(void)
{
    const char *line = explain_page;
    for (const char *p = explain_page; *p; p++) {
        g_assert_true(*p == '\n' || g_ascii_isprint(*p));
        g_assert_cmpint(p - line, <=, 80);
        if (*p == '\n')
            line = p + 1;
    }
}

static void test_list(void)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n);
    g_autofree char *text = explain("list", NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        g_assert_true(g_str_has_prefix(lines[i], rules[i].id));
        g_assert_nonnull(strstr(lines[i], rules[i].title));
    }
}

/* Headings that are no rule's are not found either. */
static void test_unknown(void)
{
    static const char *const words[] = {"", "goaway", "How rules are asked", "goaway-lost\n",
                                        "## "};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        GError *error = NULL;
        g_assert_null(explain(words[i], &error));
        g_assert_error(error, H2T_ERROR, H2T_ERROR_USAGE);
        g_clear_error(&error);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/explain/sections", test_sections);
    g_test_add_func("/explain/text", test_text);
    g_test_add_func("/explain/list", test_list);
    g_test_add_func("/explain/unknown", test_unknown);
    return g_test_run();
}
