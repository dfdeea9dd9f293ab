/* SPDX-License-Identifier: MIT */
/* In: Framers and ledgers. First the pairs that are possible at all, then the offset they agree on,
 * then, with that, one for each. */
#include "core/bind_framers.h"

#include "core/bind_framers_impl.h"
#include "core/clock.h"
#include "core/estimate.h"
#include "core/ledger.h"
#include "core/ns.h"
#include "core/zones.h"

#include <string.h>

#define MAX_FITS 64u /* of one Framer; with more it has no say in the offset */
#define MAX_ALL_FITS (1u << 20)
#define LOOKED_A_PAIR 4u /* what a pair is besides its frames, counted in frames */

/* Offsets that pairs of one program allow, by their ends. */
struct end {
    int64_t at;
    int step; /* +1 an interval begins, -1 it ended before */
};

/* ---- What is possible ----------------------------------------------------------------------- */

static bool inside(const struct offset *o, const struct h2t_fit *fit)
{
    return !o->known || !fit->timed ||
           (fit->lo <= h2t_ns_add(o->hi, H2T_CLOCK_SLACK) &&
            fit->hi >= h2t_ns_sub(o->lo, H2T_CLOCK_SLACK));
}

static bool has_room(const struct work *w, uint32_t n)
{
    return n < MAX_FITS && w->fits->len < MAX_ALL_FITS;
}

static bool may_be(struct work *w, uint32_t framer, uint32_t conn, struct h2t_fit *fit)
{
    bool fits = h2t_fit(w->m, framer, conn, fit);
    w->looked += fit->looked + LOOKED_A_PAIR;
    return fits && inside(&w->offsets[h2t_framer_at(w->m, framer)->process], fit);
}

/* All connections that the Framer could be, and that the offset allows. */
static void find_fits(struct work *w, uint32_t framer)
{
    uint32_t first = w->fits->len, n_conns = w->m->wire->conns->len;
    struct h2t_fit fit;
    bool crowded = false;
    for (uint32_t conn = 0; conn < n_conns && !crowded && !is_spent(w); conn++) {
        if (h2t_conn_at(w->m, conn)->copy_of != H2T_NONE || !may_be(w, framer, conn, &fit))
            continue;
        crowded = !has_room(w, w->fits->len - first);
        if (!crowded)
            g_array_append_val(w->fits, fit);
    }
    w->crowded[framer] = crowded || is_spent(w);
    if (w->crowded[framer])
        g_array_set_size(w->fits, first);
}

static void find_all(struct work *w)
{
    g_array_set_size(w->fits, 0);
    for (uint32_t i = 0; i < w->m->trace->framers->len; i++)
        find_fits(w, i);
}

/* ---- The offset ----------------------------------------------------------------------------- */

static int compare_ends(gconstpointer a, gconstpointer b)
{
    const struct end *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return y->step - x->step; /* touching intervals overlap */
}

/* Where most intervals overlap; not known where two such places are apart. */
static struct offset agree(GArray *ends)
{
    struct offset best = {.known = false};
    int n = 0, most = 0;
    g_array_sort(ends, compare_ends);
    for (uint32_t i = 0; i + 1 < ends->len; i++) {
        const struct end *e = &g_array_index(ends, struct end, i);
        n += e->step;
        if (n < most || n <= 0 || e->step < 0)
            continue;
        bool tied = n == most;
        most = n;
        best = (struct offset){e->at, (e + 1)->at, !tied};
    }
    return best;
}

static gint by_process(gconstpointer a, gconstpointer b, gpointer user)
{
    uint32_t x = process_of(user, fit_at(user, *(const uint32_t *)a));
    uint32_t y = process_of(user, fit_at(user, *(const uint32_t *)b));
    return x < y ? -1 : x > y;
}

/* Those with times on both sides, by process. */
static GArray *timed_fits(struct work *w)
{
    GArray *timed = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < w->fits->len; i++)
        if (fit_at(w, i)->lo != INT64_MIN && fit_at(w, i)->hi != INT64_MAX)
            g_array_append_val(timed, i);
    g_array_sort_with_data(timed, by_process, w);
    return timed;
}

/* The offset of stamps without zone, near a multiple of what zones are multiples of. */
static void learn_zone(struct work *w, uint32_t process)
{
    struct h2t_zone *z = h2t_zone_of(w->m->trace, process);
    struct offset *o = &w->offsets[process];
    if (!z || z->known || !o->known)
        return;
    if (!h2t_zone_near(z, o->lo, o->hi, H2T_CLOCK_NEAR, &z->pending))
        return;
    z->known = z->by_capture = true;
    o->lo = h2t_ns_sub(o->lo, z->pending);
    o->hi = h2t_ns_sub(o->hi, z->pending);
}

