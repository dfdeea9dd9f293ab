/* SPDX-License-Identifier: MIT */
/* Comments into blocks and out again: the bytes must be those from before. */
#include "annotator/capture/edit.h"
#include "annotator/capture/order.h"
#include "tests/random/pcapng_gen.h"
#include "tests/unit/pcapng_build.h"
#include "tests/unit/scratch.h"

#define OURS "h2a request req=r1 #c0de"
#define OURS_VARIANT "h2a+ request req=r1 #c0de"

/* The generator has strangers' comments that begin like these. */
static const char *const our_texts[] = {OURS, OURS_VARIANT, "h2a end", "h2a+ end", NULL};

static bool is_ours(const char *text, size_t len, bool *variant)
{
    *variant = len > 3 && memcmp(text, "h2a+", 4) == 0;
    for (const char *const *ours = our_texts; *ours; ours++)
        if (strlen(*ours) == len && memcmp(*ours, text, len) == 0)
            return true;
    return false;
}

static void annotate(const struct block *block, const GByteArray *stripped, unsigned n,
                     GByteArray *out)
{
    bool variant =
        block_wants_variant(stripped->data, stripped->len, block->options, block->big_endian);
    GString *texts[] = {g_string_new(variant ? OURS_VARIANT : OURS),
                        g_string_new(variant ? "h2a+ end" : "h2a end")};
    g_assert_cmpuint(n, <=, G_N_ELEMENTS(texts));
    g_assert_true(block_annotate(stripped->data, stripped->len, block->options, block->big_endian,
                                 (const GString *const *)texts, n, out));
    g_string_free(texts[0], TRUE);
    g_string_free(texts[1], TRUE);
}

/* `bytes` as a block of the same kind. */
static struct block replaced(const struct block *block, const GByteArray *bytes)
{
    struct block other = *block;
    other.data = bytes->data;
    other.len = bytes->len;
    return other;
}

/* ---- Every way an option list can be -------------------------------------------------------- */

struct options_case {
    const char *before; /* c: somebody's comment, o: another option, E: end-of-options */
    const char *after;  /* the same with a: our comment, v: our comment in the variant form */
};

static const struct options_case cases[] = {
    {"", "aE"},      {"E", "vE"},       {"c", "ca"},     {"cE", "caE"},
    {"oco", "ocoa"}, {"ocoE", "ocoaE"}, {"occ", "occa"}, {"ooE", "ooaE"},
};

static GByteArray *make_options(const char *kinds, bool big)
{
    GByteArray *out = g_byte_array_new();
    for (; *kinds; kinds++)
        if (*kinds == 'c')
            build_option(out, big, 1, "h2a not ours", 9, 0xEE); /* padding is not zero */
        else if (*kinds == 'o')
            build_option(out, big, 0x8001, "ab", 2, 0x77);
        else if (*kinds == 'a')
            build_comment(out, big, OURS);
        else if (*kinds == 'v')
            build_comment(out, big, OURS_VARIANT);
        else
            build_end(out, big);
    return out;
}

/* A packet block with these options; `*block` describes it. */
static GByteArray *make_block(uint32_t type, bool big, const char *kinds, struct block *block)
{
    GByteArray *out = g_byte_array_new(), *options = make_options(kinds, big);
    build_packet(out, big,
                 &(struct build_packet){
                     .type = type, .bytes = "12345", .caplen = 5, .pad = 0xAA, .options = options});
    g_byte_array_free(options, TRUE);
    *block = (struct block){.type = type,
                            .data = out->data,
                            .len = out->len,
                            .big_endian = big,
                            .options = 36,
                            .annotatable = true,
                            .is_packet = true};
    return out;
}

static void check_case(const struct options_case *c, uint32_t type, bool big)
{
    struct block block, annotated;
    GByteArray *before = make_block(type, big, c->before, &block);
    GByteArray *after = make_block(type, big, c->after, &annotated);
    GByteArray *out = g_byte_array_new();
    annotate(&block, before, 1, out);
    assert_bytes(out->data, out->len, after->data, after->len);
    g_byte_array_set_size(out, 0);
    g_assert_cmpuint(block_strip(&annotated, is_ours, out), ==, 1);
    assert_bytes(out->data, out->len, before->data, before->len);
    g_byte_array_set_size(out, 0);
    g_assert_cmpuint(block_strip(&block, is_ours, out), ==, 0);
    assert_bytes(out->data, out->len, before->data, before->len);
    g_byte_array_free(before, TRUE);
    g_byte_array_free(after, TRUE);
    g_byte_array_free(out, TRUE);
}

