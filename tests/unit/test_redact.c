/* SPDX-License-Identifier: MIT */
#include "core/redact_words.h"

#include <string.h>

static const uint8_t key[] = "0123456789abcdef";

struct redaction {
    struct h2t_strings *strings;
    struct h2t_redactor *r;
};

static struct redaction begin(void)
{
    struct redaction t = {.strings = h2t_strings_new()};
    t.r = h2t_redactor_new(t.strings, key, sizeof key);
    h2t_redactor_learn(t.r, "Shop:8443");
    h2t_redactor_learn(t.r, NULL);
    return t;
}

static void end(struct redaction *t)
{
    h2t_redactor_free(&t->r);
    h2t_strings_free(&t->strings);
}

/* h-… for h-0123456789ab, and so on, so that the texts below can be read. */
static char *shape(const char *text)
{
    g_autoptr(GRegex) token = g_regex_new("[0-9a-f]{12}", 0, 0, NULL);
    g_autoptr(GRegex) addr = g_regex_new("2001:db8::[0-9a-f:]+(?=\\]|$|\\s)", 0, 0, NULL);
    g_autofree char *once = g_regex_replace_literal(token, text, -1, 0, "…", 0, NULL);
    return g_regex_replace_literal(addr, once, -1, 0, "A", 0, NULL);
}

static void check(const char *found, const char *wanted)
{
    g_autofree char *text = shape(found);
    g_assert_cmpstr(text, ==, wanted);
}

static void test_kinds(void)
{
    struct redaction t = begin();
    check(h2t_redact_host(t.r, "shop.example"), "h-…");
    check(h2t_redact_host(t.r, "shop.example:8443"), "h-…:8443");
    check(h2t_redact_host(t.r, "10.0.0.7:443"), "[A]:443");
    check(h2t_redact_host(t.r, "[fe80::1]:443"), "[A]:443");
    check(h2t_redact_host(t.r, "fe80::1"), "A");
    check(h2t_redact_host(t.r, ""), "");
    check(h2t_redact_path(t.r, "/"), "/");
    check(h2t_redact_path(t.r, "*"), "*");
    check(h2t_redact_path(t.r, "/cart/7"), "/p-…");
    check(h2t_redact_url(t.r, "https://shop:1/cart"), "https://h-…:1/p-…");
    check(h2t_redact_url(t.r, "https://[::1]:1"), "https://[A]:1");
    check(h2t_redact_url(t.r, "no url"), "/p-…");
    g_assert_null(h2t_redact_host(t.r, NULL));
    g_assert_null(h2t_redact_path(t.r, NULL));
    g_assert_null(h2t_redact_url(t.r, NULL));
    g_assert_null(h2t_redact_text(t.r, NULL));
    end(&t);
}

static void test_texts(void)
{
    static const char *const texts[][2] = {
        {"", ""},
        {"unexpected EOF", "unexpected EOF"},
        {"net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
         "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"},
        {"read tcp 10.0.0.1:4->10.0.0.2:443: read: reset", "read tcp [A]:4->[A]:443: read: reset"},
        {"lookup db.example on 10.0.0.53:53: no such host", "lookup h-… on [A]:53: no such host"},
        {"Get \"https://a.b/c\": EOF", "Get \"https://h-…/p-…\": EOF"},
        {"dial unix /run/a.sock: refused", "dial unix /p-…: refused"},
        {"it waited 1.5s, 12 ms or 0x1a", "it waited 1.5s, 12 ms or 0x1a"},
        {"certificate is valid for a.example, not shop.", "certificate is valid for h-…, not h-…."},
        {"err [http2: GOAWAY] after Request.Body", "err [http2: GOAWAY] after Request.Body"},
        {"SHOP:8443 and db1:5432", "h-…:8443 and h-…:5432"},
        {"ErrCode:NO_ERROR, user@host, a\\b", "ErrCode:NO_ERROR, h-…, h-…"},
        {"[fe80::1%eth0]:80 \xc3\xa4", "[A]:80 h-…"},
        {"->->[[[", "->->[[["},
    };
    struct redaction t = begin();
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        check(h2t_redact_text(t.r, texts[i][0]), texts[i][1]);
    end(&t);
}

/* The same everywhere, whatever stands around it; other things have other tokens. */
static void test_equal(void)
{
    struct redaction t = begin();
    g_autofree char *host = g_strdup(h2t_redact_host(t.r, "shop.example"));
    g_assert_nonnull(strstr(h2t_redact_url(t.r, "https://SHOP.example:1/x"), host));
    g_assert_nonnull(strstr(h2t_redact_text(t.r, "lookup shop.example: failed"), host));
    g_assert_cmpstr(h2t_redact_host(t.r, "shop.exampl"), !=, host);
    struct h2t_addr a, b;
    g_assert_true(h2t_addr_parse("10.0.0.7:1", &a) && h2t_addr_parse("10.0.0.7:2", &b));
    h2t_redact_addr(t.r, &a);
    h2t_redact_addr(t.r, &b);
    g_assert_true(!memcmp(a.ip, b.ip, sizeof a.ip));
    g_assert_cmpuint(a.port, ==, 1);
    struct h2t_addr none = {0};
    h2t_redact_addr(t.r, &none);
    g_assert_cmpuint(none.family, ==, 0);
    end(&t);
}

static void test_other_key(void)
{
    struct redaction t = begin();
    struct h2t_redactor *other = h2t_redactor_new(t.strings, key, 8);
    g_assert_cmpstr(h2t_redact_host(t.r, "a.b"), !=, h2t_redact_host(other, "a.b"));
    h2t_redactor_free(&other);
    end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/redact/kinds", test_kinds);
    g_test_add_func("/redact/texts", test_texts);
    g_test_add_func("/redact/equal", test_equal);
    g_test_add_func("/redact/other-key", test_other_key);
    return g_test_run();
}
