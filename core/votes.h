/* SPDX-License-Identifier: MIT */
/*
 * The offset on which most connections agree, where every 4-tuple recurs and so no pair of
 * connections is sure.
 */
#ifndef H2T_VOTES_H
#define H2T_VOTES_H

#include "tuples.h"

/* Every trace connection of the clock's processes votes for the offsets that some wire connection
 * of its group allows. lo > hi in the result if no offset has the most votes. `clock`: index. */
struct h2t_clock h2t_votes(const struct h2t_model *m, const struct h2t_tuples *tuples,
                           uint32_t clock);

#endif
