/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/show.h"

#include "plugin/links.h"
#include "plugin/printable.h"
#include "plugin/readers.h"
#include "plugin/show_finding.h"

#include "core/base.h"
#include "core/comment.h"
#include "core/index.h"
#include "core/view.h"

#include <inttypes.h>
#include <string.h>

/* A note being shown. */
struct shown {
    struct show *s;
    proto_tree *tree;
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

bool show_wants(const struct show *s, int hf)
{
    return readers_want(s->tree, hf);
}

/* True once for each value of a field in a packet. Columns join what is there; scripts and colour
 * rules need each value only once. */
static bool is_new(struct show *s, int hf, uint64_t value)
{
    void *key = GSIZE_TO_POINTER((gsize)h2t_index_pair(value, (uint64_t)hf));
    if (!s->said)
        s->said = wmem_map_new(s->pinfo->pool, g_direct_hash, g_direct_equal);
    if (wmem_map_contains(s->said, key))
        return false;
    wmem_map_insert(s->said, key, key);
    return true;
}

static bool is_new_text(struct show *s, int hf, const char *text, size_t len)
{
    return is_new(s, hf, h2t_hash(text, len));
}

static void add_number(struct show *s, proto_tree *tree, const char *key, uint64_t number)
{
    int hf = field_of_key(key, strlen(key))->hf;
    if (show_wants(s, hf) && is_new(s, hf, number))
        generated(proto_tree_add_uint64(tree, hf, s->tvb, 0, 0, number));
}

static void show_value(struct shown *n, int hf, bool once, const struct h2t_comment_pair *pair)
{
    h2t_comment_value(pair, n->value);
    if (!once || is_new_text(n->s, hf, n->value->str, n->value->len))
        generated(proto_tree_add_string(n->tree, hf, n->s->tvb, 0, 0,
                                        printable(n->s->pinfo->pool, n->value->str)));
}

static void show_pair(struct shown *n, const struct key *key, const struct h2t_comment_pair *pair)
{
    tvbuff_t *tvb = n->s->tvb;
    bool once = field_is_identity(key);
    int64_t number;
    if (!show_wants(n->s, key->hf))
        return;
    switch (key->kind) {
    case VALUE_TEXT:
        show_value(n, key->hf, once, pair);
        break;
    case VALUE_NUMBER:
        if (h2t_comment_int(pair, &number) && (!once || is_new(n->s, key->hf, (uint64_t)number)))
            generated(proto_tree_add_uint64(n->tree, key->hf, tvb, 0, 0, (uint64_t)number));
        break;
    case VALUE_YES_NO:
        generated(proto_tree_add_boolean(n->tree, key->hf, tvb, 0, 0,
                                         pair->len == 3 && !memcmp(pair->value, "yes", 3)));
        break;
    case VALUE_DURATION:
        if (h2t_comment_duration(pair, &number)) {
            nstime_t time = time_of(number);
            generated(proto_tree_add_time(n->tree, key->hf, tvb, 0, 0, &time));
        }
        break;
    }
}

static void show_hook(struct shown *n, const struct key *key, const struct h2t_comment_pair *pair)
{
    int event = field_hf(FIELD_EVENT);
    if (show_wants(n->s, event))
        generated(proto_tree_add_string(n->tree, event, n->s->tvb, 0, 0, key->name));
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
static void show_slot(struct show *s, proto_tree *tree, uint64_t conn, uint64_t stream)
{
    uint32_t slot = (uint32_t)((stream / 2 + conn * 3) % FIELDS_SLOTS);
    int hf = field_hf(FIELD_SLOT);
    if (stream > 0 && show_wants(s, hf) && is_new(s, hf, slot))
        generated(proto_tree_add_uint(tree, hf, s->tvb, 0, 0, slot));
}

/* The text without tag and check value, as an item; what it says goes below. */
static proto_item *add_note(struct show *s, const struct h2t_comment *comment)
{
    size_t len = (size_t)(comment->end - comment->word);
    const char *plain = wmem_strndup(s->pinfo->pool, comment->word, len);
    return generated(proto_tree_add_string_format(show_root(s), field_hf(FIELD_NOTE), s->tvb, 0, 0,
                                                  plain, "%s", plain));
}

static void add_word(struct show *s, proto_tree *tree, const struct h2t_comment *comment)
{
    int hf = field_hf(FIELD_WHAT);
    if (show_wants(s, hf))
        generated(
            proto_tree_add_string(tree, hf, s->tvb, 0, 0,
                                  wmem_strndup(s->pinfo->pool, comment->word, comment->word_len)));
}

void show_note(struct show *s, const char *text, const struct h2t_note *note)
{
    struct h2t_comment comment;
    if (!h2t_comment_parse(text, strlen(text), &comment))
        return;
    proto_item *item = NULL;
    struct shown n = {.s = s, .tree = show_root(s), .value = g_string_new(NULL)};
    if (show_wants(s, field_hf(FIELD_NOTE)) || is_finding(&comment)) {
        item = add_note(s, &comment);
        n.tree = proto_item_add_subtree(item, field_ett(ETT_NOTE));
    }
    add_word(s, n.tree, &comment);
    if (is_finding(&comment))
        show_finding(s, item, n.tree, &comment);
    show_pairs(&n, &comment);
    show_slot(s, n.tree, (uint64_t)n.conn, (uint64_t)n.stream);
    g_string_free(n.value, TRUE);
    if (note)
        show_links(s, n.tree, note);
}

/* ---- Packets without a note ----------------------------------------------------------------- */

static void add_process(struct show *s, proto_tree *tree, uint32_t process)
{
    const struct h2t_model *m = &s->session->model;
    if (m->trace->processes->len > 1)
        add_number(s, tree, "pid", h2t_process_at(m, process)->pid);
}

void show_request(struct show *s, proto_tree *tree, const char *id)
{
    int hf = field_of_key("req", strlen("req"))->hf;
    if (show_wants(s, hf) && is_new_text(s, hf, id, strlen(id)))
        generated(proto_tree_add_string(tree, hf, s->tvb, 0, 0, printable(s->pinfo->pool, id)));
}

/* What is said of it goes below; or into our root, if a note has named the request. */
static proto_tree *add_request(struct show *s, const char *id)
{
    int hf = field_of_key("req", strlen("req"))->hf;
    if (!show_wants(s, hf) || !is_new_text(s, hf, id, strlen(id)))
        return show_root(s);
    proto_item *item =
        proto_tree_add_string(show_root(s), hf, s->tvb, 0, 0, printable(s->pinfo->pool, id));
    return proto_item_add_subtree(generated(item), field_ett(ETT_STREAM));
}

void show_stream(struct show *s, uint32_t stream)
{
    const struct h2t_model *m = &s->session->model;
    const struct h2t_stream *st = h2t_stream_at(m, stream);
    const struct h2t_attempt *a = h2t_attempt_at(m, st->attempt);
    const struct h2t_request *r = h2t_request_at(m, a->request);
    uint64_t conn = a->tconn == H2T_NONE ? 0 : h2t_conn_number(m, a->tconn);
    proto_tree *tree = add_request(s, r->id);
    add_number(s, tree, "attempt", a->number);
    add_process(s, tree, r->process);
    if (conn)
        add_number(s, tree, "conn", conn);
    add_number(s, tree, "stream", st->id);
    show_slot(s, tree, conn, st->id);
}

void show_part(struct show *s, uint32_t stream)
{
    const struct h2t_model *m = &s->session->model;
    const struct h2t_stream *st = h2t_stream_at(m, stream);
    const struct h2t_attempt *a = h2t_attempt_at(m, st->attempt);
    const char *req = h2t_request_at(m, a->request)->id;
    uint64_t conn = a->tconn == H2T_NONE ? 0 : h2t_conn_number(m, a->tconn);
    int hf = field_hf(FIELD_PART_OF);
    if (show_wants(s, hf))
        generated(
            proto_tree_add_string(show_root(s), hf, s->tvb, 0, 0, printable(s->pinfo->pool, req)));
    show_slot(s, show_root(s), conn, st->id);
}

void show_conn(struct show *s, uint32_t tconn)
{
    const struct h2t_model *m = &s->session->model;
    add_process(s, show_root(s), h2t_tconn_at(m, tconn)->process);
    add_number(s, show_root(s), "conn", h2t_conn_number(m, tconn));
}
