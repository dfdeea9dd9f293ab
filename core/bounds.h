/* SPDX-License-Identifier: MIT */
/*
 * What one pair of connections, assumed to be the same, says about the clocks: capture clock minus
 * trace clock lies in an interval, from events that must come before or after a packet. An empty
 * interval refutes the assumption.
 *
 * Upper bounds (the event comes first): GotConn, the first WroteHeaderField (HTTP/1.1:
 * WroteHeaders) before the packet that completes the request's head. Lower bounds (the packet comes
 * first): SYN-ACK before GotConn, response HEADERS before GotFirstResponseByte. Not WroteHeaders
 * after HEADERS: the bytes may wait in the socket. Where neither is to be had, the trace's times of
 * the connection must overlap its packets.
 */
#ifndef H2T_BOUNDS_H
#define H2T_BOUNDS_H

#include "model.h"

struct h2t_bounds {
    int64_t lo, hi; /* ns; lo > hi: refuted */
    bool confirmed; /* an identity header agrees */
    bool refuted;   /* an identity header or a path disagrees */
};

struct h2t_bounds h2t_bounds(const struct h2t_model *m, uint32_t tconn, uint32_t conn);

/* The same without its requests: only that the trace uses the connection while it is there. */
struct h2t_bounds h2t_life_bounds(const struct h2t_model *m, uint32_t tconn, uint32_t conn);

/* The same for one attempt and one stream, assumed to be the same. */
struct h2t_bounds h2t_pair_bounds(const struct h2t_model *m, uint32_t attempt, uint32_t stream);

/* Was the first request of the connection seen by both sides, so that both can be counted from
 * there? On HTTP/1.1 httptrace calls a connection reused at its first request if its dial lost a
 * race: there, as many attempts as requests are taken for the same ones, which their times must
 * bear out. As requests follow one another, shifted ones would not fit. */
bool h2t_counts_from_start(const struct h2t_model *m, uint32_t tconn, uint32_t conn);

#endif
