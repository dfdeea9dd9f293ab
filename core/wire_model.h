/* SPDX-License-Identifier: MIT */
/* The nouns of the wire, as plain structs; see model.h. */
#ifndef H2T_WIRE_MODEL_H
#define H2T_WIRE_MODEL_H

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

#endif
