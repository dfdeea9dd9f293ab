/* SPDX-License-Identifier: MIT */
/* if_tsresol and if_tsoffset. */
#include "annotator/capture/interface.h"
#include "tests/unit/pcapng_build.h"

#define SECOND INT64_C(1000000000)

static int64_t at(uint8_t tsresol, uint64_t stamp)
{
    struct interface interface = {.tsresol = tsresol};
    return interface_time(&interface, stamp);
}

static void test_decimal(void)
{
    g_assert_cmpint(at(6, 1700000000123456), ==, INT64_C(1700000000123456000));
    g_assert_cmpint(at(9, 1700000000123456789), ==, INT64_C(1700000000123456789));
    g_assert_cmpint(at(0, 1700000000), ==, 1700000000 * SECOND);
    g_assert_cmpint(at(3, 1700000000123), ==, INT64_C(1700000000123000000));
    g_assert_cmpint(at(10, 17000000001234567899u), ==, INT64_C(1700000000123456789));
    g_assert_cmpint(at(12, 1999), ==, 1);
    g_assert_cmpint(at(28, UINT64_MAX), ==, 1);
    g_assert_cmpint(at(29, UINT64_MAX), ==, 0);
    g_assert_cmpint(at(127, UINT64_MAX), ==, 0);
}

static void test_binary(void)
{
    g_assert_cmpint(at(0x80, 1700000000), ==, 1700000000 * SECOND);
    g_assert_cmpint(at(0x80 | 1, 3), ==, SECOND + SECOND / 2);
    g_assert_cmpint(at(0x80 | 10, 1024 * 7 + 512), ==, 7 * SECOND + SECOND / 2);
    g_assert_cmpint(at(0x80 | 32, UINT64_C(5) << 32 | 0x40000000), ==, 5 * SECOND + SECOND / 4);
    /* 2^-33 s: rounded down, with all bits of the product */
    g_assert_cmpint(at(0x80 | 33, UINT64_C(1) << 33 | 0x1FFFFFFFF), ==, 2 * SECOND - 1);
    g_assert_cmpint(at(0x80 | 63, (UINT64_C(1) << 63) + (UINT64_C(1) << 62)), ==,
                    SECOND + SECOND / 2);
    g_assert_cmpint(at(0x80 | 63, UINT64_MAX), ==, 2 * SECOND - 1);
    g_assert_cmpint(at(0x80 | 64, UINT64_C(1) << 63), ==, SECOND / 2);
    g_assert_cmpint(at(0x80 | 64, UINT64_MAX), ==, SECOND - 1);
    g_assert_cmpint(at(0x80 | 127, UINT64_MAX), ==, 0);
}

static void test_does_not_fit(void)
{
    struct interface far = {.tsresol = 9, .tsoffset = INT64_MAX};
    g_assert_true(at(6, UINT64_MAX) == H2T_NEVER);
    g_assert_true(at(0, UINT64_C(9223372037)) == H2T_NEVER);
    g_assert_cmpint(at(0, 9223372036), ==, 9223372036 * SECOND);
    g_assert_true(at(9, UINT64_C(1) << 63) == H2T_NEVER);
    g_assert_true(at(0x80, UINT64_MAX) == H2T_NEVER);
    g_assert_true(interface_time(&far, 0) == H2T_NEVER);
    far.tsoffset = 9223372036;
    g_assert_cmpint(interface_time(&far, 0), ==, 9223372036 * SECOND);
    g_assert_true(interface_time(&far, 854775808) == H2T_NEVER);
}

static struct interface parse(bool big, const GByteArray *options)
{
    GByteArray *block = g_byte_array_new();
    build_idb(block, big, 276, 1500, options);
    struct interface interface = interface_parse(block->data, block->len, big);
    g_byte_array_free(block, TRUE);
    return interface;
}

static void check_parse(bool big)
{
    GByteArray *options = g_byte_array_new();
    struct interface interface = parse(big, options);
    g_assert_cmpuint(interface.link_type, ==, 276);
    g_assert_cmpuint(interface.snaplen, ==, 1500);
    g_assert_cmpint(interface_time(&interface, 1), ==, 1000);
    build_comment(options, big, "eth0");
    build_option(options, big, 9, "\x09", 1, 0);
    build_16(options, big, 14);
    build_16(options, big, 8);
    build_64(options, big, (uint64_t)-3600);
    interface = parse(big, options);
    g_assert_cmpint(interface_time(&interface, 7), ==, -3600 * SECOND + 7);
    g_byte_array_free(options, TRUE);
}

static void test_parse(void)
{
    check_parse(false);
    check_parse(true);
}

/* Wrong lengths and overruns do not count, and do not hurt. */
static void test_parse_odd(void)
{
    GByteArray *options = g_byte_array_new();
    build_option(options, false, 9, "\x09\x09", 2, 0);
    build_option(options, false, 14, "\1\2\3\4", 4, 0);
    build_option(options, false, 9, "\x09", 1, 0);
    options->data[options->len - 6] = 200; /* its length */
    struct interface interface = parse(false, options);
    g_assert_cmpint(interface_time(&interface, 1), ==, 1000);
    g_byte_array_free(options, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capture/time/decimal", test_decimal);
    g_test_add_func("/capture/time/binary", test_binary);
    g_test_add_func("/capture/time/does-not-fit", test_does_not_fit);
    g_test_add_func("/capture/time/parse", test_parse);
    g_test_add_func("/capture/time/parse-odd", test_parse_odd);
    return g_test_run();
}
