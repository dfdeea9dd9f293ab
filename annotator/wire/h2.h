/* SPDX-License-Identifier: MIT */
/*
 * HTTP/2 bytes of one connection to frames (RFC 9113). Plain bytes and marks in, frames out.
 *
 * One H2T_ frame is told for each HTTP/2 frame, at the packet that completes it. HEADERS and
 * PUSH_PROMISE are told once a field block, with its last CONTINUATION; `len` is then the sum of
 * all payloads and `flags` those of the first frame. PRIORITY and the types that RFC 9113 does not
 * have are passed over in silence. Only what is needed of a payload is kept, never DATA.
 *
 * Field blocks are decoded with nghttp2's inflater (through hpack). After a gap, or when the
 * capture began late, the place of the next frame header is sought, and fields that refer to lost
 * table entries are left out (h2t_fields.complete is false): nothing is ever decoded from a table
 * that may be wrong.
 *
 * A direction whose bytes cannot be HTTP/2 (an oversized frame, …) is treated as one with a gap,
 * and H2T_GAP with `len` 0 is told, because frames that follow have no known place in the order. A
 * server that never began to speak HTTP/2 (text of an HTTP/1.1 server, …) has none that could
 * follow: nothing is told of it. Gaps that h2_gap was told are not told again.
 */
#ifndef WIRE_H2_H
#define WIRE_H2_H

#include "core/base.h"

/* A frame larger than the default is believed up to this, where the SETTINGS that allow it may have
 * been missed. Go's server asks for it. */
#define H2_LATE_FRAME_SIZE (1u << 20)
/* After a gap, a stream identifier further than this from the last one is not believed. */
#define H2_MAX_STREAM_JUMP (1u << 20)
/* Settings told of one frame; what comes after is cut off. RFC 9113 has six. */
#define H2_MAX_SETTINGS 64u

struct h2;
/* `frame` gets frames with `conn` 0. */
struct h2 *h2_new(h2t_frame_fn frame, void *user);
void h2_free(struct h2 **h2);

/* Bytes that wait in it for others, with the HPACK tables. */
size_t h2_held(const struct h2 *h2);

/* Next bytes of a direction. The first ones are the connection's first (the client's preface, the
 * server's SETTINGS), if h2_gap was not called before. After the upgrade from HTTP/1.1 (RFC 7540
 * section 3.2) that holds too; stream 1 is then the upgraded request and has no client's HEADERS.
 * Each piece should be what TCP or TLS delivered at once: after a gap, a frame most likely begins
 * at a piece's start. */
void h2_input(struct h2 *h2, enum h2t_dir dir, const uint8_t *data, size_t len,
              struct h2t_mark mark);

/* Bytes of a direction are missing before the next ones, or (called first) the capture began late.
 */
void h2_gap(struct h2 *h2, enum h2t_dir dir, struct h2t_mark mark);

/* The client's connection preface, or its beginning if fewer than 24 bytes are there (at least 3).
 */
bool h2_looks_like(const uint8_t *data, size_t len);

#endif
