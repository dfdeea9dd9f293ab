/* SPDX-License-Identifier: MIT */
#include "core/queries.h"

#include "core/index.h"

#include <string.h>

struct h2t_queries {
    GHashTable *known; /* index of a query + 1, by its key */
    uint64_t seed;     /* of the keys: else ports and names could be chosen that collide */
};

struct h2t_queries *h2t_queries_new(void)
{
    struct h2t_queries *queries = g_new0(struct h2t_queries, 1);
    queries->seed = h2t_index_seed();
    queries->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return queries;
}

void h2t_queries_free(struct h2t_queries **queries)
{
    if (!*queries)
        return;
    g_hash_table_unref((*queries)->known);
    g_clear_pointer(queries, g_free);
}

static uint64_t query_key(const struct h2t_queries *queries, const struct h2t_dns *dns)
{
    uint64_t key = h2t_hash(dns->name, strlen(dns->name));
    key = key * 31 + h2t_hash((const char *)dns->client.ip, sizeof dns->client.ip);
    key = key * 31 + ((uint64_t)dns->client.port << 32 | (uint64_t)dns->id << 16 | dns->type);
    return h2t_index_mix(key ^ queries->seed);
}

static void add(struct h2t_queries *queries, struct h2t_wire *wire, const struct h2t_dns *dns,
                uint64_t key)
{
    struct h2t_query query = {.query = dns->mark,
                              .client = dns->client,
                              .name = h2t_intern(wire->strings, dns->name, strlen(dns->name)),
                              .id = dns->id,
                              .type = dns->type,
                              .lookup = H2T_NONE};
    g_array_append_val(wire->queries, query);
    if (g_hash_table_size(queries->known) >= H2T_MAX_PENDING_QUERIES)
        g_hash_table_remove_all(queries->known);
    g_hash_table_replace(queries->known, g_memdup2(&key, sizeof key),
                         GUINT_TO_POINTER(wire->queries->len));
}

void h2t_queries_input(struct h2t_queries *queries, struct h2t_wire *wire,
                       const struct h2t_dns *dns)
{
    uint64_t key = query_key(queries, dns);
    uint32_t known = GPOINTER_TO_UINT(g_hash_table_lookup(queries->known, &key));
    struct h2t_query *query =
        known ? &g_array_index(wire->queries, struct h2t_query, known - 1) : NULL;
    bool waits = query && !query->answer.packet;
    if (!dns->response && !waits) {
        add(queries, wire, dns, key);
    } else if (dns->response && waits) {
        query->answer = dns->mark;
        query->rcode = dns->rcode;
    }
}
