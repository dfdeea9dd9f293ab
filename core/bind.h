/* SPDX-License-Identifier: MIT */
/*
 * Which connection of the trace is which of the capture: by 4-tuple, by 4-tuple and time where it
 * recurs, or, where addresses say nothing, by identity headers, by the addresses that these teach,
 * by the timing of its requests (bind_timing.h). Fills tconn->conn, ->bound, ->reason and
 * conn->tconn. Needs the clocks.
 */
#ifndef H2T_BIND_H
#define H2T_BIND_H

#include "tuples.h"

void h2t_bind(struct h2t_model *m, const struct h2t_tuples *tuples);

#endif