/* Of each program from what its Framers allow. */
static void find_offsets(struct work *w)
{
    g_autoptr(GArray) timed = timed_fits(w);
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(struct end));
    for (uint32_t i = 0; i < timed->len; i++) {
        const struct h2t_fit *fit = fit_at(w, g_array_index(timed, uint32_t, i));
        struct end begin = {fit->lo, 1}, end = {fit->hi, -1};
        g_array_append_val(ends, begin);
        g_array_append_val(ends, end);
        uint32_t process = process_of(w, fit);
        if (i + 1 < timed->len &&
            process_of(w, fit_at(w, g_array_index(timed, uint32_t, i + 1))) == process)
            continue;
        w->offsets[process] = agree(ends);
        learn_zone(w, process);
        g_array_set_size(ends, 0);
    }
    h2t_zones_apply(w->m->trace);
}

/* ---- The whole ------------------------------------------------------------------------------ */

static void count_fits(struct work *w)
{
    memset(w->n_fits, 0, w->m->trace->framers->len * sizeof *w->n_fits);
    for (uint32_t i = 0; i < w->fits->len; i++)
        w->n_fits[fit_at(w, i)->framer]++;
}

/* What an earlier join made, zones included. */
static void forget(struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->zones->len; i++) {
        struct h2t_zone *z = &g_array_index(m->trace->zones, struct h2t_zone, i);
        if (!z->by_capture || z->by_hooks)
            continue;
        z->pending = -z->ns;
        z->known = z->by_capture = false;
    }
    h2t_zones_apply(m->trace);
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        struct h2t_framer *f = h2t_framer_at(m, i);
        f->conn = f->tconn = f->first_attempt = H2T_NONE;
        f->tied = H2T_TIED_NONE;
        f->reason = H2T_REASON_NOT_CAPTURED;
    }
}

static void conclude(const struct work *w)
{
    for (uint32_t i = 0; i < w->m->trace->framers->len; i++) {
        struct h2t_framer *f = h2t_framer_at(w->m, i);
        if (f->conn != H2T_NONE)
            h2t_fit_keep(w->m, i, f->conn);
        else if (w->crowded[i] || f->crowd)
            f->reason = H2T_REASON_AMBIGUOUS;
        else if (f->reason == H2T_REASON_NOT_CAPTURED && w->n_fits[i])
            f->reason = H2T_REASON_OTHER_TIME;
    }
}

static struct h2t_clock clock_of(const struct offset *o)
{
    struct h2t_clock unknown = {.lo = INT64_MAX, .hi = INT64_MIN};
    return o->known ? (struct h2t_clock){.lo = o->lo, .hi = o->hi} : unknown;
}

/* What a tied Framer says of the clock: it may be all there is to tell. */
static void tell_clock(struct work *w)
{
    struct h2t_clock told = clock_of(&(struct offset){0});
    uint32_t teller = H2T_NONE;
    for (uint32_t i = 0; i < w->m->trace->framers->len; i++) {
        struct h2t_framer *f = h2t_framer_at(w->m, i);
        const struct offset *o = &w->offsets[f->process];
        const struct h2t_zone *z = h2t_zone_of(w->m->trace, f->process);
        struct h2t_clock own = clock_of(o);
        f->offset = h2t_clock_shift(&own, H2T_NEVER, 0);
        if (f->conn == H2T_NONE || !o->known || (z && !z->known))
            continue;
        if (teller != H2T_NONE && teller != f->process)
            continue;
        teller = f->process;
        told = (struct h2t_clock){.lo = o->lo, .hi = o->hi, .n = told.n + 1};
    }
    if (teller != H2T_NONE)
        h2t_assume_clock(w->m, &told);
}

void h2t_bind_framers(struct h2t_model *m)
{
    uint32_t n = m->trace->framers->len;
    struct work w = {.m = m, .fits = g_array_new(FALSE, FALSE, sizeof(struct h2t_fit))};
    w.offsets = g_new0(struct offset, m->trace->processes->len);
    w.crowded = g_new0(bool, n);
    w.n_fits = g_new0(uint32_t, n);
    forget(m);
    find_all(&w);
    count_fits(&w);
    find_offsets(&w);
    w.looked = 0;
    find_all(&w);
    bind_framers_choose(&w);
    conclude(&w);
    tell_clock(&w);
    g_array_unref(w.fits);
    g_free(w.offsets);
    g_free(w.crowded);
    g_free(w.n_fits);
    g_free(w.tied);
    g_free(w.next_tied);
}
