/* SPDX-License-Identifier: MIT */
/* Not g_string_chunk_insert_const: everybody can make texts that its hash has in one place. */
#include "core/strings.h"

#include "core/base.h"
#include "core/index.h"

#include <string.h>

enum { CHUNK = 16384 };

struct h2t_strings {
    GStringChunk *chunk;
    GPtrArray *interned; /* const char * */
    struct h2t_index index;
    uint64_t key; /* of its hashes */
};

struct h2t_strings *h2t_strings_new(void)
{
    struct h2t_strings *strings = g_new0(struct h2t_strings, 1);
    strings->chunk = g_string_chunk_new(CHUNK);
    strings->interned = g_ptr_array_new();
    strings->key = h2t_index_seed();
    return strings;
}

void h2t_strings_free(struct h2t_strings **strings)
{
    if (!*strings)
        return;
    g_string_chunk_free((*strings)->chunk);
    g_ptr_array_unref((*strings)->interned);
    h2t_index_fini(&(*strings)->index);
    g_clear_pointer(strings, g_free);
}

const char *h2t_strings_add(struct h2t_strings *strings, const char *text, size_t len)
{
    return g_string_chunk_insert_len(strings->chunk, text, (gssize)len);
}

static bool is_text(const char *known, const char *text, size_t len)
{
    return !strncmp(known, text, len) && !known[len];
}

const char *h2t_intern(struct h2t_strings *strings, const char *text, size_t len)
{
    if (!text)
        return NULL;
    len = strnlen(text, MIN(len, H2T_MAX_STRING));
    uint64_t hash = h2t_hash_keyed(strings->key, text, len);
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(&strings->index, hash, &p); i != H2T_NONE;
         i = h2t_index_next(&strings->index, &p))
        if (is_text(strings->interned->pdata[i], text, len))
            return strings->interned->pdata[i];
    const char *kept = h2t_strings_add(strings, text, len);
    h2t_index_add(&strings->index, hash, strings->interned->len);
    g_ptr_array_add(strings->interned, (gpointer)kept);
    return kept;
}
