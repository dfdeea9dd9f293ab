/* SPDX-License-Identifier: MIT */
/* Formats found by content, and what is inside of what: whole files through the loader. */
#include "core/view.h"
#include "sidecar.h"

#define LINE(time, name, more)                                                                     \
    "{'time':'2026-11-23T15:46:12." time "Z','msg':'" name "','req':'r1'" more "}"
#define GOT(time) LINE(time, "GotConn", ",'local':'10.0.0.1:4','remote':'10.0.0.2:443'")

static struct h2t_trace *load_text(const char *text)
{
    GString *s = g_string_new(NULL);
    sidecar_line(s, text);
    return sidecar_load(s);
}

/* The text as a JSON string, quotes ' as in the rest of the line. */
static char *quoted(const char *text)
{
    GString *s = g_string_new("'");
    for (; *text; text++)
        g_string_append_printf(s, *text == '\'' ? "\\u0022" : *text == '\\' ? "\\\\" : "%c", *text);
    g_string_append_c(s, '\'');
    return g_string_free(s, FALSE);
}

/* One request, one attempt with its address, written. */
static void assert_attempt(struct h2t_trace *t)
{
    g_assert_cmpuint(t->requests->len, ==, 1);
    g_assert_cmpuint(t->attempts->len, ==, 1);
    g_assert_cmpuint(t->tconns->len, ==, 1);
    assert_addr(&tconn_at(t, 0)->local, "10.0.0.1:4");
    g_assert_cmpint(attempt_of(t, "r1", 1)->at[H2T_WROTE_HEADERS], !=, H2T_NEVER);
    g_assert_cmpuint(t->n_bad_lines, ==, 0);
}

static void expect_attempt(const char *format)
{
    g_autofree char *got = quoted(GOT("1")), *wrote = quoted(LINE("2", "WroteHeaders", ""));
    g_autofree char *got_line = g_strdup_printf(format, got);
    g_autofree char *wrote_line = g_strdup_printf(format, wrote);
    g_autofree char *text = g_strdup_printf("%s\n%s", got_line, wrote_line);
    struct h2t_trace *t = load_text(text);
    assert_attempt(t);
    h2t_trace_free(&t);
}

static void test_wrappers(void)
{
    expect_attempt("{'log':%s,'stream':'stdout','time':'2026-11-23T15:46:13Z'}");
    expect_attempt("{'MESSAGE':%s,'_PID':'7','_HOSTNAME':'web','__REALTIME_TIMESTAMP':'1'}");
    expect_attempt("{'labels':{'pod':'a','level':'info'},'line':%s,'timestamp':'2026-11-23'}");
    expect_attempt("{'line':%s,'timestamp':'1795448772227142300','fields':{'job':'x'}}");
    expect_attempt("{'@timestamp':'2026-11-23T15:46:13Z','message':%s}");
    expect_attempt("{'log':'{\\u0022MESSAGE\\u0022:\\u0022other\\u0022}','textPayload':%s}");
    expect_attempt("2026-11-23T15:46:12.2Z stdout F {'log':%s,'stream':'stderr','time':'x'}");
}

static void test_in_wrappers(void)
{
    GString *s = g_string_new(GOT("1"));
    for (unsigned depth = 0; depth <= 4; depth++) {
        g_autofree char *text = g_strdup_printf("%s\n" LINE("2", "WroteHeaders", ""), s->str);
        struct h2t_trace *t = load_text(text);
        g_assert_cmpuint(t->tconns->len, ==, depth < 4 ? 1 : 0); /* MAX_WRAPPERS, and no deeper */
        h2t_trace_free(&t);
        g_autofree char *inner = quoted(s->str);
        g_string_printf(s, "{'log':%s,'stream':'stdout'}", inner);
    }
    g_string_free(s, TRUE);
}

static void test_other_output(void)
{
    struct h2t_trace *t = load_text("{'log':'plain\\n','stream':'stdout'}\n"
                                    "{'MESSAGE':[104,105]}\n"
                                    "{'log':'panic: {\\n','stream':'stderr'}\n"
                                    "{'msg':'listening','time':1795448772}\n" GOT(
                                        "1") "\n"
                                             "{'log':'{\\u0022a\\u0022:','stream':'stdout'}");
    g_assert_cmpuint(t->n_events, ==, 1);
    g_assert_cmpuint(t->n_bad_lines, ==, 1); /* an object that is cut */
    h2t_trace_free(&t);
}

