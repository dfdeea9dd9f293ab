/* SPDX-License-Identifier: MIT */
/* What bind_framers.c and bind_framers_choose.c share; nobody else includes it. */
#ifndef H2T_BIND_FRAMERS_IMPL_H
#define H2T_BIND_FRAMERS_IMPL_H

#include "core/fits.h"
#include "core/view.h"

#define MAX_LOOKED (UINT64_C(1) << 28) /* frames that are looked at, of all pairs together */

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
    uint64_t looked;        /* the work so far, in frames */
    uint32_t *tied;         /* by connection: a fit that was taken, … */
    uint32_t *next_tied;    /* … and by fit the next one on that connection */
};

static inline struct h2t_fit *fit_at(const struct work *w, uint32_t i)
{
    return &g_array_index(w->fits, struct h2t_fit, i);
}

static inline uint32_t process_of(const struct work *w, const struct h2t_fit *fit)
{
    return h2t_framer_at(w->m, fit->framer)->process;
}

/* Past this what is not found yet stays ambiguous. */
static inline bool is_spent(const struct work *w)
{
    return w->looked > MAX_LOOKED;
}

/* Of the fits of each Framer the one that it is, if that is sure. */
void bind_framers_choose(struct work *w);

#endif
