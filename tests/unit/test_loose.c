/* SPDX-License-Identifier: MIT */
/* Sidecars of a plain httptrace logger: no attempt, no conn, perhaps no seq and no pid. */
#include "sidecar.h"

#define PORT1 ",'local':'127.0.0.1:40001','remote':'127.0.0.1:8443'"
#define PORT2 ",'local':'127.0.0.1:40002','remote':'127.0.0.1:8443'"

/* An event at T0 + ms, nothing else known. */
static void event(GString *s, unsigned ms, const char *ev, const char *req, const char *more)
{
    g_autofree char *text = g_strdup_printf("{'ts':%" PRId64 ",'ev':'%s','req':'%s'%s}",
                                            T0 / 1000000 + ms, ev, req, more);
    sidecar_line(s, text);
}

static int64_t at(unsigned ms)
{
    return T0 + ms * INT64_C(1000000);
}

static const char *id_at(struct h2t_trace *t, GArray *attempts, guint i)
{
    uint32_t a = g_array_index(attempts, uint32_t, i);
    return request_at(t, attempt_at(t, a)->request)->id;
}

static void test_plain(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "GetConn", "a", "");
    event(s, 2, "GotConn", "a", PORT1 ",'reused':false");
    event(s, 3, "WroteHeaderField", "a", ",'key':':path','value':'/x'");
    event(s, 4, "WroteHeaders", "a", "");
    event(s, 5, "WroteRequest", "a", ",'err':'e'");
    event(s, 6, "GotFirstResponseByte", "a", "");
    struct h2t_trace *t = sidecar_load(s);
    struct h2t_attempt *a = attempt_at(t, 0);
    g_assert_cmpuint(t->attempts->len, ==, 1);
    g_assert_cmpuint(t->tconns->len, ==, 1);
    g_assert_cmpuint(a->number, ==, 1);
    g_assert_cmpuint(a->tconn, ==, 0);
    g_assert_cmpuint(a->seq, ==, 4);
    g_assert_cmpuint(a->path, ==, h2t_hash("/x", 2));
    g_assert_cmpstr(a->wrote_err, ==, "e");
    g_assert_cmpint(a->at[H2T_GET_CONN], ==, at(1));
    g_assert_cmpint(a->at[H2T_FIRST_BYTE], ==, at(6));
    g_assert_cmpuint(tconn_at(t, 0)->number, ==, 0);
    g_assert_true(tconn_at(t, 0)->from_start);
    g_assert_cmpint(tconn_at(t, 0)->first, ==, at(2));
    g_assert_cmpint(tconn_at(t, 0)->last, ==, at(6));
    assert_addr(&tconn_at(t, 0)->local, "127.0.0.1:40001");
    h2t_trace_free(&t);
}

/* Attempts are counted by GotConn; GetConn fires more often than that. */
static void test_retry(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "GetConn", "a", "");
    event(s, 2, "GetConn", "a", "");
    event(s, 3, "GotConn", "a", PORT1 ",'reused':true");
    event(s, 4, "WroteHeaders", "a", "");
    event(s, 5, "GetConn", "a", "");
    event(s, 6, "GotConn", "a", PORT2 ",'reused':false");
    event(s, 7, "WroteHeaders", "a", "");
    event(s, 8, "GetConn", "a", "");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->attempts->len, ==, 2);
    g_assert_cmpuint(t->tconns->len, ==, 2);
    g_assert_cmpint(attempt_of(t, "a", 1)->at[H2T_GET_CONN], ==, at(1));
    g_assert_cmpint(attempt_of(t, "a", 1)->at[H2T_WROTE_HEADERS], ==, at(4));
    g_assert_cmpint(attempt_of(t, "a", 2)->at[H2T_GET_CONN], ==, at(5));
    g_assert_cmpint(attempt_of(t, "a", 2)->at[H2T_WROTE_HEADERS], ==, at(7));
    g_assert_cmpuint(attempt_of(t, "a", 1)->seq, <, attempt_of(t, "a", 2)->seq);
    h2t_trace_free(&t);
}

