/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <stdio.h>
#include <string.h>

enum { LINKTYPE_RAW = 101, IP_TCP_LEN = 40, SEGMENT = 60000 };

static uint64_t n_packets;

void wire_bytes(const void *bytes, size_t len)
{
    fwrite(bytes, 1, len, stdout);
}

void wire_32(uint32_t value)
{
    const uint32_t little = GUINT32_TO_LE(value);
    wire_bytes(&little, sizeof little);
}

void wire_fill(uint8_t byte, uint64_t len)
{
    char page[4096];
    memset(page, byte, sizeof page);
    for (; len; len -= MIN(len, sizeof page))
        wire_bytes(page, MIN(len, sizeof page));
}

void wire_begin(uint32_t type, uint32_t len)
{
    wire_32(type);
    wire_32(len + 12);
}

void wire_end(uint32_t len)
{
    wire_32(len + 12);
}

void wire_block(uint32_t type, const void *body, uint32_t len)
{
    wire_begin(type, len);
    wire_bytes(body, len);
    wire_end(len);
}

void wire_start(void)
{
    wire_begin(BLOCK_SHB, 16);
    wire_32(0x1a2b3c4d);
    wire_32(1);
    wire_32(UINT32_MAX);
    wire_32(UINT32_MAX);
    wire_end(16);
    wire_begin(BLOCK_IDB, 8);
    wire_32(LINKTYPE_RAW);
    wire_32(0);
    wire_end(8);
}

void wire_packet(const void *bytes, uint32_t len)
{
    const uint64_t us = UINT64_C(1795448760000000) + n_packets++;
    const uint32_t padded = (len + 3) / 4 * 4;
    wire_begin(BLOCK_EPB, 20 + padded);
    wire_32(0);
    wire_32((uint32_t)(us >> 32));
    wire_32((uint32_t)us);
    wire_32(len);
    wire_32(len);
    wire_bytes(bytes, len);
    wire_fill(0, padded - len);
    wire_end(20 + padded);
}

void talk_init(struct talk *t, uint32_t number)
{
    *t = (struct talk){.client = 0xac100000 + (number >> 14),
                       .server = 0x0a000001,
                       .ports = {(uint16_t)((number & 0x3fff) + 1024), 443},
                       .seq = {1000, 2000},
                       .waiting = g_byte_array_new()};
}

void talk_fini(struct talk *t)
{
    talk_flush(t);
    g_byte_array_unref(t->waiting);
}

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v);
}

void talk_segment(struct talk *t, int side, uint8_t flags, uint32_t seq, const void *data,
                  uint32_t len)
{
    static uint8_t p[65536];
    const int peer = !side;
    memset(p, 0, IP_TCP_LEN);
    p[0] = 0x45; /* RFC 791 section 3.1 */
    put16(p + 2, IP_TCP_LEN + len);
    p[8] = 64;
    p[9] = 6;
    put32(p + 12, side == CLIENT ? t->client : t->server);
    put32(p + 16, side == CLIENT ? t->server : t->client);
    put16(p + 20, t->ports[side]); /* RFC 9293 section 3.1 */
    put16(p + 22, t->ports[peer]);
    put32(p + 24, seq);
    put32(p + 28, flags & ACK ? t->seq[peer] : 0);
    p[32] = 0x50;
    p[33] = flags;
    put16(p + 34, 65535);
    if (len)
        memcpy(p + IP_TCP_LEN, data, len);
    wire_packet(p, IP_TCP_LEN + len);
}

void talk_open(struct talk *t)
{
    talk_segment(t, CLIENT, SYN, t->seq[CLIENT]++, NULL, 0);
    talk_segment(t, SERVER, SYN | ACK, t->seq[SERVER]++, NULL, 0);
}

void talk_flush(struct talk *t)
{
    if (!t->waiting->len)
        return;
    talk_segment(t, t->side, ACK, t->seq[t->side], t->waiting->data, t->waiting->len);
    t->seq[t->side] += t->waiting->len;
    g_byte_array_set_size(t->waiting, 0);
}

void talk_say(struct talk *t, int side, const void *data, size_t len)
{
    if (side != t->side)
        talk_flush(t);
    t->side = side;
    for (const uint8_t *at = data; len;) {
        const guint n = (guint)MIN(len, SEGMENT - t->waiting->len);
        g_byte_array_append(t->waiting, at, n);
        if (t->waiting->len == SEGMENT)
            talk_flush(t);
        at += n;
        len -= n;
    }
}
