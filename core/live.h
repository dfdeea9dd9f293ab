/* SPDX-License-Identifier: MIT */
/*
 * What can be said of a packet while the capture is still being read: for readers that see each
 * packet once (tshark in one pass). The trace is known in advance, the capture is not.
 *
 * A connection is bound when exactly one connection of the trace can be meant: the only one of its
 * 4-tuple that lives at this time, were the clocks no more than H2T_CLOCK_NEAR apart, or the one
 * that a unique header names among them. Streams are paired as in join.h, k-th with k-th from the
 * connection's start or from a unique header on, until times or headers contradict.
 *
 * Whatever the later join says of the whole capture, it says no less: the notes are a subset of
 * h2t_notes, and each text has no pair that the later text of the same note has not. In principle
 * this fails where only the rest of the capture shows that something is not as it seemed:
 * - the trace turns out not to have all requests of a connection (more streams than attempts), and
 *   no header ties them: the join then takes back what was counted;
 * - a value taken for unique comes again, or a 4-tuple does;
 * - the clocks are apart: times are as the two clocks say them, the join corrects them;
 * - the server sends another GOAWAY: the join notes the last one.
 */
#ifndef H2T_LIVE_H
#define H2T_LIVE_H

#include "model.h"

struct h2t_live;

/* Works on the model's trace and its growing wire side; fills the same indexes as h2t_join, which
 * begins anew. */
struct h2t_live *h2t_live_new(struct h2t_model *m);
void h2t_live_free(struct h2t_live **live);

/* After each frame that the facts were told: `stream` is the index of its stream, H2T_NONE if it
 * has none. */
void h2t_live_frame(struct h2t_live *live, const struct h2t_frame *frame, uint32_t stream);

/* struct h2t_note about `packet`, sorted: what its frames brought. They are forgotten with the
 * first frame of another packet. */
const GArray *h2t_live_notes(struct h2t_live *live, uint32_t packet);

#endif
