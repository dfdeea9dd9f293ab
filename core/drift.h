/* SPDX-License-Identifier: MIT */
/*
 * The straight lines that strict bounds allow: offset = start + rate * time. Two clocks that nobody
 * sets differ by such a line, as long as both run evenly. What all lines that fit say of a moment
 * is an interval that holds the true offset, also where no bound is near.
 *
 * The lines are the points (start, rate) of a convex polygon; each bound cuts it with a half plane.
 */
#ifndef H2T_DRIFT_H
#define H2T_DRIFT_H

#include "model.h"

#define H2T_MAX_RATE 2000000.0 /* ns per s: 2000 ppm, four times what NTP slews by */
#define H2T_DRIFT_REACH                                                                            \
    G_GINT64_CONSTANT(1000000000000000) /* ns: an interval this wide is bounded on one side only   \
                                         */

/* No bound yet; times are counted from `origin`, offsets from near `near`. */
void h2t_drift_begin(struct h2t_drift *drift, int64_t origin, int64_t near);

/* The offset at `at` is at most (`upper`), or at least, `bound`. False, and nothing changes, if no
 * line is left. */
bool h2t_drift_add(struct h2t_drift *drift, int64_t at, int64_t bound, bool upper);

/* What the offset can be at `at`. */
struct h2t_range h2t_drift_at(const struct h2t_drift *drift, int64_t at);

/* What the offset can be if the rate is 0; empty if it is not. */
struct h2t_range h2t_drift_level(const struct h2t_drift *drift);

/* What the rate can be, in parts per billion. */
struct h2t_range h2t_drift_rate(const struct h2t_drift *drift);

#endif
