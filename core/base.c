/* SPDX-License-Identifier: MIT */
#include "core/base.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

G_DEFINE_QUARK(h2t - error - quark, h2t_error)

uint64_t h2t_hash(const char *data, size_t len)
{
    uint64_t hash = XXH3_64bits(data, len);
    return hash ? hash : 1;
}

const char *h2t_intern(GStringChunk *chunk, const char *text, size_t len)
{
    if (!text)
        return NULL;
    char kept[H2T_MAX_STRING + 1];
    len = MIN(len, H2T_MAX_STRING);
    memcpy(kept, text, len);
    kept[len] = '\0';
    return g_string_chunk_insert_const(chunk, kept);
}
