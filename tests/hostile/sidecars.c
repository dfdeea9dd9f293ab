/* SPDX-License-Identifier: MIT */
/* Traces and logs. Lines are those of docs/trace-format.md unless said otherwise. */
#include "hostile.h"
#include "wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define START 1795448760 /* 2026-11-23T15:46:00Z, as the captures' */

static uint64_t n_events;

/* One line, `us` after START. */
static void G_GNUC_PRINTF(4, 5)
    event(uint64_t us, const char *ev, uint64_t request, const char *more, ...)
{
    va_list args;
    printf(
        "{\"ts\":\"2026-11-23T%02u:%02u:%02u.%06uZ\",\"ev\":\"%s\",\"req\":\"r%llu\",\"seq\":%llu,"
        "\"pid\":7",
        (unsigned)(15 + (us / 1000000 + 2760) / 3600 % 9),
        (unsigned)((us / 1000000 + 2760) / 60 % 60), (unsigned)(us / 1000000 % 60),
        (unsigned)(us % 1000000), ev, (unsigned long long)request, (unsigned long long)++n_events);
    va_start(args, more);
    vprintf(more, args);
    va_end(args);
    puts("}");
}

/* An address and port as talk_init makes them of `number`. */
static void got_conn(uint64_t us, uint64_t request, uint64_t conn, uint32_t number)
{
    event(us, "GotConn", request,
          ",\"conn\":%llu,\"attempt\":1,\"local\":\"172.%u.%u.%u:%u\",\"remote\":\"10.0.0.1:443\","
          "\"reused\":%s",
          (unsigned long long)conn, 16 + (number >> 30), number >> 22 & 255, number >> 14 & 255,
          1024 + (number & 0x3fff), "false");
}

static void whole_request(uint64_t us, uint64_t request, uint64_t conn, uint32_t number)
{
    const unsigned long long c = conn;
    event(us, "RequestStart", request,
          ",\"method\":\"GET\",\"url\":\"https://10.0.0.1/\",\"x-request-id\":\"%llu\"",
          (unsigned long long)request);
    got_conn(us, request, conn, number);
    event(us, "WroteHeaders", request, ",\"conn\":%llu,\"attempt\":1", c);
    event(us, "WroteRequest", request, ",\"conn\":%llu,\"attempt\":1", c);
    event(us + 1, "RoundTripDone", request, ",\"conn\":%llu,\"attempt\":1,\"err\":\"EOF\"", c);
}

static void requests(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        event(i, "RequestStart", i, ",\"method\":\"GET\",\"url\":\"https://h%llu/\"",
              (unsigned long long)i);
        event(i, "RoundTripDone", i, ",\"err\":\"dial tcp: no route to host\"");
    }
}

/* Fits the capture `streams`. */
static void one_connection(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        whole_request(i / 1000, i, 1, 0);
}

/* Fits `syn-flood`. */
static void connections(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        whole_request(i, i, i + 1, (uint32_t)i);
}

/* Fits `tuple-again`. */
static void connections_again(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        whole_request(i * 3, i, i + 1, 0);
}

/* All at once, at addresses that the capture does not have. */
static void elsewhere(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        whole_request(0, i, i + 1, (uint32_t)i | 1u << 29);
}

/* Ids that a well-known hash (times 33, plus the byte) has in one place. */
static void one_hash(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        char id[2 * 32 + 1] = "";
        for (unsigned bit = 0; bit < 32; bit++)
            memcpy(id + 2 * bit, i >> bit & 1 ? "Ab" : "BA", 2);
        event(i, "RequestStart", i, ",\"url\":\"https://h/%s\",\"host\":\"%s\"", id, id);
        event(i, "RoundTripDone", i, ",\"err\":\"%s\"", id);
    }
}

static void hooks(uint64_t n)
{
    whole_request(0, 1, 1, 0);
    for (uint64_t i = 0; i < n; i++)
        event(i, "WroteHeaderField", 1, ",\"conn\":1,\"attempt\":1,\"key\":\"x\",\"value\":\"y\"");
}

