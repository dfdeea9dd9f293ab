/* SPDX-License-Identifier: MIT */
/* The nouns of the trace, as plain structs; see model.h. */
#ifndef H2T_TRACE_MODEL_H
#define H2T_TRACE_MODEL_H

#include "wire_model.h"

/* An address of the trace that the capture has as another one: a translation (NAT), a proxy that
 * passes bytes on, a port mapping. */
struct h2t_addr_map {
    struct h2t_addr from, to; /* port 0: any port, which stays */
    bool server;              /* learned: of the program's remote addresses; else of its own */
    bool stated;              /* the user said it; then of both */
    bool ambiguous;           /* learned: `from` is also something else, so that it says nothing */
    uint32_t n;               /* trace connections that are bound and have it */
};

/* What an attempt has a time for, in the order a reader expects. Names as httptrace gives them. */
enum h2t_hook {
    H2T_GET_CONN,
    H2T_GOT_CONN,
    H2T_WROTE_HEADER_FIELD, /* the first */
    H2T_WROTE_HEADERS,
    H2T_WAIT_100,
    H2T_GOT_100,
    H2T_WROTE_REQUEST,
    H2T_FIRST_BYTE,
    H2T_PUT_IDLE,
    H2T_N_HOOKS
};

/* One RoundTrip: all attempts of one `req`. */
struct h2t_request {
    const char *id;                     /* as in the sidecar, "r1" */
    uint32_t process;                   /* index: one per (sidecar's pid, host) */
    uint32_t first_attempt, n_attempts; /* attempts are chained by h2t_attempt.next */
    uint16_t status;
    bool timeout, closed_early;
    int64_t start, done, body_done;  /* RequestStart, RoundTripDone, BodyDone */
    const char *method, *url, *host; /* url without query */
    const char *err, *body_err;
    const char *traceparent; /* the value, for its trace id */
    uint64_t request_id;     /* h2t_hash of x-request-id, 0: none */
};

/* One try to send a request: from GotConn on. */
struct h2t_attempt {
    uint32_t request, number; /* number: 1 the first GotConn of the request */
    uint32_t next;            /* next attempt of the same request */
    uint32_t tconn;           /* H2T_NONE: no GotConn, or no way to tell the connection */
    uint32_t stream;          /* joined stream */
    uint8_t match;            /* enum h2t_match */
    uint8_t reason;           /* enum h2t_reason, when not matched */
    bool reused : 1, was_idle : 1;
    bool unix_socket : 1; /* GotConn gave a connection without addresses */
    bool by_server : 1;   /* the server's log tells of it, and no client */
    bool doubtful : 1;    /* `seq` may be another attempt's: two WroteHeaders after one GotConn, or
                             two at one time where nothing but time gives the order */
    int64_t at[H2T_N_HOOKS];
    int64_t idle_ns;
    uint64_t seq; /* of WroteHeaders (its place in the order), 0: it did not fire */
    const char *wrote_err;
    uint64_t path, request_id,
        traceparent; /* h2t_hash of what WroteHeaderField (else RequestStart) said */
};

/* One connection as the program saw it. */
struct h2t_tconn {
    uint32_t process;
    uint64_t number; /* the recorder's `conn`; 0: the sidecar has none and we counted */
    struct h2t_addr local, remote;
    const char *alpn, *tls;
    int64_t first, last; /* first GotConn (or Dialed), last event */
    bool mapped;         /* the capture has its addresses only when they are translated */
    bool from_start;  /* a GotConn with reused=false was seen: its first request is in the trace */
    uint32_t conn;    /* bound wire connection */
    uint32_t dial;    /* the dial that made it, when known exactly */
    uint8_t bound;    /* enum h2t_match: how */
    uint8_t reason;   /* enum h2t_reason, when not bound */
    GArray *attempts; /* uint32_t, in order of WroteHeaders; those without one at the end */
};

/* One TCP dial, with its TLS handshake. It belongs to who started it, not to who uses it. */
struct h2t_dial {
    uint32_t request;              /* for whom; H2T_NONE: unknown */
    uint32_t tconn;                /* known exactly only with the recorder's DialContext */
    uint32_t conn;                 /* joined wire connection */
    struct h2t_addr local, remote; /* local: only with the recorder's DialContext */
    int64_t connect_start, connect_done, tls_start, tls_done;
    const char *err, *tls_err, *alpn;
    uint8_t match;
};

/* One DNSStart and its DNSDone. */
struct h2t_lookup {
    uint32_t request;
    const char *host, *err;
    int64_t start, done;
};

struct h2t_process {
    uint64_t pid;
    const char *host, *go;
    int64_t unit; /* ns: its times are cut to whole multiples of this, so that they may be early */
    uint32_t clock;     /* index: processes of one host have one */
    bool silent;        /* only a debug log tells of it */
    uint32_t n_retries; /* how often its debug log says that RoundTrip tries again */
};

/* A frame of which the program's GODEBUG=http2debug tells that it wrote or read it. */
struct h2t_logged {
    int64_t ns; /* of the line; H2T_NEVER: it has no time */
    uint32_t line, stream, len;
    uint32_t detail; /* h2t_ledger_detail */
    uint32_t entry;  /* the same frame in the ledger; H2T_NONE: not found there */
    uint8_t kind;    /* enum h2t_frame_kind */
};

