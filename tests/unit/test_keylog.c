/* SPDX-License-Identifier: MIT */
#include "annotator/wire/keylog.h"

#include <string.h>

#define R1 "0101010101010101010101010101010101010101010101010101010101010101"
#define R2 "0202020202020202020202020202020202020202020202020202020202020202"
#define R3 "0303030303030303030303030303030303030303030303030303030303030303"
#define S32 "a1a2a3a4a5a6a7a8a9b0b1b2b3b4b5b6b7b8b9c0c1c2c3c4c5c6c7c8c9d0d1d2"
#define T32 "ffa2a3a4a5a6a7a8a9b0b1b2b3b4b5b6b7b8b9c0c1c2c3c4c5c6c7c8c9d0d1d2"
#define S48 S32 "d3d4d5d6d7d8d9e0e1e2e3e4e5e6e7e8"

static const uint8_t *find(struct keylog *keylog, uint8_t random, enum secret_kind kind,
                           size_t *len)
{
    uint8_t bytes[KEYLOG_RANDOM_LEN];
    memset(bytes, random, sizeof bytes);
    return keylog_find(keylog, bytes, kind, len);
}

static size_t add(struct keylog *keylog, const char *text)
{
    /* An exact copy without a final NUL: AddressSanitizer sees a byte too far. */
    size_t len = strlen(text);
    char *copy = g_memdup2(text, len);
    size_t added = keylog_add(keylog, copy, len);
    g_free(copy);
    return added;
}

static void test_kinds(void)
{
    struct keylog *keylog = keylog_new();
    const uint8_t *secret;
    size_t len;

    g_assert_cmpuint(add(keylog, "CLIENT_RANDOM " R1 " " S48 "\n"
                                 "CLIENT_HANDSHAKE_TRAFFIC_SECRET " R2 " " S32 "\n"
                                 "SERVER_HANDSHAKE_TRAFFIC_SECRET " R2 " " S48 "\n"
                                 "CLIENT_TRAFFIC_SECRET_0 " R2 " " S32 "\n"
                                 "SERVER_TRAFFIC_SECRET_0 " R2 " " S32 "\n"
                                 "CLIENT_EARLY_TRAFFIC_SECRET " R2 " " S32),
                     ==, 6);
    secret = find(keylog, 1, SECRET_MASTER, &len);
    g_assert_cmpuint(len, ==, 48);
    g_assert_cmphex(secret[0], ==, 0xa1);
    g_assert_cmphex(secret[47], ==, 0xe8);
    for (enum secret_kind kind = SECRET_CLIENT_HANDSHAKE; kind < N_SECRETS; kind++) {
        g_assert_nonnull(find(keylog, 2, kind, &len));
        g_assert_cmpuint(len, ==, kind == SECRET_SERVER_HANDSHAKE ? 48 : 32);
        g_assert_null(find(keylog, 1, kind, &len));
    }
    g_assert_null(find(keylog, 2, SECRET_MASTER, &len));
    g_assert_null(find(keylog, 3, SECRET_MASTER, &len));
    g_assert_cmpuint(keylog_bad_lines(keylog), ==, 0);
    keylog_free(&keylog);
    g_assert_null(keylog);
    keylog_free(&keylog);
}

struct line_case {
    const char *text;
    size_t added;
    uint64_t bad;
};

static const struct line_case lines[] = {
    /* as people have them */
    {"", 0, 0},
    {"\n\r\n  \t\n# a comment\n#\n", 0, 0},
    {"CLIENT_RANDOM " R1 " " S48 "\r\nCLIENT_RANDOM " R2 " " S48 "\r\n", 2, 0},
    {"\xef\xbb\xbf"
     "CLIENT_RANDOM " R1 " " S48,
     1, 0},
    {"  CLIENT_RANDOM\t" R1 "  " S48 "  \n", 1, 0},
    {"CLIENT_RANDOM 0101010101010101010101010101010101010101010101010101010101010101 " S48, 1, 0},
    {"CLIENT_TRAFFIC_SECRET_0 " R1
     " A1A2A3A4A5A6A7A8A9B0B1B2B3B4B5B6B7B8B9C0C1C2C3C4C5C6C7C8C9D0D1D2",
     1, 0},
    {"CLIENT_RANDOM " R1 " " S48 "\nCLIENT_RANDOM " R1 " " S48 "\n", 1, 0},
    /* not ours */
    {"RSA 0123456789abcdef " S48 "\nRSA Session-ID:00 Master-Key:00\n", 0, 0},
    {"EXPORTER_SECRET " R1 " " S32 "\nECH_SECRET " R1 " " S32 "\nSERVER_TRAFFIC_SECRET_1 x y", 0,
     0},
    /* damaged */
    {"CLIENT_RANDOM", 0, 1},
    {"CLIENT_RANDOM " R1, 0, 1},
    {"CLIENT_RANDOM " R1 " ", 0, 1},
    {"CLIENT_RANDOM " R1 " " S32, 0, 1},
    {"CLIENT_RANDOM " R1 " " S48 "00", 0, 1},
    {"CLIENT_RANDOM " R1 " " S48 "0", 0, 1},
    {"CLIENT_RANDOM " R1 " " S48 " more", 0, 1},
    {"CLIENT_RANDOM " R1 "01 " S48, 0, 1},
    {"CLIENT_RANDOM 01 " S48, 0, 1},
    {"CLIENT_RANDOM " R1 " g" S48, 0, 1},
    {"CLIENT_RANDOM gg01010101010101010101010101010101010101010101010101010101010101 " S48, 0, 1},
    {"CLIENT_TRAFFIC_SECRET_0 " R1 " a1", 0, 1},
    {"SERVER_TRAFFIC_SECRET_0 " R1 " " S32 "a1", 0, 1},
    {"\x1f\x8b\x08\x01garbage\n\x80\x80", 0, 2},
    /* one bad line does not hide the next */
    {"CLIENT_RANDOM " R1 "\nCLIENT_RANDOM " R2 " " S48, 1, 1},
};

