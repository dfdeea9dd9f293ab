/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One direction of a TCP connection, by numbers only: which bytes the capture lacks. Bytes are
 * missing when the other side acknowledged them and they were not seen; until then they may come
 * late. The annotator's tcp_flow does the same with bytes.
 */
#ifndef HTTPTRACE_SEQUENCE_H
#define HTTPTRACE_SEQUENCE_H

#include "core/model.h"

struct sequence {
    uint32_t next, acked, fin_seq;
    struct h2t_mark fin;
    bool started, has_acked, has_fin, fin_told;
    GArray *held; /* struct span: what came behind a hole; NULL: nothing */
};

/* What became known. */
struct sequence_news {
    uint32_t lost; /* bytes that will not come */
    bool late;     /* the first bytes, and the capture lacks what was before */
    bool fin;      /* everything before the FIN is here; its mark is in the sequence */
};

void sequence_fini(struct sequence *s);

/* `seq`: the first byte's number, from a SYN. */
void sequence_start(struct sequence *s, uint32_t seq);

/* A segment: `len` bytes on the wire of which the last `cut` were not captured. */
struct sequence_news sequence_data(struct sequence *s, uint32_t seq, uint32_t len, uint32_t cut);
void sequence_fin(struct sequence *s, uint32_t seq, struct h2t_mark mark);
struct sequence_news sequence_acked(struct sequence *s, uint32_t ack);

/* Nothing more will come: a FIN that waits is told. */
struct sequence_news sequence_flush(struct sequence *s);

#endif
