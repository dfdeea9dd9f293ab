/* SPDX-License-Identifier: MIT */
/*
 * Which connection of the trace is which of the capture: by 4-tuple, by 4-tuple and time where it
 * recurs, or by identity headers where addresses say nothing. Fills tconn->conn, ->bound, ->reason
 * and conn->tconn. Needs m->clock.
 */
#ifndef H2T_BIND_H
#define H2T_BIND_H

#include "model.h"

void h2t_bind(struct h2t_model *m);

#endif
