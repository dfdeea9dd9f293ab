/* SPDX-License-Identifier: MIT */
/* IP fragments: a payload is the letters of the alphabet, over and over. */
#include "annotator/wire/fragments.h"

#include <string.h>

#include "core/base.h"

static uint8_t text[70000];

static void fill(void)
{
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)('a' + i % 26);
}

static struct fragment of(uint32_t id, uint32_t offset, uint32_t len, bool more)
{
    return (struct fragment){.family = 4,
                             .proto = 6,
                             .id = id,
                             .offset = offset,
                             .more = more,
                             .data = text + offset,
                             .len = len};
}

/* Fragments of one payload, "offset+len" with "." after the last one's; the number that completes
 * it counts from 1, 0: none. */
static const struct {
    const char *parts;
    guint completes;
    uint32_t len;
} orders[] = {
    {"0+8 8+8.", 2, 16},
    {"8+8. 0+8", 2, 16},
    {"16+3. 0+8 8+8", 3, 19},
    {"8+8 16+3. 0+8", 3, 19},
    {"0+8 0+8 8+8.", 3, 16},
    {"0+16 8+16 24+8.", 3, 32},
    {"8+8 0+24 24+1.", 3, 25},
    {"0+8 16+8.", 0, 0},
    {"0+8 8+8", 0, 0},
    {"0+8 16+8. 16+8. 16+8.", 0, 0},
    {"8+8. 24+8. 0+8", 3, 16},
    {"0+0 8+8. 0+8", 3, 16},
    {"0+8.", 1, 8},
    {"65528+7. 0+65528", 2, 65535},
    {"65528+8. 0+65528", 0, 0},
    {"65536+1. 0+65528", 0, 0},
};

static void test_order(gconstpointer data)
{
    const guint i = GPOINTER_TO_UINT(data);
    struct fragments *fragments = fragments_new();
    struct view whole;
    uint8_t proto = 0;
    guint n = 0, completes = 0;
    g_auto(GStrv) parts = g_strsplit(orders[i].parts, " ", -1);
    for (; parts[n]; n++) {
        char *end;
        const guint64 offset = g_ascii_strtoull(parts[n], &end, 10);
        const guint64 len = g_ascii_strtoull(end + 1, &end, 10);
        const struct fragment f = of(1, (uint32_t)offset, (uint32_t)len, *end != '.');
        if (!fragments_add(fragments, &f, &whole, &proto))
            continue;
        completes = n + 1;
        g_assert_cmpuint(proto, ==, 6);
        g_assert_cmpuint(whole.len, ==, orders[i].len);
        g_assert_cmpuint(whole.wire, ==, orders[i].len);
        g_assert_true(memcmp(whole.p, text, whole.len) == 0);
    }
    g_assert_cmpuint(completes, ==, orders[i].completes);
    g_assert_true((fragments_held(fragments) == 0) == (completes == n));
    fragments_free(&fragments);
    g_assert_null(fragments);
}

/* Payloads differ by addresses, id, family, and IPv4's protocol; none of these mixes. */
static void test_keys(void)
{
    struct fragments *fragments = fragments_new();
    struct view whole;
    uint8_t proto;
    const struct fragment first = of(1, 0, 8, true);
    struct fragment second[5];
    for (guint i = 0; i < 5; i++)
        second[i] = of(1, 8, 8, false);
    second[0].src[3] = 9;
    second[1].dst[3] = 9;
    second[2].id = 2;
    second[3].family = 6;
    second[4].proto = 17;
    g_assert_false(fragments_add(fragments, &first, &whole, &proto));
    for (guint i = 0; i < 5; i++)
        g_assert_false(fragments_add(fragments, &second[i], &whole, &proto));
    const struct fragment last = of(1, 8, 8, false);
    g_assert_true(fragments_add(fragments, &last, &whole, &proto));
    fragments_free(&fragments);
}

/* IPv6: the next header of the first fragment is what the payload is, RFC 8200 section 4.5. */
static void test_ip6_protocol(void)
{
    for (guint swapped = 0; swapped < 2; swapped++) {
        struct fragments *fragments = fragments_new();
        struct view whole;
        uint8_t proto;
        struct fragment parts[2] = {of(1, 0, 8, true), of(1, 8, 8, false)};
        parts[0].family = parts[1].family = 6;
        parts[1].proto = 99;
        g_assert_false(fragments_add(fragments, &parts[swapped], &whole, &proto));
        g_assert_true(fragments_add(fragments, &parts[!swapped], &whole, &proto));
        g_assert_cmpuint(proto, ==, 6);
        fragments_free(&fragments);
    }
}

/* Past H2T_MAX_FRAGMENTS the oldest payload is given up, and only that. */
static void test_limit(void)
{
    struct fragments *fragments = fragments_new();
    struct view whole;
    uint8_t proto;
    uint32_t n = 0;
    for (size_t held = 1; fragments_held(fragments) != held; n++) {
        held = fragments_held(fragments);
        const struct fragment f = of(n, 0, 1000, true);
        g_assert_false(fragments_add(fragments, &f, &whole, &proto));
        g_assert_cmpuint(fragments_held(fragments), <=, H2T_MAX_FRAGMENTS);
        g_assert_cmpuint(n, <, H2T_MAX_FRAGMENTS / 1000);
    }
    g_assert_cmpuint(n, >, H2T_MAX_FRAGMENTS / 1300);
    for (uint32_t i = n; i-- > 0;) {
        const struct fragment last = of(i, 1000, 8, false);
        g_assert_cmpint(fragments_add(fragments, &last, &whole, &proto), ==, i > 0);
    }
    fragments_free(&fragments);
}

/* More pieces than a payload can have without copies are not kept. */
static void test_too_many_pieces(void)
{
    struct fragments *fragments = fragments_new();
    struct view whole;
    uint8_t proto;
    size_t held = 0;
    for (guint i = 0; i < 9000; i++) {
        const struct fragment f = of(1, 8, 1, true);
        g_assert_false(fragments_add(fragments, &f, &whole, &proto));
        g_assert_true((fragments_held(fragments) > held) == (i < 8192));
        held = fragments_held(fragments);
    }
    fragments_free(&fragments);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fill();
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *path = g_strdup_printf("/fragments/order/%s", orders[i].parts);
        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_order);
    }
    g_test_add_func("/fragments/keys", test_keys);
    g_test_add_func("/fragments/ip6-protocol", test_ip6_protocol);
    g_test_add_func("/fragments/limit", test_limit);
    g_test_add_func("/fragments/too-many-pieces", test_too_many_pieces);
    return g_test_run();
}
