/* SPDX-License-Identifier: MIT */
#include "annotator/capture/edit.h"
#include "annotator/capture/option_list.h"

#include <string.h>

#define TRAILER 4u /* a block ends with its length again */
#define MAX_OPTION_LEN 65535u
#define DSB_DATA 16u
#define DSB_TLS_KEY_LOG 0x544C534Bu

/* What block_strip has to know before it copies. */
struct census {
    unsigned ours, others;
    bool variant; /* one of ours says that an end-of-options stood alone */
    bool has_end;
};

static bool take_census(const uint8_t *area, size_t len, bool big, comment_is_ours_fn is_ours,
                        struct census *census)
{
    struct option_list list;
    struct option option;
    *census = (struct census){0};
    option_list_init(&list, area, len, big);
    while (option_list_next(&list, &option)) {
        bool variant = false;
        if (option.code == OPTION_COMMENT &&
            is_ours((const char *)option.value, option.len, &variant)) {
            census->ours++;
            census->variant |= variant;
        } else {
            census->others++;
        }
    }
    census->has_end = list.has_end;
    return !list.malformed;
}

/* The block that begins at `start` of `out` has got its end: writes both lengths. */
static void close_block(GByteArray *out, guint start, bool big)
{
    uint8_t length[TRAILER] = {0};
    g_byte_array_append(out, length, sizeof length);
    order_put32(out->data + out->len - TRAILER, out->len - start, big);
    order_put32(out->data + start + 4, out->len - start, big);
}

static void copy_others(const uint8_t *area, size_t len, bool big, comment_is_ours_fn is_ours,
                        GByteArray *out)
{
    struct option_list list;
    struct option option;
    bool variant;
    option_list_init(&list, area, len, big);
    while (option_list_next(&list, &option))
        if (option.code != OPTION_COMMENT ||
            !is_ours((const char *)option.value, option.len, &variant))
            g_byte_array_append(out, option.raw, (guint)option.raw_len);
}

static void put_option_header(GByteArray *out, uint16_t code, uint16_t len, bool big)
{
    uint8_t header[OPTION_HEADER];
    order_put16(header, code, big);
    order_put16(header + 2, len, big);
    g_byte_array_append(out, header, sizeof header);
}

unsigned block_strip(const struct block *block, comment_is_ours_fn is_ours, GByteArray *out)
{
    struct census census = {0};
    const uint8_t *area = block->data + block->options;
    size_t len = block->options > 0 ? block->len - block->options - TRAILER : 0;
    if (len == 0 || !take_census(area, len, block->big_endian, is_ours, &census) ||
        census.ours == 0) {
        g_byte_array_append(out, block->data, (guint)block->len);
        return 0;
    }
    guint start = out->len;
    g_byte_array_append(out, block->data, (guint)block->options);
    copy_others(area, len, block->big_endian, is_ours, out);
    if (census.has_end && (census.others > 0 || census.variant))
        put_option_header(out, OPTION_END, 0, block->big_endian);
    close_block(out, start, block->big_endian);
    return census.ours;
}

bool block_wants_variant(const uint8_t *block, size_t len, size_t options, bool big_endian)
{
    return len == options + OPTION_HEADER + TRAILER &&
           order_get16(block + options, big_endian) == OPTION_END;
}

static void put_comment(GByteArray *out, const char *text, size_t len, bool big)
{
    static const uint8_t zero[4];
    put_option_header(out, OPTION_COMMENT, (uint16_t)len, big);
    g_byte_array_append(out, (const uint8_t *)text, (guint)len);
    g_byte_array_append(out, zero, (guint)(order_pad4(len) - len));
}

/* How far the options go that our comments follow: to the end-of-options or the block's end. */
static size_t insertion_point(const uint8_t *area, size_t len, bool big)
{
    struct option_list list;
    struct option option;
    option_list_init(&list, area, len, big);
    while (option_list_next(&list, &option))
        continue;
    g_assert(!list.malformed);
    return (size_t)(list.pos - area);
}

/* Bytes that the comments take, more than any block may have if one is too long for an option. */
static size_t comments_size(const GString *const *comments, unsigned n)
{
    size_t size = 0;
    for (unsigned i = 0; i < n; i++) {
        if (comments[i]->len > MAX_OPTION_LEN)
            return MAX_ANNOTATED_BLOCK;
        size += OPTION_HEADER + order_pad4(comments[i]->len);
    }
    return size;
}

bool block_annotate(const uint8_t *block, size_t len, size_t options, bool big_endian,
                    const GString *const *comments, unsigned n, GByteArray *out)
{
    const uint8_t *area = block + options;
    size_t area_len = len - options - TRAILER;
    if (len + comments_size(comments, n) + OPTION_HEADER > MAX_ANNOTATED_BLOCK)
        return false;
    guint start = out->len;
    size_t before = insertion_point(area, area_len, big_endian);
    g_byte_array_append(out, block, (guint)(options + before));
    for (unsigned i = 0; i < n; i++)
        put_comment(out, comments[i]->str, comments[i]->len, big_endian);
    g_byte_array_append(out, area + before, (guint)(area_len - before));
    if (area_len == 0 && n > 0)
        put_option_header(out, OPTION_END, 0, big_endian);
    close_block(out, start, big_endian);
    return true;
}

static void put32(GByteArray *out, uint32_t value, bool big)
{
    uint8_t bytes[4];
    order_put32(bytes, value, big);
    g_byte_array_append(out, bytes, sizeof bytes);
}

bool block_make_dsb(const char *keys, size_t len, const char *comment, bool big_endian,
                    GByteArray *out)
{
    static const uint8_t zero[4];
    size_t comment_len = strlen(comment);
    if (comment_len > MAX_OPTION_LEN || len > MAX_DSB_KEYS)
        return false;
    guint start = out->len;
    put32(out, BLOCK_DSB, big_endian);
    put32(out, 0, big_endian); /* close_block knows */
    put32(out, DSB_TLS_KEY_LOG, big_endian);
    put32(out, (uint32_t)len, big_endian);
    g_byte_array_append(out, (const uint8_t *)keys, (guint)len);
    g_byte_array_append(out, zero, (guint)(order_pad4(len) - len));
    put_comment(out, comment, comment_len, big_endian);
    put_option_header(out, OPTION_END, 0, big_endian);
    close_block(out, start, big_endian);
    return true;
}

const char *block_dsb_keys(const struct block *block, size_t *len)
{
    if (block->damaged || block->type != BLOCK_DSB || block->len < DSB_DATA + TRAILER ||
        order_get32(block->data + 8, block->big_endian) != DSB_TLS_KEY_LOG)
        return NULL;
    *len = order_get32(block->data + 12, block->big_endian);
    if (*len > block->len - DSB_DATA - TRAILER)
        return NULL;
    return (const char *)block->data + DSB_DATA;
}
