/* SPDX-License-Identifier: MIT */
/*
 * Every noun of the project as a plain struct; no functions.
 *
 * Two models meet in the join, each with its nouns in a header of its own. The wire (wire_model.h):
 * frames (what happened, at which packet) are collected into connections and streams. The trace
 * (trace_model.h): httptrace events are collected into requests, attempts, connections and dials.
 * An index into another array is a uint32_t, H2T_NONE when there is none.
 *
 * Times are int64_t nanoseconds since the Unix epoch, of the capture's clock on the wire side and
 * of the program's clock on the trace side; H2T_NEVER when it did not happen or was not seen.
 */
#ifndef H2T_MODEL_H
#define H2T_MODEL_H

#include "trace_model.h"
#include "wire_model.h"

/* ---- The join ------------------------------------------------------------------------------- */

/* How a pair was found. */
enum h2t_match {
    H2T_MATCH_NONE,
    H2T_MATCH_TUPLE,        /* connection: addresses and ports, and only one candidate */
    H2T_MATCH_TUPLE_TIME,   /* connection: the 4-tuple recurs, time decided */
    H2T_MATCH_ORDER,        /* stream: k-th WroteHeaders is the k-th HEADERS */
    H2T_MATCH_ORDER_HEADER, /* the same, and a header value says so too */
    H2T_MATCH_HEADER,       /* a header value that is unique on both sides */
    H2T_MATCH_ORDER_LOG,    /* order, and the program's http2debug log says so too */
    H2T_MATCH_LOG,          /* connection: the frames of the log; stream: its identifier there */
    H2T_MATCH_ONLY,         /* dial, DNS: the only candidate inside strict time bounds */
    H2T_MATCH_MAPPED,       /* connection: addresses and ports, once they were translated */
    H2T_MATCH_TIMING, /* connection: addresses say nothing, no other fits the strict bounds of its
                         requests, TLS and ALPN. Stream: the order on such a connection */
    H2T_N_MATCHES
};

/* Why something was not matched. */
enum h2t_reason {
    H2T_REASON_NONE,
    H2T_REASON_NO_CONN,       /* the request never got a connection */
    H2T_REASON_NO_ADDR,       /* the trace does not name the connection */
    H2T_REASON_NOT_CAPTURED,  /* no such 4-tuple in the capture */
    H2T_REASON_OTHER_TIME,    /* the 4-tuple is there, at another time */
    H2T_REASON_AMBIGUOUS,     /* several candidates, nothing decides */
    H2T_REASON_NO_KEYS,       /* the connection is encrypted and no key fits */
    H2T_REASON_NOT_HTTP,      /* neither HTTP/2 nor HTTP/1.1 was recognised */
    H2T_REASON_LATE,          /* the capture lacks the connection's start, no header tells */
    H2T_REASON_GAP,           /* packets are missing in the capture, no header tells */
    H2T_REASON_NOT_WRITTEN,   /* WroteHeaders did not fire */
    H2T_REASON_NOT_ON_WIRE,   /* WroteHeaders fired, its HEADERS are not in the capture */
    H2T_REASON_CONTRADICTION, /* order and header disagree */
    H2T_REASON_NOT_IN_TRACE,  /* stream: the trace has no such request */
    H2T_REASON_UNTRACED,      /* stream: the trace does not know the connection */
    H2T_REASON_PARTIAL,       /* the trace does not have all requests of the connection */
    H2T_REASON_COPY,          /* stream: seen again on another interface */
    H2T_REASON_UNIX,          /* the connection is a Unix socket's */
    H2T_REASON_TUNNEL,        /* inside a proxy's CONNECT nothing of HTTP was seen */
    H2T_REASON_CONNECT,       /* stream: the CONNECT of such a connection */
    H2T_N_REASONS
};

/* An interval, both ends included; lo > hi: empty. */
struct h2t_range {
    int64_t lo, hi;
};

/* The offset between two clocks as a line, see drift.h. */
struct h2t_line {
    double start, rate; /* ns from h2t_drift.base at .origin; ns per s */
};

#define H2T_MAX_CORNERS 32u
struct h2t_drift {
    int64_t origin, base; /* ns: a time of the trace; an offset */
    unsigned n;
    struct h2t_line corners[H2T_MAX_CORNERS]; /* of the polygon of lines that are possible */
};

