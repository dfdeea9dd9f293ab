/* SPDX-License-Identifier: MIT */
/* Arrays of structs that are in the order of one of their members. */
#ifndef H2T_SORTED_H
#define H2T_SORTED_H

#include "base.h"

#include <stddef.h>

/* The index of the first element whose uint32_t at `offset` (offsetof) is not less than `value`;
 * the array's length if there is none. */
guint h2t_sorted_first(const GArray *sorted, size_t offset, uint32_t value);

#endif
