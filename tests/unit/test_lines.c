/* SPDX-License-Identifier: MIT */
#include "core/lines.h"

#include <inttypes.h>
#include <string.h>

static void take(void *user, const char *text, size_t len, uint64_t line,
                 enum h2t_lines_state state)
{
    static const char *const states[] = {"", " last", " too-long"};
    GString *seen = user;
    g_string_append_printf(seen, "%" PRIu64 "%s:%.*s|", line, states[state], (int)len, text);
}

/* Whatever the size of the pieces, the result is the same. */
static void expect_len(const char *text, size_t len, const char *wanted)
{
    for (size_t piece = 1; piece <= len + 1; piece++) {
        GString *seen = g_string_new(NULL);
        struct h2t_lines lines;
        h2t_lines_init(&lines, take, seen);
        for (size_t i = 0; i < len; i += piece)
            h2t_lines_feed(&lines, text + i, MIN(piece, len - i));
        h2t_lines_end(&lines);
        h2t_lines_fini(&lines);
        g_assert_cmpstr(seen->str, ==, wanted);
        g_string_free(seen, TRUE);
    }
}

static void expect(const char *text, const char *wanted)
{
    expect_len(text, strlen(text), wanted);
}

static void test_lines(void)
{
    expect("", "");
    expect("a\nbc\n", "1:a|2:bc|");
    expect("a\nbc", "1:a|2 last:bc|");
    expect("\n\n a\n \t\r\n\nb\n", "3:a|6:b|");
    expect("a\r\nb\r\n", "1:a\r|2:b\r|");
}

static void test_mark(void)
{
    expect("\xef\xbb\xbf"
           "a\n",
           "1:a|");
    expect("\xef\xbb\xbf"
           "[{}]",
           "1:{}|");
    expect("a\n\xef\xbb\xbf"
           "b\n",
           "1:a|2:\xef\xbb\xbf"
           "b|");
}

static void test_array(void)
{
    expect("[]", "");
    expect("[{\"a\":1},{\"b\":{\"c\":2}}]", "1:{\"a\":1}|1:{\"b\":{\"c\":2}}|");
    expect("[\n {\n\"a\":1\n},\n{} ]\n", "2:{\n\"a\":1\n}|5:{}|");
    expect("\n\n[{}]", "3:{}|");
}

static void test_braces_in_strings(void)
{
    expect("[{\"}{\":\"}\"},{\"a\":\"\\\"}\\\\\"}]", "1:{\"}{\":\"}\"}|1:{\"a\":\"\\\"}\\\\\"}|");
}

static void test_array_cut(void)
{
    expect("[{\"a\":1},{\"b\":", "1:{\"a\":1}|1 last:{\"b\":|");
    expect("[{\"a\":1},", "1:{\"a\":1}|");
}

/* An array a line, and lines that only look like an array at first. */
static void test_after_array(void)
{
    expect("[{\"a\":1}]\n[{\"b\":1}]\n", "1:{\"a\":1}|2:{\"b\":1}|");
    expect("[info] {x}\n{y}\n", "1:[info] {x}|2:{y}|");
}

/* A brace alone on the first line: objects over many lines. */
static void test_spread(void)
{
    expect("{\n\"a\":1\n}\n{\n\"b\":{}\n}\n", "1:{\n\"a\":1\n}|4:{\n\"b\":{}\n}|");
    expect("\n{ \r\n\"}\":1}\n{}\n", "2:{ \r\n\"}\":1}|4:{}|");
    expect("a\n{\n}\n", "1:a|2:{|3:}|");
    expect("{\n\"a\":", "1 last:{\n\"a\":|");
    expect("{", "1 last:{|");
}

static void test_files(void)
{
    GString *seen = g_string_new(NULL);
    struct h2t_lines lines;
    h2t_lines_init(&lines, take, seen);
    h2t_lines_feed(&lines, "[{\"a", 4);
    h2t_lines_end(&lines);
    h2t_lines_feed(&lines, "\n\xef\xbb\xbf{}\n", 7);
    h2t_lines_end(&lines);
    h2t_lines_fini(&lines);
    g_assert_cmpstr(seen->str, ==, "1 last:{\"a|2:{}|");
    g_string_free(seen, TRUE);
}

/* `before`, then n times x, then `after`, in pieces that do not fit the limit. */
static char *feed_long(const char *before, size_t n, const char *after)
{
    GString *seen = g_string_new(NULL);
    struct h2t_lines lines;
    char piece[65537];
    memset(piece, 'x', sizeof piece);
    h2t_lines_init(&lines, take, seen);
    h2t_lines_feed(&lines, before, strlen(before));
    for (; n > 0; n -= MIN(n, sizeof piece))
        h2t_lines_feed(&lines, piece, MIN(n, sizeof piece));
    h2t_lines_feed(&lines, after, strlen(after));
    h2t_lines_end(&lines);
    h2t_lines_fini(&lines);
    return g_string_free(seen, FALSE);
}

static void test_too_long(void)
{
    g_autofree char *line = feed_long("a\n", H2T_MAX_LINE + 1, "\nb\n");
    g_assert_cmpstr(line, ==, "1:a|2 too-long:|3:b|");
    g_autofree char *last = feed_long("a\n", H2T_MAX_LINE + 1, "");
    g_assert_cmpstr(last, ==, "1:a|2 too-long:|");
    g_autofree char *element = feed_long("[{\"", H2T_MAX_LINE, "\"},{}]");
    g_assert_cmpstr(element, ==, "1 too-long:|1:{}|");
    g_autofree char *fits = feed_long("a\n", H2T_MAX_LINE, "\nb\n");
    g_assert_cmpuint(strlen(fits), ==, strlen("1:a|2:|3:b|") + H2T_MAX_LINE);
}

/* In one piece, nothing of which would be held. */
static void test_too_long_at_once(void)
{
    g_autofree char *text = g_malloc(H2T_MAX_LINE + 4);
    memset(text, 'x', H2T_MAX_LINE + 1);
    memcpy(text + H2T_MAX_LINE + 1, "\nb\n", 3);
    GString *seen = g_string_new(NULL);
    struct h2t_lines lines;
    h2t_lines_init(&lines, take, seen);
    h2t_lines_feed(&lines, text, H2T_MAX_LINE + 4);
    h2t_lines_end(&lines);
    h2t_lines_fini(&lines);
    g_assert_cmpstr(seen->str, ==, "1 too-long:|2:b|");
    g_string_free(seen, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lines/lines", test_lines);
    g_test_add_func("/lines/mark", test_mark);
    g_test_add_func("/lines/array", test_array);
    g_test_add_func("/lines/braces-in-strings", test_braces_in_strings);
    g_test_add_func("/lines/array-cut", test_array_cut);
    g_test_add_func("/lines/after-array", test_after_array);
    g_test_add_func("/lines/spread", test_spread);
    g_test_add_func("/lines/files", test_files);
    g_test_add_func("/lines/too-long", test_too_long);
    g_test_add_func("/lines/too-long-at-once", test_too_long_at_once);
    return g_test_run();
}
