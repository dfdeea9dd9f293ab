/* SPDX-License-Identifier: MIT */
/* HTTP/2 (RFC 9113) and HTTP/1.1 in the clear, on one connection. */
#include "hostile.h"
#include "wire.h"

#include <stdbool.h>

#include <stdio.h>
#include <string.h>

enum { T_DATA, T_HEADERS, T_PRIORITY, T_RST, T_SETTINGS, T_PUSH, T_PING, T_GOAWAY, T_WINDOW };
enum { T_CONTINUATION = 9, END_STREAM = 1, END_HEADERS = 4 };

static struct talk talk;

static void frame(int side, uint8_t type, uint8_t flags, uint32_t stream, const void *payload,
                  uint32_t len)
{
    const uint8_t head[9] = {(uint8_t)(len >> 16),
                             (uint8_t)(len >> 8),
                             (uint8_t)len,
                             type,
                             flags,
                             (uint8_t)(stream >> 24),
                             (uint8_t)(stream >> 16),
                             (uint8_t)(stream >> 8),
                             (uint8_t)stream};
    talk_say(&talk, side, head, sizeof head);
    talk_say(&talk, side, payload, len);
}

static void begin(void)
{
    wire_start();
    talk_init(&talk, 0);
    talk_open(&talk);
}

static void preface(void)
{
    talk_say(&talk, CLIENT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    frame(CLIENT, T_SETTINGS, 0, 0, "", 0);
    frame(SERVER, T_SETTINGS, 0, 0, "", 0);
}

static void begin_h2(void)
{
    begin();
    preface();
}

static void end(void)
{
    talk_fini(&talk);
}

/* GET, https, "/": RFC 7541 appendix A. */
static const uint8_t get[] = {0x82, 0x87, 0x84}, ok[] = {0x88};

static uint32_t stream_of(uint64_t i)
{
    return (uint32_t)(2 * i + 1) & INT32_MAX;
}

static void streams(uint64_t n)
{
    begin_h2();
    for (uint64_t i = 0; i < n; i++)
        frame(CLIENT, T_HEADERS, END_HEADERS | END_STREAM, stream_of(i), get, sizeof get);
    for (uint64_t i = 0; i < n; i++)
        frame(SERVER, T_HEADERS, END_HEADERS | END_STREAM, stream_of(i), ok, sizeof ok);
    end();
}

/* Opened and reset at once (CVE-2023-44487). */
static void rapid_reset(uint64_t n)
{
    begin_h2();
    for (uint64_t i = 0; i < n; i++) {
        frame(CLIENT, T_HEADERS, END_HEADERS, stream_of(i), get, sizeof get);
        frame(CLIENT, T_RST, 0, stream_of(i), "\0\0\0\x08", 4);
    }
    end();
}

/* The field block that never ends (CVE-2024-27316). */
static void continuations(uint64_t n)
{
    begin_h2();
    frame(CLIENT, T_HEADERS, 0, 1, get, sizeof get);
    for (uint64_t i = 0; i < n; i++)
        frame(CLIENT, T_CONTINUATION, 0, 1, "\x82\x82\x82\x82", 4);
    end();
}

/* The same with nothing in it. */
static void empty_continuations(uint64_t n)
{
    begin_h2();
    frame(CLIENT, T_HEADERS, 0, 1, get, sizeof get);
    for (uint64_t i = 0; i < n; i++)
        frame(CLIENT, T_CONTINUATION, 0, 1, "", 0);
    end();
}

/* One request with this field block on each of many connections. */
static void on_each(uint64_t n, const uint8_t *block, uint32_t len)
{
    wire_start();
    for (uint64_t i = 0; i < n; i++) {
        talk_init(&talk, (uint32_t)i);
        talk_open(&talk);
        preface();
        frame(CLIENT, T_HEADERS, END_HEADERS | END_STREAM, 1, block, len);
        talk_fini(&talk);
    }
}

static void one_each(uint64_t n)
{
    on_each(n, get, sizeof get);
}

/* Entries of two bytes each, as many as a table of 64 KiB holds. */
static void tables(uint64_t n)
{
    static uint8_t inserts[4 + 2 * 1700] = {0x3f, 0xe1, 0xff, 0x03}; /* the table's size */
    for (size_t i = 4; i < sizeof inserts; i += 2)
        inserts[i] = 0x40 | 4; /* ":path", empty */
    on_each(n, inserts, sizeof inserts);
}

/* An entry of 4,000 bytes, referred to 16,000 times by each block. */
static void hpack_bomb(uint64_t n)
{
    static uint8_t insert[5 + 4000] = {0x40 | 4, 0x7f, 0xa1, 0x1e, '/'}, refer[16000];
    memset(insert + 5, 'x', 4000);
    memset(refer, 0x80 | 62, sizeof refer);
    begin_h2();
    frame(CLIENT, T_HEADERS, END_HEADERS | END_STREAM, 1, insert, 4 + 4000);
    for (uint64_t i = 1; i <= n; i++)
        frame(CLIENT, T_HEADERS, END_HEADERS | END_STREAM, stream_of(i), refer, sizeof refer);
    end();
}

/* Integers as long as nobody allows, and table sizes without end. */
static void hpack_numbers(uint64_t n)
{
    static const uint8_t number[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
    static const uint8_t sizes[] = {0x3f, 0xff, 0xff, 0xff, 0xff, 0x07, 0x20, 0x3f, 0xe1, 0xff, 3};
    begin_h2();
    for (uint64_t i = 0; i < n; i++) {
        const bool even = i % 2 == 0;
        frame(CLIENT, T_HEADERS, END_HEADERS | END_STREAM, stream_of(i), even ? number : sizes,
              even ? sizeof number : sizeof sizes);
    }
    end();
}

static void settings(uint64_t n)
{
    uint8_t payload[64 * 6];
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = i % 6 == 1 ? 4 : 0x7f;
    begin_h2();
    for (uint64_t i = 0; i < n; i++)
        frame((int)(i & 1), T_SETTINGS, 0, 0, payload, sizeof payload);
    end();
}

static void pings(uint64_t n)
{
    begin_h2();
    for (uint64_t i = 0; i < n; i++)
        frame((int)(i / 100 & 1), T_PING, (uint8_t)(i & 1), 0, "12345678", 8);
    end();
}

static void goaways(uint64_t n)
{
    begin_h2();
    for (uint64_t i = 0; i < n; i++)
        frame(SERVER, T_GOAWAY, 0, 0, "\x7f\xff\xff\xff\0\0\0\0", 8);
    end();
}

/* 2^31-1 more, for the connection and for a stream. */
static void windows(uint64_t n)
{
    begin_h2();
    frame(CLIENT, T_HEADERS, END_HEADERS, 1, get, sizeof get);
    for (uint64_t i = 0; i < n; i++)
        frame(SERVER, T_WINDOW, 0, (uint32_t)(i & 1), "\x7f\xff\xff\xff", 4);
    end();
}

static void empty_data(uint64_t n)
{
    begin_h2();
    frame(CLIENT, T_HEADERS, END_HEADERS, 1, get, sizeof get);
    for (uint64_t i = 0; i < n; i++)
        frame(CLIENT, T_DATA, 0, 1, "", 0);
    end();
}

static void pushes(uint64_t n)
{
    begin_h2();
    frame(CLIENT, T_HEADERS, END_HEADERS, 1, get, sizeof get);
    for (uint64_t i = 1; i <= n; i++) {
        const uint32_t stream = GUINT32_TO_BE((uint32_t)(2 * i));
        uint8_t payload[4 + sizeof get];
        memcpy(payload, &stream, 4);
        memcpy(payload + 4, get, sizeof get);
        frame(SERVER, T_PUSH, END_HEADERS, 1, payload, sizeof payload);
    }
    end();
}

/* Frames of 16 MiB less one, which nobody knows. */
static void long_frames(uint64_t n)
{
    static const uint8_t payload[(1 << 24) - 1];
    begin_h2();
    for (uint64_t i = 0; i < n; i++)
        frame(CLIENT, 0xbe, 0xff, 0, payload, sizeof payload);
    end();
}

static void priorities(uint64_t n)
{
    begin_h2();
    for (uint64_t i = 0; i < n; i++)
        frame(CLIENT, T_PRIORITY, 0, stream_of(i), "\0\0\0\0\0", 5);
    end();
}

/* HTTP/1.1, RFC 9112: requests ahead of their responses. */
static void pipeline(uint64_t n)
{
    begin();
    for (uint64_t i = 0; i < n; i++)
        talk_say(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
    for (uint64_t i = 0; i < n; i++)
        talk_say(&talk, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38);
    end();
}

static void long_head(uint64_t n)
{
    begin();
    talk_say(&talk, CLIENT, "GET / HTTP/1.1\r\n", 16);
    for (uint64_t i = 0; i < n; i++)
        talk_say(&talk, CLIENT, "Cookie: a=b\r\n", 13);
    end();
}

static void chunks(uint64_t n)
{
    begin();
    talk_say(&talk, CLIENT, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 47);
    for (uint64_t i = 0; i < n; i++)
        talk_say(&talk, CLIENT, "1\r\nx\r\n", 6);
    end();
}

static void informational(uint64_t n)
{
    begin();
    talk_say(&talk, CLIENT, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
    for (uint64_t i = 0; i < n; i++)
        talk_say(&talk, SERVER, "HTTP/1.1 103 Early Hints\r\n\r\n", 28);
    end();
}

const struct hostile_kind hostile_http[] = {
    {"streams", streams, "streams of one connection"},
    {"rapid-reset", rapid_reset, "streams opened and reset"},
    {"continuations", continuations, "CONTINUATIONs of one field block"},
    {"empty-continuations", empty_continuations, "CONTINUATIONs without bytes"},
    {"one-each", one_each, "connections with one request each"},
    {"tables", tables, "connections with a full HPACK table of empty values"},
    {"hpack-bomb", hpack_bomb, "field blocks of 16,000 references to 4,000 bytes"},
    {"hpack-numbers", hpack_numbers, "field blocks with numbers too large"},
    {"settings", settings, "SETTINGS of 64 settings"},
    {"pings", pings, "PINGs"},
    {"goaways", goaways, "GOAWAYs"},
    {"windows", windows, "WINDOW_UPDATEs of 2^31-1"},
    {"empty-data", empty_data, "DATA without bytes"},
    {"pushes", pushes, "PUSH_PROMISEs"},
    {"priorities", priorities, "PRIORITYs"},
    {"long-frames", long_frames, "frames of 16 MiB"},
    {"pipeline", pipeline, "HTTP/1.1 requests before the first response"},
    {"long-head", long_head, "fields of one HTTP/1.1 head"},
    {"chunks", chunks, "chunks of a byte"},
    {"informational", informational, "responses 103"},
    {0}};
