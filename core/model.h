/* SPDX-License-Identifier: MIT */
/*
 * Every noun of the project as a plain struct; no functions.
 *
 * Two models meet in the join. The wire: frames (what happened, at which packet) are collected into
 * connections and streams. The trace: httptrace events are collected into requests, attempts,
 * connections and dials. An index into another array is a uint32_t, H2T_NONE when there is none.
 *
 * Times are int64_t nanoseconds since the Unix epoch, of the capture's clock on the wire side and
 * of the program's clock on the trace side; H2T_NEVER when it did not happen or was not seen.
 */
#ifndef H2T_MODEL_H
#define H2T_MODEL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define H2T_NONE UINT32_MAX
#define H2T_NEVER INT64_MIN

/* A place in the capture. `packet` counts from 1 as Wireshark's frame.number; 0 is nowhere. */
typedef int64_t h2t_ns __attribute__((aligned(4))); /* so that a mark takes 12 bytes, not 16 */
struct h2t_mark {
    h2t_ns ns;
    uint32_t packet;
};

/* One end of a connection. IPv4-mapped IPv6 addresses are stored as IPv4, so that both sides agree.
 */
struct h2t_addr {
    uint8_t ip[16]; /* network byte order; IPv4 uses the first four, the rest is zero */
    uint16_t port;
    uint8_t family; /* 4, 6, or 0: unknown */
};

struct h2t_tuple {
    struct h2t_addr client, server;
};

/* Who sent it. The client is who sent the SYN, or whose bytes look like a client's. */
enum h2t_dir { H2T_CLIENT, H2T_SERVER };

/* ---- The wire ------------------------------------------------------------------------------- */

enum h2t_frame_kind {
    /* TCP */
    H2T_SYN,
    H2T_SYN_ACK,
    H2T_FIN,
    H2T_RST,
    H2T_GAP, /* bytes of `dir` are missing in the capture; `len` how many, 0 if unknown */
    /* TLS */
    H2T_CLIENT_HELLO,   /* hello */
    H2T_SERVER_HELLO,   /* hello */
    H2T_HANDSHAKE_DONE, /* `dir` sent its Finished */
    H2T_ALERT,          /* code: alert description; close_notify is 0 */
    /* HTTP/2, RFC 9113 section 6 */
    H2T_PREFACE, /* the client's 24 bytes */
    H2T_DATA,
    H2T_HEADERS, /* one complete field block, CONTINUATION included; fields */
    H2T_RST_STREAM,
    H2T_SETTINGS,     /* settings, n_settings; flags has ACK */
    H2T_PUSH_PROMISE, /* stream: the promised one; fields */
    H2T_PING,         /* code, last_stream: the first and last four of its bytes */
    H2T_GOAWAY,
    H2T_WINDOW_UPDATE, /* code: the increment */
    /* HTTP/1.1. `stream` is 1 for the first request of the connection, 2 for the second, … */
    H2T_REQUEST,     /* complete head; fields */
    H2T_RESPONSE,    /* complete head, 1xx included; fields */
    H2T_MESSAGE_END, /* of `dir`: request or response is complete */
};

/* What identifies a request or tells its result, decoded. NULL: absent, or not to be known.
 * The strings live until the callback that hands them out returns. */
struct h2t_fields {
    const char *method, *scheme, *authority, *path;
    const char *request_id;  /* x-request-id */
    const char *traceparent; /* W3C Trace Context */
    uint16_t status;         /* 0: none */
    uint16_t grpc;           /* grpc-status plus 1; 0: none */
    bool complete;           /* every field could be decoded; false after lost HPACK context */
};

struct h2t_hello {
    uint16_t version; /* 0x0303 TLS 1.2, 0x0304 TLS 1.3: offered highest, or chosen */
    uint16_t cipher;  /* ServerHello: the chosen suite */
    const char *sni;  /* ClientHello; NULL: none */
    const char *alpn; /* ClientHello: offers joined by ","; ServerHello or EncryptedExtensions: the
                         choice */
    bool resumed;     /* ServerHello: session or PSK accepted */
};

struct h2t_setting {
    uint16_t id;
    uint32_t value;
};

