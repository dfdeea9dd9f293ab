/* SPDX-License-Identifier: MIT */
/*
 * Strict bounds on the offset, in the order of the capture, into the times in which nobody set a
 * clock: where bounds from some place on fit no line together with those before, but a line of
 * their own, a clock was set there. What fits neither is a stray: a wrong pair, or a time stamp
 * taken late.
 */
#ifndef H2T_SEGMENTS_H
#define H2T_SEGMENTS_H

#include "model.h"

struct h2t_limit {
    uint32_t packet;
    uint32_t tconn; /* who says it */
    int64_t at;     /* time of the trace */
    int64_t bound;  /* of the offset */
    bool upper;     /* at most, else at least */
    bool confirmed; /* an identity header says that the pair is one */
    bool stray;     /* out: it does not fit */
};

/* Sorts `limits` by packet, fills parts and n_parts of `clock`, and `stray` of each. No parts if
 * nothing bounds the offset on both sides. */
void h2t_segments(GArray *limits, struct h2t_clock *clock);

#endif
