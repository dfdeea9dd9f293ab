/* SPDX-License-Identifier: MIT */
/* Votes are intervals, so a sweep over their ends finds what most of them hold. */
#include "core/votes.h"

#include "core/clock.h"
#include "core/ns.h"
#include "core/view.h"

#define MAX_GROUP_PAIRS 65536u   /* a 4-tuple with more possible pairs does not vote */
#define MAX_ALL_PAIRS (1u << 20) /* all of them together */

struct end {
    int64_t at;
    int step; /* +1 an interval begins, -1 it ended before */
};

struct region {
    int64_t lo, hi;
    uint32_t votes;
};

static int compare_lo(gconstpointer a, gconstpointer b)
{
    const struct h2t_bounds *x = a, *y = b;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* One connection's vote: where its intervals overlap it votes once. */
static void vote(GArray *ends, GArray *intervals)
{
    g_array_sort(intervals, compare_lo);
    for (uint32_t i = 0; i < intervals->len;) {
        struct h2t_bounds merged = g_array_index(intervals, struct h2t_bounds, i);
        for (i++; i < intervals->len; i++) {
            const struct h2t_bounds *next = &g_array_index(intervals, struct h2t_bounds, i);
            if (next->lo > merged.hi)
                break;
            merged.hi = MAX(merged.hi, next->hi);
        }
        struct end begin = {merged.lo, 1}, end = {merged.hi, -1};
        g_array_append_val(ends, begin);
        g_array_append_val(ends, end);
    }
}

static bool is_of(const struct h2t_model *m, uint32_t tconn, uint32_t clock)
{
    uint32_t process = h2t_tconn_at(m, tconn)->process;
    return process >= m->trace->processes->len || h2t_process_at(m, process)->clock == clock;
}

/* What one trace connection votes for; false if for nothing. */
static bool vote_of(const struct h2t_model *m, const struct h2t_group *g, uint32_t tconn,
                    GArray *intervals, GArray *ends)
{
    g_array_set_size(intervals, 0);
    for (uint32_t c = 0; c < g->n_conns; c++) {
        struct h2t_bounds b = h2t_bounds(m, tconn, g->conns[c]);
        if (b.lo <= b.hi)
            g_array_append_val(intervals, b);
    }
    vote(ends, intervals);
    return intervals->len > 0;
}

/* All votes; how many voted. */
static uint32_t collect(const struct h2t_model *m, const struct h2t_tuples *tuples, uint32_t clock,
                        GArray *ends)
{
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group g;
    uint32_t voters = 0;
    uint64_t budget = MAX_ALL_PAIRS;
    g_autoptr(GArray) intervals = g_array_new(false, false, sizeof(struct h2t_bounds));
    while (h2t_tuples_next(tuples, &cursor, &g)) {
        uint64_t pairs = (uint64_t)g.n_tconns * g.n_conns;
        if (pairs < 2 || pairs > MIN(budget, MAX_GROUP_PAIRS))
            continue;
        budget -= pairs;
        for (uint32_t t = 0; t < g.n_tconns; t++)
            if (is_of(m, g.tconns[t], clock))
                voters += vote_of(m, &g, g.tconns[t], intervals, ends);
    }
    return voters;
}

static int compare_ends(gconstpointer a, gconstpointer b)
{
    const struct end *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return y->step - x->step; /* touching intervals overlap */
}

static int64_t distance_from_zero(const struct region *r)
{
    if (r->lo > 0)
        return r->lo;
    return r->hi < 0 ? h2t_ns_sub(0, r->hi) : 0;
}

/* The region with the most votes. Of several, the only one near zero; else none: votes 0. */
static struct region most_votes(GArray *ends)
{
    struct region best = {.votes = 0};
    bool tied = false;
    uint32_t votes = 0;
    g_array_sort(ends, compare_ends);
    for (uint32_t i = 0; i + 1 < ends->len; i++) {
        const struct end *e = &g_array_index(ends, struct end, i);
        votes += (uint32_t)e->step;
        const struct end *next = e + 1;
        if (e->step < 0 || next->step > 0 || votes < best.votes)
            continue; /* not the top of a region, or a lower one */
        struct region here = {e->at, next->at, votes};
        bool near = distance_from_zero(&here) <= H2T_CLOCK_NEAR;
        bool best_near = best.votes && distance_from_zero(&best) <= H2T_CLOCK_NEAR;
        if (votes > best.votes || (near && !best_near)) {
            tied = false;
            best = here;
        } else if (near == best_near) {
            tied = true;
        }
    }
    return tied ? (struct region){.votes = 0} : best;
}

/* Does a header confirm a connection that has this offset? */
static bool confirmed(const struct h2t_model *m, const struct h2t_tuples *tuples, uint32_t clock,
                      struct region r)
{
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group g;
    while (h2t_tuples_next(tuples, &cursor, &g)) {
        if (!g.n_conns || (uint64_t)g.n_tconns * g.n_conns > MAX_GROUP_PAIRS)
            continue;
        for (uint32_t t = 0; t < g.n_tconns; t++)
            for (uint32_t c = 0; is_of(m, g.tconns[t], clock) && c < g.n_conns; c++) {
                struct h2t_bounds b = h2t_bounds(m, g.tconns[t], g.conns[c]);
                if (b.confirmed && b.lo <= b.hi && b.lo <= r.hi && b.hi >= r.lo)
                    return true;
            }
    }
    return false;
}

struct h2t_clock h2t_votes(const struct h2t_model *m, const struct h2t_tuples *tuples,
                           uint32_t clock)
{
    g_autoptr(GArray) ends = g_array_new(false, false, sizeof(struct end));
    uint32_t voters = collect(m, tuples, clock, ends);
    struct region best = most_votes(ends);
    bool near = distance_from_zero(&best) <= H2T_CLOCK_NEAR;
    if (best.votes && (near || best.votes > 1 || confirmed(m, tuples, clock, best)))
        return (struct h2t_clock){
            .lo = best.lo, .hi = best.hi, .n = best.votes, .n_off = voters - best.votes};
    return (struct h2t_clock){.lo = INT64_MAX, .hi = INT64_MIN};
}
