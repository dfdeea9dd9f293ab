/* SPDX-License-Identifier: MIT */
/* In: Framers and ledgers. First the pairs that are possible at all, then the offset they agree on,
 * then, with that, one for each. */
#include "core/bind_framers.h"

#include "core/clock.h"
#include "core/estimate.h"
#include "core/fits.h"
#include "core/ledger.h"
#include "core/ns.h"
#include "core/view.h"
#include "core/zones.h"

#include <string.h>

#define MAX_FITS 64u /* of one Framer; with more it has no say in the offset */
#define MAX_ALL_FITS (1u << 20)
#define MAX_ROUNDS 64u    /* of excluding what the ones before have taken */
#define ENOUGH_FRAMES 16u /* as many are the same by chance in no two connections */

/* Offsets that pairs of one program allow, by their ends. */
struct end {
    int64_t at;
    int step; /* +1 an interval begins, -1 it ended before */
};

struct offset {
    int64_t lo, hi;
    bool known;
};

struct work {
    struct h2t_model *m;
    GArray *fits;           /* struct h2t_fit, by framer */
    struct offset *offsets; /* by process */
    bool *crowded;          /* by framer: it has more fits than are kept */
    uint32_t *n_fits;       /* by framer, whatever the time */
    uint32_t *tied;         /* by connection: a fit that was taken, … */
    uint32_t *next_tied;    /* … and by fit the next one on that connection */
};

/* ---- What is possible ----------------------------------------------------------------------- */

static struct h2t_fit *fit_at(const struct work *w, uint32_t i)
{
    return &g_array_index(w->fits, struct h2t_fit, i);
}

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

