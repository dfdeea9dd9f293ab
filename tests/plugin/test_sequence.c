/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Missing bytes by sequence numbers alone. */
#include "plugin/sequence.h"

static struct h2t_mark at(uint32_t packet)
{
    return (struct h2t_mark){.ns = packet, .packet = packet};
}

static void test_in_order(void)
{
    struct sequence s = {0};
    sequence_start(&s, 0xfffffff0u); /* over the wrap */
    for (uint32_t i = 0; i < 4; i++)
        g_assert_cmpuint(sequence_data(&s, 0xfffffff0u + i * 10, 10, 0).lost, ==, 0);
    g_assert_cmpuint(s.next, ==, 0xfffffff0u + 40);
    g_assert_false(sequence_data(&s, 0xfffffff0u + 40, 0, 0).late);
    sequence_fini(&s);
}

static void test_late(void)
{
    struct sequence s = {0};
    g_assert_true(sequence_data(&s, 100, 10, 0).late);
    g_assert_false(sequence_data(&s, 110, 10, 0).late);
    sequence_fini(&s);
}

/* A hole is no loss until it is acknowledged. */
static void test_hole(void)
{
    struct sequence s = {0};
    sequence_start(&s, 0);
    g_assert_cmpuint(sequence_data(&s, 10, 10, 0).lost, ==, 0);
    g_assert_cmpuint(sequence_data(&s, 30, 10, 0).lost, ==, 0);
    g_assert_cmpuint(sequence_data(&s, 0, 10, 0).lost, ==, 0); /* fills the first */
    g_assert_cmpuint(s.next, ==, 20);
    g_assert_cmpuint(sequence_acked(&s, 25).lost, ==, 0);
    g_assert_cmpuint(sequence_acked(&s, 40).lost, ==, 10);
    g_assert_cmpuint(s.next, ==, 40);
    g_assert_cmpuint(sequence_data(&s, 20, 10, 0).lost, ==, 0); /* too late */
    g_assert_cmpuint(sequence_data(&s, 40, 10, 3).lost, ==, 3); /* cut by the snapshot length */
    sequence_fini(&s);
}

/* Acknowledged before anything behind the hole came. */
static void test_acked_first(void)
{
    struct sequence s = {0};
    sequence_start(&s, 0);
    g_assert_cmpuint(sequence_acked(&s, 10).lost, ==, 0);
    g_assert_cmpuint(sequence_data(&s, 10, 10, 0).lost, ==, 10);
    g_assert_cmpuint(sequence_acked(&s, 10 + (1u << 31)).lost, ==, 0); /* not of this flow */
    sequence_fini(&s);
}

static void test_fin(void)
{
    struct sequence s = {0};
    sequence_start(&s, 0);
    sequence_fin(&s, 20, at(7));
    g_assert_false(sequence_data(&s, 10, 10, 0).fin);
    struct sequence_news news = sequence_data(&s, 0, 10, 0);
    g_assert_true(news.fin && s.fin.packet == 7);
    g_assert_false(sequence_flush(&s).fin); /* once */
    sequence_fini(&s);
    s = (struct sequence){0};
    sequence_start(&s, 0);
    sequence_fin(&s, 20, at(7));
    news = sequence_acked(&s, 21);
    g_assert_true(news.fin && news.lost == 20);
    sequence_fini(&s);
    s = (struct sequence){0};
    sequence_start(&s, 0);
    sequence_data(&s, 5, 5, 0);
    sequence_fin(&s, 20, at(7));
    news = sequence_flush(&s);
    g_assert_true(news.fin && news.lost > 0);
    sequence_fini(&s);
}

/* Past the limit a hole is given up, and memory stays bounded. */
static void test_limit(void)
{
    struct sequence s = {0};
    uint32_t lost = 0;
    sequence_start(&s, 0);
    for (uint32_t i = 0; i < 10000; i++)
        lost += sequence_data(&s, 10 + i * 4, 2, 0).lost;
    g_assert_cmpuint(lost, >, 0);
    g_assert_true(!s.held || s.held->len <= 4096);
    sequence_fini(&s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence/in-order", test_in_order);
    g_test_add_func("/sequence/late", test_late);
    g_test_add_func("/sequence/hole", test_hole);
    g_test_add_func("/sequence/acked-first", test_acked_first);
    g_test_add_func("/sequence/fin", test_fin);
    g_test_add_func("/sequence/limit", test_limit);
    return g_test_run();
}
