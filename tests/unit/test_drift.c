/* SPDX-License-Identifier: MIT */
/* Lines that bounds allow: the true one is always among them. */
#include "core/drift.h"

#include <string.h>

#define US G_GINT64_CONSTANT(1000)
#define MS (1000 * US)
#define S (1000 * MS)
#define START (G_GINT64_CONSTANT(1700000000) * S)

/* The true offset `ns` after START. */
static int64_t truth(int64_t offset, int64_t ppb, int64_t ns)
{
    return offset + (int64_t)((double)ns * (double)ppb / 1e9);
}

static void expect_inside(const struct h2t_drift *d, int64_t at, int64_t value)
{
    struct h2t_range r = h2t_drift_at(d, START + at);
    g_assert_cmpint(r.lo, <=, value);
    g_assert_cmpint(r.hi, >=, value);
}

/* Bounds at random distances, up to 500 us, on both sides of random lines. */
static void test_truth_is_inside(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    for (int round = 0; round < 300; round++) {
        int64_t offset = (int64_t)g_rand_double_range(rand, -1e14, 1e14);
        int64_t ppb = g_rand_int_range(rand, -1000000, 1000000);
        struct h2t_drift d;
        h2t_drift_begin(&d, START, offset);
        for (int i = 0; i < 200; i++) {
            int64_t at = g_rand_int_range(rand, 0, 1000) * 10 * MS;
            int64_t away = g_rand_int_range(rand, 1, 500) * US;
            bool upper = g_rand_boolean(rand);
            int64_t bound = truth(offset, ppb, at) + (upper ? away : -away);
            g_assert_true(h2t_drift_add(&d, START + at, bound, upper));
        }
        for (int64_t at = 0; at <= 10 * S; at += S)
            expect_inside(&d, at, truth(offset, ppb, at));
        struct h2t_range rate = h2t_drift_rate(&d), mid = h2t_drift_at(&d, START + 5 * S);
        g_assert_cmpint(rate.lo, <=, ppb);
        g_assert_cmpint(rate.hi, >=, ppb);
        g_assert_cmpint(mid.hi - mid.lo, <, 500 * US);
        g_assert_cmpuint(d.n, <=, H2T_MAX_CORNERS);
    }
}

static void test_one_side_is_none(void)
{
    struct h2t_drift d;
    h2t_drift_begin(&d, START, 0);
    g_assert_true(h2t_drift_add(&d, START, 5 * MS, true));
    g_assert_cmpint(h2t_drift_at(&d, START).lo, ==, INT64_MIN);
    g_assert_true(h2t_drift_add(&d, START, 3 * MS, false));
    g_assert_cmpint(h2t_drift_at(&d, START).lo, <=, 3 * MS);
    g_assert_cmpint(h2t_drift_at(&d, START).lo, >=, 3 * MS - US);
}

static void test_impossible(void)
{
    struct h2t_drift d;
    h2t_drift_begin(&d, START, 0);
    g_assert_true(h2t_drift_add(&d, START, 1 * MS, true));
    g_assert_true(h2t_drift_add(&d, START, -1 * MS, false));
    struct h2t_drift before = d;
    g_assert_false(h2t_drift_add(&d, START, -2 * MS, true));
    g_assert_true(!memcmp(&d, &before, sizeof before));
    /* 5 ms in a second are no drift, but a step; in ten seconds they can be one */
    g_assert_false(h2t_drift_add(&d, START + S, 6 * MS, false));
    g_assert_true(h2t_drift_add(&d, START + 10 * S, 6 * MS, false));
    g_assert_cmpint(h2t_drift_rate(&d).lo, >, 0);
}

static void test_level(void)
{
    struct h2t_drift d;
    h2t_drift_begin(&d, START, 0);
    for (int64_t at = 0; at <= 10 * S; at += S) {
        h2t_drift_add(&d, START + at, 40 * US, true);
        h2t_drift_add(&d, START + at, 20 * US, false);
    }
    struct h2t_range level = h2t_drift_level(&d);
    g_assert_cmpint(level.lo, >=, 20 * US - 10);
    g_assert_cmpint(level.lo, <=, 20 * US);
    g_assert_cmpint(level.hi, >=, 40 * US);
    g_assert_cmpint(level.hi, <=, 40 * US + 10);
    g_assert_true(h2t_drift_add(&d, START + 20 * S, 50 * US, false));
    level = h2t_drift_level(&d);
    g_assert_cmpint(level.lo, >, level.hi);
}

/* More bounds than corners are kept for: the interval may be wider, it is never wrong. */
static void test_many_corners(void)
{
    struct h2t_drift d;
    h2t_drift_begin(&d, START, 0);
    for (int64_t i = -200; i <= 200; i++) { /* tangents of a parabola: each cuts off a corner */
        h2t_drift_add(&d, START + (i + 200) * 10 * MS, i * i * 10 + MS, true);
        h2t_drift_add(&d, START + (i + 200) * 10 * MS, -i * i * 10 - MS, false);
    }
    g_assert_cmpuint(d.n, <=, H2T_MAX_CORNERS);
    for (int64_t at = 0; at <= 4 * S; at += 100 * MS)
        expect_inside(&d, at, 0);
}

/* No sum runs over, whatever the times are; UBSan would tell. */
static void test_far_off(void)
{
    static const int64_t far[] = {INT64_MIN + 1, -START, 0, START, INT64_MAX};
    for (size_t i = 0; i < G_N_ELEMENTS(far); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(far); j++) {
            struct h2t_drift d;
            h2t_drift_begin(&d, far[i], far[j]);
            h2t_drift_add(&d, far[j], far[i], true);
            h2t_drift_add(&d, far[i], far[j], false);
            h2t_drift_at(&d, far[j]);
            h2t_drift_level(&d);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drift/truth-is-inside", test_truth_is_inside);
    g_test_add_func("/drift/one-side-is-none", test_one_side_is_none);
    g_test_add_func("/drift/impossible", test_impossible);
    g_test_add_func("/drift/level", test_level);
    g_test_add_func("/drift/many-corners", test_many_corners);
    g_test_add_func("/drift/far-off", test_far_off);
    return g_test_run();
}
