/* SPDX-License-Identifier: MIT */
/* Open addressing. A slot has the first value of its hash, further ones are in a ring beside the
 * table: `more` is the last of them, whose `next` is the first. */
#include "core/index.h"

#define FREE H2T_NONE /* no index has this value */

static uint64_t hash_of(const struct h2t_index_slot *slot)
{
    return (uint64_t)slot->hash[1] << 32 | slot->hash[0];
}

/* The slot of this hash, or the free one where it would be. */
static struct h2t_index_slot *slot_of(const struct h2t_index *index, uint64_t hash)
{
    size_t mask = index->n_slots - 1, i = h2t_index_mix(hash ^ index->seed) & mask;
    while (index->slots[i].value != FREE && hash_of(&index->slots[i]) != hash)
        i = (i + 1) & mask;
    return &index->slots[i];
}

static void grow(struct h2t_index *index)
{
    struct h2t_index old = *index;
    if (!index->seed)
        index->seed = h2t_index_seed();
    index->n_slots = old.n_slots ? old.n_slots * 2 : 16;
    index->slots = g_new(struct h2t_index_slot, index->n_slots);
    for (size_t i = 0; i < index->n_slots; i++)
        index->slots[i].value = FREE;
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.slots[i].value != FREE)
            *slot_of(index, hash_of(&old.slots[i])) = old.slots[i];
    g_free(old.slots);
}

static struct h2t_index_more *more_at(const struct h2t_index *index, uint32_t i)
{
    return &g_array_index(index->more, struct h2t_index_more, i);
}

static void chain(struct h2t_index *index, struct h2t_index_slot *slot, uint32_t value)
{
    if (!index->more)
        index->more = g_array_new(FALSE, FALSE, sizeof(struct h2t_index_more));
    uint32_t i = index->more->len;
    struct h2t_index_more more = {value, i};
    if (slot->more != H2T_NONE) {
        more.next = more_at(index, slot->more)->next;
        more_at(index, slot->more)->next = i;
    }
    g_array_append_val(index->more, more);
    slot->more = i;
}

void h2t_index_add(struct h2t_index *index, uint64_t hash, uint32_t value)
{
    if (index->n >= index->n_slots - index->n_slots / 4)
        grow(index);
    struct h2t_index_slot *slot = slot_of(index, hash);
    if (slot->value != FREE) {
        chain(index, slot, value);
        return;
    }
    *slot = (struct h2t_index_slot){{(uint32_t)hash, (uint32_t)(hash >> 32)}, value, H2T_NONE};
    index->n++;
}

uint32_t h2t_index_first(const struct h2t_index *index, uint64_t hash, struct h2t_probe *probe)
{
    if (!index->n_slots)
        return H2T_NONE;
    const struct h2t_index_slot *slot = slot_of(index, hash);
    probe->last = slot->more;
    probe->at = H2T_NONE;
    return slot->value;
}

uint32_t h2t_index_next(const struct h2t_index *index, struct h2t_probe *probe)
{
    if (probe->at == probe->last)
        return H2T_NONE;
    probe->at = more_at(index, probe->at == H2T_NONE ? probe->last : probe->at)->next;
    return more_at(index, probe->at)->value;
}

void h2t_index_fini(struct h2t_index *index)
{
    g_free(index->slots);
    if (index->more)
        g_array_unref(index->more);
    *index = (struct h2t_index){0};
}
