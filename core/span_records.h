/* SPDX-License-Identifier: MIT */
/* What spans.c keeps of spans and spans_finish.c makes events of. Texts are interned or NULL. */
#ifndef H2T_SPAN_RECORDS_H
#define H2T_SPAN_RECORDS_H

#include "index.h"
#include "spans.h"

/* What a record is of. */
enum h2t_span_part {
    H2T_PART_NONE,
    H2T_PART_GET_CONN,
    H2T_PART_HEADERS,
    H2T_PART_SEND,
    H2T_PART_RECEIVE,
    H2T_PART_DNS,
    H2T_PART_CONNECT,
    H2T_PART_TLS,
    H2T_PART_EVENT, /* one hook */
};

struct h2t_span_record {
    uint64_t trace, id, owner; /* trace: a hash; id 0 in an event */
    int64_t start, end;
    enum h2t_span_part part;
    enum h2t_event_kind kind; /* of H2T_PART_EVENT */
    const char *local, *remote, *host, *err;
    struct h2t_number idle_ns;
    struct h2t_truth reused, was_idle;
    uint32_t number;    /* the attempt, found in the end */
    bool host_first;    /* attributes of GetConn stand before those of GotConn */
    bool address_first; /* the other way round */
    const char *traceparent;
    uint64_t source;
    struct h2t_number pid;
};

struct h2t_span_owner {
    uint64_t trace, id;
    int64_t start, end;
    bool is_request; /* a span of one HTTP request; else of who knows what */
    bool failed;
    const char *method, *url, *traceparent, *request_id, *description;
    struct h2t_number status, pid;
    uint64_t source;
};

struct h2t_span_store {
    GArray *records, *owners;
    GArray *ids; /* struct h2t_span_seen: spans that were taken */
    struct h2t_index seen;
    struct h2t_strings *strings;
};

struct h2t_span_seen {
    uint64_t trace, id;
};

/* The hooks that a part begins and ends with. */
struct h2t_span_hooks {
    enum h2t_event_kind start, end;
};
extern const struct h2t_span_hooks h2t_span_hooks_of[];

static inline struct h2t_span_record *h2t_span_record_at(const struct h2t_span_store *store,
                                                         guint i)
{
    return &g_array_index(store->records, struct h2t_span_record, i);
}

#endif
