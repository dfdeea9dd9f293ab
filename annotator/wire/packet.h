/* SPDX-License-Identifier: MIT */
/*
 * Link-layer frames to TCP segments and UDP datagrams. Bytes in, views out; no I/O.
 *
 * Link layers and VLAN tags: see link.h. IPv4 (RFC 791) with options, IPv6 (RFC 8200) with
 * hop-by-hop, routing, destination, fragment and authentication headers and jumbograms; fragments
 * are put together again and belong to the packet that completes them. Tunnels: IP in IP, 6in4,
 * 4in6, GRE (RFC 2784, 2890; IP and bridged Ethernet), VXLAN (RFC 7348) on UDP port 4789, Geneve
 * (RFC 8926) on 6081: the innermost TCP or UDP counts, as Wireshark numbers it.
 *
 * Not looked into, though Wireshark does: IEEE 802.2 LLC, MPLS, PPPoE, GTP, L2TP, Teredo, PPTP's
 * GRE, source routes (the address in the header counts, not the end of the route). Checksums are
 * not checked: on the sending machine they are often not computed yet.
 */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H

#include "core/base.h"

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

struct segment {
    struct h2t_addr src, dst;
    uint32_t seq, ack;
    uint8_t flags;
    bool quoted;         /* inside an ICMP error: counts for the numbering only */
    bool malformed;      /* header length under 20: counts for the numbering only */
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
    struct segment segment;   /* PACKET_TCP, PACKET_TCP_QUOTED */
    struct datagram datagram; /* PACKET_UDP */
};

/* Holds the fragments that wait for their others. */
struct packet_parser;
struct packet_parser *packet_parser_new(void);
void packet_parser_free(struct packet_parser **parser);

/* Look into one frame. `out` points into `bytes` or, after reassembly, into the parser, until the
 * next call. Of a TCP header at least 16 bytes must be there, as Wireshark 4.4 wants it. */
void packet_parse(struct packet_parser *parser, uint16_t link_type, const uint8_t *bytes,
                  uint32_t caplen, uint32_t wirelen, struct h2t_mark mark, struct packet *out);

#endif
