/* SPDX-License-Identifier: MIT */
/*
 * A field block (RFC 9113 section 4.3): HEADERS or PUSH_PROMISE, and the CONTINUATIONs behind it.
 * Holds at most H2T_MAX_HEADER_BLOCK bytes, and none of a block that is one frame.
 */
#ifndef WIRE_H2_BLOCK_H
#define WIRE_H2_BLOCK_H

#include "annotator/wire/h2_head.h"

struct h2_block {
    bool open; /* not complete yet */
    bool lost; /* some of it is not there, or not to be decoded */
    enum h2t_frame_kind kind;
    uint32_t told_stream; /* the promised one of PUSH_PROMISE */
    uint32_t stream;      /* where its CONTINUATION comes */
    uint32_t len;         /* of the payloads of its frames */
    uint8_t flags;        /* of the first */
    GByteArray *bytes;    /* NULL: nothing had to wait */
};

/* Its first frame. `payload` becomes what that has of the block; NULL: the frame was too long. */
void h2_block_begin(struct h2_block *block, const struct h2_head *head, const uint8_t **payload,
                    size_t *len);
/* What a frame has of it, the first one too. True when the block is complete: `part` is all of it,
 * if it is not lost, until h2_block_drop. */
bool h2_block_add(struct h2_block *block, const struct h2_head *head, const uint8_t **part,
                  size_t *len);
/* A part of it is not there. */
void h2_block_lose(struct h2_block *block);
void h2_block_drop(struct h2_block *block);

/* As one frame, with all but side, place and fields. */
struct h2t_frame h2_block_frame(const struct h2_block *block);

/* Bytes that wait in it. */
size_t h2_block_held(const struct h2_block *block);

#endif
