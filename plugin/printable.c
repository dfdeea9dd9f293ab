/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/printable.h"

static bool is_plain(gunichar c)
{
    return !g_unichar_iscntrl(c) && g_unichar_type(c) != G_UNICODE_FORMAT &&
           g_unichar_type(c) != G_UNICODE_LINE_SEPARATOR &&
           g_unichar_type(c) != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* The length of the character at `at`, which is plain, or 0. */
static int plain_len(const char *at)
{
    gunichar c = g_utf8_get_char_validated(at, -1);
    bool valid = c != (gunichar)-1 && c != (gunichar)-2;
    return valid && is_plain(c) ? g_utf8_skip[(guchar)*at] : 0;
}

const char *printable(wmem_allocator_t *pool, const char *text)
{
    const char *at = text;
    for (int len; *at && (len = plain_len(at)); at += len)
        continue;
    if (!*at)
        return text;
    g_autoptr(GString) out = g_string_new_len(text, at - text);
    while (*at) {
        int len = plain_len(at);
        if (len)
            g_string_append_len(out, at, len);
        else
            g_string_append_printf(out, "\\x%02x", (guchar)*at);
        at += len ? len : 1;
    }
    return wmem_strdup(pool, out->str);
}
