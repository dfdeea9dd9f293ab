/* SPDX-License-Identifier: MIT */
#include "core/go_quote.h"

#include <string.h>

struct cursor {
    const char *at, *end;
};

static bool hex(struct cursor *c, int digits, gunichar *value)
{
    for (*value = 0; digits > 0; digits--, c->at++) {
        if (c->at == c->end || !g_ascii_isxdigit(*c->at))
            return false;
        *value = *value << 4 | (gunichar)g_ascii_xdigit_value(*c->at);
    }
    return true;
}

static bool octal(struct cursor *c, gunichar *value)
{
    c->at--;
    *value = 0;
    for (int i = 0; i < 3; i++, c->at++) {
        if (c->at == c->end || *c->at < '0' || *c->at > '7')
            return false;
        *value = *value * 8 + (gunichar)(*c->at - '0');
    }
    return *value < 256;
}

/* Behind the backslash. */
static bool escape(struct cursor *c, GString *out)
{
    static const char letters[] = "abfnrtv\\\"'", bytes[] = "\a\b\f\n\r\t\v\\\"'";
    gunichar value;
    if (c->at == c->end)
        return false;
    char letter = *c->at++;
    const char *known = letter ? strchr(letters, letter) : NULL;
    if (known) {
        g_string_append_c(out, bytes[known - letters]);
        return true;
    }
    if (letter == 'u' || letter == 'U') {
        if (!hex(c, letter == 'u' ? 4 : 8, &value) || !g_unichar_validate(value))
            return false;
        g_string_append_unichar(out, value);
        return true;
    }
    if (letter == 'x' ? !hex(c, 2, &value) : !octal(c, &value))
        return false;
    g_string_append_c(out, (char)value);
    return true;
}

bool h2t_go_unquote(const char *text, size_t len, GString *out)
{
    struct cursor c = {text, text + len};
    g_string_truncate(out, 0);
    if (len == 0 || *c.at++ != '"')
        return false;
    while (c.at < c.end && *c.at != '"') {
        char byte = *c.at++;
        if (byte != '\\')
            g_string_append_c(out, byte);
        else if (!escape(&c, out))
            return false;
    }
    return c.at < c.end;
}
