/* SPDX-License-Identifier: MIT */
/*
 * What everything stands on: errors, limits, addresses, hashes. No I/O.
 *
 * Three kinds of trouble: our own mistake is a g_assert (never reachable by input); when the
 * machine says no, a function returns false or NULL and fills a GError of domain H2T_ERROR with one
 * line that names place, found and wanted; odd input is recorded in the result and the work goes
 * on.
 */
#ifndef H2T_BASE_H
#define H2T_BASE_H

#include "model.h"

#define H2T_ERROR (h2t_error_quark())
GQuark h2t_error_quark(void);

enum h2t_error_code {
    H2T_ERROR_FILE,   /* cannot open, read or write */
    H2T_ERROR_FORMAT, /* not what it should be */
    H2T_ERROR_USAGE,
};

/* Every limit on memory that input can ask for. Past one, the thing is retired with
 * H2T_END_OVERFLOW or left unmatched, and the summary counts it. */
#define H2T_MAX_BLOCK (128u << 20) /* bytes of one pcapng block; Wireshark's own limit is near */
#define H2T_MAX_INTERFACES 65536u  /* per section; an IDB costs 20 bytes of file */
#define H2T_MAX_CONNS (4u << 20)   /* connections in the model */
#define H2T_MAX_OPEN_CONNS (64u << 10)      /* connections with decoder state at one time */
#define H2T_MAX_TCP_HELD (4u << 20)         /* bytes held back behind one gap, a direction */
#define H2T_MAX_TCP_HELD_ALL (32u << 20)    /* the same, all connections together */
#define H2T_MAX_FRAGMENTS (1u << 20)        /* bytes of IP fragments waiting */
#define H2T_MAX_TLS_RECORD (16384u + 2048u) /* RFC 8446 section 5.2, RFC 5246 section 6.2.3 */
#define H2T_MAX_HANDSHAKE (256u << 10)      /* bytes of one TLS handshake message (long chains) */
#define H2T_MAX_SESSIONS (1u << 20)         /* key log entries */
#define H2T_MAX_HTTP2_FRAME (16u << 20)     /* RFC 9113 section 4.2: 2^24-1 */
#define H2T_MAX_HEADER_BLOCK (1u << 20) /* bytes of one field block, all CONTINUATIONs together */
#define H2T_MAX_HEAD (256u << 10)       /* bytes of one HTTP/1.1 head */
#define H2T_MAX_STRING 2048u            /* bytes kept of a header value, URL or error text */
#define H2T_MAX_LINE (16u << 20)        /* bytes of one sidecar line */
#define H2T_MAX_JSON_DEPTH 64u
#define H2T_MAX_BAD_SHOWN 10u /* bad sidecar lines kept for the summary */

/* Order of addresses: family, ip, port. Returns <0, 0, >0. */
int h2t_addr_cmp(const struct h2t_addr *a, const struct h2t_addr *b);

bool h2t_tuple_equal(const struct h2t_tuple *a, const struct h2t_tuple *b);
guint h2t_tuple_hash(const struct h2t_tuple *t);

/* From "1.2.3.4:80", "[::1]:80", "[fe80::1%eth0]:80" (zone dropped), "[::ffff:1.2.3.4]:80" (becomes
 * IPv4), Go's net.Addr.String(). false, and family 0, for anything else. */
bool h2t_addr_parse(const char *text, struct h2t_addr *out);

/* From raw bytes, network order; `family` 4 or 6. An IPv4-mapped address becomes IPv4. */
struct h2t_addr h2t_addr_make(uint8_t family, const uint8_t *ip, uint16_t port);

#define H2T_ADDR_LEN 56 /* "[ipv6]:port" and its NUL */
/* Writes "ip:port", IPv6 in brackets; "?" for family 0. Returns buf. */
const char *h2t_addr_text(const struct h2t_addr *a, char buf[H2T_ADDR_LEN]);

/* 64-bit FNV-1a (draft-eastlake-fnv); never 0, so that 0 can mean none. */
uint64_t h2t_hash(const char *data, size_t len);

/* At most H2T_MAX_STRING bytes of `text`, kept once in `chunk`. NULL stays NULL. */
const char *h2t_intern(GStringChunk *chunk, const char *text, size_t len);

/* Short lower-case words, as reports and comments use them. Never NULL. */
const char *h2t_match_name(enum h2t_match match);
const char *h2t_end_name(enum h2t_end end);
const char *h2t_reason_name(enum h2t_reason reason); /* "not-captured" */
const char *h2t_reason_text(enum h2t_reason reason); /* one sentence for people */
const char *h2t_hook_name(enum h2t_hook hook);       /* "GotConn" */
const char *h2t_what_name(enum h2t_what what);       /* "request" */
/* "PROTOCOL_ERROR", RFC 9113 section 7; NULL for codes it does not name. */
const char *h2t_h2_error_name(uint32_t code);

#endif
