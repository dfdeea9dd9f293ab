/* SPDX-License-Identifier: MIT */
/*
 * Comments. Read: the input as it is; with a right check value, so that the grammar is reached; and
 * what was read, written anew, reads the same. Written: the input as a value comes back.
 */
#include "core/comment.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void assert_ascii(const GString *text)
{
    for (gsize i = 0; i < text->len; i++)
        g_assert_true(text->str[i] >= 0x20 && text->str[i] < 0x7f);
}

/* Every pair of `from`, written into `to`. How many. */
static unsigned rewrite(struct h2t_comment from, GString *to)
{
    struct h2t_comment_pair pair;
    g_autoptr(GString) value = g_string_new(NULL);
    g_autofree char *word = g_strndup(from.word, from.word_len);
    unsigned n = 0;
    int64_t number;
    h2t_comment_begin(to, word);
    for (; h2t_comment_next(&from, &pair); n++) {
        g_autofree char *key = g_strndup(pair.key, pair.key_len);
        h2t_comment_value(&pair, value);
        h2t_comment_add_bytes(to, key, value->str, value->len);
        h2t_comment_int(&pair, &number);
        h2t_comment_duration(&pair, &number);
    }
    h2t_comment_end(to, from.variant);
    return n;
}

static void assert_same(struct h2t_comment a, struct h2t_comment b)
{
    struct h2t_comment_pair x, y;
    g_autoptr(GString) u = g_string_new(NULL), v = g_string_new(NULL);
    g_assert_cmpint(a.variant, ==, b.variant);
    while (h2t_comment_next(&a, &x)) {
        g_assert_true(h2t_comment_next(&b, &y));
        h2t_comment_value(&x, u);
        h2t_comment_value(&y, v);
        g_assert_true(g_string_equal(u, v));
        g_assert_true(x.key_len == y.key_len && !memcmp(x.key, y.key, x.key_len));
    }
    g_assert_false(h2t_comment_next(&b, &y));
}

static void read_back(const char *text, size_t len)
{
    struct h2t_comment comment, again;
    bool variant;
    g_autofree char *exact = g_malloc(MAX(len, 1));
    if (len)
        memcpy(exact, text, len);
    bool ours = h2t_comment_is_ours(exact, len, &variant);
    g_assert_cmpint(h2t_comment_parse(exact, len, &comment), ==, ours);
    if (!ours)
        return;
    g_autoptr(GString) written = g_string_new(NULL);
    rewrite(comment, written);
    assert_ascii(written);
    g_assert_true(h2t_comment_parse(written->str, written->len, &again));
    assert_same(comment, again);
}

static void with_check(struct bytes body, const char *tag)
{
    g_autoptr(GString) text = g_string_new(tag);
    g_string_append_len(text, (const char *)body.data, (gssize)body.len);
    h2t_comment_end(text, false);
    read_back(text->str, text->len);
    if (!g_str_has_prefix(tag, "h2a "))
        return;
    g_string_truncate(text, 0);
    g_string_append(text, tag);
    g_string_append_len(text, (const char *)body.data, (gssize)body.len);
    h2t_comment_end(text, true);
    read_back(text->str, text->len);
}

static void as_value(struct bytes value)
{
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    g_autoptr(GString) text = g_string_new(NULL), back = g_string_new(NULL);
    g_autofree char *string = g_strndup((const char *)value.data, value.len);
    h2t_comment_begin(text, "request");
    h2t_comment_add_bytes(text, "all", (const char *)value.data, value.len);
    h2t_comment_add(text, "string", string);
    h2t_comment_add_cut(text, "cut", string, 3 + value.len % 80);
    h2t_comment_end(text, value.len % 2);
    assert_ascii(text);
    g_assert_true(h2t_comment_parse(text->str, text->len, &comment));
    g_assert_true(h2t_comment_find(&comment, "cut", &pair));
    g_assert_cmpuint(pair.len, <=, 3 + value.len % 80 + 2);
    g_assert_true(h2t_comment_find(&comment, "string", &pair));
    h2t_comment_value(&pair, back);
    g_assert_cmpstr(back->str, ==, string);
    g_assert_true(h2t_comment_find(&comment, "all", &pair));
    h2t_comment_value(&pair, back);
    g_assert_cmpuint(back->len, ==, value.len);
    g_assert_true(!value.len || !memcmp(back->str, value.data, value.len));
}

/* The writer rounds to microseconds, half away from zero. */
static void as_number(int64_t number)
{
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    int64_t back = 0;
    g_autoptr(GString) text = g_string_new(NULL);
    h2t_comment_begin(text, "request");
    h2t_comment_add_int(text, "n", number);
    h2t_comment_add_duration(text, "D", number);
    h2t_comment_end(text, false);
    g_assert_true(h2t_comment_parse(text->str, text->len, &comment));
    g_assert_true(h2t_comment_find(&comment, "n", &pair) && h2t_comment_int(&pair, &back));
    g_assert_cmpint(back, ==, number);
    g_assert_true(h2t_comment_find(&comment, "D", &pair));
    if (!h2t_comment_duration(&pair, &back))
        g_assert_true(number > INT64_MAX - 500 || number < INT64_MIN + 500);
    else
        g_assert_true(number > back ? number - back <= 500 : back - number <= 500);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes all = {data, size};
    int64_t number = 0;
    read_back((const char *)data, size);
    with_check(all, "");
    with_check(all, "h2a ");
    with_check(all, "h2a request k=");
    as_value(all);
    memcpy(&number, data, MIN(size, sizeof number));
    as_number(number);
    return 0;
}
