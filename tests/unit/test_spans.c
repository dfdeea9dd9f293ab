/* SPDX-License-Identifier: MIT */
/* otelhttptrace's spans, and what they hide: written as OTLP, read by the loader. */
#include "sidecar.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define REQ "00000000000000a1" /* the span around the hooks' ones */
#define A1 "'http.remote':'10.0.0.2:443','http.local':'10.0.0.1:1','http.conn.reused':false"
#define A2 "'http.remote':'10.0.0.2:443','http.local':'10.0.0.1:2','http.conn.reused':false"
#define HOST "'server.address':'example.org'"

struct doc {
    GString *spans;
    unsigned n;
};

/* 'key':value,… as a list of attributes. Values are strings or booleans. */
static void add_attributes(GString *out, const char *attributes)
{
    g_auto(GStrv) list = g_strsplit(attributes, ",'", -1);
    for (unsigned i = 0; *attributes && list[i]; i++) {
        const char *at = list[i] + (*list[i] == '\''), *colon = strstr(at, "':");
        const char *kind = colon[2] == '\'' ? "stringValue" : "boolValue";
        g_string_append_printf(out, "%s{'key':'%.*s','value':{'%s':%s}}", i ? "," : "",
                               (int)(colon - at), at, kind, colon + 2);
    }
}

static void begin_span(struct doc *d, const char *name, const char *id, const char *parent,
                       int from, int to)
{
    g_string_append_printf(d->spans,
                           "%s{'traceId':'" TRACE "','spanId':'%s','parentSpanId':'%s','name':'%s',"
                           "'kind':3,'flags':257,'startTimeUnixNano':'%" PRId64 "',"
                           "'endTimeUnixNano':'%" PRId64 "'",
                           d->n++ ? "," : "", id, parent, name, T0 + from * 10, T0 + to * 10);
}

/* A span of a hook, times in tens of ns. */
static void add_part(struct doc *d, const char *name, int from, int to, const char *attributes)
{
    char id[17];
    g_snprintf(id, sizeof id, "%016x", 0xb00 + d->n);
    begin_span(d, name, id, REQ, from, to);
    g_string_append(d->spans, ",'attributes':[");
    add_attributes(d->spans, attributes);
    g_string_append(d->spans, "]}");
}

static void add_request(struct doc *d, const char *more)
{
    begin_span(d, "HTTP GET", REQ, "", 0, 1000);
    g_string_append(d->spans, ",'attributes':[");
    add_attributes(d->spans, "'http.request.method':'GET','url.full':'https://example.org/x'");
    g_string_append_printf(d->spans, "]%s}", more);
}

static struct doc new_doc(void)
{
    return (struct doc){.spans = g_string_new(NULL)};
}

static struct h2t_trace *load_doc(struct doc *d)
{
    GString *s = g_string_new(NULL);
    g_autofree char *text = g_strdup_printf(
        "{'resourceSpans':[{'resource':{'attributes':[]},'scopeSpans':[{'spans':[%s]}]}]}",
        d->spans->str);
    sidecar_line(s, text);
    g_string_free(d->spans, TRUE);
    return sidecar_load(s);
}

static void assert_local(struct h2t_trace *t, uint32_t number, const char *wanted)
{
    const struct h2t_attempt *a = attempt_of(t, REQ, number);
    if (!wanted) {
        g_assert_cmpuint(a->tconn, ==, H2T_NONE);
        return;
    }
    g_assert_cmpuint(a->tconn, !=, H2T_NONE);
    assert_addr(&tconn_at(t, a->tconn)->local, wanted);
}

static int64_t at(int tens)
{
    return T0 + tens * 10;
}

static void assert_times(struct h2t_trace *t, uint32_t number, int got, int wrote)
{
    const struct h2t_attempt *a = attempt_of(t, REQ, number);
    g_assert_cmpint(a->at[H2T_GOT_CONN], ==, got ? at(got) : H2T_NEVER);
    g_assert_cmpint(a->at[H2T_WROTE_HEADERS], ==, wrote ? at(wrote) : H2T_NEVER);
    g_assert_false(a->doubtful);
}

