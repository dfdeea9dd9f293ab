/* SPDX-License-Identifier: MIT */
/*
 * Attempts and streams that an identity header ties together: the same x-request-id or traceparent,
 * and that value unique among the attempts and unique among the streams that are given. A value
 * that repeats (a retry on the same connection, one id copied to many calls) ties nothing; neither
 * do two headers that disagree.
 */
#ifndef H2T_ANCHORS_H
#define H2T_ANCHORS_H

#include "model.h"

/* `attempts`, `streams`: indexes into the model. anchor[j] becomes the position in `attempts` of
 * what belongs to streams[j], or H2T_NONE. */
void h2t_anchors(const struct h2t_model *m, const uint32_t *attempts, uint32_t n_attempts,
                 const uint32_t *streams, uint32_t n_streams, uint32_t *anchor);

#endif