static void test_cases(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        check_case(&cases[i], BLOCK_EPB, false);
        check_case(&cases[i], BLOCK_EPB, true);
        check_case(&cases[i], BLOCK_PB, false);
        check_case(&cases[i], BLOCK_PB, true);
    }
}

/* Ours may stand anywhere when somebody else has written the file again. */
static void check_stripped(const char *before, const char *after, unsigned n)
{
    struct block block, clean;
    GByteArray *in = make_block(BLOCK_EPB, true, before, &block);
    GByteArray *wanted = make_block(BLOCK_EPB, true, after, &clean);
    GByteArray *out = g_byte_array_new();
    g_assert_cmpuint(block_strip(&block, is_ours, out), ==, n);
    assert_bytes(out->data, out->len, wanted->data, wanted->len);
    g_byte_array_free(in, TRUE);
    g_byte_array_free(wanted, TRUE);
    g_byte_array_free(out, TRUE);
}

static void test_strip(void)
{
    check_stripped("acaoaE", "coE", 3);
    check_stripped("aoc", "oc", 1);
    check_stripped("a", "", 1);
    check_stripped("aaE", "", 2);
    check_stripped("vvE", "E", 2);
    check_stripped("avE", "E", 2);
    check_stripped("v", "", 1);
    check_stripped("vcE", "cE", 1);
}

static void test_wants_variant(void)
{
    static const char *const no[] = {"", "c", "cE", "EE", "o"};
    struct block block;
    GByteArray *bytes = make_block(BLOCK_EPB, true, "E", &block);
    g_assert_true(block_wants_variant(bytes->data, bytes->len, 36, true));
    g_byte_array_free(bytes, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(no); i++) {
        bytes = make_block(BLOCK_EPB, true, no[i], &block);
        g_assert_false(block_wants_variant(bytes->data, bytes->len, 36, true));
        g_byte_array_free(bytes, TRUE);
    }
}

/* Not to be read to the end: copied as it is, ours or not. */
static void test_malformed(void)
{
    struct block block;
    GByteArray *out = g_byte_array_new();
    GByteArray *behind = make_block(BLOCK_EPB, false, "aEa", &block);
    g_assert_cmpuint(block_strip(&block, is_ours, out), ==, 0);
    assert_bytes(out->data, out->len, behind->data, behind->len);
    g_byte_array_free(behind, TRUE);
    g_byte_array_set_size(out, 0);
    GByteArray *overrun = make_block(BLOCK_EPB, false, "ao", &block);
    overrun->data[overrun->len - 4 - 6] = 5;
    g_assert_cmpuint(block_strip(&block, is_ours, out), ==, 0);
    assert_bytes(out->data, out->len, overrun->data, overrun->len);
    g_byte_array_free(overrun, TRUE);
    g_byte_array_free(out, TRUE);
}

/* ---- Limits --------------------------------------------------------------------------------- */

static bool annotate_with(const GByteArray *block, size_t comment_len, unsigned n, GByteArray *out)
{
    GString *text = g_string_new(NULL);
    g_string_set_size(text, comment_len);
    memset(text->str, 'x', comment_len);
    const GString **texts = g_new(const GString *, n);
    for (unsigned i = 0; i < n; i++)
        texts[i] = text;
    bool fits = block_annotate(block->data, block->len, 36, false, texts, n, out);
    g_free(texts);
    g_string_free(text, TRUE);
    return fits;
}

static void test_limits(void)
{
    struct block block;
    GByteArray *bytes = make_block(BLOCK_EPB, false, "cE", &block);
    GByteArray *out = g_byte_array_new();
    g_assert_true(annotate_with(bytes, 65535, 1, out));
    g_assert_cmpuint(out->len, ==, bytes->len + 4 + 65536);
    g_byte_array_set_size(out, 0);
    g_assert_false(annotate_with(bytes, 65536, 1, out));
    g_assert_cmpuint(out->len, ==, 0);
    unsigned fit = (MAX_ANNOTATED_BLOCK - (unsigned)bytes->len) / (4 + 65532);
    g_assert_true(annotate_with(bytes, 65532, fit, out));
    g_assert_cmpuint(out->len, <=, MAX_ANNOTATED_BLOCK);
    g_byte_array_set_size(out, 0);
    g_assert_false(annotate_with(bytes, 65532, fit + 1, out));
    g_assert_cmpuint(out->len, ==, 0);
    g_assert_true(annotate_with(bytes, 9, 0, out));
    assert_bytes(out->data, out->len, bytes->data, bytes->len);
    g_byte_array_free(bytes, TRUE);
    g_byte_array_free(out, TRUE);
}

