/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each packet of the capture has to do with connections and streams, learnt on the first pass:
 * frames that it ends, parts of frames that a later packet ends. A stream is its identifier on the
 * packet's connection, never 0.
 */
#ifndef HTTPTRACE_PLACES_H
#define HTTPTRACE_PLACES_H

#include "core/model.h"

struct places {
    GArray *packets; /* struct place, by packet number */
    GArray *frames;  /* struct place_frame, in order */
};

/* A packet has frames of this stream. */
struct place_frame {
    uint32_t packet, stream;
};

void places_init(struct places *p);
void places_fini(struct places *p);

/* The packet is one of this connection. */
void places_packet(struct places *p, struct h2t_mark mark, uint32_t conn);

/* It ends a frame of the stream. Packets come in order; those that do not are ignored. */
void places_frame(struct places *p, uint32_t packet, uint32_t stream);

/* It has a part of a frame of the stream, which a later one ends. The first is kept. */
void places_part(struct places *p, uint32_t packet, uint32_t stream);

/* Its last bytes wait for those of `later`, which makes a whole of them: a TCP segment in which no
 * TLS record ends. */
void places_into(struct places *p, uint32_t packet, uint32_t later);

/* When it was captured; H2T_NEVER if it was not seen. */
int64_t places_ns(const struct places *p, uint32_t packet);

/* Its connection; H2T_NONE: none. */
uint32_t places_conn(const struct places *p, uint32_t packet);

/* The streams whose frames it ends, `n` of them, in order; neighbours differ. They live until the
 * next change. */
const struct place_frame *places_frames(const struct places *p, uint32_t packet, unsigned *n);

/* The stream of which it has a part; 0: none. */
uint32_t places_part_of(const struct places *p, uint32_t packet);

#endif
