/* SPDX-License-Identifier: MIT */
#include "annotator/json_out.h"

#include <string.h>
#include <time.h>

#define MAX_DEPTH 16u
#define FLUSH_AT (64u << 10)
#define NS_PER_S G_GINT64_CONSTANT(1000000000)

struct json_out {
    struct output *output;
    GString *text;
    unsigned depth;
    char close[MAX_DEPTH];  /* '}' or ']' */
    bool filled[MAX_DEPTH]; /* something stands in it already */
};

struct json_out *json_out_new(struct output *output)
{
    struct json_out *json = g_new0(struct json_out, 1);
    json->output = output;
    json->text = g_string_sized_new(FLUSH_AT + 4096);
    return json;
}

static void flush(struct json_out *json)
{
    output_write(json->output, json->text->str, json->text->len);
    g_string_truncate(json->text, 0);
}

void json_out_free(struct json_out **json)
{
    g_assert((*json)->depth == 0);
    g_string_append_c((*json)->text, '\n');
    flush(*json);
    g_string_free((*json)->text, true);
    g_clear_pointer(json, g_free);
}

static void quoted(GString *out, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    g_string_append_c(out, '"');
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", (char)c);
        else if (c >= 0x20 && c < 0x7f)
            g_string_append_c(out, (char)c);
        else if (c < 0x10000)
            g_string_append_printf(out, "\\u%04x", c);
        else /* a surrogate pair, RFC 8259 section 7 */
            g_string_append_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
    }
    g_string_append_c(out, '"');
}

static void new_line(struct json_out *json)
{
    g_string_append_c(json->text, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        g_string_append(json->text, "  ");
}

/* What stands before a value: a comma, the line's beginning, the key. */
static void lead(struct json_out *json, const char *key)
{
    if (json->text->len > FLUSH_AT)
        flush(json);
    if (!json->depth)
        return;
    if (json->filled[json->depth - 1])
        g_string_append_c(json->text, ',');
    json->filled[json->depth - 1] = true;
    new_line(json);
    if (!key)
        return;
    quoted(json->text, key);
    g_string_append(json->text, ": ");
}

static void begin(struct json_out *json, const char *key, char open, char close)
{
    g_assert(json->depth < MAX_DEPTH);
    lead(json, key);
    g_string_append_c(json->text, open);
    json->close[json->depth] = close;
    json->filled[json->depth++] = false;
}

void json_begin_object(struct json_out *json, const char *key)
{
    begin(json, key, '{', '}');
}

void json_begin_array(struct json_out *json, const char *key)
{
    begin(json, key, '[', ']');
}

void json_end(struct json_out *json)
{
    g_assert(json->depth);
    json->depth--;
    if (json->filled[json->depth])
        new_line(json);
    g_string_append_c(json->text, json->close[json->depth]);
}

void json_string(struct json_out *json, const char *key, const char *value)
{
    if (!value) {
        json_null(json, key);
        return;
    }
    lead(json, key);
    quoted(json->text, value);
}

void json_int(struct json_out *json, const char *key, int64_t value)
{
    lead(json, key);
    g_string_append_printf(json->text, "%" G_GINT64_FORMAT, value);
}

void json_bool(struct json_out *json, const char *key, bool value)
{
    lead(json, key);
    g_string_append(json->text, value ? "true" : "false");
}

void json_time(struct json_out *json, const char *key, int64_t ns)
{
    char text[40];
    struct tm tm;
    time_t seconds = (time_t)(ns / NS_PER_S - (ns % NS_PER_S < 0));
    if (ns == H2T_NEVER || !gmtime_r(&seconds, &tm)) {
        json_null(json, key);
        return;
    }
    size_t len = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    g_snprintf(text + len, (gulong)(sizeof text - len), ".%09" G_GINT64_FORMAT "Z",
               ns - (int64_t)seconds * NS_PER_S);
    json_string(json, key, text);
}

void json_null(struct json_out *json, const char *key)
{
    lead(json, key);
    g_string_append(json->text, "null");
}
