/* SPDX-License-Identifier: MIT */
#include "core/segments.h"

#include "core/drift.h"
#include "core/ns.h"

#define LOOK_AHEAD 16u /* limits that decide whether a clock was set or one is a stray */
#define ENOUGH 8u      /* so many of them must fit the new line: four requests' */

static int compare(gconstpointer a, gconstpointer b)
{
    const struct h2t_limit *x = a, *y = b;
    if (x->packet != y->packet)
        return x->packet < y->packet ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static struct h2t_limit *limit_at(const GArray *limits, uint32_t i)
{
    return &g_array_index(limits, struct h2t_limit, i);
}

static bool fits(struct h2t_drift *d, const struct h2t_limit *s)
{
    return h2t_drift_add(d, s->at, s->bound, s->upper);
}

static void begin(struct h2t_clock_part *part, const struct h2t_limit *s)
{
    *part = (struct h2t_clock_part){.first_packet = s->packet, .from = s->at, .to = s->at};
    h2t_drift_begin(&part->drift, s->at, s->bound);
}

/* A bound as far away as this from what is possible tells nothing: it may be from before the clock
 * was set, or after. */
#define FAR G_GINT64_CONSTANT(50000000) /* ns */

static bool is_far(struct h2t_range r, const struct h2t_limit *s)
{
    return s->upper ? h2t_ns_sub(s->bound, r.hi) > FAR : h2t_ns_sub(r.lo, s->bound) > FAR;
}

/* How many of the limits from `i` on fit the line, and are not far from it. While nothing else is
 * known of it, it is taken to be within `around`. */
static unsigned fitting(struct h2t_drift drift, struct h2t_range around, const GArray *limits,
                        uint32_t i)
{
    unsigned n = 0;
    for (uint32_t end = MIN(limits->len, i + LOOK_AHEAD); i < end; i++) {
        const struct h2t_limit *s = limit_at(limits, i);
        struct h2t_range r = h2t_drift_at(&drift, s->at);
        n += fits(&drift, s) && !is_far(r.lo == INT64_MIN ? around : r, s);
    }
    return n;
}

/* The limit does not fit: was a clock set here? The network is as before, so that what is possible
 * will be as wide as it was. */
static bool was_set(const struct h2t_clock_part *part, const GArray *limits, uint32_t i)
{
    const struct h2t_limit *s = limit_at(limits, i);
    struct h2t_range was = h2t_drift_at(&part->drift, s->at), around = {s->bound, s->bound};
    int64_t width = was.lo == INT64_MIN ? 0 : h2t_ns_sub(was.hi, was.lo);
    struct h2t_clock_part next;
    begin(&next, s);
    around.lo = h2t_ns_sub(around.lo, width);
    around.hi = h2t_ns_add(around.hi, width);
    unsigned after = fitting(next.drift, around, limits, i);
    return after >= ENOUGH && after > fitting(part->drift, around, limits, i);
}

static bool is_bounded(const struct h2t_clock_part *part)
{
    return h2t_drift_at(&part->drift, part->from).lo != INT64_MIN;
}

/* How far the bound is from the middle of what the part allows. */
static int64_t distance(const struct h2t_clock_part *part, const struct h2t_limit *s)
{
    struct h2t_range r = h2t_drift_at(&part->drift, s->at);
    int64_t middle = r.lo / 2 + r.hi / 2;
    return h2t_ns_sub(MAX(s->bound, middle), MIN(s->bound, middle));
}

/* From when to when the line is known to hold; limits from packet `end` on are not the part's.
 * Behind its last upper bound the offset may have fallen, behind its last lower bound risen. */
static void set_times(struct h2t_clock_part *part, const GArray *limits, uint32_t end)
{
    int64_t first = INT64_MAX, last[2] = {INT64_MIN, INT64_MIN};
    for (uint32_t i = 0; i < limits->len && limit_at(limits, i)->packet < end; i++) {
        const struct h2t_limit *s = limit_at(limits, i);
        if (s->packet < part->first_packet || s->stray ||
            is_far(h2t_drift_at(&part->drift, s->at), s))
            continue;
        first = MIN(first, s->at);
        last[s->upper] = MAX(last[s->upper], s->at);
    }
    if (first != INT64_MAX)
        part->from = first;
    part->to = MAX(part->from, MIN(last[0], last[1]));
}

/* A clock that was set may show only at the second bound after: those before that are near the new
 * line, not the old one, are after, too. */
static void move_beginning(struct h2t_clock_part *part, const GArray *limits)
{
    uint32_t i = 0;
    while (i < limits->len && limit_at(limits, i)->packet < part->first_packet)
        i++;
    while (i-- > 0) {
        const struct h2t_limit *s = limit_at(limits, i);
        struct h2t_drift drift = part->drift;
        if (s->stray || !fits(&drift, s) || distance(part, s) >= distance(part - 1, s))
            return;
        part->first_packet = s->packet;
    }
}

/* Parts that are bounded on one side only say nothing. */
static void end(struct h2t_clock *clock)
{
    unsigned n = 0;
    for (unsigned i = 0; i < clock->n_parts; i++) {
        struct h2t_clock_part *p = &clock->parts[i];
        p->level = h2t_drift_level(&p->drift);
        if (is_bounded(p))
            clock->parts[n++] = *p;
    }
    clock->n_parts = n;
}

void h2t_segments(GArray *limits, struct h2t_clock *clock)
{
    clock->n_parts = 0;
    g_array_sort(limits, compare);
    for (uint32_t i = 0; i < limits->len; i++) {
        struct h2t_limit *s = limit_at(limits, i);
        s->stray = false;
        if (!clock->n_parts)
            begin(&clock->parts[clock->n_parts++], s);
        struct h2t_clock_part *part = &clock->parts[clock->n_parts - 1];
        if (!fits(&part->drift, s)) {
            s->stray = clock->n_parts == H2T_MAX_CLOCK_PARTS || !was_set(part, limits, i);
            if (s->stray)
                continue;
            begin(part = &clock->parts[clock->n_parts++], s);
            fits(&part->drift, s);
        }
        part->n++;
    }
    end(clock);
    for (unsigned i = 1; i < clock->n_parts; i++)
        move_beginning(&clock->parts[i], limits);
    for (unsigned i = 0; i < clock->n_parts; i++) {
        bool is_last = i + 1 == clock->n_parts;
        set_times(&clock->parts[i], limits,
                  is_last ? UINT32_MAX : clock->parts[i + 1].first_packet);
    }
}
