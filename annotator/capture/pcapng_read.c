/* SPDX-License-Identifier: MIT */
#include "annotator/capture/pcapng_read.h"
#include "annotator/capture/order.h"
#include "annotator/capture/section.h"

#include <inttypes.h>
#include <string.h>

#define BUFFER_LEN (1u << 20)
#define HEAD_LEN 12u /* type, length, and an SHB's byte-order magic; also the smallest block */
#define SHB_MIN_LEN 28u
#define BYTE_ORDER_MAGIC 0x1A2B3C4Du
#define PCAPNG_MAJOR 1u

struct pcapng_read {
    pcapng_pull_fn pull;
    void *user;
    uint8_t *buf;
    size_t cap, start, end; /* unread bytes are buf[start..end) */
    uint64_t offset;        /* of buf[start] in the file */
    size_t taken;           /* length of what was handed out last; it begins at start */
    bool ended;             /* the source has no more bytes */
    bool damaged;           /* the rest is handed out as it is */
    char *damage;
    struct section section;
};

struct pcapng_read *pcapng_read_new(pcapng_pull_fn pull, void *user)
{
    struct pcapng_read *r = g_new0(struct pcapng_read, 1);
    r->pull = pull;
    r->user = user;
    r->cap = BUFFER_LEN;
    r->buf = g_malloc(r->cap);
    section_init(&r->section);
    return r;
}

void pcapng_read_free(struct pcapng_read **reader)
{
    if (!*reader)
        return;
    section_fini(&(*reader)->section);
    explicit_bzero((*reader)->buf, (*reader)->cap); /* there may have been secrets */
    g_free((*reader)->buf);
    g_free((*reader)->damage);
    g_free(*reader);
    *reader = NULL;
}

void pcapng_read_restart(struct pcapng_read *r)
{
    r->start = r->end = r->taken = 0;
    r->offset = 0;
    r->ended = r->damaged = false;
    section_reset(&r->section);
}

const char *pcapng_read_damage(const struct pcapng_read *r)
{
    return r->damage;
}

/* Doubling, and only when the buffer is full: a length that the file does not keep costs nothing.
 */
static void make_room(struct pcapng_read *r)
{
    memmove(r->buf, r->buf + r->start, r->end - r->start);
    r->end -= r->start;
    r->start = 0;
    if (r->end == r->cap) {
        r->cap *= 2;
        r->buf = g_realloc(r->buf, r->cap);
    }
}

/* Reads on until `need` bytes are there or the source ends. False when the machine failed. */
static bool fill(struct pcapng_read *r, size_t need, GError **error)
{
    while (r->end - r->start < need && !r->ended) {
        make_room(r);
        ssize_t n = r->pull(r->user, r->buf + r->end, r->cap - r->end, error);
        if (n < 0)
            return false;
        r->end += (size_t)n;
        r->ended = n == 0;
    }
    return true;
}

/* Keeps the first complaint. Takes `what` over. */
static void complain(struct pcapng_read *r, char *what)
{
    if (!r->damage)
        r->damage = g_strdup_printf("byte %" PRIu64 ": %s", r->offset, what);
    g_free(what);
}

static void set_damaged(struct pcapng_read *r, char *what)
{
    complain(r, what);
    r->damaged = true;
}

static void hand_out(struct pcapng_read *r, struct block *block, size_t len)
{
    block->data = r->buf + r->start;
    block->len = len;
    r->taken = len;
}

/* What is left after the last readable block, in pieces of at most a buffer. */
static bool next_damaged(struct pcapng_read *r, struct block *block, GError **error)
{
    if (!fill(r, 1, error) || r->start == r->end)
        return false;
    block->damaged = true;
    hand_out(r, block, MIN(r->end - r->start, BUFFER_LEN));
    return true;
}

/* The byte order of the block at `head`: an SHB says its own (section 4.1). False if it does not.
 */
