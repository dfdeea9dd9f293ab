/* SPDX-License-Identifier: MIT */
/* What a TCP reader has to remember, or thinks it has to. */
#include "hostile.h"
#include "wire.h"

#include <string.h>

static void syn_flood(uint64_t n)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++) {
        struct talk t;
        talk_init(&t, (uint32_t)i);
        talk_segment(&t, CLIENT, SYN, 1000, NULL, 0);
        talk_fini(&t);
    }
}

/* Address and port the same, again and again: each is a connection of its own. */
static void tuple_again(uint64_t n)
{
    struct talk t;
    wire_start();
    talk_init(&t, 0);
    for (uint64_t i = 0; i < n; i++) {
        t.seq[CLIENT] = (uint32_t)i * 100;
        talk_open(&t);
        talk_segment(&t, SERVER, RST | ACK, t.seq[SERVER], NULL, 0);
    }
    talk_fini(&t);
}

/* Each segment is a gibibyte behind the one before, and acknowledged. */
static void gap(uint64_t n)
{
    struct talk t;
    wire_start();
    talk_init(&t, 0);
    talk_open(&t);
    for (uint64_t i = 0; i < n; i++) {
        t.seq[CLIENT] += 1u << 30;
        talk_segment(&t, CLIENT, ACK, t.seq[CLIENT], "hello", 5);
        t.seq[CLIENT] += 5;
        talk_segment(&t, SERVER, ACK, t.seq[SERVER], NULL, 0);
    }
    talk_fini(&t);
}

/* Single bytes, the last one first; the first never comes. */
static void backwards(uint64_t n)
{
    struct talk t;
    wire_start();
    talk_init(&t, 0);
    talk_open(&t);
    for (uint64_t i = n; i > 0; i--)
        talk_segment(&t, CLIENT, ACK, t.seq[CLIENT] + (uint32_t)i, "x", 1);
    talk_fini(&t);
}

/* Single bytes with a hole after each, in a shuffled order. */
static void scattered(uint64_t n)
{
    struct talk t;
    wire_start();
    talk_init(&t, 0);
    talk_open(&t);
    for (uint64_t i = 0; i < n; i++) {
        const uint32_t at = (uint32_t)(i * 7919 % n) * 2;
        talk_segment(&t, CLIENT, ACK, t.seq[CLIENT] + 1 + at, "x", 1);
    }
    talk_fini(&t);
}

/* The same places with other bytes, over and across each other. */
static void overlaps(uint64_t n)
{
    struct talk t;
    char bytes[1000];
    wire_start();
    talk_init(&t, 0);
    talk_open(&t);
    for (uint64_t i = 0; i < n; i++) {
        memset(bytes, 'a' + (int)(i % 26), sizeof bytes);
        const uint32_t at = (uint32_t)(i / 8 * 100 + i * 37 % 600);
        talk_segment(&t, CLIENT, ACK, t.seq[CLIENT] + 1 + at, bytes, sizeof bytes);
    }
    talk_fini(&t);
}

/* Connections that each hold bytes back. */
static void holders(uint64_t n)
{
    static char bytes[16000];
    wire_start();
    for (uint64_t i = 0; i < n; i++) {
        struct talk t;
        talk_init(&t, (uint32_t)i);
        talk_open(&t);
        talk_segment(&t, CLIENT, ACK, t.seq[CLIENT] + 1, bytes, sizeof bytes);
        talk_fini(&t);
    }
}

static void rst_flood(uint64_t n)
{
    struct talk t;
    wire_start();
    talk_init(&t, 0);
    talk_open(&t);
    for (uint64_t i = 0; i < n; i++)
        talk_segment(&t, (int)(i & 1), RST | ACK, t.seq[i & 1], NULL, 0);
    talk_fini(&t);
}

/* DNS questions (RFC 1035 section 4.1) of one id, that nobody answers. */
static void questions(uint64_t n)
{
    uint8_t p[20 + 8 + 12 + 7] = {0x45, 0, 0, sizeof p, 0, 0, 0, 0, 64, 17, 0,  0, 10,
                                  0,    0, 2, 10,       0, 0, 1, 0, 0,  0,  53, 0, sizeof p - 20};
    memcpy(p + 28, "\0\1\1\0\0\1\0\0\0\0\0\0\1h\0\0\1\0\1", 19);
    wire_start();
    for (uint64_t i = 0; i < n; i++) {
        p[15] = (uint8_t)(i >> 16);
        p[20] = (uint8_t)(i >> 8);
        p[21] = (uint8_t)i;
        wire_packet(p, sizeof p);
    }
}

/* A fragment of the packet `id`, RFC 791 section 3.2; `offset` counts 8 bytes. */
static void fragment(uint32_t address, uint16_t id, uint16_t offset, uint32_t len)
{
    uint8_t p[20 + 1480] = {0x45, 0, 0, 0, 0, 0, 0x20, 0, 64, 6};
    p[2] = (uint8_t)((20 + len) >> 8);
    p[3] = (uint8_t)(20 + len);
    p[4] = (uint8_t)(id >> 8);
    p[5] = (uint8_t)id;
    p[6] = (uint8_t)(0x20 | offset >> 8);
    p[7] = (uint8_t)offset;
    address = GUINT32_TO_BE(address);
    memcpy(p + 12, &address, 4);
    p[16] = 10;
    p[19] = 1;
    wire_packet(p, 20 + len);
}

/* First fragments, whose others never come. */
static void fragments(uint64_t n)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++)
        fragment(0xac100000 + (uint32_t)(i >> 16), (uint16_t)i, 0, 1480);
}

/* Of one packet, the smallest there are, backwards and again. */
static void tiny_fragments(uint64_t n)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++)
        fragment(0xac100000, 1, (uint16_t)(8191 - i % 8190), 8);
}

const struct hostile_kind hostile_tcp[] = {
    {"syn-flood", syn_flood, "SYNs of as many connections"},
    {"tuple-again", tuple_again, "connections of one 4-tuple"},
    {"gap", gap, "gaps of a gibibyte"},
    {"backwards", backwards, "segments of a byte, last one first"},
    {"scattered", scattered, "segments of a byte, with a hole after each"},
    {"overlaps", overlaps, "segments that disagree"},
    {"holders", holders, "connections that hold 16,000 bytes back"},
    {"rst-flood", rst_flood, "RSTs"},
    {"questions", questions, "DNS questions from as many ports"},
    {"fragments", fragments, "first fragments"},
    {"tiny-fragments", tiny_fragments, "fragments of 8 bytes"},
    {0}};
