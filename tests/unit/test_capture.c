/* SPDX-License-Identifier: MIT */
/* pcapng files, whole and damaged, block by block. */
#include "annotator/capture/capture.h"
#include "tests/unit/pcapng_build.h"
#include "tests/unit/pcapng_gen.h"
#include "tests/unit/scratch.h"

#define STAMP 1700000000123456u /* microseconds */

static struct capture *open_bytes(const GByteArray *bytes)
{
    GError *error = NULL;
    char *path = scratch_write("in.pcapng", bytes->data, bytes->len);
    struct capture *capture = capture_open(path, &error);
    g_assert_no_error(error);
    g_free(path);
    return capture;
}

static void put_packet(GByteArray *out, bool big, uint32_t type, uint32_t interface,
                       const char *bytes)
{
    uint32_t len = (uint32_t)strlen(bytes);
    build_packet(out, big,
                 &(struct build_packet){.type = type,
                                        .interface = interface,
                                        .stamp = STAMP,
                                        .bytes = bytes,
                                        .caplen = len,
                                        .wirelen = len + 1});
}

static GByteArray *start_file(bool big)
{
    GByteArray *out = g_byte_array_new();
    build_shb(out, big, -1, NULL);
    build_idb(out, big, 1, 0, NULL);
    return out;
}

static bool next(struct capture *capture, struct block *block)
{
    GError *error = NULL;
    bool more = capture_next(capture, block, &error);
    g_assert_no_error(error);
    return more;
}

/* Walks to the end: all bytes must come by, in order. The last packet number. */
static uint32_t walk_all(struct capture *capture, const GByteArray *bytes)
{
    struct block block;
    size_t at = 0;
    uint32_t packet = 0;
    while (next(capture, &block)) {
        assert_bytes(block.data, block.len, bytes->data + at, MIN(block.len, bytes->len - at));
        at += block.len;
        if (block.packet)
            g_assert_cmpuint(block.packet, ==, ++packet);
    }
    g_assert_cmpuint(at, ==, bytes->len);
    return packet;
}

static void expect_packet(const struct block *block, uint32_t number, const char *bytes)
{
    g_assert_true(block->is_packet);
    g_assert_cmpuint(block->packet, ==, number);
    assert_bytes(block->bytes, block->caplen, bytes, strlen(bytes));
    g_assert_cmpuint(block->wirelen, ==, strlen(bytes) + 1);
    g_assert_true(block->selected);
}

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

/* A length that is no multiple of four: read as Wireshark does, but never rewritten. */
static void test_odd_length(void)
{
    struct block b = {0};
    GByteArray *file = start_file(false);
    guint at = file->len;
    put_packet(file, false, BLOCK_EPB, 0, "123456");
    file->data[at + 4] = (uint8_t)(file->data[at + 4] - 2);
    file->data[file->len - 4] = (uint8_t)(file->data[file->len - 4] - 1);
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

/* ---- Damage --------------------------------------------------------------------------------- */

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
    g_test_add_func("/capture/packets", test_packets);
    g_test_add_func("/capture/sections", test_sections);
    g_test_add_func("/capture/simple-packet", test_simple_packet);
    g_test_add_func("/capture/frame-numbers", test_frame_numbers);
    g_test_add_func("/capture/annotatable", test_annotatable);
    g_test_add_func("/capture/odd-length", test_odd_length);
    g_test_add_func("/capture/bad-lengths", test_bad_lengths);
    g_test_add_func("/capture/cut-short", test_cut_short);
    g_test_add_func("/capture/bad-section", test_bad_section);
    g_test_add_func("/capture/long-tail", test_long_tail);
    g_test_add_func("/capture/random-damage", test_random_damage);
    g_test_add_func("/capture/refused-blocks", test_refused_blocks);
    g_test_add_func("/capture/short-interface", test_short_interface);
    g_test_add_func("/capture/large-block", test_large_block);
    g_test_add_func("/capture/many-interfaces", test_many_interfaces);
    g_test_add_func("/capture/rewind", test_rewind);
    g_test_add_func("/capture/rewind-keeps-damage", test_rewind_keeps_damage);
    int rc = g_test_run();
    scratch_fini();
    return rc;
}
