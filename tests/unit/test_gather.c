/* SPDX-License-Identifier: MIT */
/* From events to requests, attempts, connections, dials and lookups. */
#include "sidecar.h"

#define CONN1 ",'attempt':1,'conn':1"
#define ADDRS ",'local':'127.0.0.1:40000','remote':'127.0.0.1:8443'"

static GString *begin(void)
{
    GString *s = g_string_new(NULL);
    sidecar_line(s, "{'ts':'2023-11-14T22:13:20Z','ev':'Meta','seq':1,'pid':7,'host':'h',"
                    "'go':'go1.24','schema':'h2annotate-trace/1'}");
    return s;
}

/* A whole request r1 on connection 1, seq 2 to 12. */
static GString *one_request(void)
{
    GString *s = begin();
    sidecar_event(s, 2, "RequestStart", "r1",
                  ",'method':'GET','url':'https://u:p@h:8443/a?q=1','host':'h:8443',"
                  "'traceparent':'00-aa-bb-01','x-request-id':'id-1'");
    sidecar_event(s, 3, "GetConn", "r1", ",'host_port':'h:8443'");
    sidecar_event(s, 4, "GotConn", "r1",
                  CONN1 ADDRS ",'alpn':'h2','tls':'1.3','reused':false,'was_idle':false");
    sidecar_event(s, 5, "WroteHeaderField", "r1", CONN1 ",'key':':path','value':'/b?x'");
    sidecar_event(s, 6, "WroteHeaderField", "r1", CONN1 ",'key':'accept'");
    sidecar_event(s, 7, "WroteHeaders", "r1", CONN1);
    sidecar_event(s, 8, "Wait100Continue", "r1", CONN1);
    sidecar_event(s, 9, "Got100Continue", "r1", CONN1);
    sidecar_event(s, 10, "WroteRequest", "r1", CONN1 ",'err':'late'");
    sidecar_event(s, 11, "GotFirstResponseByte", "r1", CONN1);
    sidecar_event(s, 12, "RoundTripDone", "r1", CONN1 ",'status':200,'err':'e1','timeout':true");
    sidecar_event(s, 13, "BodyDone", "r1", CONN1 ",'err':'e2','closed_early':true,'bytes':3");
    sidecar_event(s, 14, "PutIdleConn", "r1", CONN1);
    return s;
}

static void assert_request(struct h2t_trace *t)
{
    struct h2t_request *r = request_at(t, 0);
    g_assert_cmpuint(t->requests->len, ==, 1);
    g_assert_cmpstr(r->id, ==, "r1");
    g_assert_cmpint(r->start, ==, sidecar_at(2));
    g_assert_cmpint(r->done, ==, sidecar_at(12));
    g_assert_cmpint(r->body_done, ==, sidecar_at(13));
    g_assert_cmpstr(r->method, ==, "GET");
    g_assert_cmpstr(r->url, ==, "https://h:8443/a");
    g_assert_cmpstr(r->host, ==, "h:8443");
    g_assert_cmpstr(r->err, ==, "e1");
    g_assert_cmpstr(r->body_err, ==, "e2");
    g_assert_cmpstr(r->traceparent, ==, "00-aa-bb-01");
    g_assert_cmpuint(r->request_id, ==, h2t_hash("id-1", 4));
    g_assert_cmpuint(r->status, ==, 200);
    g_assert_true(r->timeout && r->closed_early);
    g_assert_cmpuint(r->n_attempts, ==, 1);
    g_assert_cmpuint(r->first_attempt, ==, 0);
}

static void assert_attempt(struct h2t_trace *t)
{
    static const unsigned seqs[H2T_N_HOOKS] = {3, 4, 5, 7, 8, 9, 10, 11, 14};
    struct h2t_attempt *a = attempt_at(t, 0);
    g_assert_cmpuint(t->attempts->len, ==, 1);
    for (unsigned hook = 0; hook < H2T_N_HOOKS; hook++)
        g_assert_cmpint(a->at[hook], ==, sidecar_at(seqs[hook]));
    g_assert_cmpuint(a->request, ==, 0);
    g_assert_cmpuint(a->number, ==, 1);
    g_assert_cmpuint(a->next, ==, H2T_NONE);
    g_assert_cmpuint(a->stream, ==, H2T_NONE);
    g_assert_cmpuint(a->tconn, ==, 0);
    g_assert_cmpuint(a->seq, ==, 7);
    g_assert_cmpuint(a->path, ==, h2t_hash("/b", 2));
    g_assert_cmpuint(a->request_id, ==, h2t_hash("id-1", 4));
    g_assert_cmpuint(a->traceparent, ==, h2t_hash("00-aa-bb-01", 11));
    g_assert_cmpstr(a->wrote_err, ==, "late");
    g_assert_false(a->reused || a->was_idle || a->doubtful);
}

