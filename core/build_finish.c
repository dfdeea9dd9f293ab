/* SPDX-License-Identifier: MIT */
/* The end of building: attempts that are none go, requests get their chains, connections their
 * order. The indexes are of no use any more: attempts move. */
#include "core/build.h"
#include "core/url.h"
#include "core/view.h"

#include <string.h>

/* Something other than the wish for a connection happened to it. */
static bool is_real(const struct h2t_attempt *a)
{
    for (int hook = 0; hook < H2T_N_HOOKS; hook++)
        if (hook != H2T_GET_CONN && a->at[hook] != H2T_NEVER)
            return true;
    return a->tconn != H2T_NONE;
}

/* A GetConn that no GotConn followed is an attempt only if the request has no other. */
static void drop_wishes(struct h2t_build *build)
{
    GArray *attempts = build->trace->attempts;
    for (uint32_t i = 0; i < attempts->len; i++)
        if (is_real(h2t_build_attempt_at(build, i)))
            h2t_build_request_at(build, h2t_build_attempt_at(build, i)->request)->n_attempts++;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < attempts->len; i++) {
        struct h2t_attempt *a = h2t_build_attempt_at(build, i);
        struct h2t_request *r = h2t_build_request_at(build, a->request);
        if (!is_real(a)) {
            if (r->n_attempts)
                continue;
            r->n_attempts = 1;
            a->number = 1;
        }
        *h2t_build_attempt_at(build, kept++) = *a;
    }
    g_array_set_size(attempts, kept);
}

/* A request that never got a connection is listed too. One of which only the dial is in the file
 * began before the file did: nobody knows. */
static void add_missing(struct h2t_build *build)
{
    for (uint32_t i = 0; i < build->trace->requests->len; i++) {
        struct h2t_request *r = h2t_build_request_at(build, i);
        if (r->n_attempts || (r->start == H2T_NEVER && r->done == H2T_NEVER))
            continue;
        r->n_attempts = 1;
        h2t_build_new_attempt(build, i, 1);
    }
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static gint by_number(gconstpointer a, gconstpointer b, gpointer user)
{
    return compare(h2t_build_attempt_at(user, *(const uint32_t *)a)->number,
                   h2t_build_attempt_at(user, *(const uint32_t *)b)->number);
}

/* Where the writer of an aborted attempt was late, its WroteHeaders fell to the next attempt. */
static void spread_doubt(struct h2t_attempt *before, const struct h2t_attempt *a)
{
    if (a->doubtful && !before->seq)
        before->doubtful = true;
}

/* The attempts of one request, chained in any order. */
static void order_chain(struct h2t_build *build, struct h2t_request *r)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = r->first_attempt; i != H2T_NONE; i = h2t_build_attempt_at(build, i)->next)
        g_array_append_val(order, i);
    g_array_sort_with_data(order, by_number, build);
    struct h2t_attempt *before = NULL;
    for (guint n = 0; n < order->len; n++) {
        uint32_t index = g_array_index(order, uint32_t, n);
        struct h2t_attempt *a = h2t_build_attempt_at(build, index);
        *(before ? &before->next : &r->first_attempt) = index;
        a->next = H2T_NONE;
        if (before)
            spread_doubt(before, a);
        before = a;
    }
}

static void chain(struct h2t_build *build)
{
    GArray *requests = build->trace->requests;
    for (uint32_t i = 0; i < requests->len; i++)
        h2t_build_request_at(build, i)->first_attempt = H2T_NONE;
    for (uint32_t i = build->trace->attempts->len; i-- > 0;) {
        struct h2t_attempt *a = h2t_build_attempt_at(build, i);
        struct h2t_request *r = h2t_build_request_at(build, a->request);
        a->next = r->first_attempt;
        r->first_attempt = i;
    }
    for (uint32_t i = 0; i < requests->len; i++) {
        struct h2t_request *r = h2t_build_request_at(build, i);
        if (r->n_attempts > 1)
            order_chain(build, r);
    }
}

/* What the header fields did not tell, the request does. */
static void complete(struct h2t_build *build)
{
    for (uint32_t i = 0; i < build->trace->attempts->len; i++) {
        struct h2t_attempt *a = h2t_build_attempt_at(build, i);
        const struct h2t_request *r = h2t_build_request_at(build, a->request);
        if (!a->path)
            a->path = h2t_url_path_hash(r->url);
        if (!a->request_id)
            a->request_id = r->request_id;
        if (!a->traceparent && r->traceparent)
            a->traceparent = h2t_hash(r->traceparent, strlen(r->traceparent));
        if (a->tconn == H2T_NONE)
            a->reason = (uint8_t)h2t_why_no_tconn(r, a);
    }
}

static gint by_time(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct h2t_attempt *x = h2t_build_attempt_at(user, *(const uint32_t *)a);
    const struct h2t_attempt *y = h2t_build_attempt_at(user, *(const uint32_t *)b);
    if (x->at[H2T_WROTE_HEADERS] != y->at[H2T_WROTE_HEADERS])
        return x->at[H2T_WROTE_HEADERS] < y->at[H2T_WROTE_HEADERS] ? -1 : 1;
    return compare(x->seq, y->seq);
}

