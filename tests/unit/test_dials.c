/* SPDX-License-Identifier: MIT */
#include "sidecar.h"

#define V4 ",'network':'tcp','addr':'127.0.0.1:443'"
#define V6 ",'network':'tcp','addr':'[::1]:443'"

static void test_dial(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "ConnectStart", "r1", V4);
    sidecar_event(s, 2, "ConnectDone", "r1", V4);
    sidecar_event(s, 3, "TLSHandshakeStart", "r1", "");
    sidecar_event(s, 4, "TLSHandshakeDone", "r1", ",'alpn':'h2'");
    struct h2t_trace *t = sidecar_load(s);
    struct h2t_dial *d = dial_at(t, 0);
    g_assert_cmpuint(t->dials->len, ==, 1);
    g_assert_cmpuint(d->request, ==, 0);
    g_assert_cmpuint(d->tconn, ==, H2T_NONE);
    g_assert_cmpuint(d->conn, ==, H2T_NONE);
    g_assert_cmpuint(d->local.family, ==, 0);
    assert_addr(&d->remote, "127.0.0.1:443");
    g_assert_cmpint(d->connect_start, ==, sidecar_at(1));
    g_assert_cmpint(d->connect_done, ==, sidecar_at(2));
    g_assert_cmpint(d->tls_start, ==, sidecar_at(3));
    g_assert_cmpint(d->tls_done, ==, sidecar_at(4));
    g_assert_cmpstr(d->alpn, ==, "h2");
    g_assert_null(d->err);
    g_assert_null(d->tls_err);
    h2t_trace_free(&t);
}

/* RFC 8305 as Go does it: the handshake begins before the other address is given up. The lines are
 * out of order. */
static void test_happy_eyeballs(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 5, "ConnectDone", "r1", V6 ",'err':'operation was canceled'");
    sidecar_event(s, 4, "TLSHandshakeStart", "r1", "");
    sidecar_event(s, 6, "TLSHandshakeDone", "r1", ",'err':'bad'");
    sidecar_event(s, 1, "ConnectStart", "r1", V6);
    sidecar_event(s, 3, "ConnectDone", "r1", V4);
    sidecar_event(s, 2, "ConnectStart", "r1", V4);
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->dials->len, ==, 2);
    assert_addr(&dial_at(t, 0)->remote, "[::1]:443");
    g_assert_cmpstr(dial_at(t, 0)->err, ==, "operation was canceled");
    g_assert_cmpint(dial_at(t, 0)->tls_start, ==, H2T_NEVER);
    g_assert_cmpint(dial_at(t, 1)->connect_done, ==, sidecar_at(3));
    g_assert_cmpint(dial_at(t, 1)->tls_start, ==, sidecar_at(4));
    g_assert_cmpint(dial_at(t, 1)->tls_done, ==, sidecar_at(6));
    g_assert_cmpstr(dial_at(t, 1)->tls_err, ==, "bad");
    h2t_trace_free(&t);
}

/* Each request has its own; the first start is the first done; a dial may be without end. */
static void test_fifo(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "ConnectStart", "r1", V4);
    sidecar_event(s, 2, "ConnectStart", "r2", V4);
    sidecar_event(s, 3, "ConnectStart", "r1", V4);
    sidecar_event(s, 4, "ConnectDone", "r1", V4);
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->dials->len, ==, 3);
    g_assert_cmpint(dial_at(t, 0)->connect_done, ==, sidecar_at(4));
    g_assert_cmpint(dial_at(t, 1)->connect_done, ==, H2T_NEVER);
    g_assert_cmpint(dial_at(t, 2)->connect_done, ==, H2T_NEVER);
    g_assert_cmpuint(dial_at(t, 2)->request, ==, 1);
    h2t_trace_free(&t);
}

/* Two dials of one request: each gets its own handshake. */
static void test_two_handshakes(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "ConnectStart", "r1", V4);
    sidecar_event(s, 2, "ConnectDone", "r1", V4);
    sidecar_event(s, 3, "TLSHandshakeStart", "r1", "");
    sidecar_event(s, 4, "TLSHandshakeDone", "r1", ",'alpn':'h2'");
    sidecar_event(s, 5, "ConnectStart", "r1", V4);
    sidecar_event(s, 6, "ConnectDone", "r1", V4);
    sidecar_event(s, 7, "TLSHandshakeStart", "r1", "");
    sidecar_event(s, 8, "TLSHandshakeDone", "r1", ",'alpn':'http/1.1'");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpstr(dial_at(t, 0)->alpn, ==, "h2");
    g_assert_cmpstr(dial_at(t, 1)->alpn, ==, "http/1.1");
    g_assert_cmpint(dial_at(t, 1)->tls_done, ==, sidecar_at(8));
    h2t_trace_free(&t);
}

