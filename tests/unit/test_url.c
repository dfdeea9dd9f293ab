/* SPDX-License-Identifier: MIT */
#include "core/url.h"

#include <string.h>

static struct h2t_text text(const char *s)
{
    return (struct h2t_text){s, s ? strlen(s) : 0};
}

static void test_keep(void)
{
    static const char *const pairs[][2] = {
        {"https://h/a", "https://h/a"},
        {"https://h:1/a?q=1", "https://h:1/a"},
        {"https://h?q=/@", "https://h"},
        {"https://h/a#f?q", "https://h/a"},
        {"https://u@h/a", "https://h/a"},
        {"https://u:p@ss@h/a@b", "https://h/a@b"},
        {"https://u:p@", "https://"},
        {"https://", "https://"},
        {"u@h:443", "u@h:443"},
        {"mailto:u@h", "mailto:u@h"},
        {"/a?b", "/a"},
        {"", ""},
    };
    struct h2t_strings *chunk = h2t_strings_new();
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        g_assert_cmpstr(h2t_url_keep(chunk, text(pairs[i][0])), ==, pairs[i][1]);
    g_assert_null(h2t_url_keep(chunk, text(NULL)));
    h2t_strings_free(&chunk);
}

static void test_error(void)
{
    static const char *const pairs[][2] = {
        {"EOF", "EOF"},
        {"Get \"https://h/a?q=1#f\": EOF", "Get \"https://h/a\": EOF"},
        {"Get \"https://h/a#f\": why?", "Get \"https://h/a\": why?"},
        {"parse \"http://h/?a b\": bad", "parse \"http://h/\": bad"},
        {"Get https://h/a?q=1: EOF", "Get https://h/a EOF"}, /* Go before 1.14 */
        {"\"a://b?c\" and d://e?f g", "\"a://b\" and d://e g"},
        {"\"a://b?c", "\"a://b"},
        {"://?", "://"},
        {"", ""},
    };
    struct h2t_strings *chunk = h2t_strings_new();
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        g_assert_cmpstr(h2t_url_keep_error(chunk, text(pairs[i][0])), ==, pairs[i][1]);
    g_assert_null(h2t_url_keep_error(chunk, text(NULL)));
    h2t_strings_free(&chunk);
}

static void test_path(void)
{
    g_assert_cmpuint(h2t_url_path_hash("https://h/a/b"), ==, h2t_hash("/a/b", 4));
    g_assert_cmpuint(h2t_url_path_hash("https://h"), ==, h2t_hash("/", 1));
    g_assert_cmpuint(h2t_url_path_hash("https://"), ==, 0);
    g_assert_cmpuint(h2t_url_path_hash("h:443"), ==, 0);
    g_assert_cmpuint(h2t_url_path_hash(""), ==, 0);
    g_assert_cmpuint(h2t_url_path_hash(NULL), ==, 0);
    g_assert_cmpuint(h2t_path_hash(text("/a?b")), ==, h2t_hash("/a", 2));
    g_assert_cmpuint(h2t_path_hash(text("/a")), ==, h2t_hash("/a", 2));
    g_assert_cmpuint(h2t_path_hash(text("*")), ==, h2t_hash("*", 1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/url/keep", test_keep);
    g_test_add_func("/url/error", test_error);
    g_test_add_func("/url/path", test_path);
    return g_test_run();
}
