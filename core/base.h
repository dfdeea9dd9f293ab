/* SPDX-License-Identifier: MIT */
/*
 * What everything stands on: errors, limits, hashes. No I/O.
 *
 * Three kinds of trouble: our own mistake is a g_assert (never reachable by input); when the
 * machine says no, a function returns false or NULL and fills a GError of domain H2T_ERROR with one
 * line that names place, found and wanted; odd input is recorded in the result and the work goes
 * on.
 */
#ifndef H2T_BASE_H
#define H2T_BASE_H

#include "addr.h"
#include "strings.h"

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
#define H2T_MAX_DECODERS (256u << 20)       /* bytes that wait in all decoders, and HPACK tables */
#define H2T_DECODER_SHARE (4u << 10)        /* and of one that is left alone past that */
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
#define H2T_MAX_ENTRIES (4u << 20)   /* frames in all ledgers, 32 bytes each */
#define H2T_MAX_LOGGED (4u << 20)    /* frames of debug logs, 40 bytes each */
#define H2T_MAX_FRAMERS (256u << 10) /* ends of connections in debug logs, some 500 bytes each */
#define H2T_MAX_CLOCKS 1024u         /* hosts whose clocks are measured, 9 kB each */
#define H2T_MAX_SAME_PID 256u /* processes of one number that are told apart by their start */
#define H2T_MAX_BAD_SHOWN 10u /* bad sidecar lines kept for the summary */

/* 64-bit XXH3; never 0, so that 0 can mean none. */
uint64_t h2t_hash(const char *data, size_t len);

/* One of which nobody who does not know the key can make two that are equal; it may be 0. */
uint64_t h2t_hash_keyed(uint64_t key, const char *data, size_t len);

#endif
