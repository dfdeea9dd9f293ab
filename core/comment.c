/* SPDX-License-Identifier: MIT */
/* Writing. What both sides must know alike is in comment_grammar.h. */
#include "core/comment.h"

#include "core/comment_grammar.h"

#include <string.h>

#define MAX_UNIT 16 /* bytes of one character as written: "\u{10ffff}" and its NUL */
#define ELLIPSIS "..."

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

static void add_key(GString *out, const char *key)
{
    g_assert(comment_is_key(key, strlen(key)));
    g_string_append_c(out, ' ');
    g_string_append(out, key);
    g_string_append_c(out, '=');
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
    add_key(out, key);
    if (bare && len <= max) { /* nearly always */
        g_string_append_len(out, value, (gssize)len);
        return;
    }
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

/* At least `width` digits. printf took a quarter of the time of a whole run. */
static void add_digits(GString *out, uint64_t value, int width)
{
    char digits[20];
    char *end = digits + sizeof digits, *p = end;
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value || end - p < width);
    g_string_append_len(out, p, end - p);
}

void h2t_comment_add_int(GString *out, const char *key, int64_t value)
{
    add_key(out, key);
    if (value < 0)
        g_string_append_c(out, '-');
    add_digits(out, value < 0 ? -(uint64_t)value : (uint64_t)value, 1);
}

void h2t_comment_add_duration(GString *out, const char *key, int64_t ns)
{
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    uint64_t us = size / 1000 + (size % 1000 >= 500);
    const struct comment_unit *u = comment_units;
    while (us < u->us && u < comment_units + COMMENT_N_UNITS - 1)
        u++;
    add_key(out, key);
    g_string_append_c(out, ns < 0 && us ? '-' : '+');
    add_digits(out, us / u->us, 1);
    if (us % u->us) {
        g_string_append_c(out, '.');
        add_digits(out, us % u->us, u->digits);
        while (out->str[out->len - 1] == '0')
            g_string_truncate(out, out->len - 1);
    }
    g_string_append(out, u->name);
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