static void test_one_attempt(void)
{
    struct doc d = new_doc();
    add_part(&d, "http.getconn", 10, 20, HOST "," A1);
    add_part(&d, "http.headers", 30, 40, "");
    add_part(&d, "http.send", 41, 50, "");
    add_request(&d, ",'status':{'code':2,'message':'EOF'}");
    struct h2t_trace *t = load_doc(&d);
    const struct h2t_request *r = request_at(t, 0);
    g_assert_cmpstr(r->id, ==, REQ);
    g_assert_cmpstr(r->traceparent, ==, "00-" TRACE "-" REQ "-01");
    g_assert_cmpstr(r->method, ==, "GET");
    g_assert_cmpstr(r->err, ==, "EOF");
    g_assert_cmpint(r->start, ==, at(0));
    g_assert_cmpint(r->done, ==, at(1000));
    g_assert_cmpuint(r->n_attempts, ==, 1);
    assert_local(t, 1, "10.0.0.1:1");
    assert_times(t, 1, 20, 40);
    const struct h2t_attempt *a = attempt_of(t, REQ, 1);
    g_assert_cmpint(a->at[H2T_GET_CONN], ==, at(10));
    g_assert_cmpint(a->at[H2T_WROTE_HEADER_FIELD], ==, at(30));
    g_assert_cmpint(a->at[H2T_WROTE_REQUEST], ==, at(50));
    g_assert_cmpint(a->at[H2T_FIRST_BYTE], ==, H2T_NEVER);
    g_assert_cmpuint(a->traceparent, ==, h2t_hash(r->traceparent, strlen(r->traceparent)));
    h2t_trace_free(&t);
}

/* With a response the span's end is the body's, and no failure of the round trip. */
static void test_response(void)
{
    struct doc d = new_doc();
    begin_span(&d, "HTTP GET", REQ, "", 0, 1000);
    g_string_append(d.spans, ",'attributes':[{'key':'http.request.method','value':{'stringValue':"
                             "'GET'}},{'key':'url.full','value':{'stringValue':'http://a/'}},"
                             "{'key':'http.response.status_code','value':{'intValue':'503'}}],"
                             "'status':{'code':2}}");
    struct h2t_trace *t = load_doc(&d);
    g_assert_cmpuint(request_at(t, 0)->status, ==, 503);
    g_assert_cmpint(request_at(t, 0)->done, ==, H2T_NEVER);
    g_assert_cmpint(request_at(t, 0)->body_done, ==, at(1000));
    g_assert_null(request_at(t, 0)->err);
    g_assert_null(request_at(t, 0)->body_err);
    g_assert_cmpint(attempt_of(t, REQ, 1)->reason, ==, H2T_REASON_NO_ADDR); /* it had one */
    h2t_trace_free(&t);
}

/* GetConn twice: the span is [GetConn, GetConn], and GotConn is lost. */
static void test_lost_address(void)
{
    struct doc d = new_doc();
    add_request(&d, "");
    add_part(&d, "http.getconn", 10, 12, HOST);
    add_part(&d, "http.headers", 30, 40, "");
    struct h2t_trace *t = load_doc(&d);
    assert_local(t, 1, NULL);
    assert_times(t, 1, 0, 40);
    g_assert_cmpint(attempt_of(t, REQ, 1)->reason, ==, H2T_REASON_NO_ADDR);
    h2t_trace_free(&t);
}

/* The same in the retry: what it wrote is not the first attempt's. */
static void test_lost_in_retry(void)
{
    struct doc d = new_doc();
    add_request(&d, "");
    add_part(&d, "http.getconn", 10, 20, HOST "," A1);
    add_part(&d, "http.headers", 30, 40, "");
    add_part(&d, "http.getconn", 50, 52, HOST);
    add_part(&d, "http.headers", 70, 80, "");
    struct h2t_trace *t = load_doc(&d);
    assert_local(t, 1, "10.0.0.1:1");
    assert_times(t, 1, 20, 40);
    assert_local(t, 2, NULL);
    assert_times(t, 2, 0, 80);
    h2t_trace_free(&t);
}