/* ---- Decryption Secrets Blocks -------------------------------------------------------------- */

static struct block as_block(const GByteArray *bytes, size_t options, bool big)
{
    return (struct block){.type = BLOCK_DSB,
                          .data = bytes->data,
                          .len = bytes->len,
                          .big_endian = big,
                          .options = options};
}

static void check_dsb(const char *keys, bool big)
{
    size_t len;
    GByteArray *dsb = g_byte_array_new(), *stripped = g_byte_array_new();
    g_byte_array_append(dsb, (const uint8_t *)"before", 6);
    g_assert_true(block_make_dsb(keys, strlen(keys), OURS, big, dsb));
    g_byte_array_remove_range(dsb, 0, 6);
    g_assert_cmpuint(order_get32(dsb->data, big), ==, BLOCK_DSB);
    g_assert_cmpuint(order_get32(dsb->data + 4, big), ==, dsb->len);
    g_assert_cmpuint(order_get32(dsb->data + dsb->len - 4, big), ==, dsb->len);
    struct block block = as_block(dsb, 16 + order_pad4(strlen(keys)), big);
    const char *found = block_dsb_keys(&block, &len);
    assert_bytes(found, len, keys, strlen(keys));
    g_assert_cmpuint(block_strip(&block, is_ours, stripped), ==, 1);
    g_assert_cmpuint(stripped->len, ==, 20 + order_pad4(strlen(keys)));
    g_byte_array_free(dsb, TRUE);
    g_byte_array_free(stripped, TRUE);
}

static void test_dsb(void)
{
    check_dsb("CLIENT_RANDOM 00 11\n", false);
    check_dsb("CLIENT_RANDOM 00 1\n", true);
    check_dsb("", true);
}

static void expect_no_keys(const GByteArray *dsb)
{
    size_t len;
    struct block block = as_block(dsb, 0, false);
    g_assert_null(block_dsb_keys(&block, &len));
}

static void test_dsb_without_keys(void)
{
    GByteArray *dsb = g_byte_array_new();
    g_assert_true(block_make_dsb("abcd", 4, OURS, false, dsb));
    dsb->data[12] = (uint8_t)(dsb->len - 20 + 1); /* longer than the block */
    expect_no_keys(dsb);
    dsb->data[12] = 4;
    dsb->data[8] ^= 1; /* another secrets type */
    expect_no_keys(dsb);
    g_byte_array_set_size(dsb, 0);
    build_block(dsb, false, BLOCK_DSB, "KLST", 4);
    expect_no_keys(dsb);
    struct block damaged = {.type = BLOCK_DSB, .data = dsb->data, .len = dsb->len, .damaged = true};
    size_t len;
    g_assert_null(block_dsb_keys(&damaged, &len));
    g_byte_array_free(dsb, TRUE);
}

static void test_dsb_limits(void)
{
    GByteArray *dsb = g_byte_array_new();
    char *keys = g_malloc0(MAX_DSB_KEYS + 1), *comment = g_strnfill(65536, 'c');
    g_assert_false(block_make_dsb(keys, MAX_DSB_KEYS + 1, OURS, false, dsb));
    g_assert_false(block_make_dsb(keys, 1, comment, false, dsb));
    g_assert_cmpuint(dsb->len, ==, 0);
    g_assert_true(block_make_dsb(keys, MAX_DSB_KEYS, comment + 1, false, dsb));
    g_assert_cmpuint(dsb->len, <=, MAX_ANNOTATED_BLOCK);
    g_free(keys);
    g_free(comment);
    g_byte_array_free(dsb, TRUE);
}

/* ---- Random files --------------------------------------------------------------------------- */

struct tally {
    unsigned blocks, annotated, held_ours;
};

/* annotate(strip(block)), stripped again, is strip(block); and that is the block if it had none of
 * ours. Appends both forms. */
