/* SPDX-License-Identifier: MIT */
/* Files, damage, and which process a line belongs to. */
#include "sidecar.h"

#define GOT ",'attempt':1,'conn':1,'local':'127.0.0.1:40000','remote':'127.0.0.1:8443'"

static struct h2t_trace *load_text(const char *text)
{
    GString *s = g_string_new(NULL);
    sidecar_line(s, text);
    return sidecar_load(s);
}

static struct h2t_bad_line *bad_at(struct h2t_trace *t, guint i)
{
    g_assert_cmpuint(i, <, t->bad->len);
    return &g_array_index(t->bad, struct h2t_bad_line, i);
}

static void expect_bad(struct h2t_trace *t, guint i, uint64_t line, const char *why)
{
    g_assert_cmpstr(bad_at(t, i)->file, ==, "trace.json");
    g_assert_cmpuint(bad_at(t, i)->line, ==, line);
    g_assert_cmpstr(bad_at(t, i)->why, ==, why);
}

static void test_bad_lines(void)
{
    struct h2t_trace *t = load_text("{'ts':1,'ev':'GetConn','req':'a'}\n"
                                    "garbage\n"
                                    "\n"
                                    "{'ts':'12.5','ev':'GetConn','req':'a'}\n"
                                    "{'ts':'\\u001b[31m\xc3\xa9','ev':'GetConn','req':'a'}\n"
                                    "{'ts':-1,'ev':'GetConn','req':'a'}\n"
                                    "{'ev':'GetConn','req':'a'}\n"
                                    "{'ts':1,'req':'a'}\n"
                                    "{'ts':1,'ev':'GetConn'}\n"
                                    "7\n"
                                    "{'ts':1,'ev':'GetConn','req':'a'");
    g_assert_cmpuint(t->n_events, ==, 1);
    g_assert_cmpuint(t->n_bad_lines, ==, 9);
    expect_bad(t, 0, 2, "not one JSON value");
    expect_bad(t, 1, 4, "\"ts\" is \"12.5\", wanted RFC 3339 or nanoseconds");
    expect_bad(t, 2, 5, "\"ts\" is \"?[31m??\", wanted RFC 3339 or nanoseconds");
    expect_bad(t, 3, 6, "\"ts\" is no time, wanted RFC 3339 or nanoseconds");
    expect_bad(t, 4, 7, "no \"ts\"");
    expect_bad(t, 5, 8, "no \"ev\"");
    expect_bad(t, 6, 9, "no \"req\"");
    expect_bad(t, 7, 10, "not a JSON object");
    expect_bad(t, 8, 11, "not one JSON value"); /* load_text gives it its newline */
    h2t_trace_free(&t);
}

static void test_bad_shown(void)
{
    GString *s = g_string_new("{\"ts\":1,\"ev\":\"GetConn\",\"req\":\"a\"}\n");
    for (unsigned i = 0; i < 5 * H2T_MAX_BAD_SHOWN; i++)
        g_string_append(s, "{\n");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->n_bad_lines, ==, 5 * H2T_MAX_BAD_SHOWN);
    g_assert_cmpuint(t->bad->len, ==, H2T_MAX_BAD_SHOWN);
    expect_bad(t, H2T_MAX_BAD_SHOWN - 1, H2T_MAX_BAD_SHOWN + 1, "not one JSON value");
    h2t_trace_free(&t);
}

/* Cut at every byte of its last line, a file loses that line and nothing else. */
static void test_cut_short(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "GotConn", "r1", GOT);
    gsize first = s->len;
    sidecar_event(s, 2, "WroteHeaders", "r1", ",'attempt':1,'conn':1");
    for (gsize len = first + 1; len <= s->len - 1; len++) {
        bool whole = len == s->len - 1; /* all but the newline */
        struct h2t_loader *loader = h2t_loader_new();
        sidecar_feed(loader, "trace.json", s->str, len, len);
        struct h2t_trace *t = sidecar_finish(loader);
        g_assert_cmpuint(t->n_events, ==, whole ? 2 : 1);
        g_assert_cmpuint(t->n_bad_lines, ==, whole ? 0 : 1);
        if (!whole)
            expect_bad(t, 0, 2, "cut short");
        h2t_trace_free(&t);
    }
    g_string_free(s, TRUE);
}

