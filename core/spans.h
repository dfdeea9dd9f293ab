/* SPDX-License-Identifier: MIT */
/*
 * OpenTelemetry spans of Go's otelhttp and otelhttptrace to events. Spans come when they end, in
 * any order and in any file, so they wait here, some 250 bytes each, and are put together by
 * request at the end. A request is the span that the hooks' spans are children of; its id in the
 * trace is that span's, and that is also what `traceparent` says on the wire.
 *
 * otelhttptrace makes of the hooks, by default, spans: http.getconn [GetConn, GotConn],
 * http.headers [first WroteHeaderField, WroteHeaders], http.send [WroteHeaders, WroteRequest],
 * http.receive [GotFirstResponseByte, PutIdleConn], http.dns, http.connect, http.tls. With
 * WithoutSubSpans() they are events of the request's span, http.getconn.start and so on. Its traps:
 *
 * - http.receive is not ended on HTTP/2, so with sub-spans there is no first byte.
 * - A hook's second start ends the span of the first, and an end without a start begins one. When
 *   GetConn fires twice before GotConn, the span has no address; the next GetConn, if one comes,
 *   ends one [GotConn, GetConn] that has the address of GotConn (see is_inverted); else that
 *   GotConn is lost. An attempt whose GotConn is lost has no address, and is told by its
 *   http.headers.
 * - Events of a span that has ended are lost. WroteHeaders may fire after the response was read, so
 *   without sub-spans an attempt may lack it; build_finish.c then doubts the order behind it.
 * - Several requests below one span, without otelhttp's span for each, look like attempts of one.
 *   They are taken for that only where GotConn and WroteHeaders strictly take turns; else they
 *   are doubtful and no order is made of them.
 *
 * There is no seq. That is good enough where times differ: WroteHeaders fires under the
 * connection's write lock (so that HEADERS and hooks have one order), and the time is read inside
 * the hook: the end of http.headers is the first thing that End() takes, the start of http.send and
 * the time of an event the same. Two on one connection with the same time, or with times that are
 * cut and next to each other (Jaeger's microseconds), have no order: build_finish.c calls them
 * doubtful. The order of spans in a file counts only where it tells that the clock was set back
 * (span_order.h).
 */
#ifndef H2T_SPANS_H
#define H2T_SPANS_H

#include "event.h"

/* What the attributes of a span, or of an event of it, tell. */
struct h2t_span_facts {
    struct h2t_text local, remote, host, err;
    struct h2t_text method, url, traceparent, request_id;
    struct h2t_number status, idle_ns;
    struct h2t_truth reused, was_idle;
    bool is_server;
    unsigned n; /* attributes so far; where some stand, from 1, 0: absent */
    unsigned host_at, remote_at, local_at;
};

struct h2t_span_event {
    struct h2t_text name;
    int64_t ns;
    bool has_time;
    struct h2t_span_facts facts;
};

struct h2t_span {
    struct h2t_text trace_id; /* 32 hexadecimal digits */
    uint64_t id, parent;      /* parent 0: none */
    bool has_id, has_start, has_end;
    unsigned flags; /* trace flags */
    struct h2t_text name;
    int64_t start, end;
    bool failed;
    struct h2t_text description; /* of the failure */
    struct h2t_span_facts facts;
    GArray *events;  /* struct h2t_span_event */
    uint64_t source; /* of the resource, 0: none */
    struct h2t_number pid;
};

typedef void (*h2t_span_event_fn)(void *user, const struct h2t_event *event);

struct h2t_span_store;

struct h2t_span_store *h2t_span_store_new(void);
void h2t_span_store_free(struct h2t_span_store **store);

/* Copies what it wants. false: it tells nothing of a request. A span that comes twice counts once.
 */
bool h2t_span_store_add(struct h2t_span_store *store, const struct h2t_span *span);

/* Gives all events. */
void h2t_span_store_finish(struct h2t_span_store *store, h2t_span_event_fn fn, void *user);

#endif
