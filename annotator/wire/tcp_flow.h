/* SPDX-License-Identifier: MIT */
/*
 * One direction of a TCP connection: segments in any order to bytes in order (RFC 9293 section
 * 3.4). Bytes that wait behind a hole are kept here, within H2T_MAX_TCP_HELD a flow and
 * H2T_MAX_TCP_HELD_ALL all flows of a set together; what is kept for very many small segments
 * counts too.
 *
 * A hole is given up, and reported, when the peer has acknowledged past it and there are bytes or a
 * FIN behind it, when a budget is spent, and by tcp_flow_flush. What the snap length cut off is
 * given up at once when it is next in order.
 */
#ifndef WIRE_TCP_FLOW_H
#define WIRE_TCP_FLOW_H

#include "annotator/wire/tcp.h"

/* `user` and `side` are those of tcp_flow_init. */
struct tcp_flow_sink {
    void (*data)(void *user, unsigned side, const uint8_t *data, size_t len, struct h2t_mark mark);
    void (*gap)(void *user, unsigned side, uint32_t len, struct h2t_mark mark);
    void (*fin)(void *user, unsigned side, struct h2t_mark mark);
};

/* What the flows of one set share. */
struct tcp_flow_set {
    struct tcp_flow_sink sink;
    struct tcp_stats stats;
    size_t held;
    GQueue holders; /* flows with held bytes, who began first in front */
};

struct tcp_flow {
    struct tcp_flow_set *set;
    void *user;
    uint32_t next;  /* sequence number of the next byte in order */
    uint32_t acked; /* by the peer */
    uint32_t fin_seq;
    uint32_t stray; /* where the last segment ended that was too far away to belong here */
    struct h2t_mark fin;
    GPtrArray *held; /* struct piece, in order, not overlapping; NULL when there are none */
    size_t held_bytes;
    GList holder; /* in set->holders */
    uint8_t side;
    bool started; /* `next` is known */
    bool late;    /* its beginning is not, and was not reported yet */
    bool has_acked, has_fin, has_stray;
    bool fin_told; /* nothing comes after it */
};

/* Payload of one segment. `seq` is of its first byte: one more than the SYN's, if it has one. */
struct tcp_run {
    uint32_t seq, len, wire_len;
    const uint8_t *data;
    bool fin;
    bool copy; /* the same packet seen once more: not counted as retransmitted */
    struct h2t_mark mark;
};

void tcp_flow_init(struct tcp_flow *flow, struct tcp_flow_set *set, void *user, uint8_t side);
/* Drops what is held. */
void tcp_flow_fini(struct tcp_flow *flow);

/* The first byte's sequence number is known. Does nothing if the flow has begun. */
void tcp_flow_start(struct tcp_flow *flow, uint32_t seq);
/* May also give up holes of other flows of the set, when the common budget is spent. */
void tcp_flow_input(struct tcp_flow *flow, const struct tcp_run *run);
/* The peer acknowledges everything before `ack`. */
void tcp_flow_acked(struct tcp_flow *flow, uint32_t ack, struct h2t_mark mark);
/* Nothing more will come: deliver what is held, report all holes, tell the FIN if it was seen. */
void tcp_flow_flush(struct tcp_flow *flow, struct h2t_mark mark);

#endif
