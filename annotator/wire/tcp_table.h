/* SPDX-License-Identifier: MIT */
/*
 * TCP conversations by 4-tuple, numbered exactly as Wireshark 4.4 numbers tcp.stream.
 *
 * The rule, from packet-tcp.c and from random captures compared with tshark 4.4.19: an unknown
 * 4-tuple (either way round) is a new conversation. So is a SYN, with or without ACK, on a side
 * whose initial sequence number is known when it has another number or when a FIN or RST came
 * before. A side's number is told by its SYN, else by its first segment or by the peer's first ACK
 * (less one); a header quoted in ICMP does not tell it. FIN counts only with ACK, and neither FIN
 * nor RST from a header whose length is malformed; a SYN on a side not seen yet makes them
 * forgotten. A later conversation hides the earlier one of its 4-tuple for good.
 *
 * An entry takes 32 bytes and 11 to 21 of hash table; an IPv6 address 16 more and the same again.
 * Entries are never removed: the owner limits their number.
 */
#ifndef WIRE_TCP_TABLE_H
#define WIRE_TCP_TABLE_H

#include "annotator/wire/packet.h"

enum tcp_entry_flag {
    TCP_ENTRY_BASE = 1, /* base[0] is known; shifted by one: base[1] */
    TCP_ENTRY_FIN = 4,
    TCP_ENTRY_RST = 8,
    TCP_ENTRY_IPV6 = 16,
    TCP_ENTRY_CLIENT = 32, /* the client is side 1, not 0 */
    TCP_ENTRY_OPENED = 64, /* for the owner: `open` was set once */
};

/* The last conversation of one 4-tuple. Side 0 is the lower address and port. */
struct tcp_entry {
    uint32_t ip[2]; /* IPv4, or where the IPv6 address stands */
    uint16_t port[2];
    uint32_t conn; /* its number, H2T_NONE past the limit */
    uint32_t base[2];
    uint32_t open; /* for the owner; H2T_NONE at first, and kept when the 4-tuple is used again */
    uint8_t flags; /* enum tcp_entry_flag */
};

struct tcp_table;
/* `seed` makes collisions unpredictable; no result depends on it. */
struct tcp_table *tcp_table_new(uint32_t max_conns, uint64_t seed);
void tcp_table_free(struct tcp_table **table);

/* Count one segment. The index of its entry, H2T_NONE past the limit. `side` sent it; `fresh`: it
 * begins a conversation, and `open` is still the one before. */
uint32_t tcp_table_count(struct tcp_table *table, const struct segment *s, unsigned *side,
                         bool *fresh);

/* Until the next tcp_table_count. */
struct tcp_entry *tcp_table_at(struct tcp_table *table, uint32_t index);

/* Which side is the client's: the sender of the SYN, the receiver of the SYN-ACK; if the
 * conversation began with neither, the one with the higher port, else the first sender. */
unsigned tcp_entry_client(const struct tcp_entry *entry);

/* Bytes of memory. */
size_t tcp_table_size(const struct tcp_table *table);

#endif
