/* SPDX-License-Identifier: MIT */
/*
 * The nine bytes before every HTTP/2 frame (RFC 9113 section 4.1): reading them, and telling a real
 * one from bytes that are not.
 */
#ifndef WIRE_H2_HEAD_H
#define WIRE_H2_HEAD_H

#include "core/base.h"

enum h2_type {
    H2_DATA,
    H2_HEADERS,
    H2_PRIORITY,
    H2_RST_STREAM,
    H2_SETTINGS,
    H2_PUSH_PROMISE,
    H2_PING,
    H2_GOAWAY,
    H2_WINDOW_UPDATE,
    H2_CONTINUATION,
    H2_ALTSVC = 0x0a,          /* RFC 7838 */
    H2_ORIGIN = 0x0c,          /* RFC 8336 */
    H2_PRIORITY_UPDATE = 0x10, /* RFC 9218 */
};

enum {
    H2_FLAG_ACK = 0x01,
    H2_FLAG_END_STREAM = 0x01,
    H2_FLAG_END_HEADERS = 0x04,
    H2_FLAG_PADDED = 0x08,
    H2_FLAG_PRIORITY = 0x20,
};

enum { H2_HEAD_LEN = 9 };

struct h2_head {
    uint32_t len, stream;
    uint8_t type, flags;
    bool reserved; /* the bit before the stream identifier */
};

struct h2_head h2_head_read(const uint8_t bytes[H2_HEAD_LEN]);

/* May this come next from a peer that we follow? False for what RFC 9113 makes an error of the
 * whole connection: too long, wrong length for its type, wrong on stream 0 or on another. */
bool h2_head_possible(const struct h2_head *head, enum h2t_dir dir, uint32_t max_len);

struct h2_seek {
    enum h2t_dir dir;
    uint32_t max_len;    /* of a frame */
    uint32_t max_stream; /* no identifier beyond is believed */
    bool aligned; /* `data` begins where the sender began to write: a TLS record, a segment */
};

/* Where the first frame begins in bytes of which only a later part may be frames; `len` if that is
 * not sure. Sure is a chain of frame headers, each with a known type, only flags that the type has,
 * the type's length, a client's stream: three of them, two that end with the data, or at an aligned
 * start two, or one that ends with the data. */
size_t h2_head_seek(const struct h2_seek *seek, const uint8_t *data, size_t len);

#endif