static void test_too_long(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "GotConn", "r1", GOT);
    for (unsigned i = 0; i <= H2T_MAX_LINE / 1024; i++)
        g_string_append_len(s, (char[1024]){"{"}, 1024);
    g_string_append(s, "\n");
    sidecar_event(s, 2, "WroteHeaders", "r1", ",'attempt':1,'conn':1");
    struct h2t_loader *loader = h2t_loader_new();
    sidecar_feed(loader, "trace.json", s->str, s->len, 1 << 16);
    g_string_free(s, TRUE);
    struct h2t_trace *t = sidecar_finish(loader);
    g_assert_cmpuint(t->n_events, ==, 2);
    expect_bad(t, 0, 2, "too long");
    h2t_trace_free(&t);
}

static void test_odd_members(void)
{
    struct h2t_trace *t = load_text(
        "{'ts':1700000000.5,'ev':'GotConn','req':'a','pid':'x','seq':-3,'attempt':1.0,'conn':2,"
        "'reused':'no','local':7,'idle_ns':{'a':[1]},'more':{'ts':5,'ev':['x']},'at':[1,2]}\n"
        "{'ts':1,'ev':'GotConn','req':'a','attempt':99999999999,'conn':2}\n"
        "{'ts':1,'ev':'Novelty','req':'a'}\n"
        "{'ts':1,'ev':'Novelty'}\n");
    g_assert_cmpuint(t->n_events, ==, 2);
    g_assert_cmpuint(t->n_unknown_events, ==, 2);
    g_assert_cmpuint(t->n_bad_lines, ==, 0);
    g_assert_cmpuint(attempt_of(t, "a", 1)->tconn, ==, 0);
    g_assert_cmpuint(tconn_at(t, 0)->number, ==, 2);
    g_assert_false(tconn_at(t, 0)->from_start);
    g_assert_cmpuint(tconn_at(t, 0)->local.family, ==, 0);
    h2t_trace_free(&t);
}

static void test_long_and_odd_texts(void)
{
    g_autofree char *url = g_strnfill(5000, 'x');
    g_autofree char *text =
        g_strdup_printf("{'ts':1,'ev':'RequestStart','req':'a\\u0000b','url':'%s'}\n"
                        "{'ts':1,'ev':'RequestStart','req':'a\\u0000c','url':'%s'}",
                        url, url);
    struct h2t_trace *t = load_text(text);
    g_assert_cmpuint(t->requests->len, ==, 1);
    g_assert_cmpstr(request_at(t, 0)->id, ==, "a");
    g_assert_cmpuint(strlen(request_at(t, 0)->url), ==, H2T_MAX_STRING);
    h2t_trace_free(&t);
}

/* Lines, CRLF, a byte order mark, or one array: in pieces of any size, all is the same. */
static void test_shapes(void)
{
    static const char *const shapes[] = {
        "{'ts':1,'ev':'GetConn','req':'a'}\n{'ts':2,'ev':'GetConn','req':'b'}\n",
        "\xef\xbb\xbf{'ts':1,'ev':'GetConn','req':'a'}\r\n\r\n{'ts':2,'ev':'GetConn','req':'b'}",
        "[{'ts':1,'ev':'GetConn','req':'a'},{'ts':2,'ev':'GetConn','req':'b'}]",
        "[\n  {\n 'ts':1,\n 'ev':'GetConn','req':'a'\n },\n {'ts':2,\n 'ev':'GetConn','req':'b'}]",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
        GString *s = g_string_new(NULL);
        sidecar_line(s, shapes[i]);
        for (gsize piece = 1; piece <= s->len; piece++) {
            struct h2t_loader *loader = h2t_loader_new();
            sidecar_feed(loader, "trace.json", s->str, s->len, piece);
            struct h2t_trace *t = sidecar_finish(loader);
            g_assert_cmpuint(t->requests->len, ==, 2);
            g_assert_cmpuint(t->n_bad_lines, ==, 0);
            h2t_trace_free(&t);
        }
        g_string_free(s, TRUE);
    }
}

static void expect_useless(const char *text, const char *wanted)
{
    struct h2t_loader *loader = h2t_loader_new();
    GError *error = NULL;
    GString *good = g_string_new(NULL);
    sidecar_event(good, 1, "GotConn", "r1", GOT);
    sidecar_feed(loader, "a.json", good->str, good->len, good->len);
    sidecar_feed(loader, "b.json", text, strlen(text), 5);
    g_assert_null(h2t_loader_finish(loader, &error));
    g_assert_error(error, H2T_ERROR, H2T_ERROR_FORMAT);
    g_assert_cmpstr(error->message, ==, wanted);
    g_error_free(error);
    h2t_loader_free(&loader);
    g_string_free(good, TRUE);
}

