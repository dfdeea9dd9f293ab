/* SPDX-License-Identifier: MIT */
/* Words from left to right; each may be missing, and what is not known is passed over. */
#include "core/frame_summary.h"

#include "core/go_quote.h"
#include "core/ledger.h"
#include "core/names.h"

#include <string.h>

#define N_ERRORS 14 /* RFC 9113 section 7 */

/* The text that is left. */
struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len))
        return false;
    c->at += len;
    return true;
}

static bool number(struct cursor *c, uint32_t *value)
{
    const char *from = c->at;
    for (*value = 0; c->at < c->end && g_ascii_isdigit(*c->at); c->at++)
        if (__builtin_mul_overflow(*value, 10u, value) ||
            __builtin_add_overflow(*value, (uint32_t)(*c->at - '0'), value))
            return false;
    return c->at > from;
}

static bool is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static struct h2t_text word(struct cursor *c)
{
    const char *from = c->at;
    while (c->at < c->end && is_word_char(*c->at))
        c->at++;
    return (struct h2t_text){from, (size_t)(c->at - from)};
}

static bool is(struct h2t_text text, const char *name)
{
    return text.len == strlen(name) && !memcmp(text.at, name, text.len);
}

/* Types that the wire side does not tell, as PRIORITY, are frames all the same. */
static bool read_type(struct cursor *c, struct h2t_summary *s)
{
    static const struct {
        const char *name;
        enum h2t_frame_kind kind;
        bool told;
    } types[] = {
        {"DATA", H2T_DATA, true},
        {"HEADERS", H2T_HEADERS, true},
        {"CONTINUATION", H2T_HEADERS, true},
        {"RST_STREAM", H2T_RST_STREAM, true},
        {"SETTINGS", H2T_SETTINGS, true},
        {"PING", H2T_PING, true},
        {"GOAWAY", H2T_GOAWAY, true},
        {"WINDOW_UPDATE", H2T_WINDOW_UPDATE, true},
        {"PUSH_PROMISE", H2T_PUSH_PROMISE, false},
        {"PRIORITY", H2T_DATA, false},
        {"PRIORITY_UPDATE", H2T_DATA, false},
    };
    struct h2t_text name = word(c);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (is(name, types[i].name)) {
            s->kind = types[i].kind;
            s->told = types[i].told;
            s->continuation = i == 2;
            return true;
        }
    return name.len > 18 && !memcmp(name.at, "UNKNOWN_FRAME_TYPE", 18);
}

static void read_flags(struct cursor *c, struct h2t_summary *s)
{
    if (!take(c, " flags="))
        return;
    do {
        struct h2t_text flag = word(c);
        s->ack |= is(flag, "ACK");
        s->end_headers |= is(flag, "END_HEADERS");
        s->end_stream |= is(flag, "END_STREAM");
    } while (take(c, "|"));
}

/* " settings: ENABLE_PUSH=0, UNKNOWN_SETTING_9=1" */
static void read_settings(struct cursor *c, struct h2t_summary *s)
{
    uint32_t value;
    if (!take(c, ", settings: "))
        return;
    do {
        struct h2t_text name = word(c);
        s->enable_push |= is(name, "ENABLE_PUSH");
        s->only_a_window = is(name, "INITIAL_WINDOW_SIZE") && s->n_settings == 0;
        s->n_settings++;
        if (!take(c, "=") || !number(c, &value))
            return;
    } while (take(c, ", "));
}

/* A name of RFC 9113, or "unknown error code 0x64". */
static bool read_code(struct cursor *c, uint32_t *code)
{
    *code = 0;
    if (take(c, "unknown error code 0x")) {
        const char *from = c->at;
        for (; c->at < c->end && g_ascii_isxdigit(*c->at) && c->at - from < 8; c->at++)
            *code = *code << 4 | (uint32_t)g_ascii_xdigit_value(*c->at);
        return c->at > from;
    }
    struct h2t_text name = word(c);
    for (*code = 0; *code < N_ERRORS; ++*code)
        if (is(name, h2t_h2_error_name(*code)))
            return true;
    return false;
}

static uint32_t word_at(const char *bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 8 | (uint8_t)bytes[i];
    return value;
}

static void read_ping(struct cursor *c, uint32_t *code, uint32_t *last_stream)
{
    if (!take(c, " ping="))
        return;
    g_autoptr(GString) bytes = g_string_new(NULL);
    if (!h2t_go_unquote(c->at, (size_t)(c->end - c->at), bytes) || bytes->len != 8)
        return;
    *code = word_at(bytes->str);
    *last_stream = word_at(bytes->str + 4);
}

static void read_rest(struct cursor *c, struct h2t_summary *s)
{
    uint32_t code = 0, last_stream = 0;
    switch (s->kind) {
    case H2T_SETTINGS:
        read_settings(c, s);
        break;
    case H2T_PING:
        read_ping(c, &code, &last_stream);
        break;
    case H2T_WINDOW_UPDATE:
        take(c, " (conn)");
        if (take(c, " incr="))
            number(c, &code);
        break;
    case H2T_GOAWAY:
        if (take(c, " LastStreamID=") && number(c, &last_stream) && take(c, " ErrCode="))
            read_code(c, &code);
        break;
    case H2T_RST_STREAM:
        if (take(c, " ErrCode="))
            read_code(c, &code);
        break;
    default:
        break;
    }
    s->detail = h2t_ledger_detail(s->kind, code, last_stream);
    s->last_stream = s->kind == H2T_GOAWAY ? last_stream : 0;
}

bool h2t_summary_read(struct h2t_text text, struct h2t_summary *out)
{
    struct cursor c = {text.at, text.at + text.len};
    *out = (struct h2t_summary){.kind = H2T_DATA};
    if (!read_type(&c, out))
        return false;
    read_flags(&c, out);
    if (take(&c, " stream=") && !number(&c, &out->stream))
        return false;
    if (!take(&c, " len=") || !number(&c, &out->len))
        return false;
    if (out->told)
        read_rest(&c, out);
    return true;
}
