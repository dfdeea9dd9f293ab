/* SPDX-License-Identifier: MIT */
/* For tests: a log of http2debug, line by line, and the same frames on the wire. */
#ifndef DEBUG_LOG_H
#define DEBUG_LOG_H

#include "core/facts.h"
#include "core/join.h"
#include "core/ledger.h"
#include "core/names.h"
#include "core/trace.h"
#include "core/view.h"
#include "sidecar.h"

#define US INT64_C(1000)
#define MS (1000 * US)
#define BASE INT64_C(1795448760000000000) /* 2026-11-23T15:46:00Z */

struct talk {
    GString *log;
    struct h2t_facts *facts;
    struct h2t_model m;
    uint32_t packet;
    const char *stamp; /* of package log, with %06d; NULL: lines have none */
    const char *prefix;
};

static inline void talk_init(struct talk *t)
{
    *t = (struct talk){.log = g_string_new(NULL), .facts = h2t_facts_new()};
    t->stamp = "2026/11/23 15:46:00.%06d ";
    h2t_facts_keep_ledgers(t->facts);
}

static inline void talk_fini(struct talk *t)
{
    if (t->log)
        g_string_free(t->log, TRUE);
    h2t_facts_free(&t->facts);
    h2t_wire_free(&t->m.wire);
    h2t_trace_free(&t->m.trace);
}

/* A line at `us` µs. */
static inline void G_GNUC_PRINTF(3, 4) say(struct talk *t, int us, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (t->stamp) {
        g_autofree char *head = g_strdup(t->stamp);
        char *digits = strstr(head, "%06d");
        if (digits)
            *digits = '\0';
        g_string_append(t->log, head);
        if (digits)
            g_string_append_printf(t->log, "%06d ", us);
    }
    g_string_append_vprintf(t->log, format, args);
    g_string_append_c(t->log, '\n');
    va_end(args);
}

/* The fields of a request, as they are encoded. */
static inline void say_fields(struct talk *t, int us, const char *path, const char *id)
{
    const char *const fields[][2] = {{":authority", "shop"}, {":method", "GET"},
                                     {":path", path},        {":scheme", "https"},
                                     {"x-request-id", id},   {"user-agent", "Go"}};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        if (fields[i][1])
            say(t, us, "http2: Transport encoding header \"%s\" = \"%s\"", fields[i][0],
                fields[i][1]);
}

static inline struct h2t_addr talk_addr(const char *text)
{
    struct h2t_addr a;
    g_assert_true(h2t_addr_parse(text, &a));
    return a;
}

static inline void wire_open(struct talk *t, uint32_t conn, const char *client, int us)
{
    struct h2t_tuple tuple = {.client = talk_addr(client), .server = talk_addr("10.0.0.2:443")};
    struct h2t_mark mark = {.ns = BASE + us * US, .packet = ++t->packet};
    h2t_facts_open(t->facts, conn, &tuple, mark);
}

static inline void wire(struct talk *t, uint32_t conn, struct h2t_frame f, int us)
{
    static const struct h2t_fields request = {.method = "GET", .path = "/", .complete = true};
    static const struct h2t_fields response = {.status = 200, .complete = true};
    f.conn = conn;
    f.mark = (struct h2t_mark){.ns = BASE + us * US, .packet = ++t->packet};
    if (f.kind == H2T_HEADERS && !f.fields)
        f.fields = f.dir == H2T_CLIENT ? &request : &response;
    h2t_facts_packet(t->facts, conn, f.mark);
    h2t_facts_frame(t->facts, &f);
}

/* What both ends say of a connection before its first request, and the client's side of it. */
static inline void begin(struct talk *t, uint32_t conn, const char *pointer, int us)
{
    say(t, us, "http2: Transport creating client conn %s9 to 10.0.0.2:443", pointer);
    say(t, us, "http2: Framer %s: wrote SETTINGS len=6, settings: ENABLE_PUSH=0", pointer);
    wire(t, conn, (struct h2t_frame){.kind = H2T_PREFACE}, us + 10);
    wire(t, conn, (struct h2t_frame){.kind = H2T_SETTINGS, .len = 6}, us + 10);
}

/* A request of `len` bytes and its response, 1 ms later. */
static inline void exchange(struct talk *t, uint32_t conn, const char *pointer, uint32_t stream,
                            uint32_t len, int us)
{
    const char *flags = "END_STREAM|END_HEADERS";
    say(t, us, "http2: Framer %s: wrote HEADERS flags=%s stream=%u len=%u", pointer, flags, stream,
        len);
    wire(t, conn,
         (struct h2t_frame){
             .kind = H2T_HEADERS, .stream = stream, .len = len, .end_stream = true, .flags = 5},
         us + 10);
    wire(t, conn,
         (struct h2t_frame){.kind = H2T_HEADERS,
                            .dir = H2T_SERVER,
                            .stream = stream,
                            .len = 7,
                            .end_stream = true,
                            .flags = 5},
         us + 1000);
    say(t, us + 1020, "http2: Framer %s: read HEADERS flags=%s stream=%u len=7", pointer, flags,
        stream);
}

static inline void fin(struct talk *t, uint32_t conn, int us)
{
    wire(t, conn, (struct h2t_frame){.kind = H2T_FIN}, us);
}

/* All is told: loads the log and joins. `sidecar` may be NULL. */
static inline void talk_join(struct talk *t, const char *sidecar)
{
    struct h2t_loader *loader = h2t_loader_new();
    sidecar_feed(loader, "app.log", t->log->str, t->log->len, 1000);
    if (sidecar)
        sidecar_feed(loader, "trace.json", sidecar, strlen(sidecar), 1000);
    t->m.trace = sidecar_finish(loader);
    t->m.wire = h2t_facts_finish(&t->facts);
    h2t_join(&t->m);
}

static inline const struct h2t_framer *framer(const struct talk *t, uint32_t i)
{
    g_assert_cmpuint(i, <, t->m.trace->framers->len);
    return h2t_framer_at(&t->m, i);
}

#endif
