/* SPDX-License-Identifier: MIT */
/*
 * What one pair of connections, assumed to be the same, says about the clocks: capture clock minus
 * trace clock lies in an interval, from events that must come before or after a packet. Where an
 * offset is known already, the interval is of what remains when that is taken off. An empty
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

/* An event of the trace and a packet of which one must come before the other. */
struct h2t_relation {
    struct h2t_mark packet;
    int64_t event;
    int64_t lateness; /* the event may have been this much later than its time says */
    bool upper;       /* the event comes first */
};

/* Those of an attempt and a stream, assumed to be the same; how many. Both times are known. */
#define H2T_MAX_RELATIONS 5u
unsigned h2t_pair_relations(const struct h2t_model *m, uint32_t attempt, uint32_t stream,
                            struct h2t_relation out[H2T_MAX_RELATIONS]);

/* Those of two connections without their requests, as far as they are strict. */
unsigned h2t_life_relations(const struct h2t_model *m, uint32_t tconn, uint32_t conn,
                            struct h2t_relation out[H2T_MAX_RELATIONS]);

struct h2t_bounds {
    int64_t lo, hi; /* ns; lo > hi: refuted */
    bool confirmed; /* an identity header agrees */
    bool refuted;   /* an identity header or a path disagrees */
};

struct h2t_bounds h2t_bounds(const struct h2t_model *m, uint32_t tconn, uint32_t conn);

/* The same without its requests: only that the trace uses the connection while it is there. That is
 * no bound on the clocks: a connection may be over when GotConn hands it out. */
struct h2t_bounds h2t_life_bounds(const struct h2t_model *m, uint32_t tconn, uint32_t conn);

/* The same for one attempt and one stream, assumed to be the same. */
struct h2t_bounds h2t_pair_bounds(const struct h2t_model *m, uint32_t attempt, uint32_t stream);

/* Was the first request of the connection seen by both sides, so that both can be counted from
 * there? On HTTP/1.1 httptrace calls a connection reused at its first request if its dial lost a
 * race: there, as many attempts as requests are taken for the same ones, which their times must
 * bear out. As requests follow one another, shifted ones would not fit. */
bool h2t_counts_from_start(const struct h2t_model *m, uint32_t tconn, uint32_t conn);

#endif
