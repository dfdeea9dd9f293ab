/* SPDX-License-Identifier: MIT */
/*
 * One event of a sidecar, whatever its file called it: what importers make and h2t_gather takes.
 *
 * Nothing is stored in this form. Texts point into the importer's buffers; an absent one has a NULL
 * `at`, a present one has no NUL inside and at most H2T_MAX_STRING bytes.
 */
#ifndef H2T_EVENT_H
#define H2T_EVENT_H

#include "base.h"

enum h2t_event_kind {
    H2T_EV_UNKNOWN, /* a well-formed line with a name that we do not know */
    H2T_EV_META,
    H2T_EV_REQUEST_START,
    H2T_EV_GET_CONN,
    H2T_EV_GOT_CONN,
    H2T_EV_WROTE_HEADER_FIELD,
    H2T_EV_WROTE_HEADERS,
    H2T_EV_WAIT_100,
    H2T_EV_GOT_100,
    H2T_EV_GOT_1XX,
    H2T_EV_WROTE_REQUEST,
    H2T_EV_FIRST_BYTE,
    H2T_EV_PUT_IDLE,
    H2T_EV_ROUND_TRIP_DONE,
    H2T_EV_BODY_DONE,
    H2T_EV_DNS_START,
    H2T_EV_DNS_DONE,
    H2T_EV_CONNECT_START,
    H2T_EV_CONNECT_DONE,
    H2T_EV_TLS_START,
    H2T_EV_TLS_DONE,
    H2T_EV_DIALED,
    H2T_EV_ATTEMPT, /* a whole attempt, milestones in `at` */
    H2T_EV_DEBUG,   /* a line of GODEBUG=http2debug: `message` */
    H2T_N_EVENTS
};

struct h2t_text {
    const char *at;
    size_t len;
};

struct h2t_number {
    int64_t n;
    bool set;
};

struct h2t_truth {
    bool is, set;
};

/* A milestone inside H2T_EV_ATTEMPT. */
struct h2t_milestone {
    int64_t after; /* ns since the event's own time */
    uint64_t seq;
    bool set;
};

struct h2t_event {
    enum h2t_event_kind kind;
    int64_t ns;
    struct h2t_number pid, seq, mono_ns;
    struct h2t_number attempt, conn; /* from 1 */
    struct h2t_number status, idle_ns;
    uint64_t source; /* a hash of what tells processes apart beside the pid; 0: the file does */
    bool shuffled;   /* its place in the file says nothing of its place in time */
    bool doubtful;   /* it may belong to another attempt */
    bool nameless;   /* it says of which hook it is, and nothing of which request */
    struct h2t_text message; /* H2T_EV_DEBUG, whose `ns` may be H2T_NEVER */
    int64_t collected;       /* the same: when somebody had read the line, H2T_NEVER: not told */
    bool zoneless;           /* `ns` is local time, as if it were UTC */
    bool yearless;           /* and in any year */
    struct h2t_truth reused, was_idle, timeout, closed_early;
    struct h2t_text req;
    struct h2t_text schema, go, host; /* Meta; host: also of the request, and of a DNSStart */
    struct h2t_text method, url;      /* RequestStart */
    struct h2t_text traceparent, request_id;
    struct h2t_text key, value; /* WroteHeaderField */
    struct h2t_text network, addr, local, remote, alpn, tls;
    struct h2t_text err, wrote_err, body_err; /* the last two in H2T_EV_ATTEMPT */
    bool has_milestones;
    struct h2t_milestone at[H2T_N_EVENTS]; /* meaningless without has_milestones */
};

/* The address in a text; family 0 where there is none. */
struct h2t_addr h2t_event_addr(struct h2t_text text);

#endif
