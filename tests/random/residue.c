/* SPDX-License-Identifier: MIT */
#include "tests/random/residue.h"
#include "core/comment.h"

#include <string.h>

#define SECTION 0x0A0D0D0Au
#define SECRETS 10u
#define HEAD 8u   /* type and length */
#define TAIL 4u   /* the length again */
#define OPTION 4u /* code and length */

struct walk {
    bool big;
    uint64_t begin,
        stated; /* of the section: where its blocks begin, and its length or UINT64_MAX */
    struct residue out;
};

static uint32_t number(const struct walk *w, const uint8_t *at, unsigned len)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < len; i++)
        value = value << 8 | at[w->big ? i : len - 1 - i];
    return value;
}

static size_t padded(size_t len)
{
    return (len + 3) / 4 * 4;
}

static void keep(struct walk *w, const uint8_t *bytes, size_t len)
{
    if (len)
        g_byte_array_append(w->out.bytes, bytes, (guint)len);
}

/* Where its options begin; 0: none that we would touch. */
static size_t options_at(const struct walk *w, const uint8_t *block, uint32_t type)
{
    switch (type) {
    case 2: /* packets */
    case 6:
        return 28 + padded(number(w, block + 20, 4));
    case SECRETS:
        return 16 + padded(number(w, block + 12, 4));
    default:
        return 0;
    }
}

/* Options of `at`[0..len) up to their end: its own length is then in *end. False: malformed. */
static bool measure(const struct walk *w, const uint8_t *at, size_t len, size_t *end)
{
    for (*end = 0; *end < len;) {
        if (len - *end < OPTION)
            return false;
        uint32_t code = number(w, at + *end, 2), value = number(w, at + *end + 2, 2);
        if (code == 0)
            return value == 0 && len - *end == OPTION;
        if (padded(value) > len - *end - OPTION)
            return false;
        *end += OPTION + padded(value);
    }
    return true;
}

/* How many are left. */
static unsigned keep_options(struct walk *w, const uint8_t *at, size_t len)
{
    unsigned left = 0;
    bool variant;
    for (size_t i = 0; i < len;) {
        size_t value = number(w, at + i + 2, 2), whole = OPTION + padded(value);
        bool ours = number(w, at + i, 2) == 1 &&
                    h2t_comment_is_ours((const char *)at + i + OPTION, value, &variant);
        w->out.comments += ours;
        left += !ours;
        if (!ours)
            keep(w, at + i, whole);
        i += whole;
    }
    return left;
}

static void keep_block(struct walk *w, const uint8_t *block, size_t len, uint32_t type)
{
    uint64_t before = w->out.comments;
    guint start = w->out.bytes->len;
    size_t at = options_at(w, block, type), area = len - TAIL - at, end;
    keep(w, block, 4); /* the type; not its length */
    if (!at || !measure(w, block + at, area, &end)) {
        keep(w, block + HEAD, len - HEAD);
        return;
    }
    keep(w, block + HEAD, at - HEAD);
    if (keep_options(w, block + at, end))
        keep(w, block + at + end, area - end);
    if (type == SECRETS && w->out.comments > before) /* secrets that we embedded */
        g_byte_array_set_size(w->out.bytes, start);
}

/* The section before ends at `at`, where it said so. */
static void check_section(struct walk *w, size_t at)
{
    if (w->stated != UINT64_MAX && w->begin + w->stated != at)
        w->out.sound = false;
}

static void keep_section(struct walk *w, const uint8_t *block, size_t len, size_t at)
{
    check_section(w, at);
    w->big = block[HEAD] == 0x1A;
    uint64_t high = number(w, block + (w->big ? 16 : 20), 4);
    w->stated = high << 32 | number(w, block + (w->big ? 20 : 16), 4);
    w->begin = at + len;
    keep(w, block, 16);
    keep(w, block + 24, len - 24);
}

/* 0: there is no whole block. */
static size_t block_len(struct walk *w, const uint8_t *block, size_t left)
{
    if (left < HEAD + TAIL)
        return 0;
    if (number(w, block, 4) == SECTION)
        w->big = block[HEAD] == 0x1A;
    size_t len = number(w, block + 4, 4);
    return len >= HEAD + TAIL && len <= left && number(w, block + len - TAIL, 4) == len ? len : 0;
}

struct residue residue_of(const uint8_t *file, size_t len)
{
    struct walk w = {.stated = UINT64_MAX, .out = {.bytes = g_byte_array_new(), .sound = true}};
    for (size_t at = 0, whole; at < len && w.out.sound; at += whole, w.out.blocks++) {
        whole = block_len(&w, file + at, len - at);
        uint32_t type = whole ? number(&w, file + at, 4) : 0;
        if (!whole)
            w.out.sound = false;
        else if (type == SECTION)
            keep_section(&w, file + at, whole, at);
        else
            keep_block(&w, file + at, whole, type);
    }
    check_section(&w, len);
    return w.out;
}

void residue_clear(struct residue *residue)
{
    g_clear_pointer(&residue->bytes, g_byte_array_unref);
}
