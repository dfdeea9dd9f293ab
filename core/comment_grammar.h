/* SPDX-License-Identifier: MIT */
/* What the writer and the reader of comments must hold alike; only they include it.
 * docs/comment-format.md, "Grammar". */
#ifndef H2T_COMMENT_GRAMMAR_H
#define H2T_COMMENT_GRAMMAR_H

#include "base.h"

#include <zlib.h>

#define COMMENT_TAG "h2a"
#define COMMENT_VARIANT '!'
#define COMMENT_CHECK_MARK " ~"
#define COMMENT_CHECK_DIGITS 8
#define COMMENT_CHECK_LEN 10u /* with its mark */

/* Units of durations, the largest first. */
static const struct comment_unit {
    const char *name;
    uint64_t us;
    int digits; /* after the point */
} comment_units[] = {{"s", 1000000, 6}, {"ms", 1000, 3}, {"us", 1, 0}};
#define COMMENT_N_UNITS 3

/* What a byte may be; each includes those before it. */
enum {
    COMMENT_PLAIN = 1, /* raw inside quotes, but for the quote and the backslash */
    COMMENT_BARE = 2,  /* raw without quotes */
    COMMENT_KEY = 4,   /* in a key */
};
extern const uint8_t comment_classes[256];

static inline bool comment_is_plain(char c)
{
    return comment_classes[(uint8_t)c] & COMMENT_PLAIN;
}

static inline bool comment_is_bare(char c)
{
    return comment_classes[(uint8_t)c] & COMMENT_BARE;
}

static inline bool comment_is_key_char(char c)
{
    return comment_classes[(uint8_t)c] & COMMENT_KEY;
}

static inline bool comment_is_key(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!comment_is_key_char(text[i]))
            return false;
    return len > 0 && g_ascii_isalpha(text[0]);
}

static inline bool comment_is_word(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!g_ascii_islower(text[i]) && text[i] != '-')
            return false;
    return len > 0 && text[0] != '-';
}

/* The CRC-32 of what stands before the check. */
static inline uint32_t comment_check(const char *text, size_t len)
{
    return (uint32_t)crc32_z(0, (const Bytef *)text, len);
}

#endif