static void check_round(const struct block *block, struct tally *tally, GByteArray *stripped,
                        GByteArray *annotated)
{
    GByteArray *plain = g_byte_array_new(), *marked = g_byte_array_new();
    GByteArray *again = g_byte_array_new();
    unsigned n = block_strip(block, is_ours, plain);
    if (n == 0)
        assert_bytes(plain->data, plain->len, block->data, block->len);
    if (block->annotatable) {
        unsigned wanted = tally->annotated++ % 2 + 1;
        annotate(block, plain, wanted, marked);
        struct block other = replaced(block, marked);
        g_assert_cmpuint(block_strip(&other, is_ours, again), ==, wanted);
        assert_bytes(again->data, again->len, plain->data, plain->len);
    } else {
        g_byte_array_append(marked, plain->data, plain->len);
    }
    tally->blocks++;
    tally->held_ours += n > 0;
    g_byte_array_append(stripped, plain->data, plain->len);
    g_byte_array_append(annotated, marked->data, marked->len);
    g_byte_array_free(plain, TRUE);
    g_byte_array_free(marked, TRUE);
    g_byte_array_free(again, TRUE);
}

static struct capture *open_bytes(const char *name, const GByteArray *bytes)
{
    GError *error = NULL;
    char *path = scratch_write(name, bytes->data, bytes->len);
    struct capture *capture = capture_open(path, &error);
    g_assert_no_error(error);
    g_free(path);
    return capture;
}

/* A whole file that was annotated is read as the same packets, and stripped it is `stripped`. */
static void check_file(const GByteArray *stripped, const GByteArray *annotated)
{
    struct block a, b;
    GByteArray *out = g_byte_array_new();
    struct capture *before = open_bytes("before", stripped),
                   *after = open_bytes("after", annotated);
    while (capture_next(before, &b, NULL)) {
        g_assert_true(capture_next(after, &a, NULL));
        g_assert_true(a.type == b.type && a.packet == b.packet && a.ns == b.ns);
        g_assert_true(a.annotatable == b.annotatable && a.options == b.options);
        assert_bytes(a.bytes, a.caplen, b.bytes, b.caplen);
        block_strip(&a, is_ours, out);
    }
    g_assert_false(capture_next(after, &a, NULL));
    g_assert_null(capture_damage(after));
    assert_bytes(out->data, out->len, stripped->data, stripped->len);
    capture_close(&before);
    capture_close(&after);
    g_byte_array_free(out, TRUE);
}

static void check_seed(uint32_t seed, struct tally *tally)
{
    struct block block;
    struct pcapng_gen_plan plan = {.seed = seed, .n_blocks = 400};
    if (seed % 2)
        plan.ours = our_texts;
    GByteArray *file = pcapng_gen(&plan);
    GByteArray *stripped = g_byte_array_new(), *annotated = g_byte_array_new();
    struct capture *capture = open_bytes("file", file);
    while (capture_next(capture, &block, NULL))
        check_round(&block, tally, stripped, annotated);
    if (!plan.ours)
        assert_bytes(stripped->data, stripped->len, file->data, file->len);
    check_file(stripped, annotated);
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
    g_byte_array_free(stripped, TRUE);
    g_byte_array_free(annotated, TRUE);
}

static void test_random(void)
{
    struct tally tally = {0};
    for (uint32_t seed = 1; seed <= 60; seed++)
        check_seed(seed, &tally);
    g_test_message("%u blocks, %u annotated, %u held ours", tally.blocks, tally.annotated,
                   tally.held_ours);
    g_assert_cmpuint(tally.annotated, >, 2000);
    g_assert_cmpuint(tally.held_ours, >, 500);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    g_test_add_func("/options/cases", test_cases);
    g_test_add_func("/options/strip", test_strip);
    g_test_add_func("/options/wants-variant", test_wants_variant);
    g_test_add_func("/options/malformed", test_malformed);
    g_test_add_func("/options/limits", test_limits);
    g_test_add_func("/options/dsb", test_dsb);
    g_test_add_func("/options/dsb-without-keys", test_dsb_without_keys);
    g_test_add_func("/options/dsb-limits", test_dsb_limits);
    g_test_add_func("/options/random", test_random);
    int rc = g_test_run();
    scratch_fini();
    return rc;
}
