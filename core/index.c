/* SPDX-License-Identifier: MIT */
#include "core/index.h"

#define FREE H2T_NONE /* no index has this value */

static size_t slot_of(const struct h2t_index *index, uint64_t hash)
{
    return (size_t)((hash ^ (hash >> 29)) & (index->n_slots - 1));
}

static uint64_t hash_of(const struct h2t_index_slot *slot)
{
    return (uint64_t)slot->hash[1] << 32 | slot->hash[0];
}

static void put(struct h2t_index *index, uint64_t hash, uint32_t value)
{
    size_t i = slot_of(index, hash);
    while (index->slots[i].value != FREE)
        i = (i + 1) & (index->n_slots - 1);
    index->slots[i] =
        (struct h2t_index_slot){.hash = {(uint32_t)hash, (uint32_t)(hash >> 32)}, .value = value};
}

static void grow(struct h2t_index *index)
{
    struct h2t_index old = *index;
    index->n_slots = old.n_slots ? old.n_slots * 2 : 16;
    index->slots = g_new(struct h2t_index_slot, index->n_slots);
    for (size_t i = 0; i < index->n_slots; i++)
        index->slots[i].value = FREE;
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.slots[i].value != FREE)
            put(index, hash_of(&old.slots[i]), old.slots[i].value);
    g_free(old.slots);
}

void h2t_index_add(struct h2t_index *index, uint64_t hash, uint32_t value)
{
    if (index->n >= index->n_slots - index->n_slots / 4)
        grow(index);
    put(index, hash, value);
    index->n++;
}

uint32_t h2t_index_first(const struct h2t_index *index, uint64_t hash, struct h2t_probe *probe)
{
    if (!index->n_slots)
        return H2T_NONE;
    probe->hash = hash;
    probe->slot = slot_of(index, hash);
    return h2t_index_next(index, probe);
}

uint32_t h2t_index_next(const struct h2t_index *index, struct h2t_probe *probe)
{
    for (;;) {
        const struct h2t_index_slot *slot = &index->slots[probe->slot];
        if (slot->value == FREE)
            return H2T_NONE;
        probe->slot = (probe->slot + 1) & (index->n_slots - 1);
        if (hash_of(slot) == probe->hash)
            return slot->value;
    }
}

void h2t_index_fini(struct h2t_index *index)
{
    g_free(index->slots);
    *index = (struct h2t_index){0};
}