/* One thing that happened on a connection, at the packet that completes it (as in Wireshark). */
struct h2t_frame {
    enum h2t_frame_kind kind;
    enum h2t_dir dir;
    uint32_t conn;   /* index of the connection, in order of first packet: Wireshark's tcp.stream */
    uint32_t stream; /* HTTP/2 stream identifier, 0 the connection */
    struct h2t_mark mark;
    uint32_t len;         /* HTTP/2: payload length on the wire; GAP: bytes missing */
    uint8_t flags;        /* HTTP/2: the flags octet */
    bool end_stream;      /* DATA, HEADERS: END_STREAM */
    uint32_t code;        /* RST_STREAM, GOAWAY: error code; others see above */
    uint32_t last_stream; /* GOAWAY: last stream identifier */
    const struct h2t_fields *fields;
    const struct h2t_hello *hello;
    const struct h2t_setting *settings;
    unsigned n_settings;
};

typedef void (*h2t_frame_fn)(void *user, const struct h2t_frame *frame);

enum h2t_proto { H2T_PROTO_UNKNOWN, H2T_PROTO_H2, H2T_PROTO_H1 };

/* How a stream, or a connection's decoding, came to its end. */
enum h2t_end {
    H2T_END_OPEN,     /* not ended yet; never in a finished model */
    H2T_END_END,      /* END_STREAM both ways, or a complete HTTP/1.1 exchange */
    H2T_END_RESET,    /* RST_STREAM */
    H2T_END_GOAWAY,   /* the server said it would not process it */
    H2T_END_CLOSE,    /* the connection was closed with the stream open */
    H2T_END_GAP,      /* bytes are missing in the capture: not known */
    H2T_END_OVERFLOW, /* a limit of ours was reached: not known */
    H2T_END_EOF,      /* the capture ends first */
};

/* One TCP connection. */
struct h2t_conn {
    struct h2t_tuple tuple;
    struct h2t_mark first, last; /* any packet */
    struct h2t_mark syn, syn_ack, client_hello, server_hello;
    struct h2t_mark finished[2]; /* TLS Finished, by h2t_dir; handshake is done at the later one */
    struct h2t_mark fin[2], rst[2], close_notify[2];
    struct h2t_mark gap[2]; /* first missing bytes */
    struct h2t_mark preface;
    struct h2t_mark goaway[2]; /* the last one of each side */
    uint32_t goaway_code[2], goaway_last[2];
    const char *sni, *alpn_offered, *alpn; /* interned or NULL */
    uint16_t tls_version, cipher;          /* 0: no TLS seen */
    uint8_t proto;                         /* enum h2t_proto */
    bool decrypted;                        /* plain bytes were seen under TLS */
    bool no_keys;                          /* TLS records that nothing could open */
    bool tunnel;                           /* a CONNECT opened it to somebody behind a proxy; it is
                                              not among the streams of the chain */
    bool overflow;                         /* a limit cut the decoding short */
    uint32_t first_stream, last_stream;    /* chain of streams in wire order, by h2t_stream.next */
    uint32_t n_streams;
    uint16_t client_gaps; /* how often client bytes are missing; saturates */
    uint32_t talk;        /* what was said on it; H2T_NONE: no payload */
    uint32_t tconn;       /* bound trace connection */
    uint32_t dial;        /* joined dial */
    uint32_t copy_of;     /* the same connection, seen before on another interface */
};

/* What the diagnosis of a connection needs beyond its milestones; only connections that carried
 * payload have it. Arrays by h2t_dir: who sent it. */
struct h2t_talk {
    /* TCP */
    struct h2t_mark last[2];   /* last packet of each side */
    uint32_t end[2], acked[2]; /* sequence numbers: behind the last byte sent; acknowledged by the
                                  peer */
    bool sent[2], has_acked[2];
    uint32_t n_repeated;    /* client segments sent again, all in all */
    uint32_t n_unheard;     /* the same, since the server was last heard */
    struct h2t_mark cut[2]; /* first sign of the end: close_notify or FIN */
    uint32_t cut_acked;     /* `acked` of the client's bytes at the server's cut */
    struct h2t_mark
        rst_after;     /* the client's packet that the server's RST answers; packet 0: none */
    int64_t rst_quiet; /* ns between the server's last packet and that one */
    /* TLS */
    struct h2t_mark alert[2]; /* the first that is no close_notify */
    uint8_t alert_code[2];
    /* HTTP/2 */
    struct h2t_mark settings[2];          /* the first, acknowledgements are none */
    struct h2t_mark ping[2], ping_ack[2]; /* the last */
    struct h2t_mark push;                 /* first PUSH_PROMISE */
    struct h2t_mark flood;                /* first WINDOW_UPDATE of the connection past 2^31-1 */
    uint32_t n_pings, n_resets;           /* by the client */
    uint32_t max_streams;                 /* that the server allows; UINT32_MAX: no limit told */
    uint32_t first_max_streams;           /* in its first SETTINGS */
    uint32_t n_unsettled;                 /* streams opened before these */
    uint32_t initial_window;              /* of the server's SETTINGS */
    int64_t window;                       /* bytes that the client may still send */
};

