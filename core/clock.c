/* SPDX-License-Identifier: MIT */
/*
 * Every trace connection votes for the offsets that some wire connection of its 4-tuple allows; the
 * offset with the most votes wins. Votes are intervals, so a sweep over their ends finds it.
 */
#include "core/clock.h"

#include "core/ns.h"
#include "core/tuples.h"
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

bool h2t_clock_known(const struct h2t_clock *clock)
{
    return clock->lo <= clock->hi;
}

int64_t h2t_clock_offset(const struct h2t_clock *clock)
{
    if (!h2t_clock_known(clock) || (clock->lo <= 0 && clock->hi >= 0))
        return 0;
    return clock->lo + (clock->hi - clock->lo) / 2;
}

bool h2t_clock_allows(const struct h2t_clock *clock, const struct h2t_bounds *bounds)
{
    bool known = h2t_clock_known(clock);
    int64_t lo = known ? h2t_ns_sub(clock->lo, H2T_CLOCK_SLACK) : -H2T_CLOCK_NEAR;
    int64_t hi = known ? h2t_ns_add(clock->hi, H2T_CLOCK_SLACK) : H2T_CLOCK_NEAR;
    return bounds->lo <= bounds->hi && bounds->lo <= hi && bounds->hi >= lo;
}

bool h2t_clock_plausible(const struct h2t_clock *clock, const struct h2t_bounds *bounds)
{
    struct h2t_clock wide = *clock;
    if (h2t_clock_known(clock)) {
        wide.lo = h2t_ns_sub(wide.lo, H2T_CLOCK_NEAR);
        wide.hi = h2t_ns_add(wide.hi, H2T_CLOCK_NEAR);
    }
    return h2t_clock_allows(&wide, bounds);
}

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

/* The votes of all trace connections whose 4-tuple occurs once, or of those where it recurs. How
 * many voted. */
static uint32_t collect(const struct h2t_model *m, const struct h2t_tuples *tuples, bool recurring,
                        GArray *ends)
{
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group g;
    uint32_t voters = 0;
    uint64_t budget = MAX_ALL_PAIRS;
    g_autoptr(GArray) intervals = g_array_new(false, false, sizeof(struct h2t_bounds));
    while (h2t_tuples_next(tuples, &cursor, &g)) {
        uint64_t pairs = (uint64_t)g.n_tconns * g.n_conns;
        if (!pairs || (pairs > 1) != recurring || pairs > MIN(budget, MAX_GROUP_PAIRS))
            continue;
        budget -= recurring ? pairs : 0;
        for (uint32_t t = 0; t < g.n_tconns; t++) {
            g_array_set_size(intervals, 0);
            for (uint32_t c = 0; c < g.n_conns; c++) {
                struct h2t_bounds b = h2t_bounds(m, g.tconns[t], g.conns[c]);
                if (b.lo <= b.hi)
                    g_array_append_val(intervals, b);
            }
            vote(ends, intervals);
            voters += intervals->len > 0;
        }
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
static bool confirmed(const struct h2t_model *m, const struct h2t_tuples *tuples, struct region r)
{
    struct h2t_clock clock = {.lo = r.lo, .hi = r.hi};
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group g;
    while (h2t_tuples_next(tuples, &cursor, &g)) {
        if (!g.n_conns || (uint64_t)g.n_tconns * g.n_conns > MAX_GROUP_PAIRS)
            continue;
        for (uint32_t t = 0; t < g.n_tconns; t++)
            for (uint32_t c = 0; c < g.n_conns; c++) {
                struct h2t_bounds b = h2t_bounds(m, g.tconns[t], g.conns[c]);
                if (b.confirmed && h2t_clock_allows(&clock, &b))
                    return true;
            }
    }
    return false;
}

void h2t_clock_estimate(struct h2t_model *m)
{
    m->clock = (struct h2t_clock){.lo = INT64_MAX, .hi = INT64_MIN};
    struct h2t_tuples *tuples = h2t_tuples_new(m);
    g_autoptr(GArray) ends = g_array_new(false, false, sizeof(struct end));
    uint32_t voters = collect(m, tuples, false, ends);
    if (!voters)
        voters = collect(m, tuples, true, ends);
    struct region best = most_votes(ends);
    bool near = distance_from_zero(&best) <= H2T_CLOCK_NEAR;
    if (best.votes && (near || best.votes > 1 || confirmed(m, tuples, best)))
        m->clock = (struct h2t_clock){
            .lo = best.lo, .hi = best.hi, .n = best.votes, .n_off = voters - best.votes};
    h2t_tuples_free(&tuples);
}
