/* SPDX-License-Identifier: MIT */
/*
 * Which attempt is which stream. On one connection the k-th WroteHeaders is the k-th HEADERS that
 * opens a stream: net/http encodes and writes a header block, and calls the hook, under one lock
 * (http2: encodeAndWriteHeaders). Counting starts where both sides saw the connection's first
 * request, or at a request that an identity header ties; it goes on as long as no client bytes are
 * missing in the capture. What headers, paths or times then contradict is not matched by order at
 * all.
 */
#ifndef H2T_JOIN_H
#define H2T_JOIN_H

#include "model.h"

/* The whole join: clock, connections, streams, dials, lookups. Fills the model's indexes, matches
 * and reasons; what an earlier join filled is forgotten. */
void h2t_join(struct h2t_model *m);

#endif
