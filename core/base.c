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

uint64_t h2t_hash_keyed(uint64_t key, const char *data, size_t len)
{
    return XXH3_64bits_withSeed(data, len, key);
}
