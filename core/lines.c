/* SPDX-License-Identifier: MIT */
#include "core/lines.h"

#include <string.h>

static const char mark[] = "\xef\xbb\xbf"; /* U+FEFF in UTF-8 */

static void rewind_to_begin(struct h2t_lines *l)
{
    l->mode = H2T_LINES_BEGIN;
    l->line = l->first_line = 1;
    l->n_mark = 0;
    l->depth = 0;
    l->in_string = l->escaped = l->too_long = l->begun = false;
    g_byte_array_set_size(l->held, 0);
}

void h2t_lines_init(struct h2t_lines *l, h2t_lines_fn fn, void *user)
{
    *l = (struct h2t_lines){.fn = fn, .user = user, .held = g_byte_array_new()};
    rewind_to_begin(l);
}

void h2t_lines_fini(struct h2t_lines *l)
{
    g_byte_array_free(l->held, TRUE);
}

static bool is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
            return false;
    return true;
}

static void give(struct h2t_lines *l, const char *text, size_t len, enum h2t_lines_state state)
{
    if (state == H2T_LINE_TOO_LONG || !is_blank(text, len))
        l->fn(l->user, text, len, l->first_line, state);
}

static void hold(struct h2t_lines *l, const char *bytes, size_t len)
{
    if (l->too_long)
        return;
    if (l->held->len + len > H2T_MAX_LINE) {
        l->too_long = true;
        g_byte_array_set_size(l->held, 0);
        give(l, "", 0, H2T_LINE_TOO_LONG);
        return;
    }
    g_byte_array_append(l->held, (const guint8 *)bytes, (guint)len);
}

/* What is held, and these bytes, are one. Most have nothing held and are not copied. */
static void release(struct h2t_lines *l, const char *bytes, size_t len, enum h2t_lines_state state)
{
    if (!l->held->len && !l->too_long && len <= H2T_MAX_LINE) {
        give(l, bytes, len, state);
        return;
    }
    hold(l, bytes, len);
    if (!l->too_long)
        give(l, (const char *)l->held->data, l->held->len, state);
    l->too_long = false;
    g_byte_array_set_size(l->held, 0);
}

/* The first byte that counts decides: perhaps an array, or lines. */
static size_t begin(struct h2t_lines *l, const char *bytes, size_t len)
{
    size_t i = 0;
    for (; i < len; i++) {
        if (l->n_mark < 3 && bytes[i] == mark[l->n_mark])
            l->n_mark++;
        else if (bytes[i] == '\n')
            l->line++;
        else if (!is_blank(bytes + i, 1))
            break;
    }
    if (i == len)
        return len;
    l->mode = bytes[i] == '[' ? H2T_LINES_BRACKET : H2T_LINES_LINE;
    l->first_line = l->line;
    return bytes[i] == '[' ? i + 1 : i;
}

/* Behind a bracket: an array goes on with an object or a blank, "[pod/web-1] …" is a line of text.
 */
static size_t bracket(struct h2t_lines *l, const char *bytes, size_t len)
{
    (void)len;
    bool array = *bytes == '{' || *bytes == ']' || is_blank(bytes, 1);
    l->mode = array ? H2T_LINES_ELEMENT : H2T_LINES_LINE;
    if (!array)
        hold(l, "[", 1);
    return 0;
}

/* The first line, of which `bytes` are the rest, is a brace and nothing else. */
static bool is_only_brace(const struct h2t_lines *l, const char *bytes, size_t len)
{
    const char *held = (const char *)l->held->data;
    if (l->held->len)
        return held[0] == '{' && is_blank(held + 1, l->held->len - 1) && is_blank(bytes, len);
    return len > 0 && bytes[0] == '{' && is_blank(bytes + 1, len - 1);
}

/* The file has objects over many lines, and this is the first one's beginning. */
static size_t spread(struct h2t_lines *l, const char *bytes, size_t len)
{
    hold(l, bytes, len);
    l->line++;
    l->mode = H2T_LINES_ELEMENT;
    l->depth = 1;
    return len;
}

static size_t line(struct h2t_lines *l, const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len);
    if (!end) {
        hold(l, bytes, len);
        return len;
    }
    size_t n = (size_t)(end - bytes);
    if (!l->begun && is_only_brace(l, bytes, n))
        return spread(l, bytes, n + 1);
    l->begun = true;
    release(l, bytes, n, H2T_LINE_WHOLE);
    l->first_line = ++l->line;
    return n + 1;
}

/* Between elements: to the next brace, or to the end of the array, after which lines may follow. */
static size_t between(struct h2t_lines *l, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n')
            l->line++;
        if (bytes[i] == '{') {
            l->first_line = l->line;
            l->depth = 1;
            hold(l, "{", 1);
            return i + 1;
        }
        if (bytes[i] == ']') {
            l->mode = H2T_LINES_BEGIN;
            return i + 1;
        }
    }
    return len;
}

static void in_string(struct h2t_lines *l, char c)
{
    if (l->escaped)
        l->escaped = false;
    else if (c == '\\')
        l->escaped = true;
    else if (c == '"')
        l->in_string = false;
}

static void in_element(struct h2t_lines *l, char c)
{
    if (c == '"')
        l->in_string = true;
    else if (c == '{')
        l->depth++;
    else if (c == '}')
        l->depth--;
}

static size_t element(struct h2t_lines *l, const char *bytes, size_t len)
{
    if (l->depth == 0)
        return between(l, bytes, len);
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n')
            l->line++;
        if (l->in_string)
            in_string(l, bytes[i]);
        else
            in_element(l, bytes[i]);
        if (l->depth == 0) {
            release(l, bytes, i + 1, H2T_LINE_WHOLE);
            return i + 1;
        }
    }
    hold(l, bytes, len);
    return len;
}

void h2t_lines_feed(struct h2t_lines *l, const char *bytes, size_t len)
{
    static size_t (*const modes[])(struct h2t_lines *, const char *, size_t) = {
        [H2T_LINES_BEGIN] = begin,
        [H2T_LINES_BRACKET] = bracket,
        [H2T_LINES_LINE] = line,
        [H2T_LINES_ELEMENT] = element,
    };
    while (len > 0) {
        size_t used = modes[l->mode](l, bytes, len);
        bytes += used;
        len -= used;
    }
}

void h2t_lines_end(struct h2t_lines *l)
{
    release(l, "", 0, H2T_LINE_LAST);
    rewind_to_begin(l);
}
