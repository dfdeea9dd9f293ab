/* SPDX-License-Identifier: MIT */
/*
 * The texts of all notes, made page by page ahead of the packet that is being written, by a thread
 * of its own if wanted. What comes out is the same either way.
 *
 * Memory: a few pages of some hundred texts. A page ends between packets, so one packet with more
 * notes than that makes it larger; past MAX_ANNOTATED_BLOCK bytes its texts are left empty, since
 * the packet can carry none of them.
 */
#ifndef ANNOTATOR_SCRIBE_H
#define ANNOTATOR_SCRIBE_H

#include "core/model.h"

struct scribe;

/* `notes` as h2t_notes makes them. Model and notes stay the caller's and must not change. */
struct scribe *scribe_new(const struct h2t_model *model, const GArray *notes, bool own_thread);
void scribe_free(struct scribe **scribe);

/* The texts of the notes on `packet`, *n of them, not of the variant form. Packets are asked for in
 * ascending order; notes on those that are not are passed over. The caller may change the texts;
 * they are the scribe's again at the next call. */
GString *const *scribe_texts(struct scribe *scribe, uint32_t packet, unsigned *n);

#endif
