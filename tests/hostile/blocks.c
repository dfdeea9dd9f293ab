/* SPDX-License-Identifier: MIT */
/* pcapng at its limits. */
#include "hostile.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

static void interfaces(uint64_t n)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++)
        wire_block(BLOCK_IDB, "\x65\0\0\0\0\0\0", 8);
}

static void sections(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        wire_start();
}

/* Name resolution, RFC draft-ietf-opsawg-pcapng section 4.4: an IPv4 record and the end. */
static void names(uint64_t n)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++) {
        uint8_t body[16] = {1, 0, 8, 0, 10, 0, 0, 1, 'h', 'o', 's', 0};
        memcpy(body + 4, &i, 4);
        wire_block(BLOCK_NRB, body, sizeof body);
    }
}

/* Decryption secrets, section 4.7: a line of a key log each. */
static void secrets(uint64_t n)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++) {
        char line[] = "CLIENT_RANDOM 00000000000000000000000000000000000000000000000000000000%08x "
                      "00000000000000000000000000000000000000000000000000000000000000000000000000"
                      "0000000000000000000000\n";
        char text[256];
        const uint32_t len = (uint32_t)snprintf(text, sizeof text, line, (uint32_t)i);
        const uint32_t padded = (len + 3) / 4 * 4;
        wire_begin(BLOCK_DSB, 8 + padded);
        wire_32(0x544c534b); /* TLS key log */
        wire_32(len);
        wire_bytes(text, len);
        wire_fill(0, padded - len);
        wire_end(8 + padded);
    }
}

/* A block that nobody knows. */
static void giant(uint64_t n)
{
    const uint32_t len = (uint32_t)n << 20;
    wire_start();
    wire_begin(0x0bad0bad, len);
    wire_fill(0, len);
    wire_end(len);
}

/* Packets without bytes, whose option area has `n` comments. */
static void packet_comments(uint64_t n)
{
    const uint32_t len = 20 + (uint32_t)n * 8 + 4;
    wire_start();
    wire_begin(BLOCK_EPB, len);
    wire_fill(0, 20);
    for (uint64_t i = 0; i < n; i++)
        wire_bytes("\1\0\4\0h2a ", 8);
    wire_32(0);
    wire_end(len);
}

/* One block, whose options are as long as they can be. */
static void long_options(uint64_t n)
{
    const uint32_t len = 8 + (uint32_t)n * (4 + 65532);
    wire_start();
    wire_begin(BLOCK_IDB, len);
    wire_32(101);
    wire_32(0);
    for (uint64_t i = 0; i < n; i++) {
        wire_32(65532u << 16 | 2);
        wire_fill('x', 65532);
    }
    wire_end(len);
}

static void empty_packets(uint64_t n)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++)
        wire_packet("", 0);
}

/* Compresses a thousand to one. */
static void zeros(uint64_t n)
{
    static const char bytes[60000];
    wire_start();
    for (uint64_t i = 0; i < n; i++)
        wire_packet(bytes, sizeof bytes);
}

const struct hostile_kind hostile_blocks[] = {
    {"interfaces", interfaces, "interface blocks in one section"},
    {"sections", sections, "sections"},
    {"names", names, "name resolution blocks"},
    {"secrets", secrets, "blocks of TLS secrets, one each"},
    {"giant", giant, "MiB of one block"},
    {"comments", packet_comments, "comments on one packet"},
    {"options", long_options, "options of 65,532 bytes in one block"},
    {"empty-packets", empty_packets, "packets without bytes"},
    {"zeros", zeros, "packets of 60,000 zeros, to be compressed"},
    {0}};
