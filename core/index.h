/* SPDX-License-Identifier: MIT */
/*
 * From a hash to indexes of an array. It knows hashes only: whoever asks compares what is there.
 * Those of one hash come in the order they were added, which costs the same however many there are.
 * Hashes that differ cannot be made to be in one place: nobody can foresee where they are.
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
        uint32_t hash[2]; /* halves */
        uint32_t value, more;
    } * slots;
    size_t n, n_slots; /* n: hashes; n_slots: 0 or a power of two */
    GArray *more;      /* struct h2t_index_more, or NULL */
    uint64_t seed;
};

struct h2t_index_more {
    uint32_t value, next;
};

struct h2t_probe {
    uint32_t at, last; /* of the values behind the first; H2T_NONE: none */
};

void h2t_index_add(struct h2t_index *index, uint64_t hash, uint32_t value);
uint32_t h2t_index_first(const struct h2t_index *index, uint64_t hash, struct h2t_probe *probe);
uint32_t h2t_index_next(const struct h2t_index *index, struct h2t_probe *probe);
void h2t_index_fini(struct h2t_index *index);

/* The finaliser of MurmurHash3 (public domain): one to one. */
static inline uint64_t h2t_index_mix(uint64_t h)
{
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

/* Nobody outside of the process knows it. */
static inline uint64_t h2t_index_seed(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

/* A hash of two numbers. */
static inline uint64_t h2t_index_pair(uint64_t a, uint64_t b)
{
    uint64_t hash = (a * UINT64_C(0x9e3779b97f4a7c15)) ^ (b + UINT64_C(0x2545f4914f6cdd1d));
    return (hash ^ (hash >> 32)) * UINT64_C(0xbf58476d1ce4e5b9);
}

#endif
