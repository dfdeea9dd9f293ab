/* SPDX-License-Identifier: MIT */
/*
 * Which Framer of a debug log is which connection of the capture. Frames decide: kind, stream,
 * length, and what else tells two alike, in order, both ways. Where several connections carried the
 * same, their times do, and then the addresses that the log may have. What is left open is
 * ambiguous; nothing is guessed.
 *
 * The times of a program's log are the capture's but for one offset: the one on which most of its
 * Framers agree. Of stamps without a zone it is, near a multiple of a quarter of an hour, the zone.
 */
#ifndef H2T_BIND_FRAMERS_H
#define H2T_BIND_FRAMERS_H

#include "model.h"

/* Fills framer->conn, ->tied, ->reason, and the frames' entries; learns zones, and m->clock where
 * nothing else has told it. Needs the wire's ledgers. */
void h2t_bind_framers(struct h2t_model *m);

#endif
