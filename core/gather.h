/* SPDX-License-Identifier: MIT */
/*
 * Events in, the trace model out. Events may come in any order.
 *
 * A million requests have some fifteen million events, so events are not kept. The recorder's name
 * their attempt and connection: each is folded into its attempt as it comes, in whatever order, for
 * of the times of one milestone the earliest stays, and the order of attempts on a connection is
 * that of WroteHeaders' seq. What cannot be folded at once is kept small and put in order at the
 * end: the events of dials (dials.h), and the steps of sidecars without attempt numbers (loose.h).
 */
#ifndef H2T_GATHER_H
#define H2T_GATHER_H

#include "build.h"
#include "dials.h"
#include "framers.h"
#include "loose.h"
#include "processes.h"

struct h2t_gather {
    struct h2t_build build;
    struct h2t_processes processes;
    struct h2t_dials dials;
    struct h2t_loose loose;
    struct h2t_text kept[64]; /* the last few texts that were interned */
    struct h2t_framers framers;
    const char *file; /* of the events to come, for those that a reader may want to look up */
    uint64_t line;    /* the same; whoever feeds events sets it */
    uint64_t n_lines; /* takes the place of a missing seq */
};

void h2t_gather_init(struct h2t_gather *gather);
void h2t_gather_fini(struct h2t_gather *gather);

/* The events that follow are from a new file. `name` lives as long as the model. */
void h2t_gather_file(struct h2t_gather *gather, const char *name);
void h2t_gather_event(struct h2t_gather *gather, const struct h2t_event *event);

/* The model; the caller owns it. Only h2t_gather_fini may follow. */
struct h2t_trace *h2t_gather_finish(struct h2t_gather *gather);

#endif
