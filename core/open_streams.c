/* SPDX-License-Identifier: MIT */
#include "core/open_streams.h"

struct h2t_open_streams {
    GArray *lists;     /* struct h2t_open_list, by connection */
    GHashTable *by_id; /* struct h2t_open, by its key */
};

static guint hash_key(gconstpointer p)
{
    uint64_t key = *(const uint64_t *)p * 0x9e3779b97f4a7c15u;
    return (guint)(key >> 32);
}

static uint64_t key_of(uint32_t conn, uint32_t id)
{
    return (uint64_t)conn << 32 | id;
}

struct h2t_open_streams *h2t_open_streams_new(void)
{
    struct h2t_open_streams *streams = g_new0(struct h2t_open_streams, 1);
    streams->lists = g_array_new(false, true, sizeof(struct h2t_open_list));
    streams->by_id = g_hash_table_new_full(hash_key, g_int64_equal, NULL, g_free);
    return streams;
}

void h2t_open_streams_free(struct h2t_open_streams **streams)
{
    if (!*streams)
        return;
    g_array_unref((*streams)->lists);
    g_hash_table_unref((*streams)->by_id);
    g_clear_pointer(streams, g_free);
}

void h2t_open_streams_reserve(struct h2t_open_streams *streams, uint32_t n)
{
    if (streams->lists->len < n)
        g_array_set_size(streams->lists, n);
}

struct h2t_open_list *h2t_open_list(struct h2t_open_streams *streams, uint32_t conn)
{
    return &g_array_index(streams->lists, struct h2t_open_list, conn);
}

static struct h2t_open_list *list_of(struct h2t_open_streams *streams, const struct h2t_open *open)
{
    return h2t_open_list(streams, (uint32_t)(open->key >> 32));
}

struct h2t_open *h2t_open_add(struct h2t_open_streams *streams, uint32_t conn, uint32_t id,
                              uint32_t stream)
{
    struct h2t_open_list *list = h2t_open_list(streams, conn);
    struct h2t_open *open = g_new0(struct h2t_open, 1);
    open->key = key_of(conn, id);
    open->stream = stream;
    open->n_gaps = list->n_gaps;
    open->prev = list->newest;
    *(list->newest ? &list->newest->next : &list->oldest) = open;
    list->newest = open;
    list->highest = id;
    g_hash_table_replace(streams->by_id, &open->key, open);
    return open;
}

struct h2t_open *h2t_open_find(struct h2t_open_streams *streams, uint32_t conn, uint32_t id)
{
    uint64_t key = key_of(conn, id);
    return g_hash_table_lookup(streams->by_id, &key);
}

void h2t_open_remove(struct h2t_open_streams *streams, struct h2t_open *open)
{
    struct h2t_open_list *list = list_of(streams, open);
    *(open->prev ? &open->prev->next : &list->oldest) = open->next;
    *(open->next ? &open->next->prev : &list->newest) = open->prev;
    g_hash_table_remove(streams->by_id, &open->key);
}

bool h2t_open_missed(struct h2t_open_streams *streams, const struct h2t_open *open)
{
    return list_of(streams, open)->n_gaps != open->n_gaps;
}

void h2t_open_foreach(struct h2t_open_streams *streams,
                      void (*each)(void *user, const struct h2t_open *open), void *user)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, streams->by_id);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        each(user, value);
}
