/* SPDX-License-Identifier: MIT */
/* Structured logs, one line at a time. */
#include "core/import_log.h"

#include <string.h>

#define AT INT64_C(1795448772227142300)
#define TIME "'time':'2026-11-23T15:46:12.2271423Z'"

struct reading {
    struct h2t_log *log;
    struct h2t_event event;
    const char *why;
    enum h2t_log_verdict verdict;
};

/* ' is written for ". */
static struct reading *read_line(const char *line)
{
    struct reading *r = g_new0(struct reading, 1);
    g_autofree char *text = g_strdup(line);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    r->log = h2t_log_new();
    r->verdict = h2t_log_read(r->log, text, strlen(text), &r->event, &r->why);
    return r;
}

static void done(struct reading *r)
{
    h2t_log_free(&r->log);
    g_free(r);
}

static void assert_text(struct h2t_text text, const char *wanted)
{
    g_autofree char *found = text.at ? g_strndup(text.at, text.len) : NULL;
    g_assert_cmpstr(found, ==, wanted);
}

static struct reading *read_event(const char *line, enum h2t_event_kind kind)
{
    struct reading *r = read_line(line);
    g_assert_cmpint(r->verdict, ==, H2T_LOG_EVENT);
    g_assert_cmpint(r->event.kind, ==, kind);
    return r;
}

static void expect_kind(const char *line, enum h2t_event_kind kind)
{
    done(read_event(line, kind));
}

static void test_loggers(void)
{
    static const char *const got[] = {
        "{" TIME ",'level':'INFO','msg':'GotConn','req':'r1','conn':{'local':'10.0.0.1:4',"
        "'remote':'10.0.0.2:443','reused':true}}",
        "{'level':'info','ts':1795448772.2271423,'caller':'f.go:57','msg':'got_conn','req':'r1',"
        "'local':'10.0.0.1:4','remote':'10.0.0.2:443','reused':true}",
        "{'level':'info','rid':'r1','laddr':'10.0.0.1:4','raddr':'10.0.0.2:443','reused':true,"
        "'time':1795448772227,'message':'httptrace: GotConn'}",
        "{'hook':'gotConn','level':'info','msg':'x','request_id':'r1','local_addr':'10.0.0.1:4',"
        "'remote_addr':'10.0.0.2:443','conn_reused':'true','time':'2026-11-23T15:46:12Z'}",
        "{'@timestamp':'2026-11-23T15:46:12.227+0000','http.local':'10.0.0.1:4','event':"
        "'http.got-conn','http.remote':'10.0.0.2:443','http.conn.reused':true,'http.req.id':'r1'}",
        "{'time_unix_nano':'1795448772227142300','name':'http.getconn.done','req':'r1','trace':"
        "{'Local':{'IP':'10.0.0.1','Port':4,'Zone':''},'Remote':{'IP':'10.0.0.2','Port':443},"
        "'Reused':true}}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(got); i++) {
        struct reading *r = read_event(got[i], H2T_EV_GOT_CONN);
        assert_text(r->event.req, "r1");
        assert_text(r->event.local, "10.0.0.1:4");
        assert_text(r->event.remote, "10.0.0.2:443");
        g_assert_true(r->event.reused.set && r->event.reused.is);
        g_assert_cmpint(r->event.ns / 1000000000, ==, AT / 1000000000);
        done(r);
    }
}

static void test_names(void)
{
#define NAMED(name) "{" TIME ",'req':'r','msg':'" name "'}"
    expect_kind(NAMED("GotConn"), H2T_EV_GOT_CONN);
    expect_kind(NAMED("wrote headers"), H2T_EV_WROTE_HEADERS);
    expect_kind(NAMED("http.send.start"), H2T_EV_WROTE_HEADERS);
    expect_kind(NAMED("HTTPTRACE.GotFirstResponseByte"), H2T_EV_FIRST_BYTE);
    expect_kind(NAMED("tls_done"), H2T_EV_TLS_DONE);
    expect_kind(NAMED("[trace] dns start"), H2T_EV_DNS_START);
    expect_kind(NAMED("wait-100-continue"), H2T_EV_WAIT_100);
    /* The word that says most about events comes first, whatever else there is. */
    expect_kind("{'msg':'GetConn','name':'GotConn','ev':'wroteRequest'," TIME ",'req':'r'}",
                H2T_EV_WROTE_REQUEST);
    expect_kind("{'msg':'GetConn','event':'connection'," TIME ",'req':'r'}", H2T_EV_GET_CONN);
    /* A dedicated key with an unknown name counts as an event that nobody knows. */
    expect_kind("{'ev':'Novelty'," TIME ",'req':'r'}", H2T_EV_UNKNOWN);
    expect_kind("{'hook':'Novelty'}", H2T_EV_UNKNOWN);
}

static void test_other_lines(void)
{
    static const char *const other[] = {
        "{" TIME ",'level':'INFO','msg':'listening'}",
        "{" TIME ",'msg':'GotConnection of sorts','req':'r1'}",
        "{'remote':'1.2.3.4','status':200,'request_id':'x','time':1795448772}",
        "{'a':{'b':[1,2,{'c':null}]}}",
        "{}",
        "{'msg':7,'req':'r'}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(other); i++) {
        struct reading *r = read_line(other[i]);
        g_assert_cmpint(r->verdict, ==, H2T_LOG_OTHER);
        done(r);
    }
}

static void expect_bad(const char *line, const char *why)
{
    struct reading *r = read_line(line);
    g_assert_cmpint(r->verdict, ==, H2T_LOG_BAD);
    g_assert_cmpstr(r->why, ==, why);
    done(r);
}

