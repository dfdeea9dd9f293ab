/* SPDX-License-Identifier: MIT */
/* pcapng files that are broken, and limits: nothing is lost, and a message tells where. */
#include "tests/random/pcapng_gen.h"
#include "tests/unit/walk.h"

/* `file` is a start_file, one good packet, and then `wrong`, which must come out as damaged bytes
 * with this message. Takes both. */
static void check_damage(GByteArray *wrong, const char *message)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    put_packet(file, false, BLOCK_EPB, 0, "good");
    guint good = file->len;
    g_byte_array_append(file, wrong->data, wrong->len);
    struct capture *capture = open_bytes(file);
    while (!b.is_packet)
        g_assert_true(next(capture, &b));
    g_assert_null(capture_damage(capture));
    g_assert_true(next(capture, &b));
    g_assert_true(b.damaged && !b.is_packet && b.packet == 0 && b.type == 0);
    assert_bytes(b.data, b.len, file->data + good, wrong->len);
    g_assert_false(next(capture, &b));
    g_assert_cmpstr(capture_damage(capture), ==, message);
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
    g_byte_array_free(wrong, TRUE);
}

static GByteArray *bad_header(uint32_t type, uint32_t len)
{
    GByteArray *wrong = g_byte_array_new();
    build_32(wrong, false, type);
    build_32(wrong, false, len);
    build_32(wrong, false, len);
    build_64(wrong, false, 0);
    return wrong;
}

static void test_bad_lengths(void)
{
    check_damage(bad_header(6, 0), "byte 84: block length 0, wanted 12 to 134217728");
    check_damage(bad_header(6, 11), "byte 84: block length 11, wanted 12 to 134217728");
    check_damage(bad_header(6, H2T_MAX_BLOCK + 1),
                 "byte 84: block length 134217729, wanted 12 to 134217728");
    check_damage(bad_header(6, UINT32_MAX),
                 "byte 84: block length 4294967295, wanted 12 to 134217728");
    check_damage(bad_header(6, H2T_MAX_BLOCK),
                 "byte 84: cut short in the middle of a block: 20 bytes of 134217728 are there");
    check_damage(bad_header(6, 16), "byte 84: block length is 16 at its begin and 0 at its end");
}

static void test_cut_short(void)
{
    for (guint left = 1; left < 36; left++) {
        GByteArray *wrong = g_byte_array_new();
        put_packet(wrong, false, BLOCK_EPB, 0, "tail");
        g_assert_cmpuint(wrong->len, ==, 36);
        g_byte_array_set_size(wrong, left);
        char *message =
            g_strdup_printf("byte 84: cut short in the middle of a block: %u bytes of %u are there",
                            left, left < 12 ? 12 : 36);
        check_damage(wrong, message);
        g_free(message);
    }
}

static void test_bad_section(void)
{
    GByteArray *wrong = g_byte_array_new();
    build_block(wrong, false, BLOCK_SHB, "\1\2\3\4aaaabbbbcccc", 16);
    check_damage(wrong, "byte 84: section header with byte-order magic 0x04030201, wanted "
                        "0x1a2b3c4d");
    wrong = g_byte_array_new();
    build_block(wrong, true, BLOCK_SHB, "\x1a\x2b\x3c\x4d", 4);
    check_damage(wrong, "byte 84: section header of 16 bytes, wanted at least 28");
    wrong = g_byte_array_new();
    build_shb(wrong, true, -1, NULL);
    wrong->data[13] = 2;
    check_damage(wrong, "byte 84: section of version 2.0, wanted 1.x");
}

