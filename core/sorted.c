/* SPDX-License-Identifier: MIT */
#include "core/sorted.h"

#include <string.h>

static uint32_t value_at(const GArray *sorted, size_t offset, guint i)
{
    uint32_t value;
    size_t size = g_array_get_element_size((GArray *)sorted);
    memcpy(&value, sorted->data + i * size + offset, sizeof value);
    return value;
}

guint h2t_sorted_first(const GArray *sorted, size_t offset, uint32_t value)
{
    guint low = 0, high = sorted->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (value_at(sorted, offset, middle) < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
