/* SPDX-License-Identifier: MIT */
#include "annotator/wire/h2_block.h"

#include "annotator/wire/bytes.h"

/* Without padding and priority, RFC 9113 section 6.2. False: the lengths contradict each other. */
static bool strip(const struct h2_head *head, const uint8_t **payload, size_t *len)
{
    size_t before = 0, after = 0;
    if (head->flags & H2_FLAG_PADDED) {
        if (*len < 1)
            return false;
        before = 1;
        after = (*payload)[0];
    }
    if (head->type == H2_HEADERS && head->flags & H2_FLAG_PRIORITY)
        before += 5;
    if (before + after > *len)
        return false;
    *payload += before;
    *len -= before + after;
    return true;
}

/* RFC 9113 section 6.6: the promised stream comes before the field block. */
static bool take_promised(struct h2_block *block, const uint8_t **payload, size_t *len)
{
    if (*len < 4)
        return false;
    block->told_stream = get32(*payload) & 0x7fffffff;
    *payload += 4;
    *len -= 4;
    return true;
}

void h2_block_begin(struct h2_block *block, const struct h2_head *head, const uint8_t **payload,
                    size_t *len)
{
    bool promise = head->type == H2_PUSH_PROMISE;
    *block = (struct h2_block){
        .open = true,
        .kind = promise ? H2T_PUSH_PROMISE : H2T_HEADERS,
        .stream = head->stream,
        .told_stream = promise ? 0 : head->stream,
        .flags = head->flags,
    };
    block->lost =
        !*payload || !strip(head, payload, len) || (promise && !take_promised(block, payload, len));
}

void h2_block_lose(struct h2_block *block)
{
    block->lost = true;
    g_clear_pointer(&block->bytes, g_byte_array_unref);
}

static void keep(struct h2_block *block, const uint8_t *part, size_t len)
{
    if (!block->bytes)
        block->bytes = g_byte_array_new();
    g_byte_array_append(block->bytes, part, (guint)len);
}

bool h2_block_add(struct h2_block *block, const struct h2_head *head, const uint8_t **part,
                  size_t *len)
{
    bool last = head->flags & H2_FLAG_END_HEADERS;
    block->len = (uint32_t)MIN((uint64_t)block->len + head->len, UINT32_MAX);
    if (h2_block_held(block) + *len > H2T_MAX_HEADER_BLOCK)
        h2_block_lose(block);
    if (block->lost || (last && !block->bytes))
        return last;
    keep(block, *part, *len);
    *part = block->bytes->data;
    *len = block->bytes->len;
    return last;
}

void h2_block_drop(struct h2_block *block)
{
    h2_block_lose(block);
    *block = (struct h2_block){.open = false};
}

struct h2t_frame h2_block_frame(const struct h2_block *block)
{
    return (struct h2t_frame){
        .kind = block->kind,
        .stream = block->told_stream,
        .len = block->len,
        .flags = block->flags,
        .end_stream = block->kind == H2T_HEADERS && block->flags & H2_FLAG_END_STREAM,
    };
}

size_t h2_block_held(const struct h2_block *block)
{
    return block->bytes ? block->bytes->len : 0;
}