static void test_lines(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        struct keylog *keylog = keylog_new();
        g_assert_cmpuint(add(keylog, lines[i].text), ==, lines[i].added);
        g_assert_cmpuint(keylog_bad_lines(keylog), ==, lines[i].bad);
        keylog_free(&keylog);
    }
}

static void test_first_wins(void)
{
    struct keylog *keylog = keylog_new();
    size_t len;

    add(keylog, "CLIENT_TRAFFIC_SECRET_0 " R1 " " S32 "\n");
    g_assert_cmpuint(add(keylog, "CLIENT_TRAFFIC_SECRET_0 " R1 " " T32 "\n"), ==, 0);
    g_assert_cmphex(find(keylog, 1, SECRET_CLIENT_TRAFFIC_0, &len)[0], ==, 0xa1);
    keylog_free(&keylog);
}

static void test_limit(void)
{
    struct keylog *keylog = keylog_new_limited(2);
    size_t len;

    g_assert_cmpuint(add(keylog, "CLIENT_RANDOM " R1 " " S48 "\nCLIENT_RANDOM " R2 " " S48
                                 "\nCLIENT_RANDOM " R3 " " S48 "\n"),
                     ==, 2);
    g_assert_cmpuint(keylog_dropped(keylog), ==, 1);
    g_assert_cmpuint(keylog_bad_lines(keylog), ==, 0);
    g_assert_nonnull(find(keylog, 2, SECRET_MASTER, &len));
    g_assert_null(find(keylog, 3, SECRET_MASTER, &len));
    /* more of a known one is welcome */
    g_assert_cmpuint(add(keylog, "CLIENT_TRAFFIC_SECRET_0 " R1 " " S32), ==, 1);
    keylog_free(&keylog);
}

static void test_links(void)
{
    struct keylog *keylog = keylog_new_limited(2);
    uint8_t a[KEYLOG_RANDOM_LEN] = {1}, b[KEYLOG_RANDOM_LEN] = {2}, found[KEYLOG_RANDOM_LEN];

    g_assert_false(keylog_linked(keylog, 7, found));
    keylog_link(keylog, 7, a);
    g_assert_true(keylog_linked(keylog, 7, found));
    g_assert_cmpint(memcmp(found, a, sizeof a), ==, 0);
    keylog_link(keylog, 7, b); /* the newest counts */
    g_assert_true(keylog_linked(keylog, 7, found));
    g_assert_cmpint(memcmp(found, b, sizeof b), ==, 0);
    keylog_link(keylog, 8, a);
    keylog_link(keylog, 9, a); /* past the limit */
    g_assert_true(keylog_linked(keylog, 8, found));
    g_assert_false(keylog_linked(keylog, 9, found));
    keylog_free(&keylog);
}

static void test_used(void)
{
    struct keylog *keylog = keylog_new(), *again = keylog_new();
    GString *used;
    size_t len;

    add(keylog, "SERVER_TRAFFIC_SECRET_0 " R3 " " S32 "\nCLIENT_RANDOM " R2 " " S48
                "\nCLIENT_RANDOM " R1 " " S48 "\nCLIENT_TRAFFIC_SECRET_0 " R3 " " S48 "\n");
    used = keylog_used(keylog);
    g_assert_cmpstr(used->str, ==, "");
    g_string_free(used, TRUE);

    find(keylog, 1, SECRET_MASTER, &len);
    find(keylog, 3, SECRET_CLIENT_TRAFFIC_0, &len);
    find(keylog, 2, SECRET_CLIENT_EARLY, &len); /* not there: not used */
    used = keylog_used(keylog);
    g_assert_cmpstr(used->str, ==,
                    "CLIENT_TRAFFIC_SECRET_0 " R3 " " S48 "\nSERVER_TRAFFIC_SECRET_0 " R3 " " S32
                    "\nCLIENT_RANDOM " R1 " " S48 "\n");
    g_assert_cmpuint(keylog_add(again, used->str, used->len), ==, 3);
    g_string_free(used, TRUE);
    keylog_free(&keylog);
    keylog_free(&again);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keylog/kinds", test_kinds);
    g_test_add_func("/keylog/lines", test_lines);
    g_test_add_func("/keylog/first-wins", test_first_wins);
    g_test_add_func("/keylog/limit", test_limit);
    g_test_add_func("/keylog/links", test_links);
    g_test_add_func("/keylog/used", test_used);
    return g_test_run();
}
