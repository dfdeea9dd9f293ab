/* SPDX-License-Identifier: MIT */
/*
 * Just enough of HTTP/1.1 (RFC 9112) to see requests and responses in order: heads, and where
 * bodies end (Content-Length, chunked, close, none for HEAD, 1xx, 204, 304; CONNECT and 101 end
 * it). Frames REQUEST, RESPONSE, MESSAGE_END, `stream` counting from 1.
 */
#ifndef WIRE_HTTP1_H
#define WIRE_HTTP1_H

#include "core/base.h"

struct http1;
struct http1 *http1_new(h2t_frame_fn frame, void *user);
void http1_free(struct http1 **http1);

void http1_input(struct http1 *http1, enum h2t_dir dir, const uint8_t *data, size_t len,
                 struct h2t_mark mark);
/* Bytes are missing: where the next message begins is not known any more; nothing further is told
 * of this connection. */
void http1_gap(struct http1 *http1, enum h2t_dir dir);
/* `dir` closed its side: ends a body that runs until close. */
void http1_fin(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark);

/* Do these first bytes of a client look like a request line's beginning (a method token and a
 * space)? */
bool http1_looks_like(const uint8_t *data, size_t len);

#endif