/* Without seq: by place in the file. Where times contradict it, nobody knows: a clock may have been
 * set back. */
static void test_order_without_seq(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "GotConn", "a", PORT1);
    event(s, 1, "GotConn", "b", PORT1);
    event(s, 1, "GotConn", "c", PORT1);
    event(s, 1, "GotConn", "d", PORT1);
    event(s, 3, "WroteHeaders", "d", "");
    event(s, 5, "WroteHeaders", "b", "");
    event(s, 5, "WroteHeaders", "a", "");
    event(s, 4, "WroteHeaders", "c", "");
    struct h2t_trace *t = sidecar_load(s);
    GArray *order = tconn_at(t, 0)->attempts;
    static const char *const wanted[] = {"d", "b", "a", "c"};
    g_assert_cmpuint(order->len, ==, G_N_ELEMENTS(wanted));
    for (guint i = 0; i < order->len; i++) {
        g_assert_cmpstr(id_at(t, order, i), ==, wanted[i]);
        g_assert_cmpint(attempt_of(t, wanted[i], 1)->doubtful, ==, i > 0);
    }
    h2t_trace_free(&t);
}

/* The clock is set back between two attempts: the first one written remains the first. */
static void test_retry_set_back(void)
{
    GString *s = g_string_new(NULL);
    event(s, 901, "GotConn", "a", PORT1);
    event(s, 902, "WroteHeaders", "a", "");
    event(s, 1, "GotConn", "a", PORT2);
    event(s, 2, "WroteHeaders", "a", "");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpint(attempt_of(t, "a", 1)->at[H2T_GOT_CONN], ==, at(901));
    g_assert_cmpint(attempt_of(t, "a", 2)->at[H2T_GOT_CONN], ==, at(1));
    h2t_trace_free(&t);
}

/* With seq, times do not matter. */
static void test_order_with_seq(void)
{
    GString *s = g_string_new(NULL);
    event(s, 9, "GotConn", "a", PORT1 ",'seq':1,'pid':7");
    event(s, 1, "WroteHeaders", "a", ",'seq':2,'pid':7");
    event(s, 8, "GotConn", "a", PORT2 ",'seq':3,'pid':7");
    event(s, 2, "WroteHeaders", "a", ",'seq':4,'pid':7");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(attempt_of(t, "a", 1)->seq, ==, 2);
    g_assert_cmpuint(attempt_of(t, "a", 2)->seq, ==, 4);
    h2t_trace_free(&t);
}

/* The same ports again: a GotConn that is not reused begins a new connection. */
static void test_port_reuse(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "GotConn", "a", PORT1 ",'reused':false");
    event(s, 2, "GotConn", "b", PORT1 ",'reused':true");
    event(s, 3, "GotConn", "c", PORT2 ",'reused':false");
    event(s, 4, "GotConn", "d", PORT1 ",'reused':false");
    event(s, 5, "GotConn", "e", PORT1 ",'reused':true");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->tconns->len, ==, 3);
    g_assert_cmpuint(attempt_of(t, "a", 1)->tconn, ==, attempt_of(t, "b", 1)->tconn);
    g_assert_cmpuint(attempt_of(t, "d", 1)->tconn, ==, attempt_of(t, "e", 1)->tconn);
    g_assert_cmpuint(attempt_of(t, "a", 1)->tconn, !=, attempt_of(t, "d", 1)->tconn);
    g_assert_cmpuint(attempt_of(t, "c", 1)->tconn, !=, attempt_of(t, "a", 1)->tconn);
    h2t_trace_free(&t);
}

