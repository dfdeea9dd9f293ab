/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/tap.h"

#include "plugin/printable.h"

#include <string.h>

static bool is(const struct h2t_comment_pair *pair, const char *key)
{
    return pair->key_len == strlen(key) && !memcmp(pair->key, key, pair->key_len);
}

static const char *value(wmem_allocator_t *pool, const struct h2t_comment_pair *pair)
{
    g_autoptr(GString) text = g_string_new(NULL);
    h2t_comment_value(pair, text);
    return printable(pool, wmem_strndup(pool, text->str, text->len));
}

static bool says_yes(const struct h2t_comment_pair *pair)
{
    return pair->len == 3 && !memcmp(pair->value, "yes", 3);
}

static void take_hook(wmem_allocator_t *pool, const struct h2t_comment_pair *pair,
                      struct tap_note *out)
{
    const char *name = wmem_strndup(pool, pair->key, pair->key_len);
    wmem_array_append_one(out->hooks, name);
}

static void take(wmem_allocator_t *pool, const struct h2t_comment_pair *pair, struct tap_note *out)
{
    const struct {
        const char *key, **to;
    } texts[] = {{"req", &out->req}, {"pid", &out->pid},     {"conn", &out->conn},
                 {"end", &out->end}, {"error", &out->error}, {"status", &out->status}};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (is(pair, texts[i].key))
            *texts[i].to = value(pool, pair);
    if (is(pair, "reused"))
        out->reused = says_yes(pair);
    else if (is(pair, "retried"))
        out->retried = says_yes(pair);
    else if (g_ascii_isupper(pair->key[0]))
        take_hook(pool, pair, out);
}

bool tap_read(wmem_allocator_t *pool, const char *text, struct tap_note *out)
{
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    *out = (struct tap_note){.total_ns = H2T_NEVER};
    if (!h2t_comment_parse(text, strlen(text), &comment))
        return false;
    out->what = wmem_strndup(pool, comment.word, comment.word_len);
    out->hooks = wmem_array_new(pool, sizeof(const char *));
    if (!strcmp(out->what, "finding") && !h2t_comment_find(&comment, "at", &pair) &&
        h2t_comment_find(&comment, "id", &pair))
        out->finding = value(pool, &pair);
    while (h2t_comment_next(&comment, &pair))
        take(pool, &pair, out);
    return true;
}
