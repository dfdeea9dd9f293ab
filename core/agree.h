/* SPDX-License-Identifier: MIT */
/*
 * Do the pairs of a connection, in their order, tell of one offset between the clocks?
 *
 * Clocks drift, so a pair is held against the ones shortly before it. One pair that does not fit,
 * between others that do, is a stray: a time stamp can be wrong by what the thread waited while it
 * was taken. Two in a row are not: then the pairs are shifted, or the clock was set.
 */
#ifndef H2T_AGREE_H
#define H2T_AGREE_H

#include "bounds.h"

struct h2t_agree {
    int64_t lo, hi; /* ns: offset that the last pairs allow */
    int64_t ns;     /* capture time of the last pair that fitted */
    bool stray;     /* the last pair did not fit */
    bool broken;    /* two in a row did not */
};

#define H2T_AGREE_NEW                                                                              \
    {                                                                                              \
        .lo = INT64_MIN, .hi = INT64_MAX, .ns = H2T_NEVER                                          \
    }

/* The next pair, at capture time `ns`. False if it does not fit those before it. */
bool h2t_agree_add(struct h2t_agree *agree, const struct h2t_bounds *pair, int64_t ns);

#endif