static void assert_tconn(struct h2t_trace *t)
{
    struct h2t_tconn *c = tconn_at(t, 0);
    g_assert_cmpuint(t->tconns->len, ==, 1);
    g_assert_cmpuint(c->number, ==, 1);
    assert_addr(&c->local, "127.0.0.1:40000");
    assert_addr(&c->remote, "127.0.0.1:8443");
    g_assert_cmpstr(c->alpn, ==, "h2");
    g_assert_cmpstr(c->tls, ==, "1.3");
    g_assert_cmpint(c->first, ==, sidecar_at(4));
    g_assert_cmpint(c->last, ==, sidecar_at(14));
    g_assert_true(c->from_start);
    g_assert_cmpuint(c->conn, ==, H2T_NONE);
    g_assert_cmpuint(c->dial, ==, H2T_NONE);
    g_assert_cmpuint(c->attempts->len, ==, 1);
}

static void test_request(void)
{
    struct h2t_trace *t = sidecar_load(one_request());
    g_assert_cmpuint(t->n_events, ==, 14);
    g_assert_cmpuint(t->n_bad_lines, ==, 0);
    g_assert_cmpuint(t->n_unknown_events, ==, 0);
    assert_request(t);
    assert_attempt(t);
    assert_tconn(t);
    h2t_trace_free(&t);
    g_assert_null(t);
}

/* The order of lines says nothing, and a line that is there twice neither. */
static void test_any_order(void)
{
    GString *s = one_request();
    g_auto(GStrv) lines = g_strsplit(s->str, "\n", -1);
    g_string_truncate(s, 0);
    for (guint i = g_strv_length(lines) - 1; i-- > 0;)
        g_string_append_printf(s, "%s\n%s\n", lines[i], lines[i]);
    struct h2t_trace *t = sidecar_load(s);
    assert_request(t);
    assert_attempt(t);
    assert_tconn(t);
    h2t_trace_free(&t);
}

/* Header field names come in any case; the request's own say where the fields do not. */
static void test_identity(void)
{
    GString *s = begin();
    sidecar_event(s, 2, "RequestStart", "r1",
                  ",'url':'http://h','x-request-id':'old','traceparent':'old'");
    sidecar_event(s, 3, "WroteHeaderField", "r1", CONN1 ",'key':'X-Request-Id','value':'new'");
    sidecar_event(s, 4, "WroteHeaderField", "r1", CONN1 ",'key':'Traceparent','value':'tp'");
    sidecar_event(s, 5, "WroteHeaderField", "r1", CONN1 ",'key':'Cookie','value':'secret'");
    struct h2t_trace *t = sidecar_load(s);
    struct h2t_attempt *a = attempt_at(t, 0);
    g_assert_cmpuint(a->path, ==, h2t_hash("/", 1));
    g_assert_cmpuint(a->request_id, ==, h2t_hash("new", 3));
    g_assert_cmpuint(a->traceparent, ==, h2t_hash("tp", 2));
    g_assert_cmpuint(request_at(t, 0)->request_id, ==, h2t_hash("old", 3));
    g_assert_cmpstr(request_at(t, 0)->traceparent, ==, "old");
    h2t_trace_free(&t);
}

static void test_retry(void)
{
    GString *s = begin();
    sidecar_event(s, 2, "GetConn", "r1", "");
    sidecar_event(s, 3, "GetConn", "r1", "");
    sidecar_event(s, 4, "GotConn", "r1", CONN1 ADDRS ",'reused':true,'was_idle':true,'idle_ns':5");
    sidecar_event(s, 5, "WroteHeaders", "r1", CONN1);
    sidecar_event(s, 6, "GetConn", "r1", ",'attempt':1");
    sidecar_event(s, 7, "GotConn", "r1",
                  ",'attempt':2,'conn':2,'local':'[::1]:1','remote':'[::1]:2','reused':false");
    sidecar_event(s, 8, "WroteHeaders", "r1", ",'attempt':2,'conn':2");
    struct h2t_trace *t = sidecar_load(s);
    struct h2t_attempt *first = attempt_of(t, "r1", 1), *second = attempt_of(t, "r1", 2);
    g_assert_cmpuint(request_at(t, 0)->n_attempts, ==, 2);
    g_assert_cmpint(first->at[H2T_GET_CONN], ==, sidecar_at(2));
    g_assert_true(first->reused && first->was_idle);
    g_assert_cmpint(first->idle_ns, ==, 5);
    g_assert_cmpuint(first->seq, ==, 5);
    g_assert_cmpint(second->at[H2T_GET_CONN], ==, sidecar_at(6));
    g_assert_cmpuint(second->seq, ==, 8);
    g_assert_cmpuint(tconn_at(t, first->tconn)->number, ==, 1);
    g_assert_cmpuint(tconn_at(t, second->tconn)->number, ==, 2);
    g_assert_false(tconn_at(t, first->tconn)->from_start);
    g_assert_true(tconn_at(t, second->tconn)->from_start);
    h2t_trace_free(&t);
}