/* … even if the first one wrote nothing. */
static void test_lost_unwritten(void)
{
    struct doc d = new_doc();
    add_request(&d, "");
    add_part(&d, "http.getconn", 10, 20, HOST "," A1);
    add_part(&d, "http.getconn", 50, 52, HOST);
    add_part(&d, "http.headers", 70, 80, "");
    struct h2t_trace *t = load_doc(&d);
    assert_times(t, 1, 20, 0);
    assert_local(t, 2, NULL);
    assert_times(t, 2, 0, 80);
    h2t_trace_free(&t);
}

/* [GotConn, next GetConn] has GotConn's address: it was set first. `attributes` of that span. */
static void expect_inverted(const char *attributes, const char *local)
{
    struct doc d = new_doc();
    add_request(&d, "");
    add_part(&d, "http.getconn", 10, 12, HOST);
    add_part(&d, "http.getconn", 20, 50, attributes);
    add_part(&d, "http.headers", 30, 40, "");
    add_part(&d, "http.headers", 70, 80, "");
    struct h2t_trace *t = load_doc(&d);
    assert_local(t, 1, local);
    assert_times(t, 1, local ? 20 : 0, 40);
    assert_local(t, 2, NULL);
    assert_times(t, 2, 0, 80);
    h2t_trace_free(&t);
}

static void test_inverted(void)
{
    expect_inverted(A1 "," HOST, "10.0.0.1:1");
    /* A database has sorted them: headers that were written inside tell. */
    expect_inverted("'http.conn.reused':false,'http.local':'10.0.0.1:1','http.remote':"
                    "'10.0.0.2:443'," HOST,
                    "10.0.0.1:1");
    /* Order and headers disagree: the address is nobody's. */
    expect_inverted(HOST "," A1, NULL);
}

static void test_sorted_attributes(void)
{
    struct doc d = new_doc();
    add_request(&d, "");
    add_part(
        &d, "http.getconn", 10, 20,
        "'http.conn.reused':false,'http.local':'10.0.0.1:1','http.remote':'10.0.0.2:443'," HOST);
    add_part(&d, "http.headers", 30, 40, "");
    struct h2t_trace *t = load_doc(&d);
    assert_local(t, 1, "10.0.0.1:1");
    assert_times(t, 1, 20, 40);
    h2t_trace_free(&t);
}

/* Two requests below one span of something else. Turns that are taken strictly are believed. */
static void test_shared_parent(void)
{
    struct doc d = new_doc();
    add_part(&d, "http.getconn", 10, 20, HOST "," A1);
    add_part(&d, "http.headers", 30, 40, "");
    add_part(&d, "http.getconn", 50, 60, HOST "," A2);
    add_part(&d, "http.headers", 70, 80, "");
    struct h2t_trace *t = load_doc(&d);
    assert_local(t, 2, "10.0.0.1:2");
    assert_times(t, 2, 60, 80);
    g_assert_cmpstr(request_at(t, 0)->traceparent, ==, "00-" TRACE "-" REQ "-01");
    h2t_trace_free(&t);

    d = new_doc();
    add_part(&d, "http.getconn", 10, 20, HOST "," A1);
    add_part(&d, "http.getconn", 10, 25, HOST "," A2);
    add_part(&d, "http.headers", 30, 40, "");
    t = load_doc(&d);
    g_assert_true(attempt_of(t, REQ, 2)->doubtful);
    h2t_trace_free(&t);
}

#define EVENT(time, name, attributes)                                                              \
    "{'timeUnixNano':'17000000000000" time "','name':'" name "','attributes':[" attributes "]}"

