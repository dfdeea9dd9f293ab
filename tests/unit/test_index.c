/* SPDX-License-Identifier: MIT */
#include "core/index.h"

static guint count(const struct h2t_index *index, uint64_t hash, uint32_t *last)
{
    struct h2t_probe p;
    guint n = 0;
    for (uint32_t i = h2t_index_first(index, hash, &p); i != H2T_NONE;
         i = h2t_index_next(index, &p), n++)
        *last = i;
    return n;
}

static void test_empty(void)
{
    struct h2t_index index = {0};
    uint32_t last;
    g_assert_cmpuint(count(&index, 1, &last), ==, 0);
    h2t_index_fini(&index);
}

static void test_many(void)
{
    struct h2t_index index = {0};
    uint32_t last = 0;
    for (uint32_t i = 0; i < 5000; i++)
        h2t_index_add(&index, h2t_index_pair(i, 3), i);
    for (uint32_t i = 0; i < 5000; i++) {
        g_assert_cmpuint(count(&index, h2t_index_pair(i, 3), &last), ==, 1);
        g_assert_cmpuint(last, ==, i);
    }
    g_assert_cmpuint(count(&index, h2t_index_pair(5000, 3), &last), ==, 0);
    g_assert_cmpuint(count(&index, h2t_index_pair(3, 5), &last), ==, 0);
    h2t_index_fini(&index);
    g_assert_null(index.slots);
}

/* Values of one hash come in the order they were added, also past the end of the table. */
static void test_same_hash(void)
{
    struct h2t_index index = {0};
    struct h2t_probe p;
    for (uint32_t i = 0; i < 100; i++) {
        h2t_index_add(&index, UINT64_MAX, i);
        h2t_index_add(&index, UINT64_MAX - 1, i);
    }
    uint32_t wanted = 0;
    for (uint32_t i = h2t_index_first(&index, UINT64_MAX, &p); i != H2T_NONE;
         i = h2t_index_next(&index, &p))
        g_assert_cmpuint(i, ==, wanted++);
    g_assert_cmpuint(wanted, ==, 100);
    h2t_index_fini(&index);
}

/* A long chain costs no more than as many hashes: this would take minutes. */
static void test_long_chain(void)
{
    struct h2t_index index = {0};
    uint32_t last = 0, n = 1000000;
    for (uint32_t i = 0; i < n; i++)
        h2t_index_add(&index, i % 2, i);
    g_assert_cmpuint(count(&index, 0, &last), ==, n / 2);
    g_assert_cmpuint(last, ==, n - 2);
    g_assert_cmpuint(count(&index, 1, &last), ==, n / 2);
    h2t_index_fini(&index);
}

/* Hashes that differ in their high bits only, or in their low ones. */
static void test_patterns(void)
{
    for (unsigned shift = 0; shift <= 47; shift++) {
        struct h2t_index index = {0};
        uint32_t last = 0;
        for (uint32_t i = 0; i < 1u << 16; i++)
            h2t_index_add(&index, (uint64_t)i << shift, i);
        g_assert_cmpuint(count(&index, (uint64_t)40000 << shift, &last), ==, 1);
        g_assert_cmpuint(last, ==, 40000);
        h2t_index_fini(&index);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/empty", test_empty);
    g_test_add_func("/index/many", test_many);
    g_test_add_func("/index/same-hash", test_same_hash);
    g_test_add_func("/index/long-chain", test_long_chain);
    g_test_add_func("/index/patterns", test_patterns);
    return g_test_run();
}
