/* SPDX-License-Identifier: MIT */
/* The join of streams and attempts (see join.h). Needs h2t_bind. */
#ifndef H2T_JOIN_STREAMS_H
#define H2T_JOIN_STREAMS_H

#include "model.h"

/* Pairs the streams of every bound connection with its attempts, and what no connection ties by
 * unique headers. Says of all that stays alone why. */
void h2t_join_streams(struct h2t_model *m);

#endif