static void attempts(uint64_t n)
{
    event(0, "RequestStart", 1, ",\"method\":\"GET\"");
    for (uint64_t i = 0; i < n; i++) {
        event(i, "GotConn", 1, ",\"conn\":1,\"attempt\":%llu,\"reused\":true",
              (unsigned long long)i + 1);
        event(i, "WroteHeaders", 1, ",\"conn\":1,\"attempt\":%llu", (unsigned long long)i + 1);
    }
}

static void far_times(uint64_t n)
{
    static const char *const times[] = {
        "0001-01-01T00:00:00Z",           "9999-12-31T23:59:59.999999999Z",
        "1677-09-21T00:12:43.145224192Z", "2262-04-11T23:47:16.854775807Z",
        "2262-04-12T00:00:00Z",           "1970-01-01T00:00:00+23:59",
        "99999-01-01T00:00:00Z"};
    for (uint64_t i = 0; i < n; i++) {
        const char *time = times[i % G_N_ELEMENTS(times)];
        for (unsigned k = 0; k < 2; k++)
            printf(
                "{\"ts\":\"%s\",\"ev\":\"%s\",\"req\":\"r%llu\",\"seq\":%llu,\"pid\":7,\"mono_ns\":"
                "9223372036854775807,\"conn\":1,\"idle_ns\":9223372036854775807,\"local\":"
                "\"172.16.0.0:1024\",\"remote\":\"10.0.0.1:443\"}\n",
                time, k ? "WroteHeaders" : "GotConn", (unsigned long long)i,
                (unsigned long long)++n_events);
    }
    whole_request(0, n, 1, 0);
}

static void bad_lines(uint64_t n)
{
    event(0, "RequestStart", 1, ",\"method\":\"GET\"");
    for (uint64_t i = 0; i < n; i++)
        printf("{\"ts\":\"yesterday\",\"ev\":\"GotConn\",\"req\":%llu\n", (unsigned long long)i);
}

static void long_line(uint64_t n)
{
    event(0, "RequestStart", 1, ",\"method\":\"GET\"");
    printf("{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"GotConn\",\"err\":\"");
    wire_fill('x', n);
    puts("\"}");
}

static void long_texts(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        printf("{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"RequestStart\",\"pid\":7,\"req\":\"%llu",
               (unsigned long long)i);
        wire_fill('r', 100000);
        printf("\",\"url\":\"https://h/%llu", (unsigned long long)i);
        wire_fill('u', 100000);
        puts("\"}");
    }
}

static void deep(uint64_t n)
{
    event(0, "RequestStart", 1, ",\"method\":\"GET\"");
    for (unsigned line = 0; line < 10; line++) {
        printf("{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"GotConn\",\"req\":\"r1\",\"x\":");
        wire_fill(line % 2 ? '[' : '{', n / 10);
        wire_fill(line % 2 ? ']' : '}', n / 10);
        puts("}");
    }
}

static void members(uint64_t n)
{
    printf("{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"RequestStart\",\"req\":\"r1\"");
    for (uint64_t i = 0; i < n; i++)
        printf(",\"k%llu\":%llu", (unsigned long long)i, (unsigned long long)i);
    puts("}");
}

static void processes(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        printf("{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"Meta\",\"seq\":1,\"pid\":%llu,\"schema\":"
               "\"h2annotate-trace/1\",\"host\":\"h%llu\",\"start\":\"2026-11-23T15:46:00Z\"}\n"
               "{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"RequestStart\",\"req\":\"r1\",\"seq\":2,"
               "\"pid\":%llu,\"method\":\"GET\"}\n",
               (unsigned long long)i, (unsigned long long)i, (unsigned long long)i);
}