/* The tail is larger than a piece: nothing of it is lost, and memory stays small. */
static void test_long_tail(void)
{
    GByteArray *file = start_file(false);
    guint good = file->len;
    g_byte_array_set_size(file, good + (3 << 20) + 5);
    for (guint i = good; i < file->len; i++)
        file->data[i] = (uint8_t)(i * 7);
    memset(file->data + good, 0, 8);
    struct capture *capture = open_bytes(file);
    g_assert_cmpuint(walk_all(capture, file), ==, 0);
    g_assert_cmpstr(capture_damage(capture), ==, "byte 48: block length 0, wanted 12 to 134217728");
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

/* Wherever a file is broken, all of its bytes come by, once. */
static void test_random_damage(void)
{
    for (uint32_t seed = 1; seed <= 60; seed++) {
        struct pcapng_gen_plan plan = {.seed = seed, .n_blocks = 100};
        GByteArray *file = pcapng_gen(&plan);
        GRand *rand = g_rand_new_with_seed(seed);
        gint32 first = file->data[file->data[4] ? 4 : 7]; /* its section header stays whole */
        for (unsigned i = 0; i < seed % 7; i++)
            file->data[g_rand_int_range(rand, first, (gint32)file->len)] =
                (uint8_t)g_rand_int(rand);
        if (seed % 3 == 0)
            g_byte_array_set_size(file, (guint)g_rand_int_range(rand, 500, (gint32)file->len));
        struct capture *capture = open_bytes(file);
        walk_all(capture, file);
        capture_close(&capture);
        g_rand_free(rand);
        g_byte_array_free(file, TRUE);
    }
}

/* A block that contradicts itself is copied, is no packet, and reading goes on behind it. */
static void check_refused(uint32_t type, const uint8_t *body, size_t len, const char *message)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    build_block(file, false, type, body, len);
    put_packet(file, false, BLOCK_EPB, 0, "after");
    struct capture *capture = open_bytes(file);
    while (b.type != type)
        g_assert_true(next(capture, &b));
    if (type == BLOCK_IDB)
        g_assert_true(next(capture, &b));
    g_assert_false(b.is_packet || b.annotatable || b.damaged || b.packet);
    g_assert_true(next(capture, &b));
    expect_packet(&b, 1, "after");
    g_assert_cmpstr(capture_damage(capture), ==, message);
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

static void test_refused_blocks(void)
{
    uint8_t body[24] = {1};
    check_refused(BLOCK_EPB, body, 24,
                  "byte 48: packet of interface 1, but the section has 1 so far");
    check_refused(BLOCK_PB, body, 24,
                  "byte 48: packet of interface 1, but the section has 1 so far");
    check_refused(BLOCK_EPB, body, 16, "byte 48: packet block of 28 bytes, wanted at least 32");
    check_refused(BLOCK_SPB, body, 0,
                  "byte 48: simple packet block of 12 bytes, wanted at least 16");
    check_refused(BLOCK_SPB, body, 4, "byte 48: packet of 1 bytes in a block with room for 0");
    body[0] = 0;
    body[12] = 5;
    check_refused(BLOCK_EPB, body, 24, "byte 48: packet of 5 bytes in a block with room for 4");
    memset(body + 12, 0xFF, 4);
    check_refused(BLOCK_PB, body, 24,
                  "byte 48: packet of 4294967295 bytes in a block with room for 4");
}

static void test_short_interface(void)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    build_block(file, false, BLOCK_IDB, "\1\0\0\0", 4);
    put_packet(file, false, BLOCK_EPB, 1, "whose?");
    struct capture *capture = open_bytes(file);
    while (next(capture, &b))
        g_assert_false(b.is_packet);
    g_assert_cmpstr(capture_damage(capture), ==,
                    "byte 48: interface description of 16 bytes, wanted at least 20");
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

static void test_many_interfaces(void)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    for (unsigned i = 1; i < H2T_MAX_INTERFACES + 1; i++)
        build_idb(file, false, 1, 0, NULL);
    put_packet(file, false, BLOCK_EPB, H2T_MAX_INTERFACES - 1, "last");
    put_packet(file, false, BLOCK_EPB, H2T_MAX_INTERFACES, "one too many");
    struct capture *capture = open_bytes(file);
    while (!b.is_packet)
        g_assert_true(next(capture, &b));
    expect_packet(&b, 1, "last");
    g_assert_true(next(capture, &b));
    g_assert_false(b.is_packet);
    g_assert_nonnull(strstr(capture_damage(capture), "more than 65536 interfaces"));
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

/* What is wrong stays known while the capture is walked again. */
static void test_rewind_keeps_damage(void)
{
    GByteArray *file = start_file(false);
    build_32(file, false, 6);
    struct capture *capture = open_bytes(file);
    walk_all(capture, file);
    g_assert_true(capture_rewind(capture, NULL));
    g_assert_cmpstr(capture_damage(capture), ==,
                    "byte 48: cut short in the middle of a block: 4 bytes of 12 are there");
    walk_all(capture, file);
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    g_test_add_func("/capture/damage/bad-lengths", test_bad_lengths);
    g_test_add_func("/capture/damage/cut-short", test_cut_short);
    g_test_add_func("/capture/damage/bad-section", test_bad_section);
    g_test_add_func("/capture/damage/long-tail", test_long_tail);
    g_test_add_func("/capture/damage/random-damage", test_random_damage);
    g_test_add_func("/capture/damage/refused-blocks", test_refused_blocks);
    g_test_add_func("/capture/damage/short-interface", test_short_interface);
    g_test_add_func("/capture/damage/many-interfaces", test_many_interfaces);
    g_test_add_func("/capture/damage/rewind-keeps-damage", test_rewind_keeps_damage);
    int rc = g_test_run();
    scratch_fini();
    return rc;
}
