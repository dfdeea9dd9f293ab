/* SPDX-License-Identifier: MIT */
/*
 * An open-addressing hash table of indices into somebody's array. It keeps 32 bits of each hash, so
 * that growing and most probes do not touch the array. Nothing is ever removed.
 */
#ifndef WIRE_SLOTS_H
#define WIRE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slot {
    uint32_t hash, index; /* index UINT32_MAX: empty */
};

struct slots {
    struct slot *at;
    uint32_t mask, n;
};

void slots_init(struct slots *slots);
void slots_fini(struct slots *slots);

/* The index with this hash for which `same` is true, or UINT32_MAX. */
uint32_t slots_find(const struct slots *slots, uint32_t hash,
                    bool (*same)(const void *items, uint32_t index, const void *key),
                    const void *items, const void *key);

/* `index` must not be there yet. */
void slots_add(struct slots *slots, uint32_t hash, uint32_t index);

size_t slots_size(const struct slots *slots);

#endif
