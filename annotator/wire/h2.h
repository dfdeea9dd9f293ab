/* SPDX-License-Identifier: MIT */
/*
 * HTTP/2 bytes of one connection to frames (RFC 9113). Plain bytes and marks in, frames out.
 *
 * Field blocks are decoded with nghttp2's inflater (through hpack). After a gap, or when the
 * capture began late, the place of the next frame header is sought, and fields that refer to lost
 * table entries are left out (h2t_fields.complete is false): nothing is ever decoded from a table
 * that may be wrong.
 */
#ifndef WIRE_H2_H
#define WIRE_H2_H

#include "core/base.h"

struct h2;
struct h2 *h2_new(h2t_frame_fn frame, void *user);
void h2_free(struct h2 **h2);

void h2_input(struct h2 *h2, enum h2t_dir dir, const uint8_t *data, size_t len,
              struct h2t_mark mark);
void h2_gap(struct h2 *h2, enum h2t_dir dir, struct h2t_mark mark);

/* The client's connection preface, or its beginning if fewer than 24 bytes are there (at least 3).
 */
bool h2_looks_like(const uint8_t *data, size_t len);

#endif
