/* SPDX-License-Identifier: MIT */
#include "core/pairs.h"

#include "core/go_quote.h"

#include <string.h>

/* Bytes before the first pair in which time and message are looked for. */
#define MAX_BEFORE 1024u

struct walk {
    h2t_json_fn fn;
    void *user;
};

struct pair {
    struct h2t_text key, value;
    size_t end; /* of the value, in the line */
    bool quoted;
};

void h2t_pairs_init(struct h2t_pairs *pairs)
{
    pairs->unquoted = g_string_new(NULL);
    pairs->values = g_string_chunk_new(512);
}

void h2t_pairs_fini(struct h2t_pairs *pairs)
{
    g_string_free(pairs->unquoted, TRUE);
    g_string_chunk_free(pairs->values);
}

static bool is_key_char(char c)
{
    return g_ascii_isalnum(c) || strchr("_.@-", c);
}

/* Behind the quote that ends what begins at `at`; `len` if none does. */
static size_t behind_quotes(const char *text, size_t len, size_t at)
{
    for (at++; at < len && text[at] != '"'; at++)
        at += text[at] == '\\';
    return MIN(at + 1, len);
}

/* The value that begins at `at`: quoted, or up to the next space or comma. */
static void read_value(const char *text, size_t len, size_t at, struct pair *p)
{
    size_t end = at;
    p->quoted = at < len && text[at] == '"';
    if (p->quoted)
        end = behind_quotes(text, len, at);
    else
        while (end < len && !g_ascii_isspace(text[end]))
            end++;
    p->end = end;
    while (!p->quoted && end > at && strchr(",;", text[end - 1]))
        end--;
    p->value = (struct h2t_text){text + at, end - at};
}

/* The next pair from `from` on. */
static bool next_pair(const char *text, size_t len, size_t from, struct pair *p)
{
    for (size_t at = from; at < len; at++) {
        if (text[at] == '"') {
            at = behind_quotes(text, len, at) - 1;
            continue;
        }
        size_t key = at;
        while (text[at] == '=' && key > from && is_key_char(text[key - 1]))
            key--;
        if (key == at)
            continue;
        p->key = (struct h2t_text){text + key, at - key};
        read_value(text, len, at + 1, p);
        return true;
    }
    return false;
}

static void visit(const struct walk *w, struct h2t_text key, struct h2t_text value)
{
    struct h2t_json_value v = {.kind = H2T_JSON_STRING,
                               .key = key.at,
                               .key_len = key.len,
                               .text = value.at,
                               .len = value.len,
                               .depth = 1};
    w->fn(w->user, &v);
}

static struct h2t_text trimmed(struct h2t_text t, const char *what)
{
    while (t.len && strchr(what, t.at[t.len - 1]))
        t.len--;
    while (t.len && strchr(what, *t.at)) {
        t.at++;
        t.len--;
    }
    return t;
}

/* Behind what tells the place, as "main.go:10: " and "1 main.go:10] ". */
static struct h2t_text behind_place(struct h2t_text t)
{
    static const char *const places[] = {"] ", ": "};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        const char *at = memmem(t.at, t.len, places[i], 2);
        const char *go = at ? memmem(t.at, (size_t)(at - t.at), ".go:", 4) : NULL;
        if (go)
            return (struct h2t_text){at + 2, t.len - (size_t)(at + 2 - t.at)};
    }
    return t;
}

static void visit_message(const struct walk *w, const char *text, size_t len)
{
    static const char key[] = "msg";
    struct h2t_text message = trimmed((struct h2t_text){text, len}, " \t");
    message = trimmed(behind_place(message), " \t\":,;");
    if (message.len)
        visit(w, (struct h2t_text){key, strlen(key)}, message);
}

/* False: the quotes do not end. */
static bool unquote(struct h2t_pairs *pairs, struct h2t_text *value)
{
    GString *u = pairs->unquoted;
    if (!h2t_go_unquote(value->at, value->len, u))
        return false;
    if (!memchr(value->at, '\\', value->len))
        *value = (struct h2t_text){value->at + 1, value->len - 2};
    else
        *value = (struct h2t_text){g_string_chunk_insert_len(pairs->values, u->str, (gssize)u->len),
                                   u->len};
    return true;
}

static void visit_pair(struct h2t_pairs *pairs, const struct walk *w, struct pair *p)
{
    if (!p->quoted || unquote(pairs, &p->value))
        visit(w, p->key, p->value);
}

void h2t_pairs_walk(struct h2t_pairs *pairs, const char *text, size_t len, h2t_json_fn fn,
                    void *user, struct h2t_line_stamp *stamp)
{
    struct walk w = {fn, user};
    struct pair p = {.end = 0};
    bool has = next_pair(text, len, 0, &p);
    size_t before = MIN(has ? (size_t)(p.key.at - text) : len, MAX_BEFORE);
    struct h2t_json_value object = {.kind = H2T_JSON_OBJECT}, end = {.kind = H2T_JSON_END};
    g_string_chunk_clear(pairs->values);
    *stamp = h2t_line_stamp(text, before);
    fn(user, &object);
    size_t message = stamp->to < before ? stamp->to : stamp->from < before ? before : 0;
    visit_message(&w, text + message, before - message);
    for (; has; has = next_pair(text, len, p.end, &p))
        visit_pair(pairs, &w, &p);
    fn(user, &end);
}
