/* SPDX-License-Identifier: MIT */
/* Lines of http2debug in all that may be around them: whole files through the loader. */
#include "core/zones.h"
#include "sidecar.h"

#define WROTE "http2: Framer 0xc000: wrote SETTINGS len=6, settings: ENABLE_PUSH=0"
#define READ "http2: Framer 0xc000: read SETTINGS flags=ACK len=0"
#define AT INT64_C(1795448760123456000) /* 2026-11-23T15:46:00.123456Z */
#define HOUR (3600 * INT64_C(1000000000))

static struct h2t_trace *load_text(const char *text)
{
    struct h2t_loader *loader = h2t_loader_new();
    sidecar_feed(loader, "app.log", text, strlen(text), 13);
    return sidecar_finish(loader);
}

static const struct h2t_framer *only_framer(const struct h2t_trace *t)
{
    g_assert_cmpuint(t->framers->len, ==, 1);
    return &g_array_index(t->framers, struct h2t_framer, 0);
}

static const struct h2t_logged *first_frame(const struct h2t_trace *t, enum h2t_logged_dir dir)
{
    const struct h2t_framer *f = only_framer(t);
    g_assert_cmpuint(f->frames[dir]->len, ==, 1);
    return &g_array_index(f->frames[dir], struct h2t_logged, 0);
}

/* Both lines with `format` around them; its first %s is the message. */
static struct h2t_trace *load_around(const char *format)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, format, WROTE);
    g_string_append_printf(text, format, READ);
    return load_text(text->str);
}

static void expect_time(const char *format, int64_t ns, bool zone_known)
{
    struct h2t_trace *t = load_around(format);
    g_assert_cmpint(first_frame(t, H2T_WROTE)->ns, ==, ns);
    g_assert_cmpint(first_frame(t, H2T_READ)->ns, ==, ns);
    g_assert_cmpuint(t->n_bad_lines, ==, 0);
    const struct h2t_zone *z = h2t_zone_of(t, 0);
    g_assert_cmpint(z ? z->known : true, ==, zone_known);
    h2t_trace_free(&t);
}

static void test_stamps(void)
{
    expect_time("%s\n", H2T_NEVER, true);
    expect_time("2026/11/23 15:46:00.123456 %s\n", AT, false);
    expect_time("2026/11/23 15:46:00 %s\n", AT - 123456000, false);
    expect_time("[shop] 2026/11/23 15:46:00.123456 h2_bundle.go:8942: %s\r\n", AT, false);
    expect_time("2026/11/23 15:46:00.123456 x.go:1: [1999/01/02] %s\n", AT, false);
    expect_time("time=2026-11-23T16:46:00.123456+01:00 level=INFO msg=\"%s\"\n", AT, true);
    expect_time("2026-11-23T15:46:00.123456Z\tINFO\tlog/log.go:1\t%s\n", AT, true);
    expect_time("2026-02-31 99:46 2026/99/23 15:46:00 %s\n", H2T_NEVER, true);
}

/* What a collector puts before it tells the zone, and is no time of the line. */
static void test_collected(void)
{
    expect_time("2026-11-23T15:46:01.5Z stdout F 2026/11/23 17:46:00.123456 %s\n", AT, true);
    expect_time("2026-11-23T15:46:01.5Z stdout F %s\n", H2T_NEVER, true);
    expect_time("2026-11-23T15:56:01.5Z 2026/11/23 15:46:00.123456 %s\n", AT, false);
}

/* klog has no year. */
static void test_klog(void)
{
    struct h2t_trace *t = load_around("I1123 15:46:00.123456   77 log.go:184] %s\n");
    int64_t ns = first_frame(t, H2T_WROTE)->ns;
    g_assert_cmpint((AT - ns) % (24 * HOUR), ==, 0);
    g_assert_true(h2t_zone_of(t, 0)->yearless);
    h2t_trace_free(&t);
    expect_time("2026-11-23T15:46:02Z I1123 16:46:00.123456   77 log.go:184] %s\n", AT, true);
}

static void expect_json(const char *format, int64_t ns)
{
    g_autofree char *json = g_strdup(format);
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    expect_time(json, ns, true);
}

