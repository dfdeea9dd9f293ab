/* SPDX-License-Identifier: MIT */
#include "core/words.h"

#include <string.h>

/* Every length that is compared in its own way, and words that differ in one place only. */
static const char *const words[] = {
    "a",
    "ab",
    "abc",
    "abcd",
    "abce",
    "abcdefg",
    "abcdefgh",
    "abcdefgi",
    "abxdefgh",
    "0123456789abcdef",
    "0123456789abcdeg",
    "0123456x89abcdef",
    "0123456789abcdef0",
    "0123456789abcdefghij",
    "0123456789xbcdefghij",
};

static void fill(struct h2t_words *w)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        h2t_words_add(w, words[i], (int)i);
}

static void test_find(void)
{
    struct h2t_words w = {0};
    fill(&w);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        g_assert_cmpint(h2t_words_find(&w, words[i], strlen(words[i])), ==, (int)i);
}

/* Each word with one character changed, cut short, or followed by another. */
static void test_near(void)
{
    struct h2t_words w = {0};
    fill(&w);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *near = g_strconcat(words[i], "~", NULL);
        size_t len = strlen(words[i]);
        g_assert_cmpint(h2t_words_find(&w, near, len + 1), ==, -1);
        for (size_t j = 0; j < len; j++) {
            near[j] = (char)(near[j] ^ 64);
            g_assert_cmpint(h2t_words_find(&w, near, len), ==, -1);
            near[j] = (char)(near[j] ^ 64);
        }
    }
    g_assert_cmpint(h2t_words_find(&w, "", 0), ==, -1);
}

/* No empty slots would mean a search without end. */
static void test_full(void)
{
    struct h2t_words w = {0};
    char names[H2T_WORDS_SLOTS / 2][4];
    for (unsigned i = 0; i < H2T_WORDS_SLOTS / 2; i++) {
        g_snprintf(names[i], sizeof names[i], "%03u", i);
        h2t_words_add(&w, names[i], (int)i);
    }
    g_assert_cmpint(h2t_words_find(&w, "127", 3), ==, 127);
    g_assert_cmpint(h2t_words_find(&w, "128", 3), ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/words/find", test_find);
    g_test_add_func("/words/near", test_near);
    g_test_add_func("/words/full", test_full);
    return g_test_run();
}
