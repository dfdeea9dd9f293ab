/* SPDX-License-Identifier: MIT */
/*
 * What is said on a connection beyond its requests: TCP's numbers, alerts, SETTINGS, PING, flow
 * control. It is what the rules (rules.h) tell causes apart by; nothing is decided here.
 */
#ifndef H2T_TALK_H
#define H2T_TALK_H

#include "model.h"

/* A TCP segment's header (RFC 9293 section 3.1). */
struct h2t_segment {
    struct h2t_addr src;
    uint32_t seq, ack, len; /* len: bytes of payload on the wire */
    bool has_ack, rst;
    struct h2t_mark mark;
};

/* The connection's talk; NULL if it carried no payload. */
struct h2t_talk *h2t_talk_of(const struct h2t_wire *wire, const struct h2t_conn *c);

/* The same, begun if need be. Pointers to other talks are void then. */
struct h2t_talk *h2t_talk_begin(struct h2t_wire *wire, struct h2t_conn *c);

/* One segment, before the frames that it brings. */
void h2t_talk_segment(struct h2t_wire *wire, struct h2t_conn *c, const struct h2t_segment *s);

/* The first sign that `dir` ends the connection. */
void h2t_talk_cut(struct h2t_talk *t, enum h2t_dir dir, struct h2t_mark mark);

/* The client turned out to be the other side. */
void h2t_talk_swap(struct h2t_talk *t);

/* Did TCP acknowledge what ends at sequence number `end`, sent by the client, before the server
 * began to end the connection? */
bool h2t_talk_acked(const struct h2t_talk *t, uint32_t end);

/* SETTINGS, PING, PUSH_PROMISE, RST_STREAM, of either side. */
void h2t_talk_frame(struct h2t_talk *t, const struct h2t_frame *f);

#endif