#define LOKI(values)                                                                               \
    "{'status':'success','data':{'resultType':'streams','result':[{'stream':{'pod':'a','level':"   \
    "'info'},'values':[" values "]}]}}"

static void test_loki(void)
{
    g_autofree char *got = quoted(GOT("5")), *wrote = quoted(LINE("5", "WroteHeaders", ""));
    /* Newest first; both in one tick, so that only the reversal puts them in order. */
    g_autofree char *text = g_strdup_printf(LOKI("['20',%s],['10',%s]"), wrote, got);
    struct h2t_trace *t = load_text(text);
    assert_attempt(t);
    h2t_trace_free(&t);
    g_autofree char *forward = g_strdup_printf(LOKI("['10',%s],['20',%s]"), got, wrote);
    t = load_text(forward);
    assert_attempt(t);
    h2t_trace_free(&t);
}

static void test_loki_hostile(void)
{
    static const char *const odd[] = {
        LOKI("['1'],[],[[['x']]],['1','2','3'],['y',7],{'a':'b'}"),
        "{'data':{'result':[{'values':[['1','x']]},{'stream':[]},[],7,{'values':{}}]}}",
        "{'data':[[[[[['1','x']]]]]],'labels':[],'line':{}}",
        "{'line':'','labels':{'pod':7},'log':'','MESSAGE':null}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *text = g_strdup_printf("%s\n" GOT("1"), odd[i]);
        struct h2t_trace *t = load_text(text);
        g_assert_cmpuint(t->n_events, ==, 1);
        h2t_trace_free(&t);
    }
}

/* The same req in two pods, in one file, is two requests; in one pod, in two files, one. */
static void test_sources(void)
{
    static const char *const pods[] = {"{'labels':{'pod':'a','trace_id':'1'},'line':%s}",
                                       "{'labels':{'pod':'b'},'line':%s}",
                                       "{'labels':{'pod':'a','trace_id':'2'},'line':%s}"};
    struct h2t_loader *loader = h2t_loader_new();
    for (size_t i = 0; i < G_N_ELEMENTS(pods); i++) {
        g_autofree char *line = quoted(i == 2 ? LINE("2", "WroteHeaders", "") : GOT("1"));
        g_autofree char *text = g_strdup_printf(pods[i], line);
        GString *s = g_string_new(NULL);
        sidecar_line(s, text);
        if (i != 1)
            h2t_loader_file(loader, i ? "b.json" : "a.json");
        h2t_loader_feed(loader, s->str, s->len);
        g_string_free(s, TRUE);
    }
    struct h2t_trace *t = sidecar_finish(loader);
    g_assert_cmpuint(t->requests->len, ==, 2);
    g_assert_cmpint(attempt_at(t, 0)->at[H2T_WROTE_HEADERS], !=, H2T_NEVER);
    g_assert_cmpint(attempt_at(t, 1)->at[H2T_WROTE_HEADERS], ==, H2T_NEVER);
    h2t_trace_free(&t);
}

static void test_prefixes(void)
{
    struct h2t_trace *t = load_text("web-1  | " GOT("1") "\nweb-2  | " GOT(
        "1") "\n"
             "2026-11-23T15:46:12Z stdout F " GOT("1") "\n"
                                                       "2026-11-23T15:46:13Z stdout F " GOT(
                                                           "2") "\n"
                                                                "rest of a line','x':" GOT("3"));
    g_assert_cmpuint(t->requests->len, ==, 3); /* web-1, web-2, and the file itself */
    g_assert_cmpuint(t->n_events, ==, 4);
    g_assert_cmpuint(t->n_bad_lines, ==, 1);
    h2t_trace_free(&t);
    t = load_text("[pod/web-1/app] " GOT("1") "\n[pod/web-2/app] " GOT("1"));
    g_assert_cmpuint(t->n_events, ==, 2);
    h2t_trace_free(&t);
}

