/* SPDX-License-Identifier: MIT */
/* One head of HTTP/1.1: start line and fields (RFC 9112 sections 3 to 5), and what they say of the
 * body's end (section 6). */
#ifndef WIRE_HTTP1_HEAD_H
#define WIRE_HTTP1_HEAD_H

#include "core/base.h"

struct http1_head {
    struct h2t_fields fields;
    uint64_t length; /* Content-Length */
    bool has_length;
    bool coded;   /* there is a Transfer-Encoding */
    bool chunked; /* whose last coding is chunked */
    bool h2c;     /* Upgrade: h2c */
};

/* From a complete head, "GET / HTTP/1.1\r\n…\r\n\r\n". Writes to `text`, into which the strings of
 * `out` then point. LF without CR and folded lines are taken. false: not a head, or one that
 * receivers must refuse. */
bool http1_head_request(char *text, size_t len, struct http1_head *out);
bool http1_head_response(char *text, size_t len, struct http1_head *out);

/* Do these bytes begin with a complete start line, of a request (H2T_CLIENT) or a response? */
bool http1_begins(enum h2t_dir dir, const uint8_t *data, size_t len);

/* Is it a token (RFC 9110 section 5.6.2)? */
bool http1_is_token(const char *text, size_t len);

#endif
