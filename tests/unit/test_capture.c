/* SPDX-License-Identifier: MIT */
/* pcapng files block by block. */
#include "tests/random/pcapng_gen.h"
#include "tests/unit/walk.h"

static void check_packets(bool big)
{
    struct block b;
    GByteArray *file = start_file(big);
    put_packet(file, big, BLOCK_EPB, 0, "first");
    put_packet(file, big, BLOCK_PB, 0, "second packet");
    put_packet(file, big, BLOCK_EPB, 0, "");
    struct capture *capture = open_bytes(file);
    g_assert_true(next(capture, &b) && b.type == BLOCK_SHB && b.big_endian == big);
    g_assert_cmpuint(b.packet, ==, 0);
    g_assert_true(next(capture, &b) && b.type == BLOCK_IDB && !b.is_packet);
    g_assert_true(next(capture, &b) && b.type == BLOCK_EPB);
    expect_packet(&b, 1, "first");
    g_assert_cmpint(b.ns, ==, (int64_t)STAMP * 1000);
    g_assert_true(b.annotatable);
    g_assert_cmpuint(b.options, ==, b.len - 4);
    g_assert_true(next(capture, &b) && b.type == BLOCK_PB);
    expect_packet(&b, 2, "second packet");
    g_assert_true(b.annotatable);
    g_assert_true(next(capture, &b));
    expect_packet(&b, 3, "");
    g_assert_false(next(capture, &b));
    g_assert_null(capture_damage(capture));
    g_assert_false(capture_converted(capture));
    capture_close(&capture);
    g_assert_null(capture);
    g_byte_array_free(file, TRUE);
}

static void test_packets(void)
{
    check_packets(false);
    check_packets(true);
}

/* Every section has its own order and its own interfaces; ours are numbered through. */
static void test_sections(void)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    put_packet(file, false, BLOCK_EPB, 0, "a");
    build_shb(file, true, -1, NULL);
    build_idb(file, true, 101, 0, NULL);
    build_idb(file, true, 113, 0, NULL);
    put_packet(file, true, BLOCK_EPB, 1, "b");
    struct capture *capture = open_bytes(file);
    while (!b.is_packet)
        g_assert_true(next(capture, &b));
    g_assert_cmpuint(b.section, ==, 0);
    g_assert_cmpuint(b.interface, ==, 0);
    g_assert_cmpuint(b.link_type, ==, 1);
    g_assert_true(next(capture, &b));
    g_assert_cmpuint(b.section, ==, 1);
    g_assert_true(b.big_endian);
    while (!b.is_packet)
        g_assert_true(next(capture, &b));
    expect_packet(&b, 2, "b");
    g_assert_cmpuint(b.interface, ==, 2);
    g_assert_cmpuint(b.link_type, ==, 113);
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