static void test_bad_lines(void)
{
    expect_bad("garbage", "not one JSON value");
    expect_bad("", "there is nothing");
    expect_bad("[{'msg':'GotConn'}]", "not a JSON object");
    expect_bad("'GotConn'", "not a JSON object");
    expect_bad("{'msg':'GotConn','time':'soon','req':'r'}",
               "an event without a time that can be read");
    expect_bad("{'msg':'GotConn','t':17,'req':'r'}", "an event without a time that can be read");
    expect_bad("{'msg':'GotConn','time':'99999999999999999999','req':'r'}",
               "an event without a time that can be read");
    expect_bad("{'msg':'GotConn'," TIME "}", "no \"req\"");
    expect_bad("{'msg':'GotConn'," TIME ",'req':'','trace_id':'a','conn':{'id':'b'}}",
               "no \"req\"");
    expect_bad("{'ts':1795448772,'req':'r'}", "no \"ev\"");
}

static void test_request_ids(void)
{
    static const struct {
        const char *members, *req;
    } ids[] = {
        {"'req':17", "17"},
        {"'id':'a'", "a"},
        {"'conn':{'id':'a'},'request':{'id':'b'}", "b"},
        {"'span_id':'s','request_id':'a'", "a"},
        {"'request_id':'a','x':{'req':'b'}", "b"},
        {"'x':{'req':'b'},'req':'a'", "a"}, /* the less nested one */
        {"'x-request-id':'a'", "a"},
        {"'req':{'a':1},'rid':'a'", "a"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *line = g_strdup_printf("{" TIME ",'ev':'GetConn',%s}", ids[i].members);
        struct reading *r = read_event(line, H2T_EV_GET_CONN);
        assert_text(r->event.req, ids[i].req);
        done(r);
    }
}

/* What means something else in a log is not taken for what it means in ours. */
static void test_not_ours(void)
{
    struct reading *r = read_event("{" TIME ",'ev':'GotConn','req':'r','seq':3,'attempt':2,"
                                   "'conn':5,'mono_ns':7,'x-request-id':'i'}",
                                   H2T_EV_GOT_CONN);
    g_assert_false(r->event.seq.set || r->event.attempt.set || r->event.conn.set);
    g_assert_false(r->event.mono_ns.set);
    assert_text(r->event.request_id, "i");
    done(r);
}

static void test_values(void)
{
    struct reading *r =
        read_event("{" TIME ",'ev':'GotConn','req':'r','local':{'IP':'fe80::1','Port':99999},"
                   "'idle_time':'20.5ms','was_idle':true,'pid':'12','reused':'perhaps'}",
                   H2T_EV_GOT_CONN);
    assert_text(r->event.local, "[fe80::1]:0");
    g_assert_cmpint(r->event.idle_ns.n, ==, 20500000);
    g_assert_cmpint(r->event.pid.n, ==, 12);
    g_assert_true(r->event.was_idle.is);
    g_assert_false(r->event.reused.set);
    done(r);
    r = read_event("{" TIME ",'ev':'GotConn','req':'r','idle_time':20}", H2T_EV_GOT_CONN);
    g_assert_false(r->event.idle_ns.set); /* zerolog's milliseconds? */
    done(r);
    r = read_event("{" TIME ",'ev':'RoundTripDone','req':'r','status':'404 Not Found'}",
                   H2T_EV_ROUND_TRIP_DONE);
    g_assert_cmpint(r->event.status.n, ==, 404);
    done(r);
    r = read_event("{" TIME ",'ev':'WroteHeaderField','req':'r','key':'traceparent',"
                   "'value':['00-a','00-b'],'err':{'msg':'x'}}",
                   H2T_EV_WROTE_HEADER_FIELD);
    assert_text(r->event.value, "00-a");
    g_assert_null(r->event.err.at);
    done(r);
}

/* Nothing that is written in a line may do harm. */
static void test_hostile(void)
{
    g_autofree char *key = g_strnfill(100000, 'k'), *dots = g_strnfill(100000, '.');
    GString *deep = g_string_new("{" TIME ",'ev':'GotConn','req':'r'");
    g_string_append_printf(deep, ",'%s':1,'%s':2,'a.%s':'%s'", key, dots, key, key);
    for (unsigned i = 0; i < H2T_MAX_JSON_DEPTH - 1; i++)
        g_string_append(deep, ",'local':{'ip':'::'");
    for (unsigned i = 0; i < H2T_MAX_JSON_DEPTH; i++)
        g_string_append_c(deep, '}');
    expect_kind(deep->str, H2T_EV_GOT_CONN);
    g_string_free(deep, TRUE);
    expect_kind("{" TIME ",'ev':'GotConn','req':'r','':{'':{'ip':1}},'.':3,'..ip':'x','local.':4}",
                H2T_EV_GOT_CONN);
    expect_kind("{" TIME ",'ev':'GotConn','req':'\\u0000r','local':'\\u0000'}", H2T_EV_GOT_CONN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import-log/loggers", test_loggers);
    g_test_add_func("/import-log/names", test_names);
    g_test_add_func("/import-log/other-lines", test_other_lines);
    g_test_add_func("/import-log/bad-lines", test_bad_lines);
    g_test_add_func("/import-log/request-ids", test_request_ids);
    g_test_add_func("/import-log/not-ours", test_not_ours);
    g_test_add_func("/import-log/values", test_values);
    g_test_add_func("/import-log/hostile", test_hostile);
    return g_test_run();
}
