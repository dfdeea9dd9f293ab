/* SPDX-License-Identifier: MIT */
/*
 * What the Framers of a debug log add to the join. Where a program has httptrace events, too, the
 * stream identifiers of its log confirm the order of its requests, or decide it where the capture
 * began late. Where it has none, the requests of its log become attempts. And each frame of the log
 * is known on the wire, or known not to be there. Needs h2t_adopt_framers.
 */
#ifndef H2T_JOIN_FRAMERS_H
#define H2T_JOIN_FRAMERS_H

#include "model.h"

/* After h2t_join_streams: streams by their identifiers, sightings, what was not sent. */
void h2t_join_framers(struct h2t_model *m);

#endif
