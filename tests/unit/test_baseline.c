/* SPDX-License-Identifier: MIT */
/* Reports that are read again, whole and damaged. */
#include "annotator/baseline.h"

#include "annotator/capture/output.h"
#include "annotator/report.h"
#include "core/base.h"
#include "found.h"
#include "scratch.h"

#include <unistd.h>

#define NOTE H2T_SEVERITY_NOTE
#define WARNING H2T_SEVERITY_WARNING
#define ERROR H2T_SEVERITY_ERROR

static struct baseline *read_text(const char *text, GError **error)
{
    g_autofree char *path = scratch_write("baseline.json", text, strlen(text));
    return baseline_read(path, error);
}

/* The report of this model, read. */
static struct baseline *read_back(const struct world *w)
{
    GError *error = NULL;
    g_autofree char *path = scratch_path("report.json");
    struct result result = {.capture_name = "cap.pcapng", .model = w->m};
    struct output *output = output_open(path, 0600, &error);
    g_assert_no_error(error);
    report_write(&result, output);
    g_assert_true(output_commit(&output, false, &error));
    struct baseline *b = baseline_read(path, &error);
    g_assert_no_error(error);
    return b;
}

static const char *const urls[] = {"http://127.0.0.1:8443/a", "http://127.0.0.1:9999/a",
                                   "http://127.0.0.1:8443/b", "http://[::1]:8443/a",
                                   "http://127.0.0.1:8443"};

/* Requests of found_world; 0 is that of noted.h. */
enum { POST_A, GET_A, OTHER_PORT, GET_B, OTHER_HOST, NO_PATH };

static void expect_after(const struct baseline *b, const char *id, enum h2t_severity severity,
                         uint32_t first, uint32_t n, bool wanted)
{
    struct world w = found_world(G_N_ELEMENTS(urls), urls);
    find(&w, id, severity, first, n);
    g_assert_true(baseline_has(b, &w.m, 0) == wanted);
    found_free(&w);
}

static void test_what_is_known(void)
{
    struct world w = found_world(G_N_ELEMENTS(urls), urls);
    find(&w, "body-cut", ERROR, POST_A, 2);
    find(&w, "refused-stream", WARNING, GET_A, 1);
    find(&w, "idle-close", NOTE, 0, 0);
    struct baseline *b = read_back(&w);
    found_free(&w);
    expect_after(b, "body-cut", ERROR, POST_A, 2, true);
    expect_after(b, "body-cut", ERROR, POST_A, 1, true);
    expect_after(b, "body-cut", ERROR, GET_A, 1, true);
    expect_after(b, "body-cut", ERROR, OTHER_PORT, 1, true);
    expect_after(b, "body-cut", ERROR, GET_A, 3, false); /* one of three is new */
    expect_after(b, "body-cut", ERROR, GET_B, 1, false);
    expect_after(b, "body-cut", ERROR, OTHER_HOST, 1, false);
    expect_after(b, "body-cut", ERROR, NO_PATH, 1, false);
    expect_after(b, "stream-reset", ERROR, GET_A, 1, false);
    expect_after(b, "refused-stream", WARNING, GET_A, 1, true);
    expect_after(b, "refused-stream", ERROR, GET_A, 1, false); /* worse than it was */
    expect_after(b, "idle-close", NOTE, 0, 0, true);
    expect_after(b, "goaway-graceful", NOTE, 0, 0, false);
    baseline_free(&b);
}

/* What is enough, in whatever order; unknown members, rules and nulls do no harm. */
static void test_pruned(void)
{
    GError *error = NULL;
    struct baseline *b = read_text(
        "{\"findings\":[{\"affected\":[{\"path\":\"/a\",\"more\":{\"path\":[1]},\"method\":\"GET\","
        "\"host\":\"127.0.0.1\",\"id\":\"r9\"}],\"more\":[{\"path\":1}],\"severity\":\"error\","
        "\"id\":\"body-cut\",\"host\":null},{\"id\":\"of-later\",\"severity\":\"note\"}],"
        "\"connections\":[{\"findings\":[0],\"streams\":[{\"findings\":[0],\"id\":5}]}],"
        "\"version\":1}",
        &error);
    g_assert_no_error(error);
    expect_after(b, "body-cut", ERROR, GET_A, 1, true);
    expect_after(b, "body-cut", ERROR, GET_B, 1, false);
    baseline_free(&b);
    b = read_text("{\"version\":1,\"findings\":[]}", &error);
    g_assert_no_error(error);
    expect_after(b, "body-cut", ERROR, GET_A, 1, false);
    baseline_free(&b);
}

static void test_damaged(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "not JSON: there is nothing; wanted a report of --report"},
        {"{\"version\":1,", "not JSON: not one JSON value; wanted a report of --report"},
        {"[]", "the outermost value is no object, wanted a report"},
        {"{\"version\":1}", "no array \"findings\" in it, wanted a report of --report"},
        {"{\"version\":1,\"findings\":{}}", "no array \"findings\" in it, wanted a report of "
                                            "--report"},
        {"{\"findings\":[]}", "\"version\" is not 1, wanted a report of that version"},
        {"{\"version\":2,\"findings\":[]}", "\"version\" is not 1, wanted a report of that "
                                            "version"},
        {"{\"version\":1,\"findings\":[7]}", "finding 1 is no object, wanted one"},
        {"{\"version\":1,\"findings\":[{}]}", "finding 1 has no \"id\", wanted that of a rule"},
        {"{\"version\":1,\"findings\":[{\"id\":\"x\",\"severity\":\"note\"},{\"id\":\"y\"}]}",
         "finding 2: \"severity\" is none of note, warning and error"},
        {"{\"version\":1,\"findings\":[{\"id\":3}]}", "finding 1: \"id\" is no string, wanted one"},
        {"{\"version\":1,\"findings\":[{\"affected\":[1]}]}",
         "finding 1: what is in \"affected\" is no object, wanted one"},
        {"{\"version\":1,\"findings\":[{\"affected\":[{\"path\":[]}]}]}",
         "finding 1: \"path\" is no string, wanted one"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        g_assert_null(read_text(cases[i].text, &error));
        g_assert_error(error, H2T_ERROR, H2T_ERROR_FORMAT);
        g_assert_true(g_str_has_suffix(error->message, cases[i].message));
        g_assert_nonnull(strstr(error->message, "baseline.json: "));
        g_clear_error(&error);
    }
}

static void test_limit(void)
{
    GError *error = NULL;
    g_autofree char *path = scratch_write("large.json", "{}", 2);
    g_assert_cmpint(truncate(path, (off_t)BASELINE_MAX + 1), ==, 0);
    g_assert_null(baseline_read(path, &error));
    g_assert_error(error, H2T_ERROR, H2T_ERROR_FORMAT);
    g_assert_nonnull(strstr(error->message, "wanted at most"));
    g_clear_error(&error);
    g_autofree char *none = scratch_path("none.json");
    g_assert_null(baseline_read(none, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    g_test_add_func("/baseline/what-is-known", test_what_is_known);
    g_test_add_func("/baseline/pruned", test_pruned);
    g_test_add_func("/baseline/damaged", test_damaged);
    g_test_add_func("/baseline/limit", test_limit);
    int failed = g_test_run();
    scratch_fini();
    return failed;
}
