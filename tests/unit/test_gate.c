/* SPDX-License-Identifier: MIT */
/* What --fail-on and --allow make of rules and severities. */
#include "annotator/gate.h"

#include "annotator/rule_name.h"
#include "core/base.h"
#include "found.h"

#define NOTE H2T_SEVERITY_NOTE
#define WARNING H2T_SEVERITY_WARNING
#define ERROR H2T_SEVERITY_ERROR

/* Lists are separated by spaces; "" is none. */
static struct gate *make(const char *fail_on, const char *allow, GError **error)
{
    g_auto(GStrv) fails = g_strsplit(fail_on, " ", -1), allowed = g_strsplit(allow, " ", -1);
    g_autoptr(GPtrArray) fail_lists = g_ptr_array_new(), allow_lists = g_ptr_array_new();
    for (char **list = fails; *list; list++)
        g_ptr_array_add(fail_lists, *list);
    for (char **list = allowed; *list; list++)
        g_ptr_array_add(allow_lists, *list);
    return gate_new(fail_lists, allow_lists, error);
}

static void test_answers(void)
{
    static const struct {
        const char *fail_on, *allow, *rule;
        enum h2t_severity severity;
        enum gate_answer answer;
    } cases[] = {
        {"error", "", "goaway-lost", ERROR, GATE_FAILS},
        {"error", "", "refused-stream", WARNING, GATE_PASSES},
        {"error", "", "refused-stream", ERROR, GATE_FAILS}, /* the finding's own severity counts */
        {"warning", "", "refused-stream", WARNING, GATE_FAILS},
        {"warning", "", "goaway-lost", ERROR, GATE_FAILS},
        {"warning", "", "idle-close", NOTE, GATE_PASSES},
        {"note", "", "idle-close", NOTE, GATE_FAILS},
        {"idle-close", "", "idle-close", NOTE, GATE_FAILS},
        {"idle-close", "", "goaway-lost", ERROR, GATE_PASSES},
        {"error,idle-close", "", "idle-close", NOTE, GATE_FAILS},
        {"error,idle-close", "", "goaway-lost", ERROR, GATE_FAILS},
        {"idle-close error", "", "goaway-lost", ERROR, GATE_FAILS},
        {"error warning", "", "refused-stream", WARNING, GATE_FAILS},
        {"warning error", "", "refused-stream", WARNING, GATE_FAILS},
        {"error", "goaway-lost", "goaway-lost", ERROR, GATE_ALLOWED},
        {"error", "goaway-lost", "body-cut", ERROR, GATE_FAILS},
        {"goaway-lost", "goaway-lost", "goaway-lost", ERROR, GATE_ALLOWED},
        {"error", "refused-stream", "refused-stream", WARNING, GATE_PASSES},
        {"error", "body-cut,goaway-lost tcp-reset", "tcp-reset", ERROR, GATE_ALLOWED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        struct gate *gate = make(cases[i].fail_on, cases[i].allow, &error);
        g_assert_no_error(error);
        g_test_message("%s, but %s: %s", cases[i].fail_on, cases[i].allow, cases[i].rule);
        g_assert_cmpint(gate_ask(gate, rule_index(cases[i].rule), cases[i].severity), ==,
                        cases[i].answer);
        gate_free(&gate);
    }
}

static void test_wrong_words(void)
{
    static const struct {
        const char *fail_on, *allow, *message;
    } cases[] = {
        {"goaway-lots", "",
         "--fail-on: \"goaway-lots\" is no rule; the nearest is "
         "\"goaway-lost\" (--explain=list has all)"},
        {"eror", "",
         "--fail-on: \"eror\" is no rule; the nearest is \"error\" "
         "(--explain=list has all)"},
        {"error,", "", NULL},
        {"error", "error", NULL},
        {"error", "Body-cut",
         "--allow: \"Body-cut\" is no rule; the nearest is \"body-cut\" "
         "(--explain=list has all)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        g_assert_null(make(cases[i].fail_on, cases[i].allow, &error));
        g_assert_error(error, H2T_ERROR, H2T_ERROR_USAGE);
        if (cases[i].message)
            g_assert_cmpstr(error->message, ==, cases[i].message);
        g_clear_error(&error);
    }
}

/* Longer than what is compared. */
static void test_long_word(void)
{
    GError *error = NULL;
    g_autofree char *word = g_strnfill(100000, 'g');
    rule_name_unknown("--allow", word, true, &error);
    g_assert_error(error, H2T_ERROR, H2T_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "the nearest is \""));
    g_clear_error(&error);
}

static void test_judge(void)
{
    struct world w = found_world(0, NULL);
    struct gate *gate = make("warning", "body-cut", NULL);
    find(&w, "idle-close", NOTE, 0, 0);
    find(&w, "goaway-lost", ERROR, 0, 1);
    find(&w, "body-cut", ERROR, 0, 1);
    GArray *answers = gate_judge(gate, NULL, &w.m);
    g_assert_cmpuint(answers->len, ==, 3);
    g_assert_cmpint(gate_answer_at(answers, 0), ==, GATE_PASSES);
    g_assert_cmpint(gate_answer_at(answers, 1), ==, GATE_FAILS);
    g_assert_cmpint(gate_answer_at(answers, 2), ==, GATE_ALLOWED);
    g_array_unref(answers);
    gate_free(&gate);
    found_free(&w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/answers", test_answers);
    g_test_add_func("/gate/wrong-words", test_wrong_words);
    g_test_add_func("/gate/long-word", test_long_word);
    g_test_add_func("/gate/judge", test_judge);
    return g_test_run();
}
