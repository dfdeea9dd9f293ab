/* SPDX-License-Identifier: MIT */
#include "annotator/wire/slots.h"

#include <glib.h>
#include <string.h>

#define EMPTY UINT32_MAX
#define FIRST_SIZE 64u

static void allocate(struct slots *slots, uint32_t size)
{
    slots->at = g_new(struct slot, size);
    memset(slots->at, 0xff, size * sizeof *slots->at); /* EMPTY */
    slots->mask = size - 1;
}

void slots_init(struct slots *slots)
{
    allocate(slots, FIRST_SIZE);
    slots->n = 0;
}

void slots_fini(struct slots *slots)
{
    g_free(slots->at);
    slots->at = NULL;
}

uint32_t slots_find(const struct slots *slots, uint32_t hash,
                    bool (*same)(const void *items, uint32_t index, const void *key),
                    const void *items, const void *key)
{
    for (uint32_t i = hash & slots->mask;; i = (i + 1) & slots->mask) {
        const struct slot *slot = &slots->at[i];
        if (slot->index == EMPTY)
            return EMPTY;
        if (slot->hash == hash && same(items, slot->index, key))
            return slot->index;
    }
}

static void put(struct slots *slots, struct slot slot)
{
    uint32_t i = slot.hash & slots->mask;
    while (slots->at[i].index != EMPTY)
        i = (i + 1) & slots->mask;
    slots->at[i] = slot;
}

static void grow(struct slots *slots)
{
    const struct slots old = *slots;
    allocate(slots, (old.mask + 1) * 2);
    for (uint32_t i = 0; i <= old.mask; i++)
        if (old.at[i].index != EMPTY)
            put(slots, old.at[i]);
    g_free(old.at);
}

void slots_add(struct slots *slots, uint32_t hash, uint32_t index)
{
    if (slots->n >= slots->mask - slots->mask / 4)
        grow(slots);
    put(slots, (struct slot){hash, index});
    slots->n++;
}

size_t slots_size(const struct slots *slots)
{
    return ((size_t)slots->mask + 1) * sizeof *slots->at;
}
