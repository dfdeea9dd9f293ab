/* SPDX-License-Identifier: MIT */
#include "core/span_order.h"

#include "core/ns.h"

/* A span in this many may end before the one in front of it, in a file that is in order. */
#define MOSTLY 8u
/* Hooks of several goroutines are no further from their order. */
#define TOGETHER INT64_C(1000000) /* ns */

/* Those of a dial may be another request's, and http.receive may never end. */
static bool tells(const struct h2t_span_record *r)
{
    return r->part == H2T_PART_GET_CONN || r->part == H2T_PART_HEADERS || r->part == H2T_PART_SEND;
}

static bool is_of(const struct h2t_span_record *r, const struct h2t_span_record *other)
{
    return r->trace == other->trace && r->owner == other->owner;
}

bool h2t_spans_in_order(const struct h2t_span_store *store)
{
    const struct h2t_span_record *before = NULL;
    uint64_t pairs = 0, back = 0;
    for (guint i = 0; i < store->records->len; i++) {
        const struct h2t_span_record *r = h2t_span_record_at(store, i);
        if (!tells(r))
            continue;
        if (before && is_of(r, before)) {
            pairs++;
            back += r->end < before->end;
        }
        before = r;
    }
    return back * MOSTLY <= pairs;
}

bool h2t_spans_set_back(const struct h2t_span_store *store, guint from, guint to)
{
    int64_t latest = INT64_MIN;
    for (guint i = from; i < to; i++) {
        const struct h2t_span_record *r = h2t_span_record_at(store, i);
        if (!tells(r))
            continue;
        if (latest != INT64_MIN && r->end < h2t_ns_sub(latest, TOGETHER))
            return true;
        latest = r->end;
    }
    return false;
}
