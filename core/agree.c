/* SPDX-License-Identifier: MIT */
#include "core/agree.h"

#include "core/clock.h"
#include "core/ns.h"

#define DRIFT 10000 /* 100 ppm: what clocks are allowed to run apart, as a divisor */

/* The interval grows with the time since the last pair. */
static void widen(struct h2t_agree *agree, int64_t ns)
{
    int64_t passed = 0;
    if (ns == H2T_NEVER)
        return;
    if (agree->ns != H2T_NEVER)
        passed = h2t_ns_sub(MAX(ns, agree->ns), MIN(ns, agree->ns));
    int64_t drift = passed / DRIFT;
    agree->lo = h2t_ns_add(agree->lo, -drift);
    agree->hi = h2t_ns_add(agree->hi, drift);
    agree->ns = ns;
}

static bool fits(const struct h2t_agree *agree, const struct h2t_bounds *pair)
{
    return pair->lo <= pair->hi && pair->hi >= h2t_ns_add(agree->lo, -H2T_CLOCK_SLACK) &&
           pair->lo <= h2t_ns_add(agree->hi, H2T_CLOCK_SLACK);
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
