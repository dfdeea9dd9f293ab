/* SPDX-License-Identifier: MIT */
/*
 * Steps that do not say which attempt or which connection they belong to, as a plain httptrace
 * logger writes them. They wait here until all are known, 48 bytes each, and are then put in order:
 * GotConn begins an attempt, and what follows belongs to it. The recorder's lines need none of
 * this.
 */
#ifndef H2T_LOOSE_H
#define H2T_LOOSE_H

#include "build.h"
#include "processes.h"

struct h2t_loose {
    GArray *steps;   /* struct h2t_step */
    GArray *gots;    /* struct h2t_got, by h2t_step.got */
    GArray *unnamed; /* struct unnamed: GotConns whose connection has no number */
};

void h2t_loose_init(struct h2t_loose *loose);
void h2t_loose_fini(struct h2t_loose *loose);

/* A step without attempt number; `got` for a GotConn, else NULL. */
void h2t_loose_add(struct h2t_loose *loose, const struct h2t_step *step, const struct h2t_got *got);

/* An attempt whose GotConn gave no connection number. */
void h2t_loose_unnamed(struct h2t_loose *loose, uint32_t attempt, const struct h2t_step *step,
                       const struct h2t_got *got);

/* Gives all steps to their attempts, and all attempts their connections. */
void h2t_loose_finish(struct h2t_loose *loose, struct h2t_build *build,
                      const struct h2t_processes *processes);

#endif
