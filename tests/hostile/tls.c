/* SPDX-License-Identifier: MIT */
/* TLS without keys, and keys without TLS. */
#include "hostile.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

enum { HANDSHAKE = 22, DATA = 23 };

static void record(struct talk *t, int side, uint8_t type, const void *bytes, uint32_t len)
{
    const uint8_t head[5] = {type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};
    talk_say(t, side, head, sizeof head);
    talk_say(t, side, bytes, len);
}

/* The smallest ClientHello and ServerHello, RFC 8446 section 4.1: TLS_AES_128_GCM_SHA256. */
static void hellos(struct talk *t)
{
    static const uint8_t client[45] = {1, 0, 0, 41, 3, 3, [38] = 0, 0, 2, 0x13, 0x01, 1, 0},
                         server[42] = {2, 0, 0, 38, 3, 3, [38] = 0, 0x13, 0x01, 0};
    talk_open(t);
    record(t, CLIENT, HANDSHAKE, client, sizeof client);
    record(t, SERVER, HANDSHAKE, server, sizeof server);
}

static void records(uint64_t n, uint32_t len)
{
    static const uint8_t bytes[18432];
    struct talk t;
    wire_start();
    talk_init(&t, 0);
    hellos(&t);
    for (uint64_t i = 0; i < n; i++)
        record(&t, CLIENT, DATA, bytes, len);
    talk_fini(&t);
}

static void long_records(uint64_t n)
{
    records(n, 18432);
}

static void tiny_records(uint64_t n)
{
    records(n, 1);
}

/* A handshake message of 16 MiB less one, in records. */
static void handshake(uint64_t n)
{
    static uint8_t bytes[16384] = {1, 0xff, 0xff, 0xff};
    struct talk t;
    wire_start();
    talk_init(&t, 0);
    talk_open(&t);
    for (uint64_t i = 0; i < n; i++)
        record(&t, CLIENT, HANDSHAKE, bytes, sizeof bytes);
    talk_fini(&t);
}

/* ClientHellos of 16 kB on connections that then say nothing. */
static void half_hellos(uint64_t n)
{
    static const uint8_t hello[] = {HANDSHAKE, 3, 1, 0x40, 0, 1, 3, 0xff, 0xff, 3, 3};
    wire_start();
    for (uint64_t i = 0; i < n; i++) {
        struct talk t;
        talk_init(&t, (uint32_t)i);
        talk_open(&t);
        talk_say(&t, CLIENT, hello, sizeof hello);
        talk_fini(&t);
    }
}

static void key_line(uint64_t i)
{
    printf("CLIENT_TRAFFIC_SECRET_0 %064llx %064llx\n", (unsigned long long)i << 32,
           (unsigned long long)i);
}

static void keys(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        key_line(i);
}

/* All of one session. */
static void keys_again(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        key_line(1);
}

static void bad_keys(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        printf("CLIENT_RANDOM %llu\n", (unsigned long long)i);
}

static void long_key(uint64_t n)
{
    printf("CLIENT_RANDOM ");
    wire_fill('a', n);
}

const struct hostile_kind hostile_tls[] = {
    {"long-records", long_records, "TLS records of 18,432 bytes"},
    {"tiny-records", tiny_records, "TLS records of a byte"},
    {"handshake", handshake, "records of an endless handshake message"},
    {"half-hellos", half_hellos, "connections that begin a ClientHello"},
    {"keys", keys, "sessions of a key log"},
    {"keys-again", keys_again, "lines of one session of a key log"},
    {"bad-keys", bad_keys, "damaged lines of a key log"},
    {"long-key", long_key, "bytes of one line of a key log"},
    {0}};