/* A time in which nobody set either clock. */
struct h2t_clock_part {
    uint32_t first_packet; /* where it begins; packets before belong to the part before */
    int64_t from, to;      /* trace times of its first and last bound */
    struct h2t_drift drift;
    struct h2t_range level; /* offsets that fit all bounds if the clocks run alike */
    uint32_t n;             /* bounds */
};

/* Capture clock minus trace clock, from strict bounds. */
#define H2T_MAX_CLOCK_PARTS 16u
struct h2t_clock {
    int64_t lo, hi;   /* ns: it was never outside of these; lo > hi: nothing known */
    uint32_t n;       /* trace connections that agree */
    uint32_t n_off;   /* trace connections that do not fit */
    bool stated;      /* the user said it, nothing was measured */
    unsigned n_parts; /* 0: nothing is known but lo and hi */
    struct h2t_clock_part parts[H2T_MAX_CLOCK_PARTS];
};

/* ---- Findings ------------------------------------------------------------------------------- */

enum h2t_severity { H2T_SEVERITY_NOTE = 1, H2T_SEVERITY_WARNING, H2T_SEVERITY_ERROR };

/* Whom a finding is about, as indexes; H2T_NONE: unknown. */
struct h2t_affected {
    uint32_t finding;
    uint32_t request, attempt, stream;
};

/* One diagnosis: one cause, with all that suffers from it. */
struct h2t_finding {
    uint32_t rule; /* index in the table of rules.h */
    uint8_t severity;
    struct h2t_mark at;       /* where it happened; packet 0: in no packet */
    struct h2t_mark proof;    /* the packet that makes it certain; often `at` */
    uint32_t conn;            /* wire connection; H2T_NONE: none, or several */
    uint32_t n_conns;         /* connections that it is about */
    uint32_t first, n;        /* of h2t_findings.affected */
    const char *wire, *trace; /* the evidence as short facts; NULL: none */
    const char *fix;          /* one sentence */
};

struct h2t_findings {
    GArray *all;      /* struct h2t_finding, by packet, worst first; those without a packet last */
    GArray *affected; /* struct h2t_affected, those of one finding together */
    uint64_t n_dropped; /* past H2T_MAX_FINDINGS */
    struct h2t_strings *strings;
};

/* Both sides and what is known of their clocks: what the join works on and the notes are made from.
 */
struct h2t_model {
    struct h2t_wire *wire;
    struct h2t_trace *trace;
    struct h2t_findings *findings; /* NULL: not diagnosed */
    struct h2t_clock clock;        /* of all processes; lo, hi around all of them if they differ */
    bool ignore_headers; /* join by order and time alone, as if no identity header were there */
    bool expect_h2;      /* HTTP/2 is wanted of every server */
};

/* What a packet comment is about. The order is the order of comments on one packet. */
enum h2t_what {
    H2T_NOTE_FINDING, /* ref: a finding */
    H2T_NOTE_DNS_QUERY,
    H2T_NOTE_DNS_ANSWER,
    H2T_NOTE_CONNECT,   /* SYN */
    H2T_NOTE_CONNECTED, /* SYN-ACK */
    H2T_NOTE_CLIENT_HELLO,
    H2T_NOTE_HANDSHAKE, /* end of the TLS handshake */
    H2T_NOTE_REQUEST,   /* HEADERS that open the stream */
    H2T_NOTE_REQUEST_END,
    H2T_NOTE_RESPONSE, /* first response HEADERS */
    H2T_NOTE_END,      /* end of the stream */
    H2T_NOTE_RESET,    /* RST_STREAM */
    H2T_NOTE_GOAWAY,
    H2T_NOTE_CLOSE, /* FIN or RST */
    H2T_NOTE_FRAME, /* a line of a debug log */
    H2T_N_NOTES
};

/* One comment to come: made into text only when its packet is written. */
struct h2t_note {
    uint32_t packet;
    uint32_t ref; /* index of a conn, stream, lookup, finding or sighting: `what` decides */
    uint8_t what; /* enum h2t_what */
    uint8_t dir;  /* enum h2t_dir, where both sides can do it */
};

#endif
