/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/show.h"

#include "plugin/links.h"

#include "core/comment.h"
#include "core/view.h"

#include <string.h>

/* A note being shown. */
struct shown {
    proto_tree *tree;
    tvbuff_t *tvb;
    GString *value;
    int64_t conn, stream;
};

static proto_item *generated(proto_item *item)
{
    proto_item_set_generated(item);
    return item;
}

proto_tree *show_root(struct show *s)
{
    if (s->root)
        return s->root;
    proto_item *item = proto_tree_add_item(s->tree, s->proto, s->tvb, 0, 0, ENC_NA);
    s->root = proto_item_add_subtree(generated(item), field_ett(ETT_HTTPTRACE));
    return s->root;
}

static nstime_t time_of(int64_t ns)
{
    return (nstime_t){.secs = ns / 1000000000, .nsecs = (int)(ns % 1000000000)};
}

static void show_pair(struct shown *n, const struct key *key, const struct h2t_comment_pair *pair)
{
    int64_t number;
    switch (key->kind) {
    case VALUE_TEXT:
        h2t_comment_value(pair, n->value);
        generated(proto_tree_add_string(n->tree, key->hf, n->tvb, 0, 0, n->value->str));
        break;
    case VALUE_NUMBER:
        if (h2t_comment_int(pair, &number))
            generated(proto_tree_add_uint64(n->tree, key->hf, n->tvb, 0, 0, (uint64_t)number));
        break;
    case VALUE_YES_NO:
        generated(proto_tree_add_boolean(n->tree, key->hf, n->tvb, 0, 0,
                                         pair->len == 3 && !memcmp(pair->value, "yes", 3)));
        break;
    case VALUE_DURATION:
        if (h2t_comment_duration(pair, &number)) {
            nstime_t time = time_of(number);
            generated(proto_tree_add_time(n->tree, key->hf, n->tvb, 0, 0, &time));
        }
        break;
    }
}

static void show_hook(struct shown *n, const struct key *key, const struct h2t_comment_pair *pair)
{
    generated(proto_tree_add_string(n->tree, field_hf(FIELD_EVENT), n->tvb, 0, 0, key->name));
    show_pair(n, key, pair);
}

static void remember(struct shown *n, const struct h2t_comment_pair *pair)
{
    if (pair->key_len == 4 && !memcmp(pair->key, "conn", 4))
        h2t_comment_int(pair, &n->conn);
    else if (pair->key_len == 6 && !memcmp(pair->key, "stream", 6))
        h2t_comment_int(pair, &n->stream);
}

static void show_pairs(struct shown *n, struct h2t_comment *comment)
{
    struct h2t_comment_pair pair;
    while (h2t_comment_next(comment, &pair)) {
        const struct key *key = field_of_key(pair.key, pair.key_len);
        const struct key *hook = key ? NULL : field_of_hook(pair.key, pair.key_len);
        remember(n, &pair);
        if (key)
            show_pair(n, key, &pair);
        else if (hook)
            show_hook(n, hook, &pair);
    }
}

/* A stream keeps its colour on all of its packets; neighbours have different ones. */
static void show_slot(proto_tree *tree, tvbuff_t *tvb, uint64_t conn, uint64_t stream)
{
    uint32_t slot = (uint32_t)((stream / 2 + conn * 3) % FIELDS_SLOTS);
    if (stream > 0)
        generated(proto_tree_add_uint(tree, field_hf(FIELD_SLOT), tvb, 0, 0, slot));
}

/* The text without tag and check value. */
static char *plain_text(wmem_allocator_t *pool, const struct h2t_comment *comment)
{
    return wmem_strndup(pool, comment->word, (size_t)(comment->end - comment->word));
}

void show_note(struct show *s, const char *text, const struct h2t_note *note)
{
    struct h2t_comment comment;
    if (!h2t_comment_parse(text, strlen(text), &comment))
        return;
    const char *plain = plain_text(s->pinfo->pool, &comment);
    proto_item *item = proto_tree_add_string_format(show_root(s), field_hf(FIELD_NOTE), s->tvb, 0,
                                                    0, plain, "%s", plain);
    struct shown n = {.tree = proto_item_add_subtree(generated(item), field_ett(ETT_NOTE)),
                      .tvb = s->tvb,
                      .value = g_string_new(NULL)};
    char *word = wmem_strndup(s->pinfo->pool, comment.word, comment.word_len);
    generated(proto_tree_add_string(n.tree, field_hf(FIELD_WHAT), s->tvb, 0, 0, word));
    show_pairs(&n, &comment);
    show_slot(n.tree, s->tvb, (uint64_t)n.conn, (uint64_t)n.stream);
    g_string_free(n.value, TRUE);
    if (note)
        show_links(s, n.tree, note);
}

/* As in the texts: the recorder's number, or our count. */
static uint64_t conn_number(const struct h2t_model *m, uint32_t tconn)
{
    uint64_t number = h2t_tconn_at(m, tconn)->number;
    return number ? number : tconn + 1;
}

void show_part(struct show *s, uint32_t stream)
{
    const struct h2t_model *m = &s->session->model;
    const struct h2t_stream *st = h2t_stream_at(m, stream);
    if (st->attempt == H2T_NONE)
        return;
    const struct h2t_attempt *a = h2t_attempt_at(m, st->attempt);
    const char *req = h2t_request_at(m, a->request)->id;
    uint64_t conn = a->tconn == H2T_NONE ? 0 : conn_number(m, a->tconn);
    generated(
        proto_tree_add_string(show_root(s), field_hf(FIELD_PART_OF), s->tvb, 0, 0, req ? req : ""));
    show_slot(show_root(s), s->tvb, conn, st->id);
}
