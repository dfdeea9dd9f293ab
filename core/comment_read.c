/* SPDX-License-Identifier: MIT */
/* Reading. A comment is taken only as a whole: tag, word, every pair, and the check value. */
#include "core/comment.h"

#include "core/comment_grammar.h"

#include <string.h>

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

/* The characters for which `is` holds. */
static size_t run(struct cursor *c, bool (*is)(char))
{
    const char *from = c->at;
    while (c->at < c->end && is(*c->at))
        c->at++;
    return (size_t)(c->at - from);
}

static bool is_hex(char c)
{
    return g_ascii_isdigit(c) || (c >= 'a' && c <= 'f');
}

static bool is_word_char(char c)
{
    return g_ascii_islower(c) || c == '-';
}

/* n lower-case hex digits at least, m at most. */
static bool hex(struct cursor *c, size_t n, size_t m, uint32_t *value)
{
    const char *from = c->at;
    for (*value = 0; c->at < c->end && is_hex(*c->at) && (size_t)(c->at - from) < m; c->at++)
        *value = *value << 4 | (uint32_t)g_ascii_xdigit_value(*c->at);
    return (size_t)(c->at - from) >= n;
}

/* A character between quotes, as bytes. */
static bool unit(struct cursor *c, char bytes[6], size_t *len)
{
    uint32_t value;
    *len = 1;
    bytes[0] = *c->at++;
    if (bytes[0] != '\\')
        return comment_is_plain(bytes[0]);
    if (take(c, '"') || take(c, '\\')) {
        bytes[0] = c->at[-1];
        return true;
    }
    if (take(c, 'x')) {
        if (!hex(c, 2, 2, &value))
            return false;
        bytes[0] = (char)value;
        return true;
    }
    if (!take(c, 'u') || !take(c, '{') || !hex(c, 1, 6, &value) || !take(c, '}') ||
        !g_unichar_validate(value))
        return false;
    *len = (size_t)g_unichar_to_utf8(value, bytes);
    return true;
}

/* From behind the opening quote to behind the closing one. `out` may be NULL. */
static bool quoted(struct cursor *c, GString *out)
{
    char bytes[6];
    size_t len;
    while (c->at < c->end && *c->at != '"') {
        if (!unit(c, bytes, &len))
            return false;
        if (out)
            g_string_append_len(out, bytes, (gssize)len);
    }
    return take(c, '"');
}

static bool pair_at(struct cursor *c, struct h2t_comment_pair *pair)
{
    if (!take(c, ' '))
        return false;
    pair->key = c->at;
    pair->key_len = run(c, comment_is_key_char);
    if (!comment_is_key(pair->key, pair->key_len) || !take(c, '='))
        return false;
    pair->value = c->at;
    if (take(c, '"')) {
        if (!quoted(c, NULL))
            return false;
    } else if (run(c, comment_is_bare) == 0) {
        return false;
    }
    pair->len = (size_t)(c->at - pair->value);
    return true;
}

/* The check value at the end; cuts it off. */
static bool check_at_end(const char *text, struct cursor *c)
{
    if ((size_t)(c->end - text) <= COMMENT_CHECK_LEN)
        return false;
    struct cursor check = {c->end - COMMENT_CHECK_LEN, c->end};
    c->end -= COMMENT_CHECK_LEN;
    uint32_t value;
    return take(&check, COMMENT_CHECK_MARK[0]) && take(&check, COMMENT_CHECK_MARK[1]) &&
           hex(&check, COMMENT_CHECK_DIGITS, COMMENT_CHECK_DIGITS, &value) &&
           value == comment_check(text, (size_t)(c->end - text));
}

static bool tag_at(struct cursor *c)
{
    size_t len = strlen(COMMENT_TAG);
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, COMMENT_TAG, len))
        return false;
    c->at += len;
    return true;
}