/* A request body, as flow control lets it go (RFC 9113 section 5.2), until the stream's end. */
struct h2t_upload {
    uint64_t sent;         /* bytes of DATA, padding included */
    int64_t window;        /* bytes that the stream may still send */
    int64_t conn_window;   /* and the connection, at the stream's end */
    uint64_t granted;      /* by WINDOW_UPDATE of the stream */
    uint32_t n_granted;    /* how many of these */
    uint32_t n_blocked;    /* times that `window` came to 0 */
    struct h2t_mark last;  /* DATA */
    struct h2t_mark flood; /* first WINDOW_UPDATE past 2^31-1 */
};

/* One HTTP/2 stream that the client opened, or one HTTP/1.1 request and its response. */
struct h2t_stream {
    uint32_t conn, next;
    uint32_t id;      /* HTTP/2 stream identifier; HTTP/1.1: 1 for the first request, 2, … */
    uint32_t attempt; /* joined attempt */
    uint32_t upload;  /* H2T_NONE: there was no body, and no WINDOW_UPDATE */
    struct h2t_mark headers, request_end, response, finish; /* finish: what ended it */
    uint32_t reset_code;
    const char *method, *authority, *path; /* interned or NULL; path without query */
    uint64_t request_id, traceparent;      /* h2t_hash of the value, 0: none */
    uint64_t path_hash;                    /* the same of the path; 0 also if that was cut */
    uint16_t status;                       /* final status (1xx is not), 0: none seen */
    uint16_t grpc;                         /* grpc-status plus 1, 0: none seen */
    uint16_t gaps;        /* how often client bytes are missing before it; a late start counts */
    uint8_t end;          /* enum h2t_end */
    uint8_t match;        /* enum h2t_match */
    uint8_t reason;       /* enum h2t_reason, when it has no attempt */
    uint8_t reset_by : 1; /* enum h2t_dir */
    bool request_done : 1, response_done : 1;
    bool acked : 1;    /* TCP acknowledged the HEADERS, before the first sign of the connection's
                          end */
    bool heard : 1;    /* a packet of the server came after the HEADERS, before the stream's end */
    bool repeated : 1; /* the client sent segments again while it heard nothing */
};

/* One DNS question over UDP and its answer. */
struct h2t_query {
    struct h2t_mark query, answer;
    struct h2t_addr client;
    const char *name; /* lower case, no final dot; interned */
    uint16_t id, type, rcode;
    uint32_t lookup; /* joined */
};

/* A file of a capture in several. Packets count over all of them; in the file itself they begin
 * with 1. */
struct h2t_file {
    const char *name; /* without its folder */
    uint32_t before;  /* packets in the files before */
};

struct h2t_wire {
    GArray *conns;        /* struct h2t_conn, index = tcp.stream */
    GArray *streams;      /* struct h2t_stream, in order of appearance */
    GArray *queries;      /* struct h2t_query */
    GArray *talks;        /* struct h2t_talk */
    GArray *uploads;      /* struct h2t_upload */
    struct h2t_mark last; /* packet of any connection */
    GArray *files;        /* struct h2t_file, in order; NULL: there is one */
    GPtrArray *ledgers;   /* struct h2t_ledger, index = tcp.stream; NULL: nobody wants them */
    struct h2t_strings *strings;
};

/* One HTTP/2 frame of the capture, as it is held against a log. */
struct h2t_entry {
    int64_t ns;
    uint32_t packet, stream, len;
    uint32_t detail; /* h2t_ledger_detail */
    uint8_t kind;    /* enum h2t_frame_kind; H2T_GAP: frames may be missing here */
};

/* All frames of one connection, or as many as H2T_MAX_ENTRIES allow. */
struct h2t_ledger {
    GArray *entries[2]; /* struct h2t_entry, by h2t_dir: who sent it */
    bool cut;           /* the limit left frames out at the end */
};

/* ---- The trace ------------------------------------------------------------------------------ */

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
