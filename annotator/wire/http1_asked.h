/* SPDX-License-Identifier: MIT */
/*
 * Which request a response answers. HTTP/1.1 says it by order alone (RFC 9112 section 9.3.2), so
 * this is a queue; and because a capture can lack bytes of either side, it is also the knowledge of
 * when the queue is not to be believed.
 *
 * Nothing is told that more than one story fits, with one thing taken for granted: a client that
 * was not seen to send a request before it had the last response does not begin to where bytes are
 * missing. So after a loss
 * - a request (if the client does not pipeline, and the server was heard of since the request
 *   before) says that all before it have been answered: the next response is its own;
 * - a response is told only if exactly one request is known to wait for it.
 */
#ifndef WIRE_HTTP1_ASKED_H
#define WIRE_HTTP1_ASKED_H

#include "core/base.h"

/* Requests that wait for their response at one time, on one connection. */
#define HTTP1_MAX_PIPELINE 128u

/* What a response's framing needs to know of its request. */
enum http1_asked_kind { HTTP1_ASKED_OTHER, HTTP1_ASKED_HEAD, HTTP1_ASKED_CONNECT };

struct http1_asked {
    uint8_t kinds[HTTP1_MAX_PIPELINE]; /* ring of enum http1_asked_kind */
    uint32_t first, n;
    uint32_t stream; /* of the last that was taken, or one before the first */
    bool reading;    /* its response is there in part */
    bool lost;       /* where the next response begins is not known; n is 0 or 1 */
    bool unsure;     /* client bytes are missing: requests may stand between queue and next one */
    bool heard;      /* of the server, since the last request */
    bool early;      /* a request came before the response to the one before it was complete */
    bool pipelines;  /* and no lost bytes explain that */
    bool stray;      /* a response came that no known request asked for */
};

void http1_asked_init(struct http1_asked *asked);

enum http1_asked_place {
    HTTP1_PLACE_KNOWN,   /* its response can be told */
    HTTP1_PLACE_UNKNOWN, /* it cannot */
    HTTP1_PLACE_NONE,    /* the server speaks out of turn, though nothing is missing */
    HTTP1_PLACE_FULL,    /* past HTTP1_MAX_PIPELINE */
};

/* The client has sent the head of request `stream`; they count up. */
enum http1_asked_place http1_asked_add(struct http1_asked *asked, uint32_t stream,
                                       const char *method);

/* Bytes of the server come. Not for those behind a loss. */
void http1_asked_heard(struct http1_asked *asked);

/* The next final response's request; http1_asked_none before it: no request waits. */
bool http1_asked_none(const struct http1_asked *asked);
enum http1_asked_kind http1_asked_take(struct http1_asked *asked);
/* The response to the one taken last is complete. */
void http1_asked_done(struct http1_asked *asked);

/* The response that came has no request. */
void http1_asked_stray(struct http1_asked *asked);

/* Bytes are missing inside of a response's body, `ended`: with them its end. */
void http1_asked_skipped(struct http1_asked *asked, bool ended);
/* Bytes are missing, requests may be. */
void http1_asked_lose_client(struct http1_asked *asked);
/* Bytes are missing, the end of a response may be. False: after a CONNECT, whose tunnel's bytes
 * may look like anything. */
bool http1_asked_lose_server(struct http1_asked *asked);

/* Behind a loss the server says something else than a response. True: that may have been what the
 * only request waited for. */
bool http1_asked_missed(struct http1_asked *asked);
/* Behind a loss a response begins. True: one request waits for it. */
bool http1_asked_found(struct http1_asked *asked);
/* That was not sure. */
void http1_asked_doubt(struct http1_asked *asked);

#endif