static void test_events(void)
{
    struct doc d = new_doc();
    add_request(
        &d,
        ",'events':[" EVENT("00100", "http.getconn.start", "") "," EVENT(
            "00200", "http.getconn.done",
            "{'key':'http.local','value':{'stringValue':'10.0.0.1:1'}},"
            "{'key':'http.remote','value':{'stringValue':'10.0.0.2:443'}"
            "}") "," EVENT("00300", "http.connect.10.0.0.2:443.start",
                           "{'key':'http.remote','value':{'stringValue':'"
                           "10.0.0.2:443'}}") "," EVENT("00400",
                                                        "http.connect.10."
                                                        "0.0.2:443.done",
                                                        "{'key':'http."
                                                        "conn.done.addr',"
                                                        "'value':{'"
                                                        "stringValue':'"
                                                        "10.0.0.2:443'}},"
                                                        "{'key':'http."
                                                        "connect.10.0.0."
                                                        "2:443.error','"
                                                        "value':{'"
                                                        "stringValue':'"
                                                        "no'}}") "," EVENT("00500",
                                                                           "http.send.start",
                                                                           "") "," EVENT("00600",
                                                                                         "http."
                                                                                         "receive."
                                                                                         "start",
                                                                                         "") "," EVENT("00700",
                                                                                                       "other",
                                                                                                       "") "]");
    struct h2t_trace *t = load_doc(&d);
    assert_local(t, 1, "10.0.0.1:1");
    assert_times(t, 1, 20, 50);
    g_assert_cmpint(attempt_of(t, REQ, 1)->at[H2T_FIRST_BYTE], ==, at(60));
    g_assert_cmpuint(t->dials->len, ==, 1);
    g_assert_cmpint(dial_at(t, 0)->connect_start, ==, at(30));
    g_assert_cmpstr(dial_at(t, 0)->err, ==, "no");
    h2t_trace_free(&t);
}

/* Answered, but nobody told that it was written: what was written later may be at another place. */
static void test_unplaced(void)
{
    GString *s = g_string_new(NULL);
    for (int i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf(
            "{'Name':'HTTP GET','SpanContext':{'TraceID':'" TRACE "','SpanID':'00000000000000a%d'},"
            "'StartTime':'2026-11-23T15:46:12Z','EndTime':'2026-11-23T15:46:13Z','Attributes':["
            "{'Key':'http.request.method','Value':{'Type':'STRING','Value':'GET'}},{'Key':'url."
            "full'"
            ",'Value':{'Type':'STRING','Value':'http://a/"
            "'}}],'Events':[{'Name':'http.getconn.done',"
            "'Time':'2026-11-23T15:46:12.%d1Z','Attributes':[{'Key':'http.remote','Value':{'Value':"
            "'10.0.0.2:443'}},{'Key':'http.local','Value':{'Value':'10.0.0.1:1'}}]},{'Name':'%s',"
            "'Time':'2026-11-23T15:46:12.%d2Z'},{'Name':'http.receive.start',"
            "'Time':'2026-11-23T15:46:12.9Z'}]}",
            i, i, i == 1 ? "lost" : "http.send.start", i);
        sidecar_line(s, text);
    }
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->tconns->len, ==, 1);
    g_assert_false(attempt_of(t, "00000000000000a0", 1)->doubtful);
    g_assert_true(attempt_of(t, "00000000000000a2", 1)->doubtful);
    h2t_trace_free(&t);
}

/* A dial's span is below http.getconn; where that is missing, it is nobody's. */
static void test_dials(void)
{
    struct doc d = new_doc();
    add_request(&d, "");
    add_part(&d, "http.getconn", 10, 90, HOST "," A1); /* id b01 */
    begin_span(&d, "http.connect", "0000000000000c01", "0000000000000b01", 20, 30);
    g_string_append(d.spans, ",'attributes':[{'key':'http.remote','value':{'stringValue':"
                             "'10.0.0.2:443'}}]}");
    begin_span(&d, "http.tls", "0000000000000c02", "0000000000000b01", 31, 40);
    g_string_append(d.spans, "}");
    begin_span(&d, "http.tls", "0000000000000c03", "00000000000000ff", 31, 40);
    g_string_append(d.spans, "}");
    struct h2t_trace *t = load_doc(&d);
    g_assert_cmpuint(t->requests->len, ==, 1);
    g_assert_cmpuint(t->dials->len, ==, 1);
    g_assert_cmpint(dial_at(t, 0)->connect_done, ==, at(30));
    g_assert_cmpint(dial_at(t, 0)->tls_done, ==, at(40));
    h2t_trace_free(&t);
}

static void test_twice(void)
{
    struct doc d = new_doc();
    add_request(&d, "");
    add_request(&d, "");
    add_part(&d, "http.headers", 30, 40, "");
    d.n--; /* the same id again */
    add_part(&d, "http.headers", 30, 40, "");
    struct h2t_trace *t = load_doc(&d);
    g_assert_cmpuint(t->requests->len, ==, 1);
    g_assert_cmpuint(request_at(t, 0)->n_attempts, ==, 1);
    h2t_trace_free(&t);
}

