/* SPDX-License-Identifier: MIT */
/*
 * From a hash to indexes of an array. It knows hashes only: whoever asks compares what is there.
 *
 *     struct h2t_probe p;
 *     for (uint32_t i = h2t_index_first(ix, hash, &p); i != H2T_NONE; i = h2t_index_next(ix, &p))
 *         if (array[i] is the one)
 *             return i;
 */
#ifndef H2T_INDEX_H
#define H2T_INDEX_H

#include "model.h"

struct h2t_index {
    struct h2t_index_slot {
        uint32_t hash[2]; /* halves, for 12 bytes in place of 16 */
        uint32_t value;
    } * slots;
    size_t n, n_slots; /* n_slots: 0 or a power of two */
};

struct h2t_probe {
    uint64_t hash;
    size_t slot;
};

void h2t_index_add(struct h2t_index *index, uint64_t hash, uint32_t value);
uint32_t h2t_index_first(const struct h2t_index *index, uint64_t hash, struct h2t_probe *probe);
uint32_t h2t_index_next(const struct h2t_index *index, struct h2t_probe *probe);
void h2t_index_fini(struct h2t_index *index);

/* A hash of two numbers. */
static inline uint64_t h2t_index_pair(uint64_t a, uint64_t b)
{
    uint64_t hash = (a * UINT64_C(0x9e3779b97f4a7c15)) ^ (b + UINT64_C(0x2545f4914f6cdd1d));
    return (hash ^ (hash >> 32)) * UINT64_C(0xbf58476d1ce4e5b9);
}

#endif
