/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/comments.h"

#include "core/comment.h"

#include <string.h>

static void free_list(gpointer list)
{
    g_ptr_array_unref(list);
}

void comments_fini(struct comments *c)
{
    if (c->by_packet)
        g_hash_table_unref(c->by_packet);
    *c = (struct comments){0};
}

static void keep(struct comments *c, uint32_t packet, const char *text)
{
    gpointer key = GUINT_TO_POINTER(packet);
    if (!c->by_packet)
        c->by_packet = g_hash_table_new_full(NULL, NULL, NULL, free_list);
    GPtrArray *list = g_hash_table_lookup(c->by_packet, key);
    if (!list) {
        list = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(c->by_packet, key, list);
    }
    g_ptr_array_add(list, g_strdup(text));
    c->n++;
}

void comments_learn(struct comments *c, const packet_info *pinfo)
{
    char *text;
    bool variant;
    if (!pinfo->rec || !pinfo->rec->block)
        return;
    for (unsigned i = 0; wtap_block_get_nth_string_option_value(pinfo->rec->block, OPT_COMMENT, i,
                                                                &text) == WTAP_OPTTYPE_SUCCESS;
         i++)
        if (h2t_comment_is_ours(text, strlen(text), &variant))
            keep(c, pinfo->num, text);
}

const GPtrArray *comments_of(const struct comments *c, uint32_t packet)
{
    return c->by_packet ? g_hash_table_lookup(c->by_packet, GUINT_TO_POINTER(packet)) : NULL;
}
