/* SPDX-License-Identifier: MIT */
/*
 * What HTTP/2 frames each connection carried: kind, stream, length and packet of each, in order, to
 * hold them against a log of the program. Only kept where somebody has such a log.
 */
#ifndef H2T_LEDGER_H
#define H2T_LEDGER_H

#include "base.h"

struct h2t_ledgers {
    GPtrArray *all;     /* h2t_wire.ledgers, which owns it */
    uint32_t n_entries; /* of all together */
};

/* Begins h2t_wire.ledgers. */
void h2t_ledgers_init(struct h2t_ledgers *ledgers, struct h2t_wire *wire);

/* A frame of HTTP/2, or H2T_GAP. */
void h2t_ledgers_frame(struct h2t_ledgers *ledgers, const struct h2t_frame *frame);

/* The client turned out to be the other side. */
void h2t_ledgers_swap(struct h2t_ledgers *ledgers, uint32_t conn);

/* NULL: the connection has none. */
const struct h2t_ledger *h2t_ledger_of(const struct h2t_wire *wire, uint32_t conn);

/* The frame of the wire that is m->trace->sightings[i]. */
const struct h2t_entry *h2t_sighting_entry(const struct h2t_model *m, uint32_t i);

/* What tells two frames of one kind, stream and length apart, from the code and the last stream as
 * in h2t_frame: an increment, an error code, the bytes of a PING. */
uint32_t h2t_ledger_detail(enum h2t_frame_kind kind, uint32_t code, uint32_t last_stream);

#endif