static bool block_order(struct pcapng_read *r, const uint8_t *head, bool *big)
{
    *big = r->section.big;
    if (order_get32(head, false) != BLOCK_SHB) {
        if (!r->section.started)
            set_damaged(r, g_strdup("no section header at the beginning"));
        return r->section.started;
    }
    *big = order_get32(head + 8, true) == BYTE_ORDER_MAGIC;
    if (*big || order_get32(head + 8, false) == BYTE_ORDER_MAGIC)
        return true;
    set_damaged(r, g_strdup_printf("section header with byte-order magic 0x%08x, wanted 0x%08x",
                                   order_get32(head + 8, false), BYTE_ORDER_MAGIC));
    return false;
}

/* Bytes that the block takes in the file, 0 if that cannot be. Rounded up as Wireshark does it. */
static size_t block_size(struct pcapng_read *r, uint32_t stated)
{
    size_t size = order_pad4(stated);
    if (stated >= HEAD_LEN && size <= H2T_MAX_BLOCK)
        return size;
    set_damaged(
        r, g_strdup_printf("block length %u, wanted %u to %u", stated, HEAD_LEN, H2T_MAX_BLOCK));
    return 0;
}

static bool check_section_header(struct pcapng_read *r, const uint8_t *data, size_t len, bool big)
{
    if (len < SHB_MIN_LEN) {
        set_damaged(r, g_strdup_printf("section header of %" G_GSIZE_FORMAT
                                       " bytes, wanted at least %u",
                                       len, SHB_MIN_LEN));
        return false;
    }
    unsigned major = order_get16(data + 12, big), minor = order_get16(data + 14, big);
    if (major == PCAPNG_MAJOR)
        return true;
    set_damaged(
        r, g_strdup_printf("section of version %u.%u, wanted %u.x", major, minor, PCAPNG_MAJOR));
    return false;
}

/* A whole block of `size` bytes lies at start: is it one? */
static bool check_block(struct pcapng_read *r, size_t size, bool big)
{
    const uint8_t *data = r->buf + r->start;
    uint32_t again = order_get32(data + size - 4, big);
    if (order_pad4(again) != size) {
        set_damaged(r, g_strdup_printf("block length is %u at its begin and %u at its end",
                                       order_get32(data + 4, big), again));
        return false;
    }
    if (order_get32(data, false) != BLOCK_SHB)
        return true;
    if (!check_section_header(r, data, size, big))
        return false;
    section_start(&r->section, big);
    return true;
}

static bool cut_short(struct pcapng_read *r, size_t wanted)
{
    size_t left = r->end - r->start;
    if (left >= wanted)
        return false;
    set_damaged(r, g_strdup_printf("cut short in the middle of a block: %" G_GSIZE_FORMAT
                                   " bytes of %" G_GSIZE_FORMAT " are there",
                                   left, wanted));
    return true;
}

/* The size of the block at start, which is then whole in the buffer. 0: at the end, not a block
 * (then r->damaged), or *error. */
static size_t whole_block(struct pcapng_read *r, GError **error)
{
    bool big;
    if (!fill(r, HEAD_LEN, error) || r->start == r->end || cut_short(r, HEAD_LEN) ||
        !block_order(r, r->buf + r->start, &big))
        return 0;
    size_t size = block_size(r, order_get32(r->buf + r->start + 4, big));
    if (size == 0 || !fill(r, size, error) || cut_short(r, size) || !check_block(r, size, big))
        return 0;
    return size;
}

bool pcapng_read_next(struct pcapng_read *r, struct block *block, GError **error)
{
    *block = (struct block){.selected = true};
    r->start += r->taken;
    r->offset += r->taken;
    r->taken = 0;
    if (r->damaged)
        return next_damaged(r, block, error);
    size_t size = whole_block(r, error);
    if (size == 0)
        return r->damaged && next_damaged(r, block, error);
    hand_out(r, block, size);
    block->type = order_get32(block->data, r->section.big);
    char *odd = section_understand(&r->section, block);
    if (odd)
        complain(r, odd);
    return true;
}