static void test_wrapped(void)
{
    expect_json("{'time':'2026-11-23T15:46:00.123456Z','level':'INFO','msg':'%s'}\n", AT);
    expect_json("{'level':'info','ts':1795448760123456000,'msg':'%s'}\n", AT);
    expect_json("web-1  | {'time':'2026-11-23T15:46:00.123456Z','message':'%s'}\n", AT);
    expect_json("{'log':'2026/11/23 16:46:00.123456 %s\\n','stream':'stderr',"
                "'time':'2026-11-23T15:46:00.2Z'}\n",
                AT);
    expect_json("{'MESSAGE':'2026/11/23 16:46:00.123456 %s','_PID':'7','_HOSTNAME':'a',"
                "'__REALTIME_TIMESTAMP':'1795448760200000'}\n",
                AT);
    expect_json("{'labels':{'app':'web'},'line':'2026/11/23 16:46:00.123456 %s',"
                "'timestamp':'2026-11-23T15:46:00.2Z'}\n",
                AT);
    expect_json("{'time':'2026-11-23T15:46:00.5Z','msg':'2026/11/23 14:46:00.123456 %s'}\n", AT);
}

/* Loki has the newest line first. */
static void test_query_range(void)
{
    struct h2t_trace *t = load_text(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":[{\"stream\":"
        "{\"app\":\"web\"},\"values\":[[\"1795448760200000002\",\"2026/11/23 16:46:00 " READ
        "\"],[\"1795448760200000001\",\"2026/11/23 16:46:00 " WROTE "\"]]}]}}\n");
    g_assert_true(only_framer(t)->from_start);
    g_assert_cmpint(first_frame(t, H2T_READ)->ns, ==, AT - 123456000);
    h2t_trace_free(&t);
}

/* A program's other lines are no bad lines, be they before or behind. */
static void test_mixed(void)
{
    struct h2t_trace *t = load_text("\xef\xbb\xbfstarting up {\n\nhttp2 is fine\n" WROTE "\n"
                                    "panic: RoundTrip of a bus\n" READ "\n{\"msg\":\"other\"}\n");
    g_assert_cmpuint(t->n_bad_lines, ==, 0);
    g_assert_cmpuint(first_frame(t, H2T_READ)->line, ==, 6);
    h2t_trace_free(&t);
    t = load_text(WROTE "\n" READ "\n{\"msg\":\n");
    g_assert_cmpuint(t->n_bad_lines, ==, 1);
    h2t_trace_free(&t);
}

/* Of the last line a number's end may be missing. */
static void test_cut(void)
{
    struct h2t_trace *t =
        load_text(WROTE "\n" READ "\nhttp2: Framer 0xc000: read DATA stream=1 len=1");
    g_assert_cmpuint(only_framer(t)->frames[H2T_READ]->len, ==, 1);
    h2t_trace_free(&t);
}

/* Lines that begin with a bracket are no array, and the prefix tells the programs apart. */
static void test_pods(void)
{
    struct h2t_trace *t = load_text("[pod/web-1/app] " WROTE "\n[pod/web-2/app] " WROTE "\n"
                                    "[pod/web-1/app] " READ "\n[pod/web-2/app] " READ "\n");
    g_assert_cmpuint(t->framers->len, ==, 2);
    g_assert_cmpuint(t->processes->len, ==, 2);
    h2t_trace_free(&t);
}

static void expect_useless(const char *text)
{
    GError *error = NULL;
    struct h2t_loader *loader = h2t_loader_new();
    sidecar_feed(loader, "x.log", text, strlen(text), 9);
    g_assert_null(h2t_loader_finish(loader, &error));
    g_assert_nonnull(strstr(error->message, "x.log:1: "));
    g_assert_nonnull(strstr(error->message, "GODEBUG=http2debug"));
    g_clear_error(&error);
    h2t_loader_free(&loader);
}

static void test_useless(void)
{
    expect_useless("a log of something else\nhttp2 is on\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import_http2debug/stamps", test_stamps);
    g_test_add_func("/import_http2debug/collected", test_collected);
    g_test_add_func("/import_http2debug/klog", test_klog);
    g_test_add_func("/import_http2debug/wrapped", test_wrapped);
    g_test_add_func("/import_http2debug/query_range", test_query_range);
    g_test_add_func("/import_http2debug/mixed", test_mixed);
    g_test_add_func("/import_http2debug/cut", test_cut);
    g_test_add_func("/import_http2debug/pods", test_pods);
    g_test_add_func("/import_http2debug/useless", test_useless);
    return g_test_run();
}
