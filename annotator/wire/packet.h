/* SPDX-License-Identifier: MIT */
/*
 * Link-layer frames to TCP segments and UDP datagrams: Ethernet, Linux cooked v1 and v2, BSD
 * loopback/null, raw IP; VLAN and QinQ tags; IPv4 and IPv6 with extension headers, fragments put
 * together again. Bytes in, views out; no I/O.
 */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H

#include "core/base.h"

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

struct segment {
    struct h2t_addr src, dst;
    uint32_t seq, ack;
    uint8_t flags;
    const uint8_t *data; /* payload that was captured */
    uint32_t len;        /* bytes of it */
    uint32_t wire_len;   /* bytes of it on the wire (> len: the snap length cut it) */
    struct h2t_mark mark;
};

struct datagram {
    struct h2t_addr src, dst;
    const uint8_t *data;
    uint32_t len;
    struct h2t_mark mark;
};

enum packet_kind {
    PACKET_OTHER,        /* nothing for us */
    PACKET_TCP,          /* segment */
    PACKET_TCP_QUOTED,   /* a TCP header quoted inside ICMP: segment has the addresses; it takes a
                            tcp.stream number */
    PACKET_UDP,          /* datagram */
    PACKET_UNKNOWN_LINK, /* link type not supported */
};

struct packet {
    enum packet_kind kind;
    struct segment segment;
    struct datagram datagram;
};

/* Holds the fragments that wait for their others. */
struct packet_parser;
struct packet_parser *packet_parser_new(void);
void packet_parser_free(struct packet_parser **parser);

/* Look into one frame. `out` points into `bytes` or, after reassembly, into the parser, until the
 * next call. */
void packet_parse(struct packet_parser *parser, uint16_t link_type, const uint8_t *bytes,
                  uint32_t caplen, uint32_t wirelen, struct h2t_mark mark, struct packet *out);

#endif
