/* SPDX-License-Identifier: MIT */
#include "core/drift.h"

#include "core/ns.h"

#include <math.h>

#define NS_PER_S 1e9
#define BOX 4e15 /* ns to both sides of `near`: 46 days. A double has a nanosecond there */
#define ROUNDING 2.0

void h2t_drift_begin(struct h2t_drift *d, int64_t origin, int64_t near)
{
    static const double corners[4][2] = {{-BOX, -1}, {BOX, -1}, {BOX, 1}, {-BOX, 1}};
    *d = (struct h2t_drift){.origin = origin, .base = near, .n = 4};
    for (unsigned i = 0; i < 4; i++)
        d->corners[i] = (struct h2t_line){corners[i][0], corners[i][1] * H2T_MAX_RATE};
}

static double seconds(const struct h2t_drift *d, int64_t at)
{
    return (double)h2t_ns_sub(at, d->origin) / NS_PER_S;
}

static double value(const struct h2t_line *line, double x)
{
    return line->start + line->rate * x;
}

/* Where the edge between two corners, one of them outside, is cut. */
static struct h2t_line cut(const struct h2t_line *a, const struct h2t_line *b, double inside_a,
                           double inside_b)
{
    double part = inside_a / (inside_a - inside_b);
    return (struct h2t_line){a->start + part * (b->start - a->start),
                             a->rate + part * (b->rate - a->rate)};
}

static void put(struct h2t_line *out, unsigned *n, struct h2t_line line)
{
    if (*n < H2T_MAX_CORNERS)
        out[(*n)] = line;
    (*n)++;
}

bool h2t_drift_add(struct h2t_drift *d, int64_t at, int64_t bound, bool upper)
{
    struct h2t_line left[H2T_MAX_CORNERS];
    double inside[H2T_MAX_CORNERS], x = seconds(d, at);
    double limit = (double)h2t_ns_sub(bound, d->base), sign = upper ? 1 : -1;
    unsigned n = 0, n_inside = 0;
    for (unsigned i = 0; i < d->n; i++) {
        inside[i] = sign * (limit - value(&d->corners[i], x)) + ROUNDING;
        n_inside += inside[i] >= 0;
    }
    if (n_inside == d->n || !n_inside)
        return n_inside > 0;
    for (unsigned i = 0; i < d->n; i++) {
        unsigned next = (i + 1) % d->n;
        if (inside[i] >= 0)
            put(left, &n, d->corners[i]);
        if ((inside[i] >= 0) != (inside[next] >= 0))
            put(left, &n, cut(&d->corners[i], &d->corners[next], inside[i], inside[next]));
    }
    if (n > H2T_MAX_CORNERS)
        return true; /* too fine for us: without this bound more is allowed, nothing is wrong */
    d->n = n;
    for (unsigned i = 0; i < n; i++)
        d->corners[i] = left[i];
    return true;
}

struct h2t_range h2t_drift_at(const struct h2t_drift *d, int64_t at)
{
    double x = seconds(d, at), lo = INFINITY, hi = -INFINITY;
    for (unsigned i = 0; i < d->n; i++) {
        lo = fmin(lo, value(&d->corners[i], x));
        hi = fmax(hi, value(&d->corners[i], x));
    }
    if (!(hi - lo < (double)H2T_DRIFT_REACH))
        return (struct h2t_range){INT64_MIN, INT64_MAX};
    return (struct h2t_range){h2t_ns_add(d->base, (int64_t)floor(lo)),
                              h2t_ns_add(d->base, (int64_t)ceil(hi))};
}

struct h2t_range h2t_drift_level(const struct h2t_drift *d)
{
    double lo = INFINITY, hi = -INFINITY;
    for (unsigned i = 0; i < d->n; i++) {
        const struct h2t_line *a = &d->corners[i], *b = &d->corners[(i + 1) % d->n];
        if ((a->rate > 0 && b->rate > 0) || (a->rate < 0 && b->rate < 0))
            continue;
        bool flat = a->rate == 0; /* so that the division is safe, be b level as well or not */
        double level = flat ? a->start : cut(a, b, a->rate, b->rate).start;
        lo = fmin(lo, level);
        hi = fmax(hi, level);
    }
    if (!(hi - lo < (double)H2T_DRIFT_REACH) || lo > hi)
        return (struct h2t_range){INT64_MAX, INT64_MIN};
    return (struct h2t_range){h2t_ns_add(d->base, (int64_t)floor(lo)),
                              h2t_ns_add(d->base, (int64_t)ceil(hi))};
}

struct h2t_range h2t_drift_rate(const struct h2t_drift *d)
{
    double lo = INFINITY, hi = -INFINITY;
    for (unsigned i = 0; i < d->n; i++) {
        lo = fmin(lo, d->corners[i].rate);
        hi = fmax(hi, d->corners[i].rate);
    }
    return (struct h2t_range){(int64_t)floor(lo), (int64_t)ceil(hi)};
}