#define WANTED                                                                                     \
    "wanted httptrace events: the recorder's lines, logs with the hooks' names and a request id "  \
    "as JSON or key=value, OpenTelemetry spans, or lines of GODEBUG=http2debug, see "              \
    "docs/sidecars.md"

static void test_useless_file(void)
{
    expect_useless("", "b.json: empty, " WANTED);
    expect_useless("\n\n", "b.json: empty, " WANTED);
    expect_useless("\nx\ny\n",
                   "b.json:2: not one JSON value; nothing in the file is usable, " WANTED);
    expect_useless("{\"ts\":1,\"ev\":\"Boot\"}\n", "b.json: no event has a known name, " WANTED);
    expect_useless("{\"time\":1,\"msg\":\"listening\"}\n",
                   "b.json: no event has a known name, " WANTED);
    expect_useless("{\"time\":1700000000,\"msg\":\"GotConn\"}\n",
                   "b.json:1: no \"req\"; nothing in the file is usable, " WANTED);
}

/* The complaint is about the file's own first line, however many there were in other files. */
static void test_useless_after_many(void)
{
    struct h2t_loader *loader = h2t_loader_new();
    GError *error = NULL;
    GString *s = g_string_new("{\"ts\":1,\"ev\":\"GetConn\",\"req\":\"a\"}\n");
    for (unsigned i = 0; i < 2 * H2T_MAX_BAD_SHOWN; i++)
        g_string_append(s, "{\n");
    sidecar_feed(loader, "a.json", s->str, s->len, s->len);
    sidecar_feed(loader, "b.json", "7\n", 2, 2);
    g_assert_null(h2t_loader_finish(loader, &error));
    g_assert_true(g_str_has_prefix(error->message, "b.json:1: not a JSON object; "));
    g_error_free(error);
    h2t_loader_free(&loader);
    g_string_free(s, TRUE);
}

static void test_free_early(void)
{
    struct h2t_loader *loader = h2t_loader_new();
    h2t_loader_file(loader, "a");
    h2t_loader_feed(loader, "{\"ts\":1,\"ev\":\"GetConn\",\"req\":\"a\"}\n{", 35);
    h2t_loader_free(&loader);
    g_assert_null(loader);
    h2t_loader_free(&loader);
    struct h2t_trace *none = NULL;
    h2t_trace_free(&none);
}

/* ---- Processes. Each file: lines of its own, then r1 on connection 1. ---------------------------
 */

struct sidecar_file {
    const char *meta; /* or NULL */
    const char *rest; /* members of the event, after "req" */
};

static struct h2t_trace *load_files(const struct sidecar_file *files, gsize n)
{
    struct h2t_loader *loader = h2t_loader_new();
    for (gsize i = 0; i < n; i++) {
        GString *s = g_string_new(NULL);
        g_autofree char *event = g_strdup_printf(
            "{'ts':1700000000000000000,'ev':'WroteHeaders','req':'r1','attempt':1,'conn':1,%s}",
            files[i].rest);
        if (files[i].meta)
            sidecar_line(s, files[i].meta);
        sidecar_line(s, event);
        sidecar_feed(loader, "x", s->str, s->len, s->len);
        g_string_free(s, TRUE);
    }
    return sidecar_finish(loader);
}

static void expect_processes(const struct sidecar_file *files, gsize n, guint wanted)
{
    struct h2t_trace *t = load_files(files, n);
    g_assert_cmpuint(t->processes->len, ==, wanted);
    g_assert_cmpuint(t->requests->len, ==, wanted);
    g_assert_cmpuint(t->tconns->len, ==, wanted);
    h2t_trace_free(&t);
}

#define META(host, more) "{'ts':1700000000000000000,'ev':'Meta','seq':1,'host':'" host "'," more "}"

static void test_two_processes(void)
{
    const struct sidecar_file pids[] = {{NULL, "'pid':1,'seq':2"}, {NULL, "'pid':2,'seq':2"}};
    const struct sidecar_file hosts[] = {{META("a", "'pid':1"), "'pid':1,'seq':2"},
                                         {META("b", "'pid':1"), "'pid':1,'seq':2"}};
    const struct sidecar_file no_pid[] = {{NULL, "'seq':2"}, {NULL, "'seq':2"}};
    expect_processes(pids, 2, 2);
    expect_processes(hosts, 2, 2);
    expect_processes(no_pid, 2, 2);
}