/* What cannot be a span is passed over. */
static void test_hostile(void)
{
    static const char *const odd[] = {
        "{'resourceSpans':[{'scopeSpans':[{'spans':[{},[],7,null,{'name':'http.headers'}]}]}]}",
        "{'resourceSpans':{'spans':[{'traceId':'" TRACE "','spanId':'zz','name':'http.send'}]}}",
        "{'data':[{'spans':[{'traceID':'" TRACE "','spanID':'1','operationName':'http.tls',"
        "'startTime':1700000000000000,'duration':9223372036854775807,'references':[{'spanID':'1'}],"
        "'tags':[{'key':'http.local','value':{'value':{'value':1}}},{'value':2},{'key':3}],"
        "'logs':[{'fields':[{'key':'event'}]},{}]}]}]}",
        "{'SpanContext':{'TraceID':'" TRACE "','SpanID':'0000000000000000'},'Name':'http.getconn'}",
        "{'SpanContext':[],'Parent':7,'Attributes':{'Key':1},'Events':{'a':[]},'Status':'x'}",
        "{'resourceSpans':[{'resource':{'attributes':[{'key':'process.pid','value':{'intValue':"
        "'99999999999999999999'}}]},'scopeSpans':[{'spans':[{'traceId':'" TRACE "','spanId':'a',"
        "'parentSpanId':'ffffffffffffffffff','name':'http.getconn.x'}]}]}]}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        GString *s = g_string_new(NULL);
        sidecar_line(s, odd[i]);
        sidecar_event(s, 1, "GetConn", "r", "");
        struct h2t_trace *t = sidecar_load(s);
        g_assert_cmpuint(t->n_events, ==, 1);
        h2t_trace_free(&t);
    }
}

/* An attempt of three spans from `from` on, in the order in which they end. `facts` of its GetConn.
 */
static void add_attempt(struct doc *d, int from, const char *facts)
{
    add_part(d, "http.getconn", from, from + 10, facts);
    add_part(d, "http.headers", from + 20, from + 30, "");
    add_part(d, "http.send", from + 31, from + 40, "");
}

#define SET_BACK (-100 * 1000 * 1000) /* a second */

/* Four attempts, the clock was set back before the second. `first` and `second`: facts of their
 * GetConn; the others are as the first. */
static struct h2t_trace *load_set_back(const char *first, const char *second)
{
    struct doc d = new_doc();
    add_attempt(&d, 100, first);
    for (int i = 1; i < 4; i++)
        add_attempt(&d, SET_BACK + 100 * i, i == 1 ? second : first);
    add_request(&d, "");
    return load_doc(&d);
}

static void test_set_back(void)
{
    struct h2t_trace *t = load_set_back(HOST "," A1, HOST "," A2);
    g_assert_cmpuint(request_at(t, 0)->n_attempts, ==, 4);
    assert_local(t, 1, "10.0.0.1:1");
    assert_local(t, 2, "10.0.0.1:2");
    assert_local(t, 3, "10.0.0.1:1");
    g_assert_cmpint(attempt_of(t, REQ, 1)->at[H2T_WROTE_HEADERS], ==, at(130));
    g_assert_cmpint(attempt_of(t, REQ, 2)->at[H2T_WROTE_HEADERS], ==, at(SET_BACK + 130));
    h2t_trace_free(&t);
}

/* The order of attributes does not tell which GetConn has whose address. */
static void test_set_back_tangled(void)
{
    struct h2t_trace *t = load_set_back(A1 "," HOST, A2 "," HOST);
    g_assert_cmpuint(request_at(t, 0)->n_attempts, >, 0);
    for (uint32_t i = 1; i <= request_at(t, 0)->n_attempts; i++)
        assert_local(t, i, NULL);
    h2t_trace_free(&t);
}

