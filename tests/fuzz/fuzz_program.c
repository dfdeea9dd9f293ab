/* SPDX-License-Identifier: MIT */
/*
 * The program on files, input as fuzz_whole's; the input's length says with which options. What it
 * annotates can be undone: without our comments, input and output are the same file. Annotating the
 * output changes nothing, and as its own baseline the report leaves nothing that fails. Reports are
 * JSON, and what is printed is printable.
 */
#include "annotator/run.h"
#include "core/json.h"
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 1, REDACT = 2, FILTER = 4, THREADS = 8, IGNORE_HEADERS = 16, EXPECT_H2 = 32 };

static char *folder;

static void remove_folder(void)
{
    static const char *const names[] = {"in",    "trace",    "keys",  "out",        "back",  "bare",
                                        "again", "out.json", "junit", "again.json", "secret"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_remove(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

static char *file(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void put(const char *name, struct bytes content)
{
    g_autofree char *path = file(name);
    FILE *out = fopen(path, "w");
    g_assert_nonnull(out);
    g_assert_cmpuint(fwrite(content.data, 1, content.len, out), ==, content.len);
    fclose(out);
}

static void assert_same(const char *a, const char *b)
{
    g_autofree char *path_a = file(a), *path_b = file(b), *x = NULL, *y = NULL;
    gsize x_len, y_len;
    g_assert_true(g_file_get_contents(path_a, &x, &x_len, NULL));
    g_assert_true(g_file_get_contents(path_b, &y, &y_len, NULL));
    g_assert_cmpuint(x_len, ==, y_len);
    g_assert_true(!memcmp(x, y, x_len));
}

static void progress(void *user, const char *name, uint64_t done, uint64_t size)
{
    (void)user, (void)name, (void)done, (void)size;
}

static void summary(void *user, const char *text)
{
    (void)user;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        fuzz_assert_line(*line);
}

static void failing(void *user, const char *line)
{
    (void)user;
    fuzz_assert_line(line);
}

static enum exit_status call(const struct options *options)
{
    static const struct run_callbacks callbacks = {progress, summary, failing};
    GError *error = NULL;
    enum exit_status status = run(options, false, &callbacks, NULL, &error);
    g_assert_true((status == EXIT_FAILED || status == EXIT_USAGE) == (error != NULL));
    if (error)
        fuzz_assert_line(error->message);
    if (error)
        g_assert_false(g_file_test(options->output, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    return status;
}

/* `baseline`: a report, or NULL. */
static enum exit_status annotate(const char *from, const char *to, const char *baseline,
                                 size_t with)
{
    g_autofree char *in = file(from), *out = file(to), *trace = file("trace"), *log = file("keys"),
                    *junit = file("junit"), *report = g_strconcat(out, ".json", NULL),
                    *known = baseline ? file(baseline) : NULL, *secret = file("secret");
    char *sidecars[] = {trace, NULL};
    struct options options = {.capture = in,
                              .sidecars = sidecars,
                              .keylogs = g_ptr_array_new(),
                              .fail_on = g_ptr_array_new(),
                              .allow = g_ptr_array_new(),
                              .map_addrs = g_ptr_array_new(),
                              .more = g_ptr_array_new(),
                              .output = out,
                              .report = report,
                              .junit = junit,
                              .baseline = known,
                              .filter = with & FILTER ? (char *)"tcp port 8443 or udp" : NULL,
                              .redact_key = secret,
                              .jobs = with & THREADS ? 3 : 1,
                              .verbose = true,
                              .redact = with & REDACT,
                              .ignore_headers = with & IGNORE_HEADERS,
                              .expect_h2 = with & EXPECT_H2,
                              .embed_keys = with & KEYS};
    g_ptr_array_add(options.keylogs, log);
    g_ptr_array_add(options.fail_on, (char *)"note");
    g_remove(out);
    enum exit_status status = call(&options);
    g_ptr_array_unref(options.keylogs);
    g_ptr_array_unref(options.fail_on);
    g_ptr_array_unref(options.allow);
    g_ptr_array_unref(options.map_addrs);
    g_ptr_array_unref(options.more);
    return status;
}

static enum exit_status strip(const char *from, const char *to)
{
    g_autofree char *in = file(from), *out = file(to);
    char *none[] = {NULL};
    struct options options = {.capture = in,
                              .sidecars = none,
                              .keylogs = g_ptr_array_new(),
                              .map_addrs = g_ptr_array_new(),
                              .more = g_ptr_array_new(),
                              .output = out,
                              .jobs = 1,
                              .remove = true};
    g_remove(out);
    enum exit_status status = call(&options);
    g_ptr_array_unref(options.keylogs);
    g_ptr_array_unref(options.map_addrs);
    g_ptr_array_unref(options.more);
    return status;
}

static bool visit(void *user, const struct h2t_json_value *value)
{
    (void)user, (void)value;
    return true;
}

static void check_report(void)
{
    g_autofree char *path = file("out.json"), *text = NULL;
    gsize len;
    struct h2t_json *json = h2t_json_new();
    g_assert_true(g_file_get_contents(path, &text, &len, NULL));
    g_assert_null(h2t_json_walk(json, text, len, visit, NULL));
    h2t_json_free(&json);
}

static void start(void)
{
    if (folder)
        return;
    /* in memory where there is such a place: the disk would be the test's longest part */
    g_autofree char *template =
        g_build_filename(g_file_test("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir(),
                         "h2annotate-fuzz-XXXXXX", NULL);
    folder = g_strdup(g_mkdtemp(template));
    g_assert_nonnull(folder);
    put("secret", (struct bytes){(const uint8_t *)"0123456789abcdef", 16});
    atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    start();
    put("trace", fuzz_part(&rest, FUZZ_PART));
    put("keys", fuzz_part(&rest, FUZZ_PART));
    put("in", rest);
    enum exit_status status = annotate("in", "out", NULL, size);
    if (status != EXIT_DONE && status != EXIT_FINDINGS)
        return 0;
    check_report();
    g_assert_cmpint(strip("out", "back"), ==, EXIT_DONE);
    g_assert_cmpint(strip("in", "bare"), ==, EXIT_DONE);
    assert_same("back", "bare");
    g_assert_cmpint(annotate("out", "again", "out.json", size), ==, EXIT_DONE);
    assert_same("again", "out");
    return 0;
}