static void test_same_process(void)
{
    const struct sidecar_file pid[] = {{NULL, "'pid':1,'seq':2"}, {NULL, "'pid':1,'seq':2"}};
    const struct sidecar_file rotated[] = {{META("a", "'pid':1"), "'pid':1,'seq':2"},
                                           {NULL, "'pid':1,'seq':2"}};
    const struct sidecar_file backwards[] = {{NULL, "'pid':1,'seq':2"},
                                             {META("a", "'pid':1"), "'pid':1,'seq':2"}};
    const struct sidecar_file two_recorders[] = {{META("a", "'pid':1"), "'pid':1,'seq':2"},
                                                 {META("a", "'pid':1"), "'pid':1,'seq':2"}};
    expect_processes(pid, 2, 1);
    expect_processes(rotated, 2, 1);
    expect_processes(backwards, 2, 1);
    expect_processes(two_recorders, 2, 1);
}

/* A container begins again: the same pid on the same host, but later. */
static void test_restart(void)
{
    const struct sidecar_file files[] = {
        {META("a", "'pid':1,'mono_ns':5000000000"), "'pid':1,'seq':2,'mono_ns':5000000000"},
        {META("a", "'pid':1,'mono_ns':1000"), "'pid':1,'seq':2,'mono_ns':1000"},
        {NULL, "'pid':1,'seq':2,'mono_ns':5000000001"},
        {NULL, "'pid':1,'seq':2,'mono_ns':1001"},
    };
    expect_processes(files, 4, 2);
}

/* The machine slept: the file without Meta began, it seems, at another time. There is only one. */
static void test_moved_beginning(void)
{
    const struct sidecar_file files[] = {
        {META("a", "'pid':1,'mono_ns':1000"), "'pid':1,'seq':2,'mono_ns':1000"},
        {NULL, "'pid':1,'seq':2,'mono_ns':5000000000"},
    };
    expect_processes(files, 2, 1);
}

/* Two hosts have a process 1, and nothing tells whose the third file is: it is nobody's. */
static void test_ambiguous(void)
{
    const struct sidecar_file files[] = {
        {META("a", "'pid':1"), "'pid':1,'seq':2"},
        {META("b", "'pid':1"), "'pid':1,'seq':2"},
        {NULL, "'pid':1,'seq':2"},
    };
    expect_processes(files, 3, 3);
}

/* Restarts appended to one file; pids that alternate in one file. */
static void test_one_file(void)
{
    struct h2t_trace *t = load_text(META(
        "a",
        "'pid':1,'mono_ns':9000000000") "\n"
                                        "{'ts':1700000000000000001,'ev':'GetConn','req':'r1','pid':"
                                        "1}\n" META(
                                            "a",
                                            "'pid':1,'mono_ns':1") "\n"
                                                                   "{'ts':1700000000000000001,'ev':"
                                                                   "'GetConn','req':'r1','pid':1}\n"
                                                                   "{'ts':1700000000000000001,'ev':"
                                                                   "'GetConn','req':'r1','pid':2}\n"
                                                                   "{'ts':1700000000000000001,'ev':"
                                                                   "'GetConn','req':'r1','pid':1}\n"
                                                                   "{'ts':1700000000000000001,'ev':"
                                                                   "'GetConn','req':'r1'}\n");
    g_assert_cmpuint(t->processes->len, ==, 4);
    g_assert_cmpuint(t->requests->len, ==, 4);
    const struct h2t_process *first = &g_array_index(t->processes, struct h2t_process, 0);
    g_assert_cmpuint(first->pid, ==, 1);
    g_assert_cmpstr(first->host, ==, "a");
    g_assert_cmpuint(request_at(t, 1)->process, ==, 1);
    g_assert_cmpuint(request_at(t, 2)->process, ==, 2);
    h2t_trace_free(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/bad-lines", test_bad_lines);
    g_test_add_func("/trace/bad-shown", test_bad_shown);
    g_test_add_func("/trace/cut-short", test_cut_short);
    g_test_add_func("/trace/too-long", test_too_long);
    g_test_add_func("/trace/odd-members", test_odd_members);
    g_test_add_func("/trace/long-and-odd-texts", test_long_and_odd_texts);
    g_test_add_func("/trace/shapes", test_shapes);
    g_test_add_func("/trace/useless-file", test_useless_file);
    g_test_add_func("/trace/useless-after-many", test_useless_after_many);
    g_test_add_func("/trace/free-early", test_free_early);
    g_test_add_func("/trace/two-processes", test_two_processes);
    g_test_add_func("/trace/same-process", test_same_process);
    g_test_add_func("/trace/restart", test_restart);
    g_test_add_func("/trace/moved-beginning", test_moved_beginning);
    g_test_add_func("/trace/ambiguous", test_ambiguous);
    g_test_add_func("/trace/one-file", test_one_file);
    return g_test_run();
}
