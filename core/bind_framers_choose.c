/* SPDX-License-Identifier: MIT */
/* One connection for each Framer, and no other Framer for the same. */
#include "core/bind_framers_impl.h"

#define MAX_ROUNDS 64u    /* of excluding what the ones before have taken */
#define ENOUGH_FRAMES 16u /* as many are the same by chance in no two connections */

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
        for (uint32_t t = w->tied[fit->conn]; t != H2T_NONE && fit->n; t = w->next_tied[t]) {
            w->looked++;
            if (exclude(w, fit, fit_at(w, t)))
                drop(fit);
        }
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

void bind_framers_choose(struct work *w)
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
    for (unsigned round = 0; round < MAX_ROUNDS && !is_spent(w) && tie_round(w, choices); round++)
        ;
}
