/* SPDX-License-Identifier: MIT */
/*
 * What is decoded of one TCP connection: its layers above TCP, found out from the first bytes.
 * Bytes of a direction in, frames to the facts out.
 */
#ifndef WIRE_FLOW_H
#define WIRE_FLOW_H

#include "annotator/wire/keylog.h"
#include "core/facts.h"

struct flow;

/* What all flows share: how much waits in their decoders, and in whose. Past H2T_MAX_DECODERS the
 * flow that has held more than its share for longest is given up: nothing more is told of it. Zero
 * at first. */
struct flow_budget {
    size_t held;
    GQueue holders; /* struct flow, in the order in which they came to hold more than their share */
};

struct flow *flow_new(uint32_t conn, struct keylog *keylog, struct h2t_facts *facts,
                      struct flow_budget *budget);
/* The last facts of the connection are told here. */
void flow_free(struct flow **flow);

/* Its connection number. */
uint32_t flow_conn(const struct flow *flow);

void flow_control(struct flow *flow, const struct h2t_frame *frame);
void flow_data(struct flow *flow, enum h2t_dir dir, const uint8_t *data, size_t len,
               struct h2t_mark mark);
/* `len` bytes are missing; 0: the beginning is. */
void flow_gap(struct flow *flow, enum h2t_dir dir, uint32_t len, struct h2t_mark mark);

#endif
