/* SPDX-License-Identifier: MIT */
/*
 * Frames of a log held against frames of the wire, one direction of one connection.
 *
 * Both are in order, so that they must be equal one by one. Where the wire lacks bytes, or one of
 * them begins later than the other, the place is found again at HEADERS, of which a stream has
 * few. What the program wrote last may be missing on the wire, and what it did not read any more in
 * the log.
 */
#ifndef H2T_ALIGN_H
#define H2T_ALIGN_H

#include "model.h"

struct h2t_alignment {
    bool refuted;                     /* these are not the same frames */
    uint32_t n;                       /* frames that are the same */
    uint32_t log_left;                /* frames of the log behind the last one on the wire */
    bool wire_left;                   /* there are frames on the wire behind the log's last one */
    uint32_t first_entry, last_entry; /* of those that are the same; meaningless where n is 0 */
    uint64_t looked;                  /* at how many frames, of both: the work it was */
};

/* `late`: the log, or the wire, lacks the connection's beginning. With `keep`, h2t_logged.entry is
 * filled: the index in `entries`, or H2T_NONE. */
struct h2t_alignment h2t_align(GArray *logged, bool log_late, const GArray *entries, bool wire_late,
                               bool keep);

#endif
