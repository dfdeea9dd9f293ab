/* SPDX-License-Identifier: MIT */
/* The table, how findings are put together, and their limit. What the rules say of real traffic is
 * in cases/findings. */
#include "world.h"

#include "core/finding.h"
#include "core/rules.h"

static void diagnose(struct world *w)
{
    join(w);
    h2t_diagnose(&w->m);
}

static void end(struct world *w)
{
    h2t_findings_free(&w->m.findings);
    world_free(w);
}

static void test_table(void)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n);
    g_assert_cmpuint(n, >, 50);
    for (uint32_t i = 0; i < n; i++) {
        g_assert_true(h2t_rule_find(rules[i].id) == &rules[i]); /* so each id is there once */
        g_assert_true(rules[i].title && !strchr(rules[i].title, ':'));
        g_assert_true(rules[i].fix && g_str_has_suffix(rules[i].fix, "."));
        g_assert_true(rules[i].scope & (H2T_SCOPE_EXCHANGE | H2T_SCOPE_CONN));
    }
    g_assert_null(h2t_rule_find("no-such-rule"));
}

static void test_healthy(void)
{
    struct world w = world_new();
    matching_requests(&w, 5, NULL);
    diagnose(&w);
    g_assert_cmpuint(w.m.findings->all->len, ==, 0);
    end(&w);
}

static void fail_all(struct world *w, const char *error)
{
    for (uint32_t i = 0; i < w->m.trace->requests->len; i++)
        h2t_request_at(&w->m, i)->err = error;
}

/* One cause, three requests: one finding, which names two of them and counts the third. */
static void test_merged(void)
{
    struct world w = world_new();
    g_autoptr(GString) text = g_string_new(NULL);
    matching_requests(&w, 3, NULL);
    fail_all(&w, "context canceled");
    diagnose(&w);
    g_assert_cmpuint(w.m.findings->all->len, ==, 1);
    const struct h2t_finding *f = h2t_finding_at(&w.m, 0);
    g_assert_cmpstr(h2t_rule_at(f->rule)->id, ==, "cancelled-by-caller");
    g_assert_cmpuint(f->n, ==, 3);
    g_assert_cmpuint(f->n_conns, ==, 1);
    h2t_finding_requests(&w.m, f, 2, text);
    g_assert_cmpstr(text->str, ==, "r,r,+1");
    end(&w);
}

static void test_line(void)
{
    struct world w = world_new();
    g_autoptr(GString) text = g_string_new(NULL), line = g_string_new(NULL);
    matching_requests(&w, 1, NULL);
    fail_all(&w, "bad \033[31m\"thing\"");
    diagnose(&w);
    h2t_finding_text(&w.m, 0, text);
    g_assert_true(
        h2t_finding_line("a\nb.pcap", h2t_finding_at(&w.m, 0)->at.packet, text->str, line));
    g_assert_cmpstr(line->str, ==,
                    "a\\nb.pcap:6: error: unexplained-error: the request failed, and no rule knows "
                    "why (r): trace: error: bad \\033[31m\"thing\": fix: See the error.");
    g_assert_false(h2t_finding_line("x", 1, "h2a keys ~ce73b817", line));
    end(&w);
}

/* Every request fails for itself, so each is a finding; past the limit they are counted. */
static void test_limit(void)
{
    struct world w = world_new();
    for (uint32_t i = 0; i < H2T_MAX_FINDINGS + 3; i++)
        trace_request(&w, H2T_NONE, NULL, i * MS);
    fail_all(&w, "whatever");
    diagnose(&w);
    g_assert_cmpuint(w.m.findings->all->len, ==, H2T_MAX_FINDINGS);
    g_assert_cmpuint(w.m.findings->n_dropped, ==, 3);
    end(&w);
}

/* What was found stands in the order of packets, the worst first; without a packet, last. */
static void test_order(void)
{
    struct world w = world_new();
    matching_requests(&w, 3, NULL);
    trace_request(&w, H2T_NONE, NULL, 500 * MS);
    for (unsigned hook = 0; hook < H2T_N_HOOKS; hook++) /* it never got a connection */
        h2t_attempt_at(&w.m, 3)->at[hook] = H2T_NEVER;
    h2t_attempt_at(&w.m, 3)->seq = 0;
    h2t_request_at(&w.m, 2)->err = "context canceled";
    h2t_request_at(&w.m, 0)->err = "whatever";
    h2t_request_at(&w.m, 3)->err = "not in the capture";
    diagnose(&w);
    g_assert_cmpuint(w.m.findings->all->len, ==, 3);
    uint32_t last = 0;
    for (uint32_t i = 0; i < 2; i++) {
        g_assert_cmpuint(h2t_finding_at(&w.m, i)->at.packet, >, last);
        last = h2t_finding_at(&w.m, i)->at.packet;
    }
    g_assert_cmpuint(h2t_finding_at(&w.m, 2)->at.packet, ==, 0);
    end(&w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rules/table", test_table);
    g_test_add_func("/rules/healthy", test_healthy);
    g_test_add_func("/rules/merged", test_merged);
    g_test_add_func("/rules/line", test_line);
    g_test_add_func("/rules/limit", test_limit);
    g_test_add_func("/rules/order", test_order);
    return g_test_run();
}
