/* SPDX-License-Identifier: MIT */
/*
 * Just enough of HTTP/1.1 (RFC 9112) to see requests and responses in order: heads, and where
 * bodies end (Content-Length, chunked, close, none for HEAD, 1xx, 204, 304; CONNECT and 101 end
 * it). Frames REQUEST, RESPONSE, MESSAGE_END; `stream` is n for the n-th request that was seen.
 *
 * A 1xx is a RESPONSE of its stream without a MESSAGE_END; 101, and 2xx to CONNECT, have one and
 * are the last that is told. A direction in which a message cannot be read (not HTTP, past a limit)
 * tells H2T_GAP with `len` 0 and then nothing more. Responses that no request asked for (408 before
 * a server closes) are not told.
 *
 * Where bytes are missing, a body of known length is passed over by counting. Else the direction
 * goes on with the next piece that begins with a complete start line, and what was at hand gets no
 * MESSAGE_END. Which request a response answers is then told where only one can be (http1_asked.h);
 * where it is not, H2T_GAP with `len` 0 of the server says so. The first response behind a loss is
 * told late, with its own marks: when the client's next bytes show that none of its were lost too.
 */
#ifndef WIRE_HTTP1_H
#define WIRE_HTTP1_H

#include "http1_asked.h"

struct http1;
/* `frame` gets frames with `conn` 0. */
struct http1 *http1_new(h2t_frame_fn frame, void *user);
void http1_free(struct http1 **http1);

/* Bytes of heads that are not complete. */
size_t http1_held(const struct http1 *http1);

/* Returns how many bytes were used: `len`, but for the piece in which the server switches to HTTP/2
 * (http1_is_h2c): what comes after the 101 belongs to a new h2, as do all later bytes of both
 * directions. */
size_t http1_input(struct http1 *http1, enum h2t_dir dir, const uint8_t *data, size_t len,
                   struct h2t_mark mark);
/* `len` bytes are missing, 0: unknown how many. The caller tells its own H2T_GAP. */
void http1_gap(struct http1 *http1, enum h2t_dir dir, uint32_t len);
/* Nothing more comes of `dir`, and nothing is missing at its end. Ends a body that runs until
 * close. */
void http1_fin(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark);

/* The server has answered 101 with "Upgrade: h2c" (RFC 7540 section 3.2). The 101 has no
 * MESSAGE_END then: the final response to the request comes over HTTP/2, as its stream 1. */
bool http1_is_h2c(const struct http1 *http1);

/* The server has granted a CONNECT: later bytes are of whatever goes through the tunnel. */
bool http1_is_tunnel(const struct http1 *http1);

/* Do these first bytes of a client look like a request line's beginning (a method token in capitals
 * and a space)? False for HTTP/2's preface. If the line's end is there too, it must name HTTP/1. */
bool http1_looks_like(const uint8_t *data, size_t len);

#endif
