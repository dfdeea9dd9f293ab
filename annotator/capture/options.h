/* SPDX-License-Identifier: MIT */
/*
 * pcapng option lists of a block, and blocks with comments of ours added or removed: bytes in,
 * bytes out. The rule of exact removal is docs/comment-format.md, "Placement".
 */
#ifndef CAPTURE_OPTIONS_H
#define CAPTURE_OPTIONS_H

#include "annotator/capture/capture.h"

/* Is this comment text one of ours? `*variant` tells the form for option areas that held only an
 * end-of-options. */
typedef bool (*comment_is_ours_fn)(const char *text, size_t len, bool *variant);

/* Bytes of `block` without our comments, appended to `out`. The count of removed comments. If there
 * are none, the block is appended unchanged. */
unsigned block_strip(const struct block *block, comment_is_ours_fn is_ours, GByteArray *out);

/* True if the option area of this (stripped) block held nothing but an end-of-options: our comments
 * must then be of the variant form. */
bool block_wants_variant(const uint8_t *block, size_t len, size_t options, bool big_endian);

/* `block` (stripped already, `options` its option offset) with `n` comments inserted together
 * before end-of-options, appended to `out`. false if the result would be larger than
 * MAX_ANNOTATED_BLOCK: nothing was appended. */
#define MAX_ANNOTATED_BLOCK (16u << 20) /* libpcap refuses larger blocks */
bool block_annotate(const uint8_t *block, size_t len, size_t options, bool big_endian,
                    const GString *const *comments, unsigned n, GByteArray *out);

/* A Decryption Secrets Block (type 10, secrets type TLS key log) with one comment. */
void block_make_dsb(const char *keys, size_t len, const char *comment, bool big_endian,
                    GByteArray *out);

/* The TLS key log inside a DSB block, or NULL (another secrets type, damaged). Not NUL-terminated;
 * points into the block. */
const char *block_dsb_keys(const struct block *block, size_t *len);

#endif