bool h2t_comment_parse(const char *text, size_t len, struct h2t_comment *out)
{
    struct cursor c = {text, text + len};
    struct h2t_comment_pair pair;
    if (!tag_at(&c)) /* most comments end here */
        return false;
    out->variant = take(&c, COMMENT_VARIANT);
    if (!take(&c, ' ') || !check_at_end(text, &c) || c.end < c.at)
        return false;
    out->word = c.at;
    out->word_len = run(&c, is_word_char);
    out->pairs = c.at;
    out->end = c.end;
    while (c.at < c.end)
        if (!pair_at(&c, &pair))
            return false;
    return comment_is_word(out->word, out->word_len);
}

bool h2t_comment_is_ours(const char *text, size_t len, bool *variant)
{
    struct h2t_comment comment;
    if (!h2t_comment_parse(text, len, &comment))
        return false;
    *variant = comment.variant;
    return true;
}

bool h2t_comment_next(struct h2t_comment *comment, struct h2t_comment_pair *pair)
{
    struct cursor c = {comment->pairs, comment->end};
    if (!pair_at(&c, pair))
        return false;
    comment->pairs = c.at;
    return true;
}

bool h2t_comment_find(const struct h2t_comment *comment, const char *key,
                      struct h2t_comment_pair *pair)
{
    struct h2t_comment rest = *comment;
    while (h2t_comment_next(&rest, pair))
        if (pair->key_len == strlen(key) && !memcmp(pair->key, key, pair->key_len))
            return true;
    return false;
}

void h2t_comment_value(const struct h2t_comment_pair *pair, GString *out)
{
    struct cursor c = {pair->value, pair->value + pair->len};
    g_string_truncate(out, 0);
    if (!take(&c, '"'))
        g_string_append_len(out, pair->value, (gssize)pair->len);
    else
        quoted(&c, out);
}

/* Decimal digits, one at least, times `sign`; false past int64. */
static bool decimal(struct cursor *c, int sign, int64_t *value)
{
    const char *from = c->at;
    for (*value = 0; c->at < c->end && g_ascii_isdigit(*c->at); c->at++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, sign * (*c->at - '0'), value))
            return false;
    return c->at > from;
}

bool h2t_comment_int(const struct h2t_comment_pair *pair, int64_t *value)
{
    struct cursor c = {pair->value, pair->value + pair->len};
    int sign = take(&c, '-') ? -1 : 1;
    return decimal(&c, sign, value) && c.at == c.end;
}

/* The digits after the point, in microseconds of the unit that follows them. */
static bool fraction(struct cursor *c, int *digits, int64_t *value)
{
    *digits = 0;
    *value = 0;
    if (!take(c, '.'))
        return true;
    const char *from = c->at;
    if (!decimal(c, 1, value) || c->at - from > 6)
        return false;
    *digits = (int)(c->at - from);
    return true;
}

static const struct comment_unit *unit_at(struct cursor *c)
{
    size_t len = (size_t)(c->end - c->at);
    for (size_t i = 0; i < COMMENT_N_UNITS; i++)
        if (strlen(comment_units[i].name) == len && !memcmp(comment_units[i].name, c->at, len))
            return &comment_units[i];
    return NULL;
}

bool h2t_comment_duration(const struct h2t_comment_pair *pair, int64_t *ns)
{
    struct cursor c = {pair->value, pair->value + pair->len};
    bool negative = take(&c, '-');
    int64_t whole, part;
    int digits;
    if ((!negative && !take(&c, '+')) || !decimal(&c, 1, &whole) || !fraction(&c, &digits, &part))
        return false;
    const struct comment_unit *u = unit_at(&c);
    if (!u || digits > u->digits)
        return false;
    for (; digits < u->digits; digits++)
        part *= 10;
    if (__builtin_mul_overflow(whole, (int64_t)u->us * 1000, &whole) ||
        __builtin_add_overflow(whole, part * 1000, &whole))
        return false;
    *ns = negative ? -whole : whole;
    return true;
}
