/* SPDX-License-Identifier: MIT */
/*
 * How far the clocks are apart, measured: first from connections whose pairing needs no clock,
 * those whose 4-tuple occurs once on each side, or where every 4-tuple recurs from the offset on
 * which most of them agree (votes.h); after the join from all that was joined.
 */
#ifndef H2T_ESTIMATE_H
#define H2T_ESTIMATE_H

#include "tuples.h"

/* Nothing is measured yet; a clock that is stated stays. */
void h2t_forget_clocks(struct h2t_model *m);

/* Fills trace->clocks and m->clock. One that is stated stays as it is. */
void h2t_estimate_clocks(struct h2t_model *m, const struct h2t_tuples *tuples);

/* The same from the connections that are bound; where these tell nothing, from `rest`, as if its
 * connections had one 4-tuple. */
void h2t_measure_bound(struct h2t_model *m, const struct h2t_tuples *rest);

/* Clocks of which nothing is known become this one. */
void h2t_assume_clock(struct h2t_model *m, const struct h2t_clock *clock);

/* The same from what is joined, where that is more than nothing. */
void h2t_refine_clocks(struct h2t_model *m);

#endif