/* The recorder's words with other words for the addresses. */
static void test_like_ours(void)
{
    struct h2t_trace *t = load_text("{'ts':1795448772227142300,'ev':'GotConn','req':'r1','seq':9,"
                                    "'laddr':'10.0.0.1:4','raddr':'10.0.0.2:443','pid':3}\n"
                                    "{'ts':1795448772227142400,'ev':'WroteHeaders','req':'r1',"
                                    "'seq':5,'pid':3}\n"
                                    "{'ts':1795448772227142500,'ev':'wrote_request','req':'r1',"
                                    "'pid':3}");
    g_assert_cmpuint(t->n_events, ==, 3);
    g_assert_cmpuint(t->n_unknown_events, ==, 0);
    assert_addr(&tconn_at(t, 0)->local, "10.0.0.1:4");
    g_assert_cmpint(attempt_of(t, "r1", 1)->at[H2T_WROTE_REQUEST], !=, H2T_NEVER);
    h2t_trace_free(&t);
}

/* Whole seconds: the place of the lines is the order, and a time may be up to a second early. */
static void test_coarse_times(void)
{
    GString *s = g_string_new(NULL);
    for (unsigned i = 0; i < 40; i++) {
        g_autofree char *pair = g_strdup_printf(
            "{'time':'2026-11-23T15:46:1%uZ','hook':'GotConn','req':'r%u','local':'10.0.0.1:4',"
            "'remote':'10.0.0.2:443'}\n{'time':'2026-11-23T15:46:1%uZ','hook':'WroteHeaders',"
            "'req':'r%u'}",
            i / 20, i, i / 20, i);
        sidecar_line(s, pair);
    }
    struct h2t_trace *t = sidecar_load(s);
    struct h2t_model m = {.trace = t};
    g_assert_cmpint(h2t_lateness(&m, 0), ==, 999999999);
    g_assert_cmpuint(tconn_at(t, 0)->attempts->len, ==, 40);
    for (unsigned i = 0; i < 40; i++) {
        uint32_t a = g_array_index(tconn_at(t, 0)->attempts, uint32_t, i);
        g_assert_cmpuint(attempt_at(t, a)->request, ==, i);
        g_assert_false(attempt_at(t, a)->doubtful);
    }
    h2t_trace_free(&t);
}

/* Two files, so that the place of a line tells nothing: one time, no order. */
static void test_ties(void)
{
    static const char *const wrapped = "{'labels':{'pod':'a'},'line':%s}";
    struct h2t_loader *loader = h2t_loader_new();
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("%u.json", i);
        h2t_loader_file(loader, name);
        for (unsigned k = 0; k < 2; k++) {
            g_autofree char *text = g_strdup_printf(
                "{'time':'2026-11-23T15:46:1%uZ','hook':'%s','req':'q%u','local':'10.0.0.1:4',"
                "'remote':'10.0.0.2:443'}",
                i == 2 ? 5 : 2, k ? "WroteHeaders" : "GotConn", i);
            g_autofree char *line = quoted(text), *whole = g_strdup_printf(wrapped, line);
            GString *s = g_string_new(NULL);
            sidecar_line(s, whole);
            h2t_loader_feed(loader, s->str, s->len);
            g_string_free(s, TRUE);
        }
    }
    struct h2t_trace *t = sidecar_finish(loader);
    g_assert_cmpuint(t->tconns->len, ==, 1);
    g_assert_true(attempt_of(t, "q0", 1)->doubtful);
    g_assert_true(attempt_of(t, "q1", 1)->doubtful);
    g_assert_false(attempt_of(t, "q2", 1)->doubtful);
    h2t_trace_free(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import/wrappers", test_wrappers);
    g_test_add_func("/import/wrappers-in-wrappers", test_in_wrappers);
    g_test_add_func("/import/other-output", test_other_output);
    g_test_add_func("/import/loki", test_loki);
    g_test_add_func("/import/loki-hostile", test_loki_hostile);
    g_test_add_func("/import/sources", test_sources);
    g_test_add_func("/import/prefixes", test_prefixes);
    g_test_add_func("/import/like-ours", test_like_ours);
    g_test_add_func("/import/coarse-times", test_coarse_times);
    g_test_add_func("/import/ties", test_ties);
    return g_test_run();
}