/* A wish for another connection that was not granted is no attempt. */
static void test_wish(void)
{
    GString *s = one_request();
    sidecar_event(s, 20, "GetConn", "r1", ",'attempt':1");
    struct h2t_trace *t = sidecar_load(s);
    assert_request(t);
    assert_attempt(t);
    h2t_trace_free(&t);
}

static void test_no_connection(void)
{
    GString *s = begin();
    sidecar_event(s, 2, "RequestStart", "r1", "");
    sidecar_event(s, 3, "GetConn", "r1", "");
    sidecar_event(s, 4, "RoundTripDone", "r1", ",'err':'refused'");
    sidecar_event(s, 5, "RequestStart", "r2", "");
    sidecar_event(s, 6, "DNSStart", "r3", ",'host':'h'");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->attempts->len, ==, 2);
    g_assert_cmpuint(attempt_of(t, "r1", 1)->tconn, ==, H2T_NONE);
    g_assert_cmpuint(attempt_of(t, "r1", 1)->reason, ==, H2T_REASON_NO_CONN);
    g_assert_cmpint(attempt_of(t, "r1", 1)->at[H2T_GET_CONN], ==, sidecar_at(3));
    g_assert_cmpuint(attempt_of(t, "r2", 1)->reason, ==, H2T_REASON_NO_CONN);
    g_assert_cmpuint(request_at(t, 2)->n_attempts, ==, 0);
    g_assert_cmpuint(request_at(t, 2)->first_attempt, ==, H2T_NONE);
    h2t_trace_free(&t);
}

/* The order on a connection is that of WroteHeaders; who wrote none comes last. */
static void test_order(void)
{
    GString *s = begin();
    sidecar_event(s, 2, "GotConn", "r1", CONN1 ADDRS);
    sidecar_event(s, 3, "GotConn", "r2", CONN1 ADDRS);
    sidecar_event(s, 4, "GotConn", "r3", CONN1 ADDRS);
    sidecar_event(s, 5, "GotConn", "r4", CONN1 ADDRS);
    sidecar_event(s, 9, "WroteHeaders", "r2", CONN1);
    sidecar_event(s, 7, "WroteHeaders", "r4", CONN1);
    struct h2t_trace *t = sidecar_load(s);
    GArray *order = tconn_at(t, 0)->attempts;
    static const char *const wanted[] = {"r4", "r2", "r1", "r3"};
    g_assert_cmpuint(order->len, ==, 4);
    for (guint i = 0; i < 4; i++) {
        struct h2t_attempt *a = attempt_at(t, g_array_index(order, uint32_t, i));
        g_assert_cmpstr(request_at(t, a->request)->id, ==, wanted[i]);
    }
    h2t_trace_free(&t);
}

static void test_doubtful(void)
{
    GString *s = begin();
    sidecar_event(s, 2, "GotConn", "r1", CONN1 ADDRS);
    sidecar_event(s, 3, "GotConn", "r1", ",'attempt':2,'conn':2" ADDRS);
    sidecar_event(s, 4, "WroteHeaders", "r1", ",'attempt':2,'conn':2");
    sidecar_event(s, 5, "WroteHeaders", "r1", ",'attempt':2,'conn':2");
    sidecar_event(s, 6, "GotConn", "r1", ",'attempt':3,'conn':2" ADDRS);
    sidecar_event(s, 7, "WroteHeaders", "r1", ",'attempt':3,'conn':2");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_true(attempt_of(t, "r1", 1)->doubtful);
    g_assert_true(attempt_of(t, "r1", 2)->doubtful);
    g_assert_cmpuint(attempt_of(t, "r1", 2)->seq, ==, 4);
    g_assert_false(attempt_of(t, "r1", 3)->doubtful);
    h2t_trace_free(&t);
}

/* One that wrote its headers itself is not doubted for what the next one did. */
static void test_doubt_stays(void)
{
    GString *s = begin();
    sidecar_event(s, 2, "WroteHeaders", "r1", CONN1);
    sidecar_event(s, 4, "WroteHeaders", "r1", ",'attempt':2,'conn':2");
    sidecar_event(s, 5, "WroteHeaders", "r1", ",'attempt':2,'conn':2");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_false(attempt_of(t, "r1", 1)->doubtful);
    g_assert_true(attempt_of(t, "r1", 2)->doubtful);
    h2t_trace_free(&t);
}

