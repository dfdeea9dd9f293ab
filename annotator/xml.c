/* SPDX-License-Identifier: MIT */
#include "annotator/xml.h"

#include <stdbool.h>
#include <string.h>

#define REPLACEMENT 0xfffdu

/* https://www.w3.org/TR/xml/#charsets, without surrogates, which UTF-8 does not have. */
static bool is_char(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

void xml_append(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0x20 && c < 0x7f && !strchr("<>&\"'", (int)c))
            g_string_append_c(out, (char)c);
        else
            g_string_append_printf(out, "&#%u;", is_char(c) ? c : REPLACEMENT);
    }
}

void xml_attribute(GString *out, const char *name, const char *text)
{
    g_string_append_printf(out, " %s=\"", name);
    xml_append(out, text);
    g_string_append_c(out, '"');
}
