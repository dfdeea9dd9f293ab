/* SPDX-License-Identifier: MIT */
#include "core/agree.h"

#include "core/clock.h"

#define DRIFT 10000 /* 100 ppm: what clocks are allowed to run apart, as a divisor */

static int64_t plus(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b < 0 ? INT64_MIN : INT64_MAX;
}

/* The interval grows with the time since the last pair. */
static void widen(struct h2t_agree *agree, int64_t ns)
{
    int64_t passed = 0;
    if (agree->ns != H2T_NEVER && __builtin_sub_overflow(ns, agree->ns, &passed))
        passed = INT64_MAX;
    int64_t drift = (passed < 0 ? -passed : passed) / DRIFT;
    agree->lo = plus(agree->lo, -drift);
    agree->hi = plus(agree->hi, drift);
    agree->ns = ns;
}

static bool fits(const struct h2t_agree *agree, const struct h2t_bounds *pair)
{
    return pair->lo <= pair->hi && pair->hi >= plus(agree->lo, -H2T_CLOCK_SLACK) &&
           pair->lo <= plus(agree->hi, H2T_CLOCK_SLACK);
}

bool h2t_agree_add(struct h2t_agree *agree, const struct h2t_bounds *pair, int64_t ns)
{
    if (!fits(agree, pair)) {
        agree->broken |= agree->stray;
        agree->stray = true;
        return false;
    }
    widen(agree, ns);
    agree->stray = false;
    if (pair->lo <= agree->hi)
        agree->lo = MAX(agree->lo, pair->lo);
    if (pair->hi >= agree->lo)
        agree->hi = MIN(agree->hi, pair->hi);
    return true;
}