/* Without the line of GotConn the connection is still known by number. */
static void test_conn_by_number(void)
{
    GString *s = begin();
    sidecar_event(s, 5, "WroteHeaders", "r1", CONN1);
    sidecar_event(s, 6, "Dialed", "r2",
                  ",'conn':1,'local':'1.2.3.4:5','remote':'1.2.3.4:6','addr':'h:6'");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->tconns->len, ==, 1);
    assert_addr(&tconn_at(t, 0)->local, "1.2.3.4:5");
    g_assert_true(tconn_at(t, 0)->from_start);
    g_assert_cmpuint(tconn_at(t, 0)->dial, ==, 0);
    g_assert_cmpuint(attempt_of(t, "r1", 1)->tconn, ==, 0);
    g_assert_cmpuint(attempt_of(t, "r1", 1)->reason, ==, H2T_REASON_NONE);
    h2t_trace_free(&t);
}

static void test_compact(void)
{
    GString *s = begin();
    sidecar_event(s, 4, "Attempt", "r1",
                  CONN1 ADDRS
                  ",'alpn':'h2','tls':'1.3','reused':false,'was_idle':false,"
                  "'method':'GET','url':'https://h:8443/b','host':'h:8443','open':true,"
                  "'at':{'RequestStart':[-2000,2],'GetConn':[-1000,3],'GotConn':[0,4]}");
    sidecar_event(s, 4, "Attempt", "r1",
                  CONN1 ADDRS
                  ",'alpn':'h2','tls':'1.3','reused':false,'was_idle':false,"
                  "'wrote_err':'late','status':200,'err':'e1','timeout':true,'body_err':'e2',"
                  "'closed_early':true,'method':'GET','url':'https://h:8443/b','host':'h:8443',"
                  "'traceparent':'00-aa-bb-01','x-request-id':'id-1',"
                  "'at':{'RequestStart':[-2000,2],'GetConn':[-1000,3],'GotConn':[0,4],"
                  "'WroteHeaderField':[1000,5],'WroteHeaders':[3000,7],"
                  "'Wait100Continue':[4000,8],'Got100Continue':[5000,9],"
                  "'WroteRequest':[6000,10],'GotFirstResponseByte':[7000,11],"
                  "'PutIdleConn':[10000,14],'RoundTripDone':[8000,12],'BodyDone':[9000,13],"
                  "'Unheard':[1,2]}");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpstr(request_at(t, 0)->url, ==, "https://h:8443/b");
    request_at(t, 0)->url = "https://h:8443/a";
    assert_request(t);
    assert_attempt(t);
    assert_tconn(t);
    h2t_trace_free(&t);
}

static void test_compact_retry(void)
{
    GString *s = begin();
    sidecar_event(s, 8, "Attempt", "r1",
                  ",'attempt':2,'conn':2" ADDRS ",'at':{'GetConn':[-1000,7],'GotConn':[0,8]}");
    sidecar_event(s, 4, "Attempt", "r1", CONN1 ADDRS ",'at':{'GetConn':[-1000,3],'GotConn':[0,4]}");
    sidecar_event(s, 9, "Attempt", "r2", ",'attempt':1,'at':{'GetConn':[0,9]}");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->attempts->len, ==, 3);
    g_assert_cmpint(attempt_of(t, "r1", 1)->at[H2T_GET_CONN], ==, sidecar_at(3));
    g_assert_cmpint(attempt_of(t, "r1", 2)->at[H2T_GET_CONN], ==, sidecar_at(7));
    g_assert_cmpuint(attempt_of(t, "r2", 1)->reason, ==, H2T_REASON_NO_CONN);
    h2t_trace_free(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gather/request", test_request);
    g_test_add_func("/gather/any-order", test_any_order);
    g_test_add_func("/gather/identity", test_identity);
    g_test_add_func("/gather/retry", test_retry);
    g_test_add_func("/gather/wish", test_wish);
    g_test_add_func("/gather/no-connection", test_no_connection);
    g_test_add_func("/gather/order", test_order);
    g_test_add_func("/gather/doubtful", test_doubtful);
    g_test_add_func("/gather/doubt-stays", test_doubt_stays);
    g_test_add_func("/gather/conn-by-number", test_conn_by_number);
    g_test_add_func("/gather/compact", test_compact);
    g_test_add_func("/gather/compact-retry", test_compact_retry);
    return g_test_run();
}