/* Reused may be told before not reused; but not seconds before. */
static void test_hook_race(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "GotConn", "a", PORT1 ",'reused':true");
    event(s, 2, "GotConn", "b", PORT1 ",'reused':false");
    event(s, 1, "GotConn", "c", PORT2 ",'reused':true");
    event(s, 1002, "GotConn", "d", PORT2 ",'reused':false");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(attempt_of(t, "a", 1)->tconn, ==, attempt_of(t, "b", 1)->tconn);
    g_assert_true(tconn_at(t, attempt_of(t, "a", 1)->tconn)->from_start);
    g_assert_cmpuint(attempt_of(t, "c", 1)->tconn, !=, attempt_of(t, "d", 1)->tconn);
    g_assert_false(tconn_at(t, attempt_of(t, "c", 1)->tconn)->from_start);
    h2t_trace_free(&t);
}

static void test_no_address(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "GotConn", "a", ",'remote':'127.0.0.1:8443','reused':false");
    event(s, 2, "WroteHeaders", "a", "");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->tconns->len, ==, 0);
    g_assert_cmpuint(attempt_at(t, 0)->tconn, ==, H2T_NONE);
    g_assert_cmpuint(attempt_at(t, 0)->reason, ==, H2T_REASON_NO_ADDR);
    h2t_trace_free(&t);
}

/* The trace begins in the middle of a request. */
static void test_late(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "WroteRequest", "a", "");
    event(s, 2, "GotFirstResponseByte", "a", "");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->attempts->len, ==, 1);
    g_assert_cmpint(attempt_of(t, "a", 1)->at[H2T_FIRST_BYTE], ==, at(2));
    h2t_trace_free(&t);
}

/* A connection number, as a foreign logger may have it, counts more than addresses. */
static void test_number(void)
{
    GString *s = g_string_new(NULL);
    event(s, 1, "GotConn", "a", PORT1 ",'conn':5,'reused':false");
    event(s, 2, "GotConn", "b", PORT1 ",'conn':6,'reused':true");
    event(s, 3, "WroteHeaders", "b", ",'conn':6");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->tconns->len, ==, 2);
    g_assert_cmpuint(tconn_at(t, attempt_of(t, "b", 1)->tconn)->number, ==, 6);
    g_assert_cmpint(tconn_at(t, attempt_of(t, "b", 1)->tconn)->last, ==, at(3));
    h2t_trace_free(&t);
}

/* The recorder's second file after a rotation has no Meta: its first GetConn still finds its place.
 */
static void test_wish_before_number(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "GetConn", "a", "");
    sidecar_event(s, 2, "GotConn", "a", ",'attempt':1,'conn':1" PORT1);
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->attempts->len, ==, 1);
    g_assert_cmpint(attempt_at(t, 0)->at[H2T_GET_CONN], ==, sidecar_at(1));
    h2t_trace_free(&t);
}

/* attempt but no conn: the addresses tell the connection. */
static void test_attempt_without_conn(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "GotConn", "a", ",'attempt':1" PORT1);
    sidecar_event(s, 2, "WroteHeaders", "a", ",'attempt':1");
    sidecar_event(s, 3, "GotConn", "b", ",'attempt':1,'reused':true" PORT1);
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->tconns->len, ==, 1);
    g_assert_cmpuint(tconn_at(t, 0)->attempts->len, ==, 2);
    g_assert_cmpint(tconn_at(t, 0)->last, ==, sidecar_at(3));
    h2t_trace_free(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loose/plain", test_plain);
    g_test_add_func("/loose/retry", test_retry);
    g_test_add_func("/loose/order-without-seq", test_order_without_seq);
    g_test_add_func("/loose/retry-set-back", test_retry_set_back);
    g_test_add_func("/loose/order-with-seq", test_order_with_seq);
    g_test_add_func("/loose/port-reuse", test_port_reuse);
    g_test_add_func("/loose/hook-race", test_hook_race);
    g_test_add_func("/loose/no-address", test_no_address);
    g_test_add_func("/loose/late", test_late);
    g_test_add_func("/loose/number", test_number);
    g_test_add_func("/loose/wish-before-number", test_wish_before_number);
    g_test_add_func("/loose/attempt-without-conn", test_attempt_without_conn);
    return g_test_run();
}
