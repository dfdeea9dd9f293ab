/* SPDX-License-Identifier: MIT */
/* Lines of text to members, as "key=value" joined by "; ", behind their time if that stands before.
 */
#include "core/pairs.h"

#include <string.h>

static bool visit(void *user, const struct h2t_json_value *v)
{
    GString *out = user;
    if (v->kind == H2T_JSON_STRING) {
        g_assert_cmpuint(v->depth, ==, 1);
        g_string_append_printf(out, "%s%.*s=%.*s", out->len ? "; " : "", (int)v->key_len, v->key,
                               (int)v->len, v->text);
    }
    return true;
}

static struct h2t_line_stamp check(const char *line, const char *wanted)
{
    struct h2t_pairs pairs;
    struct h2t_line_stamp stamp;
    g_autoptr(GString) found = g_string_new(NULL);
    h2t_pairs_init(&pairs);
    h2t_pairs_walk(&pairs, line, strlen(line), visit, found, &stamp);
    g_assert_cmpstr(found->str, ==, wanted);
    h2t_pairs_fini(&pairs);
    return stamp;
}

static void test_logfmt(void)
{
    struct h2t_line_stamp s =
        check("time=2026-11-23T15:46:12.227Z level=INFO msg=GotConn http.local=127.0.0.1:40000",
              "time=2026-11-23T15:46:12.227Z; level=INFO; msg=GotConn; http.local=127.0.0.1:40000");
    g_assert_cmpint(s.ns, ==, H2T_NEVER);
    check(
        "time=\"2026-11-23T15:46:12Z\" level=info msg=\"a \\\"b\\\" c=d\" err=\"\\x00\\\\\" last=",
        "time=2026-11-23T15:46:12Z; level=info; msg=a \"b\" c=d; err=; last=");
}

static void test_klog(void)
{
    struct h2t_line_stamp s =
        check("I1125 12:00:00.000000       1 main.go:10] \"GotConn\" req=\"r1\" reused=true",
              "msg=GotConn; req=r1; reused=true");
    g_assert_true(s.zoneless && s.yearless);
    g_assert_cmpint(s.ns % (24 * 3600 * INT64_C(1000000000)), ==, 12 * 3600 * INT64_C(1000000000));
}

static void test_printf(void)
{
    struct h2t_line_stamp s =
        check("2026/11/23 15:44:00.123456 main.go:10: GotConn: req=r1, local=127.0.0.1:40000;",
              "msg=GotConn; req=r1; local=127.0.0.1:40000");
    g_assert_true(s.zoneless && !s.yearless);
    g_assert_cmpint(s.ns, ==, INT64_C(1795448640123456000));
    check("2026/11/23 15:44:00 got_conn", "msg=got_conn");
    check("2026-11-23T15:44:00Z INFO httptrace: WroteHeaders req=7",
          "msg=INFO httptrace: WroteHeaders; req=7");
}

static void test_odd(void)
{
    check("", "");
    check("= =a \"=\" \"a=b", "msg== =a \"=\" \"a=b");
    check("a= b=\"never ends", "a=");
    check("a=\"", "");
    check("a==b x-y.z@=1", "a==b; x-y.z@=1");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pairs/logfmt", test_logfmt);
    g_test_add_func("/pairs/klog", test_klog);
    g_test_add_func("/pairs/printf", test_printf);
    g_test_add_func("/pairs/odd", test_odd);
    return g_test_run();
}
