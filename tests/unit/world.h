/* SPDX-License-Identifier: MIT */
/* A small model made by hand: both sides of connections and requests, at times of our choice. */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include "core/join.h"

#include "core/base.h"
#include "core/clock.h"
#include "core/facts.h"
#include "core/names.h"
#include "core/trace.h"
#include "core/view.h"

#define MS G_GINT64_CONSTANT(1000000)
#define S (1000 * MS)
#define START (G_GINT64_CONSTANT(1700000000) * S)

struct world {
    struct h2t_model m;
    struct h2t_facts *facts;
    uint32_t packet;
    uint64_t seq;
    int64_t offset; /* capture clock minus trace clock */
};

static inline struct world world_new(void)
{
    struct world w = {.facts = h2t_facts_new()};
    struct h2t_trace *t = g_new0(struct h2t_trace, 1);
    t->processes = g_array_new(false, true, sizeof(struct h2t_process));
    t->requests = g_array_new(false, true, sizeof(struct h2t_request));
    t->attempts = g_array_new(false, true, sizeof(struct h2t_attempt));
    t->tconns = g_array_new(false, true, sizeof(struct h2t_tconn));
    t->dials = g_array_new(false, true, sizeof(struct h2t_dial));
    t->lookups = g_array_new(false, true, sizeof(struct h2t_lookup));
    t->bad = g_array_new(false, true, sizeof(struct h2t_bad_line));
    t->framers = g_array_new(false, true, sizeof(struct h2t_framer));
    t->zones = g_array_new(false, true, sizeof(struct h2t_zone));
    t->sightings = g_array_new(false, true, sizeof(struct h2t_sighting));
    t->unsent = g_array_new(false, true, sizeof(struct h2t_sighting));
    t->strings = h2t_strings_new();
    w.m.trace = t;
    return w;
}

static inline void join(struct world *w)
{
    w->m.wire = h2t_facts_finish(&w->facts);
    h2t_join(&w->m);
}

static inline void world_free(struct world *w)
{
    h2t_wire_free(&w->m.wire);
    h2t_trace_free(&w->m.trace);
}

static inline struct h2t_addr addr(const char *text)
{
    struct h2t_addr a;
    g_assert_true(h2t_addr_parse(text, &a));
    return a;
}

static inline struct h2t_mark mark(struct world *w, int64_t at)
{
    return (struct h2t_mark){.ns = START + at + w->offset, .packet = ++w->packet};
}

static inline uint32_t tell(struct world *w, uint32_t conn, enum h2t_frame_kind kind,
                            enum h2t_dir dir, int64_t at)
{
    struct h2t_frame f = {.kind = kind, .dir = dir, .conn = conn, .mark = mark(w, at)};
    h2t_facts_packet(w->facts, conn, f.mark);
    h2t_facts_frame(w->facts, &f);
    return f.mark.packet;
}

/* A connection from `local` that is dialled at `at`; its SYN-ACK comes 1 ms later. */
static inline void wire_conn(struct world *w, uint32_t conn, const char *local, int64_t at)
{
    struct h2t_tuple tuple = {.client = addr(local), .server = addr("10.0.0.2:443")};
    h2t_facts_open(w->facts, conn, &tuple, mark(w, at));
    tell(w, conn, H2T_SYN, H2T_CLIENT, at);
    tell(w, conn, H2T_SYN_ACK, H2T_SERVER, at + 1 * MS);
    tell(w, conn, H2T_PREFACE, H2T_CLIENT, at + 2 * MS);
}

/* The same connection, but the capture lacks its beginning. */
static inline void late_conn(struct world *w, uint32_t conn, const char *local, int64_t at)
{
    struct h2t_tuple tuple = {.client = addr(local), .server = addr("10.0.0.2:443")};
    h2t_facts_open(w->facts, conn, &tuple, mark(w, at));
    tell(w, conn, H2T_GAP, H2T_CLIENT, at);
}

/* HEADERS at `at`, the response 5 ms later. */
static inline void wire_request(struct world *w, uint32_t conn, uint32_t id, const char *request_id,
                                int64_t at)
{
    struct h2t_fields fields = {
        .method = "GET", .path = "/a?secret", .request_id = request_id, .complete = true};
    struct h2t_frame f = {.kind = H2T_HEADERS,
                          .conn = conn,
                          .stream = id,
                          .mark = mark(w, at),
                          .end_stream = true,
                          .fields = &fields};
    h2t_facts_packet(w->facts, conn, f.mark);
    h2t_facts_frame(w->facts, &f);
    f.dir = H2T_SERVER;
    f.mark = mark(w, at + 5 * MS);
    fields = (struct h2t_fields){.status = 200, .complete = true};
    h2t_facts_packet(w->facts, conn, f.mark);
    h2t_facts_frame(w->facts, &f);
}

