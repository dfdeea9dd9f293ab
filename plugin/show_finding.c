/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/show_finding.h"

#include <string.h>

/* A pair's value; lives as long as the packet. NULL: there is none. */
static const char *value_of(struct show *s, const struct h2t_comment *comment, const char *key)
{
    struct h2t_comment_pair pair;
    if (!h2t_comment_find(comment, key, &pair))
        return NULL;
    g_autoptr(GString) value = g_string_new(NULL);
    h2t_comment_value(&pair, value);
    return wmem_strndup(s->pinfo->pool, value->str, value->len);
}

static proto_item *add_text(struct show *s, proto_tree *tree, enum field field, const char *text)
{
    proto_item *item = proto_tree_add_string(tree, field_hf(field), s->tvb, 0, 0, text);
    proto_item_set_generated(item);
    return item;
}

static void add_frame(struct show *s, proto_tree *tree, enum field field, const char *number)
{
    if (number)
        proto_item_set_generated(proto_tree_add_uint(tree, field_hf(field), s->tvb, 0, 0,
                                                     (uint32_t)strtoul(number, NULL, 10)));
}

/* Each by itself, so that a filter for a request finds what was found about it. */
static void add_requests(struct show *s, proto_tree *tree, const char *names)
{
    g_auto(GStrv) list = g_strsplit(names ? names : "", ",", -1);
    for (char **name = list; *name; name++)
        if (**name != '+') /* "+3": that many more */
            show_request(s, tree, *name);
}

bool is_finding(const struct h2t_comment *comment)
{
    return comment->word_len == strlen("finding") &&
           !memcmp(comment->word, "finding", comment->word_len);
}

void show_finding(struct show *s, proto_item *item, proto_tree *tree,
                  const struct h2t_comment *comment)
{
    const char *id = value_of(s, comment, "id"), *severity = value_of(s, comment, "severity");
    const char *at = value_of(s, comment, "at"), *what = value_of(s, comment, "what");
    if (!id || !severity)
        return;
    unsigned level = field_severity(severity);
    add_text(s, tree, FIELD_FINDING, id);
    proto_item_set_generated(
        proto_tree_add_uint(tree, field_hf(FIELD_SEVERITY), s->tvb, 0, 0, level));
    add_requests(s, tree, value_of(s, comment, "reqs"));
    if (!value_of(s, comment, "file")) { /* else it is in another file */
        add_frame(s, tree, FIELD_FINDING_AT, at);
        add_frame(s, tree, FIELD_FINDING_PROOF, value_of(s, comment, "proof"));
    }
    if (!at) /* once: where it happened, not where it is proven */
        expert_add_info_format(s->pinfo, item, field_expert(level), "%s: %s", id, what ? what : "");
}
