/* SPDX-License-Identifier: MIT */
#include "core/logged_block.h"

#include "core/base.h"
#include "core/go_quote.h"
#include "core/url.h"

#include <string.h>

enum field { AUTHORITY, METHOD, PATH, SCHEME, REQUEST_ID, TRACEPARENT, USER_AGENT, N_FIELDS };

static enum field field_of(const GString *key)
{
    static const char *const names[N_FIELDS] = {
        [AUTHORITY] = ":authority",  [METHOD] = ":method",          [PATH] = ":path",
        [SCHEME] = ":scheme",        [REQUEST_ID] = "x-request-id", [TRACEPARENT] = "traceparent",
        [USER_AGENT] = "user-agent",
    };
    enum field field = 0;
    while (field < N_FIELDS && strcmp(names[field], key->str))
        field++;
    return field;
}

static void take(struct h2t_block *b, struct h2t_strings *strings, enum field field,
                 const GString *v)
{
    struct h2t_text text = {v->str, MIN(v->len, H2T_MAX_STRING)};
    const char **const kept[N_FIELDS] = {
        [AUTHORITY] = &b->authority,
        [METHOD] = &b->method,
        [SCHEME] = &b->scheme,
        [TRACEPARENT] = &b->traceparent,
    };
    if (field == PATH) {
        b->path_hash = h2t_path_hash(text);
        b->path = h2t_intern(strings, text.at, strcspn(text.at, "?#"));
    } else if (field == REQUEST_ID) {
        b->request_id = h2t_hash(text.at, text.len);
    } else if (field < N_FIELDS && kept[field]) {
        *kept[field] = h2t_intern(strings, text.at, text.len);
    }
}

static void begin(struct h2t_block *b, int64_t ns, uint64_t line)
{
    bool stale = b->n_open && line - b->line > H2T_BLOCK_LINES;
    unsigned open = stale ? 0 : b->n_open;
    *b = (struct h2t_block){
        .n_open = open + 1, .tangled = open && (b->tangled || open > 0), .ns = ns, .line = line};
}

bool h2t_block_field(struct h2t_block *b, struct h2t_strings *strings, struct h2t_text text,
                     int64_t ns, uint64_t line, struct h2t_block *before)
{
    static const char between[] = " = ";
    g_autoptr(GString) key = g_string_new(NULL);
    g_autoptr(GString) value = g_string_new(NULL);
    const char *equals = memmem(text.at, text.len, "\" = \"", 5);
    if (!equals || !h2t_go_unquote(text.at, text.len, key))
        return false;
    const char *at = equals + 1 + strlen(between);
    if (!h2t_go_unquote(at, (size_t)(text.at + text.len - at), value))
        g_string_truncate(value, 0);
    enum field field = field_of(key);
    bool begins = field == AUTHORITY;
    if (begins) {
        *before = *b;
        begin(b, ns, line);
    }
    if (field == N_FIELDS)
        return false;
    b->twice = b->twice || (b->seen & (1u << field));
    b->seen |= 1u << field;
    take(b, strings, field, value);
    return begins;
}

bool h2t_block_end(struct h2t_block *b, struct h2t_block *out)
{
    *out = *b;
    if (!b->n_open)
        return false;
    bool sound = !b->tangled && !b->twice && b->n_open == 1;
    b->n_open--;
    if (!b->n_open)
        *b = (struct h2t_block){0};
    return sound;
}

bool h2t_block_is_whole(const struct h2t_block *b)
{
    const unsigned all = 1u << AUTHORITY | 1u << METHOD | 1u << USER_AGENT;
    return !b->twice && (b->seen & all) == all;
}

void h2t_block_fill(const struct h2t_block *b, struct h2t_strings *strings,
                    struct h2t_logged_request *r)
{
    r->method = b->method;
    r->traceparent = b->traceparent;
    r->path = b->path_hash;
    r->request_id = b->request_id;
    r->ns = b->ns;
    if (!b->authority || !b->path)
        return;
    g_autofree char *url =
        g_strconcat(b->scheme ? b->scheme : "https", "://", b->authority, b->path, NULL);
    r->url = h2t_url_keep(strings, (struct h2t_text){url, MIN(strlen(url), H2T_MAX_STRING)});
}