/* In containers every process is 1. */
static void restarts(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        printf("{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"Meta\",\"seq\":1,\"pid\":1,\"schema\":"
               "\"h2annotate-trace/1\",\"host\":\"h%llu\",\"mono_ns\":%llu000000000}\n"
               "{\"ts\":\"2026-11-23T15:46:00Z\",\"ev\":\"RequestStart\",\"req\":\"r1\",\"seq\":2,"
               "\"pid\":%llu,\"method\":\"GET\"}\n",
               (unsigned long long)i, (unsigned long long)i, (unsigned long long)i % 2 + 1);
}

/* All at the same time, to the same address. */
static void dials(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        event(0, "RequestStart", i, ",\"method\":\"GET\"");
        event(0, "DNSStart", i, ",\"host\":\"example.com\"");
        event(0, "DNSDone", i, ",\"addrs\":[\"10.0.0.1\"]");
        event(0, "ConnectStart", i, ",\"network\":\"tcp\",\"addr\":\"10.0.0.1:443\"");
        event(9000, "ConnectDone", i, ",\"network\":\"tcp\",\"addr\":\"10.0.0.1:443\"");
    }
}

/* OpenTelemetry's stdouttrace: children of one span. */
static void spans(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        printf(
            "{\"Name\":\"http.headers\",\"SpanContext\":{\"TraceID\":"
            "\"00000000000000000000000000000001\",\"SpanID\":\"%016llx\"},\"Parent\":{\"TraceID\":"
            "\"00000000000000000000000000000001\",\"SpanID\":\"0000000000000001\"},"
            "\"StartTime\":\"2026-11-23T15:46:00.%06uZ\",\"EndTime\":"
            "\"2026-11-23T15:46:00.%06uZ\"}\n",
            (unsigned long long)i + 2, (unsigned)(i % 1000000), (unsigned)(i % 1000000));
}

/* GODEBUG=http2debug=2, a frame each. */
static void logged(unsigned long long framer, uint64_t i)
{
    printf("2026/11/23 15:46:00.%06u http2: Framer 0xc%09llx: wrote HEADERS "
           "flags=END_STREAM|END_HEADERS stream=%llu len=3\n",
           (unsigned)(i % 1000000), framer, 2 * (unsigned long long)i + 1);
}

static void framers(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        logged(i << 4, 0);
}

/* None is in `one-each`, which has to be found out. */
static void strange_framers(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        printf("2026/11/23 15:46:00.000000 http2: Framer 0xc%09llx: wrote HEADERS "
               "flags=END_STREAM|END_HEADERS stream=1 len=4\n",
               (unsigned long long)i << 4);
}

/* Fits `streams`. */
static void logged_frames(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        logged(0, i);
}

const struct hostile_kind hostile_sidecars[] = {
    {"requests", requests, "requests without a connection"},
    {"one-connection", one_connection, "requests of one connection"},
    {"connections", connections, "connections"},
    {"connections-again", connections_again, "connections of one 4-tuple"},
    {"elsewhere", elsewhere, "connections at other addresses"},
    {"hooks", hooks, "hooks of one request"},
    {"attempts", attempts, "attempts of one request"},
    {"far-times", far_times, "requests in other ages"},
    {"bad-lines", bad_lines, "lines that are no JSON"},
    {"long-line", long_line, "bytes of one line"},
    {"long-texts", long_texts, "requests with texts of 100,000 bytes"},
    {"deep", deep, "open brackets in ten lines"},
    {"members", members, "members of one object"},
    {"one-hash", one_hash, "requests whose texts collide"},
    {"restarts", restarts, "processes of one number"},
    {"processes", processes, "processes on as many hosts"},
    {"dials", dials, "dials and lookups at one time"},
    {"spans", spans, "spans of one request"},
    {"framers", framers, "ends of connections in a debug log"},
    {"strange-framers", strange_framers, "the same, none of which is in the capture"},
    {"logged", logged_frames, "frames of one connection in a debug log"},
    {0}};