static void test_dialed(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "ConnectStart", "r1", V4);
    sidecar_event(s, 2, "ConnectDone", "r1", V4);
    sidecar_event(s, 3, "Dialed", "r1",
                  ",'addr':'h:443','local':'127.0.0.1:5','remote':'127.0.0.1:443','conn':4");
    sidecar_event(s, 4, "Dialed", "r1", ",'addr':'h:443','err':'no'");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->dials->len, ==, 1);
    assert_addr(&dial_at(t, 0)->local, "127.0.0.1:5");
    g_assert_cmpuint(dial_at(t, 0)->tconn, ==, 0);
    g_assert_cmpuint(tconn_at(t, 0)->dial, ==, 0);
    g_assert_cmpuint(tconn_at(t, 0)->number, ==, 4);
    g_assert_cmpuint(tconn_at(t, 0)->attempts->len, ==, 0);
    g_assert_true(tconn_at(t, 0)->from_start);
    g_assert_cmpint(tconn_at(t, 0)->first, ==, sidecar_at(3));
    h2t_trace_free(&t);
}

/* A dial that no request asked for, or whose hooks did not fire, or that went elsewhere. */
static void test_dialed_alone(void)
{
    GString *s = g_string_new(NULL);
    sidecar_line(s, "{'ts':1700000000,'ev':'Dialed','pid':7,'seq':1,'local':'127.0.0.1:5',"
                    "'remote':'127.0.0.1:443','conn':1}");
    sidecar_event(s, 2, "ConnectStart", "r1", V6);
    sidecar_event(s, 3, "ConnectDone", "r1", V6);
    sidecar_event(s, 4, "Dialed", "r1", ",'local':'127.0.0.1:6','remote':'127.0.0.1:443','conn':2");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->dials->len, ==, 3);
    g_assert_cmpuint(dial_at(t, 0)->request, ==, 0);
    g_assert_cmpuint(dial_at(t, 0)->local.family, ==, 0);
    assert_addr(&dial_at(t, 1)->local, "127.0.0.1:6");
    g_assert_cmpuint(dial_at(t, 2)->request, ==, H2T_NONE);
    g_assert_cmpint(dial_at(t, 2)->connect_start, ==, H2T_NEVER);
    assert_addr(&dial_at(t, 2)->local, "127.0.0.1:5");
    h2t_trace_free(&t);
}

static void test_not_tcp(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "ConnectStart", "r1", ",'network':'unix','addr':'/run/x'");
    sidecar_event(s, 2, "ConnectDone", "r1", ",'network':'unix','addr':'/run/x'");
    sidecar_event(s, 3, "TLSHandshakeStart", "r1", "");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->dials->len, ==, 0);
    h2t_trace_free(&t);
}

static void test_lookups(void)
{
    GString *s = g_string_new(NULL);
    sidecar_event(s, 1, "DNSStart", "r1", ",'host':'a.example'");
    sidecar_event(s, 2, "DNSStart", "r2", ",'host':'b.example'");
    sidecar_event(s, 3, "DNSDone", "r2", ",'addrs':[],'coalesced':false,'err':'no such host'");
    sidecar_event(s, 4, "DNSDone", "r1", ",'addrs':['127.0.0.1'],'coalesced':false");
    sidecar_event(s, 5, "DNSStart", "r1", ",'host':'c.example'");
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->lookups->len, ==, 3);
    g_assert_cmpstr(lookup_at(t, 0)->host, ==, "a.example");
    g_assert_cmpint(lookup_at(t, 0)->start, ==, sidecar_at(1));
    g_assert_cmpint(lookup_at(t, 0)->done, ==, sidecar_at(4));
    g_assert_cmpint(lookup_at(t, 1)->done, ==, H2T_NEVER);
    g_assert_cmpstr(lookup_at(t, 2)->err, ==, "no such host");
    g_assert_cmpuint(lookup_at(t, 2)->request, ==, 1);
    h2t_trace_free(&t);
}

/* 65 open dials of one request: the oldest is given up, the others are found. */
static void test_window(void)
{
    GString *s = g_string_new(NULL);
    for (unsigned i = 1; i <= 65; i++) {
        g_autofree char *addr = g_strdup_printf(",'network':'tcp','addr':'127.0.0.1:%u'", i);
        sidecar_event(s, i, "ConnectStart", "r1", addr);
        sidecar_event(s, 100 + i, "ConnectDone", "r1", addr);
    }
    struct h2t_trace *t = sidecar_load(s);
    g_assert_cmpuint(t->dials->len, ==, 65);
    g_assert_cmpint(dial_at(t, 0)->connect_done, ==, H2T_NEVER);
    g_assert_cmpint(dial_at(t, 1)->connect_done, ==, sidecar_at(102));
    h2t_trace_free(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dials/dial", test_dial);
    g_test_add_func("/dials/happy-eyeballs", test_happy_eyeballs);
    g_test_add_func("/dials/fifo", test_fifo);
    g_test_add_func("/dials/two-handshakes", test_two_handshakes);
    g_test_add_func("/dials/dialed", test_dialed);
    g_test_add_func("/dials/dialed-alone", test_dialed_alone);
    g_test_add_func("/dials/not-tcp", test_not_tcp);
    g_test_add_func("/dials/lookups", test_lookups);
    g_test_add_func("/dials/window", test_window);
    return g_test_run();
}
