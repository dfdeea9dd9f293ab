/* SPDX-License-Identifier: MIT */
/*
 * Zones of logs whose lines about hooks have stamps without one (zones.h): learned from connections
 * that both sides have by their addresses. GotConn comes soon after the connection's first packet,
 * so that each tells the zone; they must all tell the same.
 */
#ifndef H2T_HOOK_ZONES_H
#define H2T_HOOK_ZONES_H

#include "tuples.h"

/* Once learned, a zone stays; the times of the trace are changed for good. */
void h2t_hook_zones(struct h2t_model *m, const struct h2t_tuples *tuples);

#endif
