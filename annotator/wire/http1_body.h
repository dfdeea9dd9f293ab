/* SPDX-License-Identifier: MIT */
/*
 * Where the body of one HTTP/1.1 message ends (RFC 9112 sections 6 and 7). Its bytes are passed
 * over; nothing is kept of them.
 */
#ifndef WIRE_HTTP1_BODY_H
#define WIRE_HTTP1_BODY_H

#include "http1_head.h"

struct http1_body {
    uint8_t stage;
    uint64_t left;   /* bytes of body or chunk; while it is read, the chunk's size */
    uint32_t n_line; /* characters of the chunk-size or trailer line */
    size_t trailers; /* bytes of all trailer lines */
};

enum http1_progress {
    HTTP1_MORE,
    HTTP1_ENDED,
    HTTP1_BROKEN, /* the framing is not what it must be, or the trailers pass H2T_MAX_HEAD */
};

/* HTTP1_ENDED: there is no body. `dir` is who sends it: only a server's runs until it closes. */
enum http1_progress http1_body_begin(struct http1_body *body, const struct http1_head *head,
                                     enum h2t_dir dir);

/* Some of `len` (at least 1) bytes; `used` becomes how many. */
enum http1_progress http1_body_input(struct http1_body *body, const uint8_t *data, size_t len,
                                     size_t *used);

/* `len` bytes are missing (0: unknown). HTTP1_BROKEN: there is no telling where the body ends. */
enum http1_progress http1_body_skip(struct http1_body *body, uint32_t len);

/* It ends where the sender closes. */
bool http1_body_until_close(const struct http1_body *body);

#endif
