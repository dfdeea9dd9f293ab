/* SPDX-License-Identifier: MIT */
/* A pcapng on standard output: blocks, packets, TCP segments, bytes. Lengths may lie where the
 * caller says so; errors are the caller's of fflush. */
#ifndef TESTS_HOSTILE_WIRE_H
#define TESTS_HOSTILE_WIRE_H

#include <glib.h>
#include <stdint.h>

enum { BLOCK_SHB = 0x0a0d0d0a, BLOCK_IDB = 1, BLOCK_NRB = 4, BLOCK_EPB = 6, BLOCK_DSB = 10 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum { CLIENT, SERVER };

void wire_32(uint32_t value);
/* A block of `len` bytes, a multiple of four, which wire_bytes then writes. */
void wire_begin(uint32_t type, uint32_t len);
void wire_end(uint32_t len);
void wire_bytes(const void *bytes, size_t len);
void wire_fill(uint8_t byte, uint64_t len);
void wire_block(uint32_t type, const void *body, uint32_t len);

/* Section header and one interface of raw IP, microseconds. */
void wire_start(void);
/* The next packet, 1 us after the one before. */
void wire_packet(const void *bytes, uint32_t len);

/* A TCP connection. `seq` is that of the next byte, by side. */
struct talk {
    uint32_t client, server; /* IPv4 */
    uint16_t ports[2];
    uint32_t seq[2];
    GByteArray *waiting; /* bytes of `side` to send */
    int side;
};

/* `number` makes the address and port of the client. */
void talk_init(struct talk *t, uint32_t number);
void talk_fini(struct talk *t); /* sends what waits */
/* SYN, SYN-ACK. */
void talk_open(struct talk *t);
/* A segment of `seq`; at most 65,495 bytes. Moves nothing. */
void talk_segment(struct talk *t, int side, uint8_t flags, uint32_t seq, const void *data,
                  uint32_t len);
/* Bytes in order, as few segments as possible. */
void talk_say(struct talk *t, int side, const void *data, size_t len);
void talk_flush(struct talk *t);

#endif