/* A file in no order says nothing of the clock: times count. */
static void test_in_no_order(void)
{
    struct doc d = new_doc();
    for (int i = 3; i >= 0; i--) {
        int from = 100 + 10000000 * i;
        add_part(&d, "http.send", from + 31, from + 40, "");
        add_part(&d, "http.getconn", from, from + 10, i == 1 ? HOST "," A2 : HOST "," A1);
        add_part(&d, "http.headers", from + 20, from + 30, "");
    }
    add_request(&d, "");
    struct h2t_trace *t = load_doc(&d);
    g_assert_cmpuint(request_at(t, 0)->n_attempts, ==, 4);
    assert_local(t, 1, "10.0.0.1:1");
    assert_local(t, 2, "10.0.0.1:2");
    g_assert_cmpint(attempt_of(t, REQ, 1)->at[H2T_WROTE_HEADERS], ==, at(130));
    h2t_trace_free(&t);
}

/* So many below one span that whatever is not nearly linear would be felt. */
static void test_many(void)
{
    struct h2t_loader *loader = h2t_loader_new();
    h2t_loader_file(loader, "trace.json");
    for (int i = 0; i < 4000; i++) {
        struct doc d = {.spans = g_string_new(NULL), .n = 0x1000 + (unsigned)i * 2};
        add_part(&d, "http.getconn", i * 10 + 1, i * 10 + 2, HOST "," A1);
        add_part(&d, "http.headers", i * 10 + 3, i * 10 + 4, "");
        GString *s = g_string_new(NULL);
        g_autofree char *text =
            g_strdup_printf("{'resourceSpans':{'spans':[%s]}}", d.spans->str + 1);
        sidecar_line(s, text);
        h2t_loader_feed(loader, s->str, s->len);
        g_string_free(s, TRUE);
        g_string_free(d.spans, TRUE);
    }
    struct h2t_trace *t = sidecar_finish(loader);
    g_assert_cmpuint(t->attempts->len, ==, 4000);
    assert_times(t, 4000, 39992, 39994);
    h2t_trace_free(&t);
}

/* All that a request's span of a server, or of a database, tells is not ours. */
static void test_not_ours(void)
{
    struct doc d = new_doc();
    add_part(&d, "SELECT", 10, 20, "'db.system':'x'");
    begin_span(&d, "GET /", "00000000000000a2", "", 0, 1000);
    g_string_append(d.spans, ",'kind':2,'attributes':[{'key':'http.request.method','value':"
                             "{'stringValue':'GET'}},{'key':'url.full','value':{'stringValue':"
                             "'http://a/'}}]}");
    GString *s = g_string_new(NULL);
    g_string_append_printf(s, "{'resourceSpans':[{'scopeSpans':[{'spans':[%s]}]}]}", d.spans->str);
    for (char *c = s->str; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    struct h2t_loader *loader = h2t_loader_new();
    GError *error = NULL;
    sidecar_feed(loader, "a.json", s->str, s->len, s->len);
    g_assert_null(h2t_loader_finish(loader, &error));
    g_assert_error(error, H2T_ERROR, H2T_ERROR_FORMAT);
    g_error_free(error);
    h2t_loader_free(&loader);
    g_string_free(s, TRUE);
    g_string_free(d.spans, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spans/one-attempt", test_one_attempt);
    g_test_add_func("/spans/response", test_response);
    g_test_add_func("/spans/lost-address", test_lost_address);
    g_test_add_func("/spans/lost-in-retry", test_lost_in_retry);
    g_test_add_func("/spans/lost-unwritten", test_lost_unwritten);
    g_test_add_func("/spans/inverted", test_inverted);
    g_test_add_func("/spans/sorted-attributes", test_sorted_attributes);
    g_test_add_func("/spans/shared-parent", test_shared_parent);
    g_test_add_func("/spans/events", test_events);
    g_test_add_func("/spans/unplaced", test_unplaced);
    g_test_add_func("/spans/dials", test_dials);
    g_test_add_func("/spans/twice", test_twice);
    g_test_add_func("/spans/set-back", test_set_back);
    g_test_add_func("/spans/set-back-tangled", test_set_back_tangled);
    g_test_add_func("/spans/in-no-order", test_in_no_order);
    g_test_add_func("/spans/many", test_many);
    g_test_add_func("/spans/hostile", test_hostile);
    g_test_add_func("/spans/not-ours", test_not_ours);
    return g_test_run();
}
