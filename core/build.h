/* SPDX-License-Identifier: MIT */
/*
 * The trace under construction: find or make requests, attempts and connections, and note what
 * happened to them. Everything here may come in any order and more than once: of the times of one
 * milestone the earliest stays.
 *
 * Until h2t_build_finish, h2t_request.first_attempt is the attempt that was touched last, and
 * attempts are not chained.
 */
#ifndef H2T_BUILD_H
#define H2T_BUILD_H

#include "event.h"
#include "index.h"

struct h2t_build {
    struct h2t_trace *trace;
    struct h2t_index requests, attempts, tconns;
    uint32_t last_request;
};

/* Which identity a header field gave. */
enum h2t_identity { H2T_ID_NONE, H2T_ID_PATH, H2T_ID_REQUEST_ID, H2T_ID_TRACEPARENT };

/* A milestone of an attempt. */
struct h2t_step {
    uint32_t request;
    uint32_t got;     /* GotConn: index of what it told */
    uint8_t hook;     /* enum h2t_hook */
    uint8_t identity; /* enum h2t_identity: of a WroteHeaderField */
    int64_t ns;
    uint64_t seq;  /* or our own count of lines */
    uint64_t conn; /* the sidecar's number, 0: none */
    bool doubtful; /* it may be another attempt's */
    union {
        uint64_t hash;   /* WroteHeaderField: of the value */
        const char *err; /* WroteRequest */
    };
};

/* What GotConn tells of the connection, kept beyond the event. */
struct h2t_got {
    struct h2t_addr local, remote;
    const char *alpn, *tls;
    int64_t ns, idle_ns;
    bool fresh; /* said to be new; `reused` false may also be unknown */
    bool reused, was_idle;
    bool unix_socket;
};

void h2t_build_init(struct h2t_build *build);
void h2t_build_fini(struct h2t_build *build); /* the trace stays */

uint32_t h2t_build_request(struct h2t_build *build, uint32_t process, struct h2t_text id);
uint32_t h2t_build_attempt(struct h2t_build *build, uint32_t request, uint32_t number);
/* One that no file speaks of. */
uint32_t h2t_build_new_attempt(struct h2t_build *build, uint32_t request, uint32_t number);
/* By the sidecar's number. */
uint32_t h2t_build_tconn(struct h2t_build *build, uint32_t process, uint64_t number);
/* One that the sidecar does not number. */
uint32_t h2t_build_new_tconn(struct h2t_build *build, uint32_t process);

static inline struct h2t_request *h2t_build_request_at(struct h2t_build *build, uint32_t i)
{
    return &g_array_index(build->trace->requests, struct h2t_request, i);
}

static inline struct h2t_attempt *h2t_build_attempt_at(struct h2t_build *build, uint32_t i)
{
    return &g_array_index(build->trace->attempts, struct h2t_attempt, i);
}

static inline struct h2t_tconn *h2t_build_tconn_at(struct h2t_build *build, uint32_t i)
{
    return &g_array_index(build->trace->tconns, struct h2t_tconn, i);
}

/* The earlier of two times, either of which may be H2T_NEVER. */
static inline int64_t h2t_earlier(int64_t a, int64_t b)
{
    if (a == H2T_NEVER || b == H2T_NEVER)
        return a == H2T_NEVER ? b : a;
    return a < b ? a : b;
}

/* Notes the step; its request and got are not looked at. Of WroteHeaders seq is kept, to order the
 * attempts of a connection; a second one with another seq makes the attempt doubtful. */
void h2t_build_step(struct h2t_build *build, uint32_t attempt, const struct h2t_step *step);

/* GotConn. With conn 0 the caller gives the connection later. */
void h2t_build_got(struct h2t_build *build, uint32_t attempt, const struct h2t_got *got);
void h2t_build_conn(struct h2t_build *build, uint32_t attempt, uint64_t conn, int64_t ns);

/* The connection, and something that happened on it. */
void h2t_build_conn_got(struct h2t_build *build, uint32_t tconn, const struct h2t_got *got);
void h2t_build_conn_alive(struct h2t_build *build, uint32_t tconn, int64_t ns);

/* What puts the events of a process in order. */
enum h2t_ranking {
    H2T_BY_SEQ,  /* their seq */
    H2T_BY_LINE, /* the line, where time does not contradict; seq is our own count of lines */
    H2T_BY_TIME, /* time alone */
};

/* All events are in: chains, orders, and what is missing. */
typedef enum h2t_ranking (*h2t_build_ranking_fn)(void *user, uint32_t process);
void h2t_build_finish(struct h2t_build *build, h2t_build_ranking_fn ranking, void *user);

#endif
