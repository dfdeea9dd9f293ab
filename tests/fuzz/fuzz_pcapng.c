/* SPDX-License-Identifier: MIT */
/*
 * A pcapng file: the walk loses no byte, a second one sees the same, and comments that are added to
 * a block can be taken out again without a trace.
 */
#include "annotator/capture/edit.h"
#include "annotator/capture/pcapng_read.h"
#include "annotator/capture/section.h"
#include "core/comment.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

struct reading {
    struct bytes all;
    size_t pos;
};

static ssize_t pull(void *user, uint8_t *buf, size_t len, GError **error)
{
    struct reading *reading = user;
    (void)error;
    size_t n = MIN(len, reading->all.len - reading->pos);
    if (n)
        memcpy(buf, reading->all.data + reading->pos, n);
    reading->pos += n;
    return (ssize_t)n;
}

static GString *comment(const char *word, bool variant)
{
    GString *text = g_string_new(NULL);
    h2t_comment_begin(text, word);
    h2t_comment_add(text, "req", "r1");
    h2t_comment_end(text, variant);
    return text;
}

static void assert_equal(const GByteArray *a, const GByteArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    g_assert_true(!a->len || !memcmp(a->data, b->data, a->len));
}

/* `bytes` as the block that `like` was. */
static struct block block_of(const struct block *like, const GByteArray *bytes)
{
    struct block block = *like;
    block.data = bytes->data;
    block.len = bytes->len;
    return block;
}

/* Annotated once, twice, and stripped again. `stripped` has none of ours. */
static void annotate(const struct block *block, const GByteArray *stripped)
{
    bool big = block->big_endian;
    bool variant = block_wants_variant(stripped->data, stripped->len, block->options, big);
    GString *const texts[] = {comment("request", variant), comment("end", variant)};
    const GString *const *comments = (const GString *const *)texts;
    GByteArray *once = g_byte_array_new(), *back = g_byte_array_new(), *twice = g_byte_array_new();
    if (block_annotate(stripped->data, stripped->len, block->options, big, comments, 2, once)) {
        struct block annotated = block_of(block, once);
        g_assert_cmpuint(block_strip(&annotated, h2t_comment_is_ours, back), ==, 2);
        assert_equal(back, stripped);
        g_assert_true(
            block_annotate(back->data, back->len, block->options, big, comments, 2, twice));
        assert_equal(twice, once);
    }
    g_byte_array_unref(once);
    g_byte_array_unref(back);
    g_byte_array_unref(twice);
    g_string_free(texts[0], TRUE);
    g_string_free(texts[1], TRUE);
}

static void edit(const struct block *block)
{
    GByteArray *stripped = g_byte_array_new(), *again = g_byte_array_new();
    unsigned ours = block_strip(block, h2t_comment_is_ours, stripped);
    g_assert_cmpuint(stripped->len, <=, block->len);
    if (!ours)
        g_assert_true(stripped->len == block->len &&
                      !memcmp(stripped->data, block->data, block->len));
    struct block bare = block_of(block, stripped);
    g_assert_cmpuint(block_strip(&bare, h2t_comment_is_ours, again), ==, 0);
    if (block->annotatable)
        annotate(block, stripped);
    g_byte_array_unref(stripped);
    g_byte_array_unref(again);
}

/* The block once more, where ASan sees a byte too many: not inside of the reader's buffer. */
static void alone(struct section *section, const struct block *seen)
{
    g_autofree uint8_t *copy = g_memdup2(seen->data, seen->len);
    struct block block = {.data = copy, .len = seen->len, .type = seen->type, .selected = true};
    if (seen->type == BLOCK_SHB)
        section_start(section, seen->big_endian);
    g_free(section_understand(section, &block));
    g_assert_cmpuint(block.packet, ==, seen->packet);
    g_assert_cmpuint(block.options, ==, seen->options);
    g_assert_cmpint(block.ns, ==, seen->ns);
    if (block.is_packet)
        fuzz_touch(block.bytes, block.caplen);
    size_t len;
    const char *keys = block_dsb_keys(&block, &len);
    if (keys)
        fuzz_touch(keys, len);
    edit(&block);
}

static uint32_t walk(struct pcapng_read *reader, struct bytes all, bool look)
{
    struct section section;
    struct block block;
    GError *error = NULL;
    size_t at = 0;
    uint32_t packets = 0;
    section_init(&section);
    while (pcapng_read_next(reader, &block, &error)) {
        g_assert_cmpuint(block.len, >, 0);
        /* a length that is no multiple of four is rounded up, be the padding there or not */
        g_assert_cmpuint(at + block.len, <=, all.len);
        g_assert_true(!memcmp(block.data, all.data + at, block.len));
        at += block.len;
        if (block.packet)
            g_assert_cmpuint(block.packet, ==, ++packets);
        if (look && !block.damaged)
            alone(&section, &block);
    }
    g_assert_no_error(error);
    g_assert_cmpuint(at, ==, all.len);
    section_fini(&section);
    return packets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading reading = {.all = {data, size}};
    struct pcapng_read *reader = pcapng_read_new(pull, &reading);
    uint32_t packets = walk(reader, reading.all, true);
    if (pcapng_read_damage(reader))
        fuzz_assert_line(pcapng_read_damage(reader));
    reading.pos = 0;
    pcapng_read_restart(reader);
    g_assert_cmpuint(walk(reader, reading.all, false), ==, packets);
    pcapng_read_free(&reader);
    return 0;
}
