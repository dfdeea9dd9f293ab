/* SPDX-License-Identifier: MIT */
/* Sums and differences of times. Captures and sidecars may say any time, and a bound may be
 * unlimited (INT64_MIN, INT64_MAX): what is past 64 bits stays at the end. */
#ifndef H2T_NS_H
#define H2T_NS_H

#include <stdint.h>

static inline int64_t h2t_ns_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b < 0 ? INT64_MIN : INT64_MAX;
}

static inline int64_t h2t_ns_sub(int64_t a, int64_t b)
{
    int64_t difference;
    if (!__builtin_sub_overflow(a, b, &difference))
        return difference;
    return b > 0 ? INT64_MIN : INT64_MAX;
}

#endif