/* A request that the program's HTTP/2 client wrote or its server read, by its log. */
struct h2t_logged_request {
    uint32_t frame;  /* its HEADERS in h2t_framer.frames; H2T_NONE at http2debug=1 */
    uint32_t stream; /* 0: not logged */
    uint64_t order;  /* its place among all requests of all logs */
    int64_t ns;      /* of its first header field */
    const char *method, *url, *err;
    const char *traceparent; /* the value */
    uint64_t path, request_id;
    bool answered; /* the client read HEADERS or RST_STREAM of it */
    bool given_up; /* the client wrote RST_STREAM of it */
    bool cut;      /* and the connection had an error before */
};

enum h2t_logged_dir { H2T_WROTE, H2T_READ };

/* What the program found wrong with a frame that it read. */
struct h2t_fault {
    uint32_t frame; /* in h2t_framer.frames[H2T_READ] */
    const char *err;
};

/* How a Framer was tied to its connection. */
enum h2t_tied {
    H2T_TIED_NONE,
    H2T_TIED_FRAMES,      /* no other connection has its frames */
    H2T_TIED_FRAMES_TIME, /* several have, the times decide */
    H2T_TIED_ADDRESS,     /* the log names the addresses */
};

/* A Framer of golang.org/x/net/http2: the program's end of one connection. At http2debug=1 the log
 * does not have them, and stands for the only connection of its program. */
struct h2t_framer {
    uint32_t process;
    const char *file;
    uint64_t pointer;              /* as logged; the same again later may be another one */
    uint64_t conn_ptr;             /* of its ClientConn, 0: not known */
    struct h2t_addr local, remote; /* what the log tells of them */
    GArray *frames[2];             /* struct h2t_logged, by h2t_logged_dir */
    GArray *requests;              /* struct h2t_logged_request */
    GArray *faults;                /* struct h2t_fault, by frame; NULL: none */
    int64_t unit;                  /* ns: stamps are cut to multiples of it */
    int64_t offset;                /* ns: capture clock minus the log's, for showing its times */
    uint8_t side;                  /* enum h2t_dir: which end */
    bool has_side;                 /* else it is not known, and `side` means nothing */
    bool from_start;               /* the log has its first SETTINGS */
    bool level1;                   /* http2debug=1: frames that were read, but none written */
    bool crowd;             /* … of several connections, nobody knows which frame is whose */
    uint32_t conn;          /* tied */
    uint32_t tconn;         /* the trace's connection, or one made of it */
    uint32_t first_attempt; /* of those that were made of its requests, one each; H2T_NONE:
                               its program has a better sidecar */
    uint8_t tied;           /* enum h2t_tied */
    uint8_t reason;         /* enum h2t_reason, when not tied */
};

/* A frame of a log and the same frame in the capture. */
struct h2t_sighting {
    uint32_t framer, frame; /* index in its frames */
    uint8_t dir;            /* enum h2t_logged_dir */
};

/* The times of a process's log whose stamps do not say in which zone they are. */
struct h2t_zone {
    int64_t ns;      /* what was added to them, all in all */
    int64_t pending; /* to be added: see h2t_zones_apply */
    bool zoneless;   /* there are such stamps */
    bool yearless;   /* the year is not told either: `ns` makes up for it */
    bool known;      /* `ns` is */
    bool by_capture; /* learned from the capture; else other stamps of the log tell */
    bool by_hooks;   /* and for good, as hooks have been joined with it */
    bool hooks;      /* there are hooks with such stamps, and not only lines of http2debug */
};

/* A line of a sidecar that could not be used; the first few are kept. */
struct h2t_bad_line {
    const char *file;
    uint64_t line;
    const char *why;
};

struct h2t_trace {
    GArray *processes, *requests, *attempts, *tconns, *dials, *lookups;
    GArray *bad;    /* struct h2t_bad_line, the first H2T_MAX_BAD_SHOWN */
    GArray *clocks; /* struct h2t_clock, filled by the join; NULL before */
    GArray *maps;   /* struct h2t_addr_map: stated ones, and what the join learned; may be NULL */
    uint64_t n_events, n_bad_lines, n_unknown_events;
    uint64_t n_nameless;       /* events that do not say of which request they are */
    uint64_t n_nameless_conns; /* GotConn among them … */
    uint64_t n_nameless_used;  /* … with a connection that had been used before */
    /* Of debug logs. The last three are made by the join. */
    GArray *framers;      /* struct h2t_framer */
    GArray *zones;        /* struct h2t_zone, index = process; those past the end have none */
    uint32_t n_silent;    /* processes that only they tell of */
    uint64_t n_unread;    /* their lines past H2T_MAX_LOGGED */
    uint32_t n_loaded[3]; /* how many requests, attempts, tconns are the sidecars' own */
    GArray *sightings;    /* struct h2t_sighting: what is worth a comment */
    GArray *unsent; /* struct h2t_sighting: written, says the log, but never seen on the wire */
    struct h2t_strings *strings;
};

#endif
