/* SPDX-License-Identifier: MIT */
/*
 * Dials and lookups. Their events do not name what they belong to, so the ones of a request are put
 * in order first: ConnectDone ends the first open ConnectStart to the same address, a TLS handshake
 * belongs to the connection that was made last. They are few: only new connections have any.
 */
#ifndef H2T_DIALS_H
#define H2T_DIALS_H

#include "build.h"
#include "processes.h"

struct h2t_dials {
    GArray *events; /* struct dial_event */
};

void h2t_dials_init(struct h2t_dials *dials);
void h2t_dials_fini(struct h2t_dials *dials);

/* One of DNSStart to Dialed. `order` is comparable within the request. `request` and `tconn` may be
 * H2T_NONE in a Dialed. */
void h2t_dials_add(struct h2t_dials *dials, struct h2t_trace *trace, const struct h2t_event *e,
                   uint32_t request, uint32_t tconn, uint64_t order);

/* Makes the dials and lookups of the trace. */
void h2t_dials_finish(struct h2t_dials *dials, struct h2t_build *build,
                      const struct h2t_processes *processes);

#endif