/* Attempts whose seq is a line that says nothing get one that is the place in time. */
static void number(struct h2t_build *build, h2t_build_ranking_fn ranking, void *user)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < build->trace->attempts->len; i++) {
        const struct h2t_attempt *a = h2t_build_attempt_at(build, i);
        if (a->seq &&
            ranking(user, h2t_build_request_at(build, a->request)->process) == H2T_BY_TIME)
            g_array_append_val(order, i);
    }
    g_array_sort_with_data(order, by_time, build);
    for (uint32_t i = 0; i < order->len; i++)
        h2t_build_attempt_at(build, g_array_index(order, uint32_t, i))->seq = i + 1;
    g_array_free(order, TRUE);
}

/* By WroteHeaders; those without one at the end, by GotConn. */
static gint by_seq(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct h2t_attempt *x = h2t_build_attempt_at(user, *(const uint32_t *)a);
    const struct h2t_attempt *y = h2t_build_attempt_at(user, *(const uint32_t *)b);
    int order = compare(x->seq - 1, y->seq - 1); /* 0 becomes the greatest */
    if (order || x->at[H2T_GOT_CONN] == y->at[H2T_GOT_CONN])
        return order;
    return x->at[H2T_GOT_CONN] < y->at[H2T_GOT_CONN] ? -1 : 1;
}

static void line_up(struct h2t_build *build)
{
    for (uint32_t i = 0; i < build->trace->attempts->len; i++) {
        uint32_t tconn = h2t_build_attempt_at(build, i)->tconn;
        if (tconn != H2T_NONE)
            g_array_append_val(h2t_build_tconn_at(build, tconn)->attempts, i);
    }
    for (uint32_t i = 0; i < build->trace->tconns->len; i++)
        g_array_sort_with_data(h2t_build_tconn_at(build, i)->attempts, by_seq, build);
}

/* Two at the same time, for all that their stamps tell. Of stamps that are cut, neighbours may be
 * the same time too: the end of a span may be the sum of two. */
static bool is_tie(const struct h2t_attempt *a, const struct h2t_attempt *b, int64_t unit)
{
    if (!a->seq || !b->seq)
        return false; /* without WroteHeaders there is no time of it */
    int64_t apart = b->at[H2T_WROTE_HEADERS] - a->at[H2T_WROTE_HEADERS];
    return apart <= (unit > 1 ? unit : 0);
}

static struct h2t_attempt *nth(struct h2t_build *build, const struct h2t_tconn *t, uint32_t n)
{
    return h2t_build_attempt_at(build, g_array_index(t->attempts, uint32_t, n));
}

static void doubt_ties(struct h2t_build *build, const struct h2t_tconn *t)
{
    int64_t unit = g_array_index(build->trace->processes, struct h2t_process, t->process).unit;
    for (uint32_t i = 1; i < t->attempts->len; i++)
        if (is_tie(nth(build, t, i - 1), nth(build, t, i), unit))
            nth(build, t, i - 1)->doubtful = nth(build, t, i)->doubtful = true;
}

/* What was answered was written, though nobody told: an event of a span that has ended is lost, and
 * the hook may be that late. Its place is anywhere behind its GotConn. */
static void doubt_unplaced(struct h2t_build *build, const struct h2t_tconn *t)
{
    int64_t from = INT64_MAX;
    for (uint32_t i = 0; i < t->attempts->len; i++) {
        const struct h2t_attempt *a = nth(build, t, i);
        if (!a->seq && h2t_was_answered(h2t_build_request_at(build, a->request), a))
            from = MIN(from, a->at[H2T_GOT_CONN]);
    }
    for (uint32_t i = 0; i < t->attempts->len; i++) {
        struct h2t_attempt *a = nth(build, t, i);
        a->doubtful = a->doubtful || (a->seq && a->at[H2T_WROTE_HEADERS] >= from);
    }
}

/* Lines and times disagree: a clock was set back, or somebody wrote the lines later. */
static void doubt_inverted(struct h2t_build *build, const struct h2t_tconn *t)
{
    int64_t latest = INT64_MIN, earliest = INT64_MAX;
    for (uint32_t i = 0; i < t->attempts->len; i++) {
        struct h2t_attempt *a = nth(build, t, i);
        a->doubtful = a->doubtful || (a->seq && a->at[H2T_WROTE_HEADERS] < latest);
        latest = a->seq ? MAX(latest, a->at[H2T_WROTE_HEADERS]) : latest;
    }
    for (uint32_t i = t->attempts->len; i-- > 0;) {
        struct h2t_attempt *a = nth(build, t, i);
        a->doubtful = a->doubtful || (a->seq && a->at[H2T_WROTE_HEADERS] > earliest);
        earliest = a->seq ? MIN(earliest, a->at[H2T_WROTE_HEADERS]) : earliest;
    }
}

/* Where no count of the program gives the order. */
static void doubt_order(struct h2t_build *build, h2t_build_ranking_fn ranking, void *user)
{
    for (uint32_t i = 0; i < build->trace->tconns->len; i++) {
        const struct h2t_tconn *t = h2t_build_tconn_at(build, i);
        enum h2t_ranking by = ranking(user, t->process);
        if (by == H2T_BY_LINE)
            doubt_inverted(build, t);
        if (by != H2T_BY_TIME)
            continue;
        doubt_ties(build, t);
        doubt_unplaced(build, t);
    }
}

void h2t_build_finish(struct h2t_build *build, h2t_build_ranking_fn ranking, void *user)
{
    drop_wishes(build);
    add_missing(build);
    chain(build);
    complete(build);
    number(build, ranking, user);
    line_up(build);
    doubt_order(build, ranking, user);
}
