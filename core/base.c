/* SPDX-License-Identifier: MIT */
#include "core/base.h"

G_DEFINE_QUARK(h2t - error - quark, h2t_error)

uint64_t h2t_hash(const char *data, size_t len)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)data[i]) * 0x100000001b3u;
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
