/* SPDX-License-Identifier: MIT */
/* DNS messages, most of them broken. */
#include "annotator/wire/dns.h"

#include <string.h>

#define HEAD(id, flags, questions) id flags questions "\0\0\0\0\0\0"
#define QUERY HEAD("\x12\x34", "\x01\x00", "\0\1")
#define ANSWER HEAD("\x12\x34", "\x81\x80", "\0\1")
#define A_IN "\0\1\0\1"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *name, *bytes;
    size_t len;
    struct dns_message want;
} good[] = {
    {"query",
     BYTES(QUERY "\3www\7example\3com\0" A_IN),
     {.id = 0x1234, .type = 1, .name = "www.example.com"}},
    {"aaaa-upper-case",
     BYTES(QUERY "\3WwW\7Example\0\0\x1c\0\1"),
     {.id = 0x1234, .type = 28, .name = "www.example"}},
    {"answer",
     BYTES(ANSWER "\1a\0" A_IN "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1"),
     {.id = 0x1234, .type = 1, .name = "a", .response = true}},
    {"nxdomain",
     BYTES(HEAD("\xff\xff", "\x81\x83", "\0\1") "\1a\0" A_IN),
     {.id = 0xffff, .type = 1, .name = "a", .response = true, .rcode = 3}},
    {"root", BYTES(QUERY "\0\0\2\0\1"), {.id = 0x1234, .type = 2, .name = ""}},
    {"odd-bytes",
     BYTES(QUERY "\6a\n\x7f\xff b\0" A_IN),
     {.id = 0x1234, .type = 1, .name = "a????b"}},
};

static void test_good(gconstpointer data)
{
    const unsigned i = GPOINTER_TO_UINT(data);
    struct dns_message got;
    memset(&got, 0xee, sizeof got);
    g_assert_true(dns_parse((const uint8_t *)good[i].bytes, good[i].len, &got));
    g_assert_cmpstr(got.name, ==, good[i].want.name);
    g_assert_cmphex(got.id, ==, good[i].want.id);
    g_assert_cmpuint(got.type, ==, good[i].want.type);
    g_assert_cmpuint(got.rcode, ==, good[i].want.rcode);
    g_assert_cmpint(got.response, ==, good[i].want.response);
}

static const struct {
    const char *name, *bytes;
    size_t len;
} bad[] = {
    {"empty", BYTES("")},
    {"short-header", BYTES("\x12\x34\x01\x00\0\1\0\0\0\0\0")},
    {"header-only", BYTES(QUERY)},
    {"no-question", BYTES(HEAD("\x12\x34", "\x01\x00", "\0\0") "\1a\0" A_IN)},
    {"two-questions", BYTES(HEAD("\x12\x34", "\x01\x00", "\0\2") "\1a\0" A_IN "\1b\0" A_IN)},
    {"label-over-the-end", BYTES(QUERY "\5ab")},
    {"no-final-zero", BYTES(QUERY "\2ab")},
    {"no-type", BYTES(QUERY "\2ab\0")},
    {"half-type", BYTES(QUERY "\2ab\0\0\1\0")},
    {"label-type-01", BYTES(QUERY "\x41"
                                  "a\0" A_IN)},
    {"label-type-10", BYTES(QUERY "\x81"
                                  "a\0" A_IN)},
    {"half-pointer", BYTES(QUERY "\1a\xc0")},
    {"pointer-to-itself", BYTES(QUERY "\xc0\x0c" A_IN)},
    {"pointer-loop", BYTES(QUERY "\1a\xc0\x0c" A_IN)},
    {"pointer-forwards", BYTES(QUERY "\xc0\x12" A_IN "\1a\0")},
    {"pointer-past-the-end", BYTES(QUERY "\xff\xff" A_IN)},
    {"pointer-into-the-header", BYTES(QUERY "\1a\xc0\0" A_IN)},
};

static void test_bad(gconstpointer data)
{
    const unsigned i = GPOINTER_TO_UINT(data);
    struct dns_message got;
    /* A copy of exact size, so that a sanitizer sees what is read behind it. */
    g_autofree uint8_t *copy = g_memdup2(bad[i].bytes, bad[i].len);
    g_assert_false(dns_parse(copy, bad[i].len, &got));
}

/* Names have at most 255 bytes with their length octets, RFC 1035 section 2.3.4. */
static void test_longest_name(void)
{
    for (uint8_t last = 61; last <= 62; last++) {
        g_autoptr(GByteArray) m = g_byte_array_new();
        struct dns_message got;
        g_byte_array_append(m, (const uint8_t *)QUERY, sizeof QUERY - 1);
        for (unsigned i = 0; i < 4; i++) {
            const uint8_t n = i < 3 ? 63 : last;
            g_byte_array_append(m, &n, 1);
            for (unsigned k = 0; k < n; k++)
                g_byte_array_append(m, (const uint8_t *)"x", 1);
        }
        g_byte_array_append(m, (const uint8_t *)"\0" A_IN, 5);
        g_assert_cmpint(dns_parse(m->data, m->len, &got), ==, last == 61);
        if (last == 61)
            g_assert_cmpuint(strlen(got.name), ==, 253);
    }
}

/* Every beginning of a good message is refused until its question is whole. */
static void test_beginnings(void)
{
    static const char whole[] = QUERY "\3www\7example\3com\0" A_IN;
    struct dns_message got;
    for (size_t len = 0; len < sizeof whole; len++) {
        g_autofree uint8_t *copy = g_memdup2(whole, len);
        g_assert_cmpint(dns_parse(copy, len, &got), ==, len == sizeof whole - 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *path = g_strdup_printf("/dns/good/%s", good[i].name);
        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_good);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_strdup_printf("/dns/bad/%s", bad[i].name);
        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_bad);
    }
    g_test_add_func("/dns/longest-name", test_longest_name);
    g_test_add_func("/dns/beginnings", test_beginnings);
    return g_test_run();
}