/* All connections that the Framer could be, and that the offset allows. */
static void find_fits(struct work *w, uint32_t framer)
{
    const struct offset *o = &w->offsets[h2t_framer_at(w->m, framer)->process];
    struct h2t_fit fit;
    uint32_t n = 0;
    w->crowded[framer] = false;
    for (uint32_t conn = 0; conn < w->m->wire->conns->len; conn++) {
        if (h2t_conn_at(w->m, conn)->copy_of != H2T_NONE || !h2t_fit(w->m, framer, conn, &fit) ||
            !inside(o, &fit))
            continue;
        if (!has_room(w, n)) {
            w->crowded[framer] = true;
            g_array_set_size(w->fits, w->fits->len - n);
            return;
        }
        g_array_append_val(w->fits, fit);
        n++;
    }
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

static uint32_t process_of(const struct work *w, const struct h2t_fit *fit)
{
    return h2t_framer_at(w->m, fit->framer)->process;
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

/* ---- One for each --------------------------------------------------------------------------- */

/* The fits of one Framer are neighbours. */
struct choice {
    uint32_t first, end;
};

static struct choice choice_at(const struct work *w, uint32_t first)
{
    struct choice c = {first, first};
    while (c.end < w->fits->len && fit_at(w, c.end)->framer == fit_at(w, first)->framer)
        c.end++;
    return c;
}

static void keep_only(struct work *w, struct choice *c, bool (*good)(const struct h2t_fit *))
{
    uint32_t n = 0;
    for (uint32_t i = c->first; i < c->end; i++)
        n += good(fit_at(w, i));
    if (!n || n == c->end - c->first)
        return;
    for (uint32_t i = c->first; i < c->end; i++)
        if (!good(fit_at(w, i)))
            fit_at(w, i)->n = 0; /* out of the running */
}

static bool is_exact(const struct h2t_fit *fit)
{
    return fit->n && fit->exact;
}

static bool is_named(const struct h2t_fit *fit)
{
    return fit->n && fit->named;
}

/* Two values that are both there differ. */
static bool differ(uint64_t a, uint64_t b)
{
    return a && b && a != b;
}

/* The identities of the requests must be those of the streams. */
static bool identities_agree(const struct h2t_model *m, const struct h2t_fit *fit)
{
    const GArray *requests = h2t_framer_at(m, fit->framer)->requests;
    uint32_t i = 0;
    for (uint32_t s = h2t_conn_at(m, fit->conn)->first_stream; s != H2T_NONE && i < requests->len;
         s = h2t_stream_at(m, s)->next) {
        const struct h2t_stream *stream = h2t_stream_at(m, s);
        const struct h2t_logged_request *r;
        while (i < requests->len &&
               (r = &g_array_index(requests, struct h2t_logged_request, i))->stream < stream->id)
            i++;
        if (i == requests->len || m->ignore_headers || r->stream != stream->id)
            continue;
        if (differ(r->request_id, stream->request_id))
            return false;
    }
    return true;
}

/* Enough to go by, even where it is the only one that is possible. */
static bool is_proof(const struct work *w, const struct h2t_fit *fit)
{
    const struct offset *o = &w->offsets[process_of(w, fit)];
    return fit->named || (o->known && fit->timed) || fit->n >= ENOUGH_FRAMES;
}

static void drop(struct h2t_fit *fit)
{
    fit->n = 0;
}

/* What is left of a Framer's fits after all but time has been asked. */
static void sift(struct work *w, struct choice *c)
{
    keep_only(w, c, is_exact);
    keep_only(w, c, is_named);
    for (uint32_t i = c->first; i < c->end; i++) {
        struct h2t_fit *fit = fit_at(w, i);
        if (fit->n && (!identities_agree(w->m, fit) || !is_proof(w, fit)))
            drop(fit);
    }
}

/* The only one that is left of a Framer's fits; H2T_NONE: none or several. */
static uint32_t single(const struct work *w, const struct choice *c)
{
    uint32_t only = H2T_NONE;
    for (uint32_t i = c->first; i < c->end; i++) {
        if (!fit_at(w, i)->n)
            continue;
        if (only != H2T_NONE)
            return H2T_NONE;
        only = i;
    }
    return only;
}

static gint by_place(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct work *w = user;
    const struct h2t_fit *x = fit_at(w, *(const uint32_t *)a), *y = fit_at(w, *(const uint32_t *)b);
    uint8_t side_x = h2t_framer_at(w->m, x->framer)->side;
    uint8_t side_y = h2t_framer_at(w->m, y->framer)->side;
    if (x->conn != y->conn)
        return x->conn < y->conn ? -1 : 1;
    if (side_x != side_y)
        return side_x - side_y;
    return x->first_entry < y->first_entry ? -1 : x->first_entry > y->first_entry;
}

/* They cannot both be: one end of one connection at one time. Parts of a log may follow another. */
static bool exclude(const struct work *w, const struct h2t_fit *a, const struct h2t_fit *b)
{
    return a->conn == b->conn && a->framer != b->framer &&
           h2t_framer_at(w->m, a->framer)->side == h2t_framer_at(w->m, b->framer)->side &&
           a->first_entry <= b->last_entry && b->first_entry <= a->last_entry;
}

static void tie(struct work *w, uint32_t fit)
{
    const struct h2t_fit *f = fit_at(w, fit);
    struct h2t_framer *framer = h2t_framer_at(w->m, f->framer);
    bool timed = w->n_fits[f->framer] > 1;
    framer->conn = f->conn;
    framer->reason = H2T_REASON_NONE;
    framer->tied = (uint8_t)(f->named ? H2T_TIED_ADDRESS
                             : timed  ? H2T_TIED_FRAMES_TIME
                                      : H2T_TIED_FRAMES);
    w->next_tied[fit] = w->tied[f->conn];
    w->tied[f->conn] = fit;
}

/* Of those that are the only one of their Framer, all that no other such one excludes. */
static bool tie_singles(struct work *w, GArray *singles)
{
    bool any = false;
    g_array_sort_with_data(singles, by_place, w);
    for (uint32_t i = 0; i < singles->len; i++) {
        const uint32_t *at = &g_array_index(singles, uint32_t, i);
        bool rival = (i > 0 && exclude(w, fit_at(w, at[0]), fit_at(w, at[-1]))) ||
                     (i + 1 < singles->len && exclude(w, fit_at(w, at[0]), fit_at(w, at[1])));
        if (rival)
            continue;
        tie(w, *at);
        any = true;
    }
    return any;
}

/* What is tied is taken. */
static void drop_taken(struct work *w, const struct choice *c)
{
    for (uint32_t i = c->first; i < c->end; i++) {
        struct h2t_fit *fit = fit_at(w, i);
        for (uint32_t t = w->tied[fit->conn]; t != H2T_NONE && fit->n; t = w->next_tied[t])
            if (exclude(w, fit, fit_at(w, t)))
                drop(fit);
    }
}

static bool tie_round(struct work *w, GArray *choices)
{
    g_autoptr(GArray) singles = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < choices->len; i++) {
        const struct choice *c = &g_array_index(choices, struct choice, i);
        if (h2t_framer_at(w->m, fit_at(w, c->first)->framer)->conn != H2T_NONE)
            continue;
        drop_taken(w, c);
        uint32_t only = single(w, c);
        if (only != H2T_NONE)
            g_array_append_val(singles, only);
    }
    return tie_singles(w, singles);
}

static void choose(struct work *w)
{
    g_autoptr(GArray) choices = g_array_new(FALSE, FALSE, sizeof(struct choice));
    for (uint32_t i = 0; i < w->fits->len;) {
        struct choice c = choice_at(w, i);
        sift(w, &c);
        g_array_append_val(choices, c);
        h2t_framer_at(w->m, fit_at(w, i)->framer)->reason = H2T_REASON_AMBIGUOUS;
        i = c.end;
    }
    w->next_tied = g_new(uint32_t, w->fits->len);
    w->tied = g_new(uint32_t, w->m->wire->conns->len);
    for (uint32_t i = 0; i < w->m->wire->conns->len; i++)
        w->tied[i] = H2T_NONE;
    for (unsigned round = 0; round < MAX_ROUNDS && tie_round(w, choices); round++)
        ;
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
    find_all(&w);
    choose(&w);
    conclude(&w);
    tell_clock(&w);
    g_array_unref(w.fits);
    g_free(w.offsets);
    g_free(w.crowded);
    g_free(w.n_fits);
    g_free(w.tied);
    g_free(w.next_tied);
}