static void test_simple_packet(void)
{
    struct block b = {0};
    GByteArray *file = g_byte_array_new();
    build_shb(file, false, -1, NULL);
    build_idb(file, false, 1, 6, NULL);
    build_packet(
        file, false,
        &(struct build_packet){.type = BLOCK_SPB, .bytes = "simple", .caplen = 6, .wirelen = 1500});
    struct capture *capture = open_bytes(file);
    while (!b.is_packet)
        g_assert_true(next(capture, &b));
    g_assert_cmpuint(b.packet, ==, 1);
    g_assert_cmpuint(b.caplen, ==, 6);
    g_assert_cmpuint(b.wirelen, ==, 1500);
    g_assert_true(b.ns == H2T_NEVER);
    g_assert_false(b.annotatable);
    g_assert_cmpuint(b.options, ==, 0);
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

/* As counted in tshark 4.0 and 4.4; section.h has the list. */
static void test_frame_numbers(void)
{
    static const struct {
        uint32_t type;
        bool frame;
    } kinds[] = {
        {4, false},          {5, false},         {7, false},    {8, false},
        {9, true},           {10, false},        {0x204, true}, {0x208, false},
        {0x216, true},       {0x217, false},     {0x221, true}, {0x222, false},
        {0xBAD, true},       {0x40000BAD, true}, {0x99, false}, {0x80000001, false},
        {0x80000099, false},
    };
    static const uint8_t body[40];
    struct block b;
    GByteArray *file = start_file(false);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        build_block(file, false, kinds[i].type, body, sizeof body);
    struct capture *capture = open_bytes(file);
    g_assert_true(next(capture, &b) && next(capture, &b));
    uint32_t frames = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_assert_true(next(capture, &b));
        g_assert_cmphex(b.type, ==, kinds[i].type);
        g_assert_cmpuint(b.packet, ==, kinds[i].frame ? ++frames : 0);
        g_assert_false(b.is_packet || b.annotatable);
    }
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

static void check_options(const GByteArray *options, bool annotatable)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    build_packet(
        file, false,
        &(struct build_packet){.type = BLOCK_EPB, .bytes = "x", .caplen = 1, .options = options});
    struct capture *capture = open_bytes(file);
    while (!b.is_packet)
        g_assert_true(next(capture, &b));
    g_assert_true(b.annotatable == annotatable);
    g_assert_cmpuint(b.options, ==, 32);
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

static void test_annotatable(void)
{
    GByteArray *options = g_byte_array_new();
    build_comment(options, false, "no end");
    check_options(options, true);
    build_end(options, false);
    check_options(options, true);
    build_comment(options, false, "behind the end");
    check_options(options, false);
    g_byte_array_set_size(options, 0);
    build_option(options, false, 0, "late", 4, 0);
    check_options(options, false);
    g_byte_array_set_size(options, 0);
    build_end(options, false);
    options->data[2] = 4; /* its value is not there */
    check_options(options, false);
    g_byte_array_set_size(options, 0);
    build_comment(options, false, "12345678");
    options->data[2] = 9; /* one byte more than there is */
    check_options(options, false);
    g_byte_array_free(options, TRUE);
}

/* Lengths that are this much too small, and rounded up again. */
static void check_odd_length(uint8_t first, uint8_t second)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    guint at = file->len;
    put_packet(file, false, BLOCK_EPB, 0, "123456");
    file->data[at + 4] = (uint8_t)(file->data[at + 4] - first);
    file->data[file->len - 4] = (uint8_t)(file->data[file->len - 4] - second);
    put_packet(file, false, BLOCK_EPB, 0, "after");
    struct capture *capture = open_bytes(file);
    while (!b.is_packet)
        g_assert_true(next(capture, &b));
    expect_packet(&b, 1, "123456");
    g_assert_false(b.annotatable);
    g_assert_true(next(capture, &b));
    expect_packet(&b, 2, "after");
    g_assert_null(capture_damage(capture));
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

/* A length that is no multiple of four: read as Wireshark does, but never rewritten. */
static void test_odd_length(void)
{
    check_odd_length(2, 1);
    check_odd_length(2, 0);
    check_odd_length(0, 2);
}

/* ---- Limits and rewinding ------------------------------------------------------------------- */

static void test_large_block(void)
{
    GByteArray *file = start_file(true);
    uint8_t *body = g_malloc0(5 << 20);
    memset(body, 0x5A, 5 << 20);
    put_packet(file, true, BLOCK_EPB, 0, "before");
    build_block(file, true, 0x99, body, 5 << 20);
    put_packet(file, true, BLOCK_EPB, 0, "behind");
    struct capture *capture = open_bytes(file);
    g_assert_cmpuint(walk_all(capture, file), ==, 2);
    g_assert_null(capture_damage(capture));
    capture_close(&capture);
    g_free(body);
    g_byte_array_free(file, TRUE);
}

static void test_rewind(void)
{
    struct pcapng_gen_plan plan = {.seed = 7, .n_blocks = 3000};
    GError *error = NULL;
    GByteArray *file = pcapng_gen(&plan);
    struct capture *capture = open_bytes(file);
    uint32_t packets = walk_all(capture, file);
    g_assert_true(capture_rewind(capture, &error));
    g_assert_cmpuint(walk_all(capture, file), ==, packets);
    uint64_t done, size;
    capture_progress(capture, &done, &size);
    g_assert_cmpuint(done, ==, file->len);
    g_assert_cmpuint(size, ==, file->len);
    g_assert_null(capture_damage(capture));
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    g_test_add_func("/capture/packets", test_packets);
    g_test_add_func("/capture/sections", test_sections);
    g_test_add_func("/capture/simple-packet", test_simple_packet);
    g_test_add_func("/capture/frame-numbers", test_frame_numbers);
    g_test_add_func("/capture/annotatable", test_annotatable);
    g_test_add_func("/capture/odd-length", test_odd_length);
    g_test_add_func("/capture/large-block", test_large_block);
    g_test_add_func("/capture/rewind", test_rewind);
    int rc = g_test_run();
    scratch_fini();
    return rc;
}
