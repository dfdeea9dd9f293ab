/* SPDX-License-Identifier: MIT */
/*
 * How far the clocks are apart where no connection of the trace could tell, because none came to
 * be: from dials. If a server was dialled as often as the capture has SYNs to it, the k-th dial is
 * taken for the k-th SYN, provided that one offset fits them all and is near 0.
 */
#ifndef H2T_DIAL_CLOCK_H
#define H2T_DIAL_CLOCK_H

#include "model.h"

#define H2T_MAX_DIAL_CLOCK                                                                         \
    4096u /* dials and SYNs that are looked at; with more nothing is known                         \
           */

/* Fills m->clock, if it can. Only for a model whose clock is not known. */
void h2t_dial_clock(struct h2t_model *m);

#endif
