/* SPDX-License-Identifier: MIT */
#include "core/stamp.h"

#include <string.h>

static struct h2t_second second; /* from test to test: it must not matter */

static void expect(const char *text, int64_t wanted)
{
    int64_t ns = -1;
    if (!h2t_stamp_text(text, strlen(text), &ns))
        g_error("%s refused", text);
    g_assert_cmpint(ns, ==, wanted);
    for (int i = 0; i < 2; i++) {
        g_assert_true(h2t_stamp_next(&second, text, strlen(text), &ns));
        g_assert_cmpint(ns, ==, wanted);
    }
}

/* Stamps of one second, then another. */
static void test_next(void)
{
    expect("2026-11-23T15:46:12.227142301Z", 1795448772227142301);
    expect("2026-11-23T15:46:12.9Z", 1795448772900000000);
    expect("2026-11-23T15:46:12.0000000001Z", 1795448772000000000);
    expect("2026-11-23T15:46:12.5+00:00", 1795448772500000000);
    expect("2026-11-23T15:46:13.5Z", 1795448773500000000);
    expect("2026-11-23T15:46:12.5Z", 1795448772500000000);
}

static void test_text(void)
{
    expect("1970-01-01T00:00:00Z", 0);
    expect("2026-11-23T15:46:12Z", 1795448772000000000);
    expect("2026-11-23T15:46:12.227142301Z", 1795448772227142301);
    expect("2026-11-23t15:46:12.2z", 1795448772200000000);
    expect("2026-11-23 15:46:12.22714230199999Z", 1795448772227142301);
    expect("2000-02-29T00:00:00Z", 951782400000000000);
    expect("2100-03-01T00:00:00Z", 4107542400000000000);
    expect("2261-12-31T23:59:59.999999999Z", 9214646399999999999);
    expect("2016-12-31T23:59:60Z", 1483228800000000000);
}

static void test_zone(void)
{
    expect("2026-11-23T17:46:12+02:00", 1795448772000000000);
    expect("2026-11-23T10:16:12.5-05:30", 1795448772500000000);
    expect("2026-11-23T15:46:12-00:00", 1795448772000000000);
    expect("2026-11-23T16:46:12+0100", 1795448772000000000);
}

static void test_not_text(void)
{
    static const char *const texts[] = {
        "",
        "12.5",
        "2026-11-23",
        "2026-11-23T15:46:12",
        "2026-11-23T15:46:12.Z",
        "2026-11-23T15:46:12.5-Z",
        "2026-11-23T15:46:12,5Z",
        "2026-11-23T15:46:12Zx",
        "2026-11-23T15:46:12+2:00",
        "2026-11-23T15:46:12+24:00",
        "2026-11-23T15:46:12+02:60",
        "2026-11-23T15:46Z",
        "2026-13-23T15:46:12Z",
        "2026-00-23T15:46:12Z",
        "2026-11-00T15:46:12Z",
        "2026-11-32T15:46:12Z",
        "2026-11-23T24:46:12Z",
        "2026-11-23T15:60:12Z",
        "2026-11-23T15:46:61Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+01:00",
        "2262-01-01T00:00:00Z",
        "+026-11-23T15:46:12Z",
    };
    int64_t ns;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (h2t_stamp_text(texts[i], strlen(texts[i]), &ns) ||
            h2t_stamp_next(&second, texts[i], strlen(texts[i]), &ns))
            g_error("%s taken", texts[i]);
}

static void expect_integer(int64_t number, int64_t wanted)
{
    int64_t ns;
    g_assert_true(h2t_stamp_integer(number, &ns));
    g_assert_cmpint(ns, ==, wanted);
}

/* Both sides of each border. */
static void test_magnitude(void)
{
    expect_integer(0, 0);
    expect_integer(1795448772, 1795448772000000000);
    expect_integer(1795448772227, 1795448772227000000);
    expect_integer(1795448772227142, 1795448772227142000);
    expect_integer(1795448772227142301, 1795448772227142301);
    expect_integer(100000000000, 100000000000000000);
    int64_t ns;
    g_assert_false(h2t_stamp_integer(99999999999, &ns)); /* the year 5138 */
    g_assert_false(h2t_stamp_integer(-1, &ns));
    expect_integer(100000000000000, 100000000000000000);
    expect_integer(100000000000000000, 100000000000000000);
}

static void test_double(void)
{
    int64_t ns;
    g_assert_true(h2t_stamp_double(1795448772.227142301, &ns));
    g_assert_cmpint(ABS(ns - 1795448772227142301), <, 500); /* what a double holds */
    g_assert_true(h2t_stamp_double(1795448772227.5, &ns));
    g_assert_cmpint(ns, ==, 1795448772227500000);
    g_assert_false(h2t_stamp_double(-0.5, &ns));
    g_assert_false(h2t_stamp_double(1e19, &ns));
    g_assert_false(h2t_stamp_double(99999999999.5, &ns));
    g_assert_false(h2t_stamp_double(__builtin_nan(""), &ns));
}

static void expect_duration(const char *text, int64_t wanted)
{
    int64_t ns;
    g_assert_true(h2t_stamp_duration(text, strlen(text), &ns));
    g_assert_cmpint(ns, ==, wanted);
}

static void test_duration(void)
{
    static const char *const none[] = {"",    "1",   "s",           "1x",
                                       "-1s", "1.s", "1s ",         "1 s",
                                       ".5s", "00",  "9999999999h", "99999999999999999999ns"};
    expect_duration("20.338844ms", 20338844);
    expect_duration("1h2m3.5s", 3723500000000);
    expect_duration("0s", 0);
    expect_duration("0", 0);
    expect_duration("7ns", 7);
    expect_duration("1.5\xc2\xb5s", 1500);
    expect_duration("2us", 2000);
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        int64_t ns;
        g_assert_false(h2t_stamp_duration(none[i], strlen(none[i]), &ns));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stamp/text", test_text);
    g_test_add_func("/stamp/next", test_next);
    g_test_add_func("/stamp/zone", test_zone);
    g_test_add_func("/stamp/duration", test_duration);
    g_test_add_func("/stamp/not-text", test_not_text);
    g_test_add_func("/stamp/magnitude", test_magnitude);
    g_test_add_func("/stamp/double", test_double);
    return g_test_run();
}
