/* SPDX-License-Identifier: MIT */
#include "core/clock.h"

#include "core/drift.h"
#include "core/ns.h"
#include "core/view.h"

static const struct h2t_range nothing = {INT64_MAX, INT64_MIN};

const struct h2t_clock *h2t_clock_of(const struct h2t_model *m, uint32_t process)
{
    const GArray *clocks = m->trace->clocks;
    if (!clocks || process >= m->trace->processes->len)
        return &m->clock;
    uint32_t i = h2t_process_at(m, process)->clock;
    return i < clocks->len ? &g_array_index(clocks, struct h2t_clock, i) : &m->clock;
}

bool h2t_clock_known(const struct h2t_clock *clock)
{
    return clock->lo <= clock->hi;
}

static const struct h2t_clock_part *part_at(const struct h2t_clock *clock, int64_t ns,
                                            uint32_t packet)
{
    unsigned i = clock->n_parts - 1;
    if (packet)
        while (i && packet < clock->parts[i].first_packet)
            i--;
    else
        while (i && ns < clock->parts[i].from)
            i--;
    return &clock->parts[i];
}

struct h2t_range h2t_clock_at(const struct h2t_clock *clock, int64_t ns, uint32_t packet)
{
    if (!h2t_clock_known(clock))
        return nothing;
    if (!clock->n_parts || ns == H2T_NEVER)
        return (struct h2t_range){clock->lo, clock->hi};
    return h2t_drift_at(&part_at(clock, ns, packet)->drift, ns);
}

/* 0 if it is inside, else the middle. */
static int64_t shift_of(struct h2t_range r)
{
    if (r.lo > r.hi || (r.lo <= 0 && r.hi >= 0))
        return 0;
    return r.lo + h2t_ns_sub(r.hi, r.lo) / 2;
}

/* One for the whole part, unless the clocks certainly run apart. */
static int64_t shift_in(const struct h2t_clock_part *p, int64_t ns)
{
    if (p->level.lo <= p->level.hi)
        return shift_of(p->level);
    struct h2t_range r = h2t_drift_at(&p->drift, ns);
    return r.lo + h2t_ns_sub(r.hi, r.lo) / 2;
}

int64_t h2t_clock_shift(const struct h2t_clock *clock, int64_t ns, uint32_t packet)
{
    if (!h2t_clock_known(clock))
        return 0;
    if (!clock->n_parts || ns == H2T_NEVER)
        return shift_of((struct h2t_range){clock->lo, clock->hi});
    return shift_in(part_at(clock, ns, packet), ns);
}

/* Could the trace's time `ns` be in part `i`? Between two parts it may be in either. */
static bool may_be_in(const struct h2t_clock *clock, unsigned i, int64_t ns)
{
    const struct h2t_clock_part *p = &clock->parts[i];
    bool after = !i || ns >= MIN(p[-1].to, p->from);
    return after && (i + 1 == clock->n_parts || ns <= MAX(p->to, p[1].from));
}

struct h2t_range h2t_clock_window(const struct h2t_clock *clock, int64_t ns)
{
    struct h2t_range all = {clock->lo, clock->hi};
    if (clock->n_parts)
        all = nothing;
    for (unsigned i = 0; i < clock->n_parts; i++) {
        if (!may_be_in(clock, i, ns))
            continue;
        struct h2t_range r = h2t_drift_at(&clock->parts[i].drift, ns);
        all = (struct h2t_range){MIN(all.lo, r.lo), MAX(all.hi, r.hi)};
    }
    return (struct h2t_range){h2t_ns_add(ns, all.lo), h2t_ns_add(ns, all.hi)};
}

/* What may remain of the offset when the shift is taken off. The interval is widest at the ends of
 * a part. */
static struct h2t_range rest(const struct h2t_clock *clock)
{
    struct h2t_range all = {0, 0};
    for (unsigned i = 0; i < MAX(clock->n_parts, 1) * 2; i++) {
        const struct h2t_clock_part *p = &clock->parts[i / 2];
        struct h2t_range r = {clock->lo, clock->hi};
        int64_t at = i % 2 ? p->to : p->from;
        if (clock->n_parts)
            r = h2t_drift_at(&p->drift, at);
        int64_t shift = clock->n_parts ? shift_in(p, at) : shift_of(r);
        all.lo = MIN(all.lo, h2t_ns_sub(r.lo, shift));
        all.hi = MAX(all.hi, h2t_ns_sub(r.hi, shift));
    }
    return all;
}

static bool allows(const struct h2t_clock *clock, const struct h2t_bounds *bounds, int64_t slack)
{
    struct h2t_range r = h2t_clock_known(clock) ? rest(clock) : (struct h2t_range){0, 0};
    return bounds->lo <= bounds->hi && bounds->lo <= h2t_ns_add(r.hi, slack) &&
           bounds->hi >= h2t_ns_sub(r.lo, slack);
}

bool h2t_clock_allows(const struct h2t_clock *clock, const struct h2t_bounds *bounds)
{
    return allows(clock, bounds, h2t_clock_known(clock) ? H2T_CLOCK_SLACK : H2T_CLOCK_NEAR);
}

bool h2t_clock_holds(const struct h2t_clock *clock, const struct h2t_bounds *bounds)
{
    return allows(clock, bounds, 0);
}

bool h2t_clock_plausible(const struct h2t_clock *clock, const struct h2t_bounds *bounds)
{
    return allows(clock, bounds,
                  h2t_clock_known(clock) ? H2T_CLOCK_NEAR + H2T_CLOCK_SLACK : H2T_CLOCK_NEAR);
}
