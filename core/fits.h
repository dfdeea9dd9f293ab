/* SPDX-License-Identifier: MIT */
/*
 * Could this Framer be this end of this connection? From the frames of both directions, and the
 * times of those that are the same: a frame is logged before it is written, and after it is read.
 */
#ifndef H2T_FITS_H
#define H2T_FITS_H

#include "model.h"

struct h2t_fit {
    uint32_t framer, conn;
    uint32_t n;     /* frames that are the same */
    int64_t lo, hi; /* ns: capture clock minus the log's; lo > hi: the times contradict */
    uint32_t first_entry, last_entry; /* of what the Framer wrote, in the ledger */
    bool exact;      /* no frame of either side is missing on the other that should be there */
    bool timed;      /* lo and hi are from times */
    bool named;      /* the log names the address of the client's end */
    uint64_t looked; /* at how many frames: the work it was, also where it does not fit */
};

/* False: it could not; then only `looked` is meant. */
bool h2t_fit(const struct h2t_model *m, uint32_t framer, uint32_t conn, struct h2t_fit *out);

/* Tells each frame of the Framer where in the ledger it is. */
void h2t_fit_keep(const struct h2t_model *m, uint32_t framer, uint32_t conn);

/* Frames that the Framer wrote and that are missing on the wire: the index of the first; their
 * number if there are none, or if they may only be missing in the capture. Needs h2t_fit_keep. */
uint32_t h2t_fit_unsent(const struct h2t_model *m, uint32_t framer);

#endif
