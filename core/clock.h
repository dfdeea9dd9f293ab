/* SPDX-License-Identifier: MIT */
/*
 * How far the two clocks are apart, from connections whose pairing needs no clock: those whose
 * 4-tuple occurs once on each side. Where every 4-tuple recurs, the offset on which most
 * connections agree, if there is only one such.
 */
#ifndef H2T_CLOCK_H
#define H2T_CLOCK_H

#include "bounds.h"

#define H2T_CLOCK_NEAR G_GINT64_CONSTANT(2000000000) /* ns: clocks of one host, or kept by NTP */
#define H2T_CLOCK_SLACK                                                                            \
    G_GINT64_CONSTANT(2000000) /* ns: drift and coarse time stamps inside one capture */

/* Fills m->clock. */
void h2t_clock_estimate(struct h2t_model *m);

/* Nothing known: the interval is empty. */
bool h2t_clock_known(const struct h2t_clock *clock);

/* The offset to show times with: 0 if that is inside the interval, else its middle. 0 if nothing is
 * known. */
int64_t h2t_clock_offset(const struct h2t_clock *clock);

/* Can these bounds be true? With an unknown clock: could the clocks be near each other? */
bool h2t_clock_allows(const struct h2t_clock *clock, const struct h2t_bounds *bounds);

/* The same within H2T_CLOCK_NEAR, for pairs that something else than time has found. */
bool h2t_clock_plausible(const struct h2t_clock *clock, const struct h2t_bounds *bounds);

#endif
