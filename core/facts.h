/* SPDX-License-Identifier: MIT */
/*
 * Frames in, the wire side of the model out: connections, streams with their milestones, DNS
 * questions. Whoever sees the capture (annotator or plugin) tells what it sees in packet order;
 * nothing is decided here but which stream a frame belongs to and how each stream ended.
 */
#ifndef H2T_FACTS_H
#define H2T_FACTS_H

#include "base.h"
#include "talk.h"

struct h2t_facts;

struct h2t_facts *h2t_facts_new(void);
void h2t_facts_free(struct h2t_facts **facts);

/* Keeps a ledger of each connection from now on (ledger.h). Call it before the first frame. */
void h2t_facts_keep_ledgers(struct h2t_facts *facts);

/* Nobody wants them after all. */
void h2t_facts_drop_ledgers(struct h2t_facts *facts);

/* Connection `conn` begins. Numbers may be told in any order and need not be dense: those never
 * told have `first.packet` 0. Ignored past H2T_MAX_CONNS. */
void h2t_facts_open(struct h2t_facts *facts, uint32_t conn, const struct h2t_tuple *tuple,
                    struct h2t_mark mark);

/* A packet of the connection, whatever is in it. */
void h2t_facts_packet(struct h2t_facts *facts, uint32_t conn, struct h2t_mark mark);

/* Its TCP header, after h2t_facts_packet and before the frames that it brings. */
void h2t_facts_segment(struct h2t_facts *facts, uint32_t conn, const struct h2t_segment *segment);

/* Something happened on frame->conn. */
void h2t_facts_frame(struct h2t_facts *facts, const struct h2t_frame *frame);

/* Plain bytes were seen under TLS. */
void h2t_facts_decrypted(struct h2t_facts *facts, uint32_t conn);

/* Protected TLS records came that no key opened. */
void h2t_facts_no_keys(struct h2t_facts *facts, uint32_t conn);

/* A limit cut the decoding of the connection short: its open streams end with H2T_END_OVERFLOW. */
void h2t_facts_overflow(struct h2t_facts *facts, uint32_t conn);

/* The client turned out to be the other side: what was told so far of directions is turned round.
 */
void h2t_facts_swap(struct h2t_facts *facts, uint32_t conn);

/* A DNS message of `client` (its address and port). The first copy of a question or answer counts.
 */
struct h2t_dns {
    struct h2t_addr client;
    const char *name; /* lower case */
    uint16_t id, type, rcode;
    bool response;
    struct h2t_mark mark;
};
void h2t_facts_dns(struct h2t_facts *facts, const struct h2t_dns *dns);

/* The model as it grows; `facts` owns it. Streams that may still end have H2T_END_OPEN. */
struct h2t_wire *h2t_facts_wire(struct h2t_facts *facts);

/* The index of an open stream; H2T_NONE if it is not open. */
uint32_t h2t_facts_open_stream(struct h2t_facts *facts, uint32_t conn, uint32_t id);

/* As if the capture ended here: the model tells of open streams what h2t_facts_finish would. More
 * may come all the same. */
void h2t_facts_settle(struct h2t_facts *facts);

/* End of the capture: what is still open ends with H2T_END_EOF (or GAP, if bytes are missing that
 * may have held the end). The caller owns the model; `facts` becomes NULL. */
struct h2t_wire *h2t_facts_finish(struct h2t_facts **facts);

void h2t_wire_free(struct h2t_wire **wire);

#endif
