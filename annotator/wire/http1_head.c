/* SPDX-License-Identifier: MIT */
/* The text is cut into strings where it is: a NUL goes where a line or a word ends. */
#include "http1_head.h"

#include <string.h>

bool http1_is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!g_ascii_isalnum(text[i]) && (!text[i] || !strchr("!#$%&'*+-.^_`|~", text[i])))
            return false;
    }
    return len > 0;
}

/* Folded lines become one (RFC 9112 section 5.2). */
static void unfold(char *text, size_t len)
{
    for (size_t i = 1; i + 1 < len; i++) {
        if (text[i] != '\n' || (text[i + 1] != ' ' && text[i + 1] != '\t'))
            continue;
        text[i] = ' ';
        if (text[i - 1] == '\r')
            text[i - 1] = ' ';
    }
}

/* The next line as a string, NULL at the end. */
static char *next_line(char **at, const char *end)
{
    char *line = *at;
    char *lf = memchr(line, '\n', (size_t)(end - line));
    if (!lf)
        return NULL;
    *at = lf + 1;
    if (lf > line && lf[-1] == '\r')
        lf--;
    *lf = 0;
    return line;
}

/* Cuts `text` at its first space and returns what comes after, NULL if there is none. */
static char *cut_word(char *text)
{
    char *space = strchr(text, ' ');
    if (!space)
        return NULL;
    *space = 0;
    return space + 1;
}

static const char *shorten(char *value)
{
    if (strlen(value) > H2T_MAX_STRING)
        value[H2T_MAX_STRING] = 0;
    return value;
}

/* ---- Fields --------------------------------------------------------------------------------- */

static void keep_first(const char **slot, char *value)
{
    if (!*slot)
        *slot = shorten(value);
}

static bool take_host(struct http1_head *head, char *value)
{
    keep_first(&head->fields.authority, value);
    return true;
}

static bool take_request_id(struct http1_head *head, char *value)
{
    keep_first(&head->fields.request_id, value);
    return true;
}

static bool take_traceparent(struct http1_head *head, char *value)
{
    keep_first(&head->fields.traceparent, value);
    return true;
}

/* Two that differ must be refused, RFC 9112 section 6.3. */
static bool take_length(struct http1_head *head, char *value)
{
    guint64 length;
    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, &length, NULL))
        return false;
    if (head->has_length && head->length != length)
        return false;
    head->length = length;
    head->has_length = true;
    return true;
}

static bool take_coding(struct http1_head *head, char *value)
{
    char *comma = strrchr(value, ',');
    char *last = comma ? g_strchug(comma + 1) : value;
    head->coded = true;
    head->chunked = g_ascii_strcasecmp(last, "chunked") == 0;
    return true;
}

static bool take_upgrade(struct http1_head *head, char *value)
{
    head->h2c = g_ascii_strcasecmp(value, "h2c") == 0;
    return true;
}

static bool take_field(struct http1_head *head, const char *name, char *value)
{
    static const struct {
        const char *name;
        bool (*take)(struct http1_head *head, char *value);
    } fields[] = {
        {"host", take_host},
        {"x-request-id", take_request_id},
        {"traceparent", take_traceparent},
        {"content-length", take_length},
        {"transfer-encoding", take_coding},
        {"upgrade", take_upgrade},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (g_ascii_strcasecmp(name, fields[i].name) == 0)
            return fields[i].take(head, value);
    }
    return true;
}

/* A name followed by a space must be refused (RFC 9112 section 5.1); it might hide a length. */
static bool take_fields(struct http1_head *head, char *at, const char *end)
{
    char *line;
    while ((line = next_line(&at, end)) && *line) {
        char *colon = strchr(line, ':');
        if (!colon || !http1_is_token(line, (size_t)(colon - line)))
            return false;
        *colon = 0;
        if (!take_field(head, line, g_strstrip(colon + 1)))
            return false;
    }
    return true;
}

/* ---- Start lines ---------------------------------------------------------------------------- */

static bool is_version(const char *text)
{
    return strcmp(text, "HTTP/1.1") == 0 || strcmp(text, "HTTP/1.0") == 0;
}

/* The path of a request target in any of its forms, RFC 9112 section 3.2: a proxy's request has
 * "http://host/path". NULL: it has none. */
static char *target_path(char *target)
{
    char *scheme_end = *target == '/' ? NULL : strstr(target, "://");
    if (!scheme_end)
        return target;
    char *path = strpbrk(scheme_end + 3, "/?");
    return path && *path == '/' ? path : NULL;
}

static bool request_line(char *line, struct http1_head *out)
{
    char *target = cut_word(line);
    char *version = target ? cut_word(target) : NULL;
    if (!version || !is_version(version) || !*target || !http1_is_token(line, strlen(line)))
        return false;
    out->fields.method = shorten(line);
    if (strcmp(line, "CONNECT") == 0) {
        out->fields.authority = shorten(target);
        return true;
    }
    char *path = target_path(target);
    out->fields.path = path ? shorten(path) : "/";
    return true;
}

static bool status_line(char *line, struct http1_head *out)
{
    char *status = cut_word(line);
    if (!status || !is_version(line))
        return false;
    cut_word(status); /* the reason; some servers leave its space away */
    guint64 number;
    if (!g_ascii_string_to_unsigned(status, 10, 100, 999, &number, NULL))
        return false;
    out->fields.status = (uint16_t)number;
    return true;
}

static bool parse(char *text, size_t len, bool (*start_line)(char *line, struct http1_head *out),
                  struct http1_head *out)
{
    *out = (struct http1_head){.fields.complete = true};
    if (memchr(text, 0, len))
        return false;
    unfold(text, len);
    char *at = text;
    char *line = next_line(&at, text + len);
    return line && start_line(line, out) && take_fields(out, at, text + len);
}

bool http1_head_request(char *text, size_t len, struct http1_head *out)
{
    return parse(text, len, request_line, out);
}

bool http1_head_response(char *text, size_t len, struct http1_head *out)
{
    return parse(text, len, status_line, out);
}

bool http1_begins(enum h2t_dir dir, const uint8_t *data, size_t len)
{
    const uint8_t *lf = memchr(data, '\n', MIN(len, H2T_MAX_HEAD));
    if (!lf || memchr(data, 0, (size_t)(lf - data)))
        return false;
    struct http1_head head = {.coded = false};
    g_autofree char *copy = g_strndup((const char *)data, (size_t)(lf - data) + 1);
    char *at = copy;
    char *line = next_line(&at, copy + (lf - data) + 1);
    return dir == H2T_CLIENT ? request_line(line, &head) : status_line(line, &head);
}
