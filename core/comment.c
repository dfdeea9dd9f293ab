/* SPDX-License-Identifier: MIT */
/* Writing. What both sides must know alike is in comment_grammar.h. */
#include "core/comment.h"

#include "core/comment_grammar.h"

#include <string.h>

#define MAX_UNIT 16 /* bytes of one character as written: "\u{10ffff}" and its NUL */
#define ELLIPSIS "..."

enum {
    P = COMMENT_PLAIN,
    B = COMMENT_PLAIN | COMMENT_BARE,
    K = COMMENT_PLAIN | COMMENT_BARE | COMMENT_KEY,
};

const uint8_t comment_classes[256] = {
    [' '] = P,         ['!'] = B, ['"'] = P,         ['#' ... ','] = B,
    ['-' ... '.'] = K, ['/'] = B, ['0' ... '9'] = K, [':' ... '@'] = B,
    ['A' ... 'Z'] = K, ['['] = B, ['\\'] = P,        [']' ... '^'] = B,
    ['_'] = K,         ['`'] = B, ['a' ... 'z'] = K, ['{' ... '~'] = B,
};

void h2t_comment_begin(GString *out, const char *word)
{
    g_assert(comment_is_word(word, strlen(word)));
    g_string_assign(out, COMMENT_TAG " ");
    g_string_append(out, word);
}

/* How the first character of the value, or a byte that is none, is written. Returns its length in
 * the value. */
static size_t unit(const char *value, size_t len, char written[MAX_UNIT])
{
    unsigned char c = (unsigned char)*value;
    if (comment_is_plain(*value)) {
        size_t n = 0;
        if (c == '"' || c == '\\')
            written[n++] = '\\';
        written[n++] = (char)c;
        written[n] = '\0';
        return 1;
    }
    gunichar character = c < 0x80 ? G_MAXUINT : g_utf8_get_char_validated(value, (gssize)len);
    if (!g_unichar_validate(character)) {
        g_snprintf(written, MAX_UNIT, "\\x%02x", c);
        return 1;
    }
    g_snprintf(written, MAX_UNIT, "\\u{%x}", character);
    return (size_t)g_utf8_skip[c];
}

static bool is_bare(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!comment_is_bare(value[i]))
            return false;
    return len > 0;
}

/* Begins a pair, with room for a value of `max` bytes; returns the place of the value, to be told
 * of to end_pair. */
static char *begin_pair(GString *out, const char *key, size_t max)
{
    size_t at = out->len, len = strlen(key);
    g_assert(comment_is_key(key, len));
    g_string_set_size(out, at + len + strlen(" =") + max);
    char *place = out->str + at;
    *place = ' ';
    memcpy(place + 1, key, len);
    place[1 + len] = '=';
    return place + len + strlen(" =");
}

/* The value ends before `end`. */
static void end_pair(GString *out, const char *end)
{
    g_string_truncate(out, (gsize)(end - out->str));
}

/* Escapes value into `out` as long as it takes no more than `max` bytes there. Of a value that does
 * not fit, as much as leaves room for the ellipsis. */
static void escape(GString *out, const char *value, size_t len, size_t max)
{
    const gsize start = out->len;
    gsize room_end = start; /* where the ellipsis would begin */
    char written[MAX_UNIT];
    for (size_t i = 0; i < len;) {
        i += unit(value + i, len - i, written);
        g_string_append(out, written);
        if (out->len - start <= max - strlen(ELLIPSIS))
            room_end = out->len;
        if (out->len - start > max) {
            g_string_truncate(out, room_end);
            g_string_append(out, ELLIPSIS);
            return;
        }
    }
}

static void add(GString *out, const char *key, const char *value, size_t len, size_t max)
{
    bool bare = is_bare(value, len);
    if (bare && len <= max) { /* nearly always */
        memcpy(begin_pair(out, key, len), value, len);
        return;
    }
    begin_pair(out, key, 0);
    if (!bare)
        g_string_append_c(out, '"');
    escape(out, value, len, max);
    if (!bare)
        g_string_append_c(out, '"');
}

void h2t_comment_add_bytes(GString *out, const char *key, const char *value, size_t len)
{
    add(out, key, value, len, SIZE_MAX);
}

void h2t_comment_add(GString *out, const char *key, const char *value)
{
    add(out, key, value, strlen(value), SIZE_MAX);
}

void h2t_comment_add_cut(GString *out, const char *key, const char *value, size_t max)
{
    g_assert(max >= strlen(ELLIPSIS));
    add(out, key, value, strlen(value), max);
}

#define MAX_DIGITS 20 /* of a 64-bit number */

/* At least `width` digits; returns their end. printf took a quarter of the time of a whole run. */
static char *put_digits(char *place, uint64_t value, int width)
{
    char digits[MAX_DIGITS];
    char *end = digits + sizeof digits, *p = end;
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value || end - p < width);
    memcpy(place, p, (size_t)(end - p));
    return place + (end - p);
}

void h2t_comment_add_int(GString *out, const char *key, int64_t value)
{
    char *p = begin_pair(out, key, 1 + MAX_DIGITS);
    if (value < 0)
        *p++ = '-';
    end_pair(out, put_digits(p, value < 0 ? -(uint64_t)value : (uint64_t)value, 1));
}

/* Without zeros at its end; there is a digit that is none. */
static char *put_fraction(char *place, uint64_t value, int width)
{
    *place = '.';
    char *end = put_digits(place + 1, value, width);
    while (end[-1] == '0')
        end--;
    return end;
}

void h2t_comment_add_duration(GString *out, const char *key, int64_t ns)
{
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    uint64_t us = size / 1000 + (size % 1000 >= 500);
    const struct comment_unit *u = comment_units;
    while (us < u->us && u < comment_units + COMMENT_N_UNITS - 1)
        u++;
    char *p = begin_pair(out, key, strlen("+.ms") + 2 * MAX_DIGITS);
    *p++ = ns < 0 && us ? '-' : '+';
    p = put_digits(p, us / u->us, 1);
    if (us % u->us)
        p = put_fraction(p, us % u->us, u->digits);
    end_pair(out, stpcpy(p, u->name));
}

void h2t_comment_end(GString *out, bool variant)
{
    if (variant)
        g_string_insert_c(out, (gssize)strlen(COMMENT_TAG), COMMENT_VARIANT);
    uint32_t check = comment_check(out->str, out->len);
    char digits[COMMENT_CHECK_DIGITS];
    for (int i = COMMENT_CHECK_DIGITS; i-- > 0; check >>= 4)
        digits[i] = "0123456789abcdef"[check & 15];
    g_string_append(out, COMMENT_CHECK_MARK);
    g_string_append_len(out, digits, sizeof digits);
}

void h2t_comment_vary(GString *comment)
{
    g_string_truncate(comment, comment->len - COMMENT_CHECK_LEN);
    h2t_comment_end(comment, true);
}
