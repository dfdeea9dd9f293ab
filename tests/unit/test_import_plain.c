/* SPDX-License-Identifier: MIT */
#include "core/import_plain.h"

#include <string.h>

/* "GotConn yes", "GotConn no", "DNSStart HOST", "DNSDone" or "". */
static void check(const char *line, const char *wanted)
{
    struct h2t_event e;
    g_autofree char *found = g_strdup("");
    if (h2t_plain_read(line, strlen(line), &e)) {
        g_assert_true(e.nameless && !e.req.at);
        g_free(found);
        found = e.kind == H2T_EV_GOT_CONN
                    ? g_strdup_printf("GotConn %s", e.reused.is ? "yes" : "no")
                : e.kind == H2T_EV_DNS_START
                    ? g_strdup_printf("DNSStart %.*s", (int)e.host.len, e.host.at)
                    : g_strdup("DNSDone");
    }
    g_assert_cmpstr(found, ==, wanted);
}

static void test_got_conn(void)
{
    check(
        "2026/11/25 15:00:36 Got Conn: {Conn:0xc00012a008 Reused:false WasIdle:false IdleTime:0s}",
        "GotConn no");
    check("reused: true", "GotConn yes");
    check("Connection reused? true", "GotConn yes");
    check("connReused=false", "GotConn no");
    check("reused: truely", "");
    check("the connection was reused by someone", "");
    check("reused:", "");
}

static void test_dns(void)
{
    check("DNS Start Info: {Host:example.com}", "DNSStart example.com");
    check("{Host:web}", "DNSStart web");
    check("DNS start: {www.example.com}", "DNSStart www.example.com");
    check("DNSStart: www.example.com.", "DNSStart www.example.com.");
    check("dns lookup: failed", "");
    check("dns lookup: 10.9.0.2", "");
    check("DNS start: a.b\x01", "");
    check("DNS Info: {Addrs:[{IP:10.9.0.2 Zone:}] Err:<nil> Coalesced:false}", "DNSDone");
}

static void test_time(void)
{
    struct h2t_event e;
    const char *line = "2026/11/23 15:44:00.5 reused: true";
    g_assert_true(h2t_plain_read(line, strlen(line), &e));
    g_assert_true(e.zoneless);
    g_assert_cmpint(e.ns, ==, INT64_C(1795448640500000000));
    line = "reused: true";
    g_assert_true(h2t_plain_read(line, strlen(line), &e));
    g_assert_cmpint(e.ns, ==, H2T_NEVER);
}

/* Longer lines are none of ours. */
static void test_limit(void)
{
    g_autofree char *line = g_strnfill(5000, 'x');
    memcpy(line, "reused: true ", 13);
    check(line, "");
    line[4000] = '\0';
    check(line, "GotConn yes");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plain/got_conn", test_got_conn);
    g_test_add_func("/plain/dns", test_dns);
    g_test_add_func("/plain/time", test_time);
    g_test_add_func("/plain/limit", test_limit);
    return g_test_run();
}
