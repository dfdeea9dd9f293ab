/* SPDX-License-Identifier: MIT */
/*
 * How far the clocks of the capture and of the traced programs are apart, and what that means for a
 * time.
 *
 * Clocks run apart, and people and daemons set them. So the offset is a line for each time in which
 * nobody did (h2t_clock_part, drift.h), and an interval at each moment. Processes of one host have
 * one clock, of hosts that are not told each has its own.
 */
#ifndef H2T_CLOCK_H
#define H2T_CLOCK_H

#include "bounds.h"

#define H2T_CLOCK_NEAR G_GINT64_CONSTANT(2000000000) /* ns: clocks of one host, or kept by NTP */
#define H2T_CLOCK_SLACK                                                                            \
    G_GINT64_CONSTANT(2000000) /* ns: coarse time stamps, and what else bounds do not foresee */

/* The process's clock; m->clock where there is only one, and for H2T_NONE. */
const struct h2t_clock *h2t_clock_of(const struct h2t_model *m, uint32_t process);

/* Nothing known: the interval is empty. */
bool h2t_clock_known(const struct h2t_clock *clock);

/* The offset at the trace's time `ns`, for something near `packet` (0: not known where). Clocks
 * that were set back have each time twice, the packet tells which. Empty if nothing is known. */
struct h2t_range h2t_clock_at(const struct h2t_clock *clock, int64_t ns, uint32_t packet);

/* The offset to count with, and to show: 0 if the clocks can be the same, else the middle of what
 * is possible. It does not change but where a clock was set, or the two certainly run apart. 0 if
 * nothing is known. */
int64_t h2t_clock_shift(const struct h2t_clock *clock, int64_t ns, uint32_t packet);

/* All times of the capture that the trace's time `ns` can be, of a clock that is known. */
struct h2t_range h2t_clock_window(const struct h2t_clock *clock, int64_t ns);

/* Can these bounds be true? They are of what remains when h2t_clock_shift is taken off. With an
 * unknown clock: could the clocks be near each other? */
bool h2t_clock_allows(const struct h2t_clock *clock, const struct h2t_bounds *bounds);

/* The same without slack, of a clock that is known. */
bool h2t_clock_holds(const struct h2t_clock *clock, const struct h2t_bounds *bounds);

/* The same within H2T_CLOCK_NEAR, for pairs that something else than time has found. */
bool h2t_clock_plausible(const struct h2t_clock *clock, const struct h2t_bounds *bounds);

#endif