static inline uint32_t trace_conn(struct world *w, const char *local)
{
    struct h2t_tconn t = {.number = w->m.trace->tconns->len + 1,
                          .first = INT64_MAX,
                          .last = INT64_MIN,
                          .conn = H2T_NONE,
                          .dial = H2T_NONE,
                          .from_start = true,
                          .attempts = g_array_new(false, false, sizeof(uint32_t))};
    if (local) {
        t.local = addr(local);
        t.remote = addr("10.0.0.2:443");
    }
    g_array_append_val(w->m.trace->tconns, t);
    return w->m.trace->tconns->len - 1;
}

/* GotConn and WroteHeaders around a request that is on the wire at `at`. */
static inline uint32_t trace_request(struct world *w, uint32_t tconn, const char *request_id,
                                     int64_t at)
{
    struct h2t_request r = {.id = "r",
                            .start = START + at - 1 * MS,
                            .done = START + at + 6 * MS,
                            .body_done = START + at + 7 * MS,
                            .status = 200,
                            .n_attempts = 1};
    struct h2t_attempt a = {.request = w->m.trace->requests->len,
                            .number = 1,
                            .next = H2T_NONE,
                            .tconn = tconn,
                            .seq = ++w->seq,
                            .path = h2t_hash("/a", 2),
                            .request_id =
                                request_id ? h2t_hash(request_id, strlen(request_id)) : 0};
    for (unsigned hook = 0; hook < H2T_N_HOOKS; hook++)
        a.at[hook] = H2T_NEVER;
    a.at[H2T_GOT_CONN] = START + at - MS / 2;
    a.at[H2T_WROTE_HEADER_FIELD] = START + at - MS / 10;
    a.at[H2T_WROTE_HEADERS] = START + at + MS / 10;
    a.at[H2T_FIRST_BYTE] = START + at + 5 * MS + MS / 10;
    r.first_attempt = w->m.trace->attempts->len;
    g_array_append_val(w->m.trace->requests, r);
    g_array_append_val(w->m.trace->attempts, a);
    uint32_t index = w->m.trace->attempts->len - 1;
    if (tconn == H2T_NONE)
        return index;
    struct h2t_tconn *t = h2t_tconn_at(&w->m, tconn);
    t->first = MIN(t->first, a.at[H2T_GOT_CONN]);
    t->last = MAX(t->last, r.body_done);
    g_array_append_val(t->attempts, index);
    return index;
}

/* `n` requests on both sides of one connection, 10 ms apart; ids may be NULL. */
static inline void matching_requests(struct world *w, uint32_t n, const char *const *ids)
{
    wire_conn(w, 0, "10.0.0.1:4000", 0);
    uint32_t t = trace_conn(w, "10.0.0.1:4000");
    for (uint32_t i = 0; i < n; i++) {
        wire_request(w, 0, 2 * i + 1, ids ? ids[i] : NULL, (10 + 10 * (int64_t)i) * MS);
        trace_request(w, t, ids ? ids[i] : NULL, (10 + 10 * (int64_t)i) * MS);
    }
}

static inline void test_nothing(void)
{
    struct world w = world_new();
    trace_conn(&w, "10.0.0.1:4000");
    join(&w);
    g_assert_false(h2t_clock_known(&w.m.clock));
    world_free(&w);
    w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    trace_conn(&w, "10.0.0.1:4000");
    join(&w);
    world_free(&w);
}

static inline uint32_t trace_dial(struct world *w, int64_t start, int64_t done)
{
    struct h2t_dial d = {.request = H2T_NONE,
                         .tconn = H2T_NONE,
                         .conn = H2T_NONE,
                         .remote = addr("10.0.0.2:443"),
                         .connect_start = START + start,
                         .connect_done = START + done,
                         .tls_start = H2T_NEVER,
                         .tls_done = H2T_NEVER};
    g_array_append_val(w->m.trace->dials, d);
    return w->m.trace->dials->len - 1;
}

static inline void trace_lookup(struct world *w, const char *host, int64_t start, int64_t done)
{
    struct h2t_lookup l = {
        .request = H2T_NONE, .host = host, .start = START + start, .done = START + done};
    g_array_append_val(w->m.trace->lookups, l);
}

#endif
