/* SPDX-License-Identifier: MIT */
/*
 * Requests, attempts and connections made of debug logs, where the trace knows a program by nothing
 * else; of a server's log, what it read on connections of which no client tells. They stand behind
 * what sidecars have, and are made anew by each join.
 *
 * A request that is tried again is the same request where its x-request-id says so, if the log
 * says as often that RoundTrip tries again as ids come again.
 */
#ifndef H2T_ADOPT_H
#define H2T_ADOPT_H

#include "model.h"

/* Takes back what an earlier join made. */
void h2t_adopt_forget(struct h2t_model *m);

/* Fills framer->tconn and ->first_attempt. Needs h2t_bind and h2t_bind_framers. */
void h2t_adopt_framers(struct h2t_model *m);

#endif
