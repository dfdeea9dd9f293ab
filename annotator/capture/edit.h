/* SPDX-License-Identifier: MIT */
/*
 * pcapng option lists of a block, and blocks with comments of ours added or removed: bytes in,
 * bytes out. The rule of exact removal is docs/comment-format.md, "Placement".
 */
#ifndef CAPTURE_EDIT_H
#define CAPTURE_EDIT_H

#include "annotator/capture/capture.h"

/* Is this comment text one of ours? `*variant` tells the form for option areas that held only an
 * end-of-options. */
typedef bool (*comment_is_ours_fn)(const char *text, size_t len, bool *variant);

/* Bytes of `block` without our comments, appended to `out`. The count of removed comments. If there
 * are none, or the option list is malformed, the block is appended unchanged.
 *
 * An end-of-options that is left alone goes, too, unless the comments were of the variant form:
 * block_annotate has added it. So, for every block whose list is well formed, annotated and
 * stripped again, the bytes are those from before. Works for each block that has `options`; a
 * Decryption Secrets Block that loses a comment so is one of ours. */
unsigned block_strip(const struct block *block, comment_is_ours_fn is_ours, GByteArray *out);

/* True if the option area of this (stripped) block held nothing but an end-of-options: our comments
 * must then be of the variant form. */
bool block_wants_variant(const uint8_t *block, size_t len, size_t options, bool big_endian);

/* `block` (stripped already, annotatable, `options` its option offset) with `n` comments inserted
 * together before end-of-options, or at the block's end where there is none, appended to `out`. An
 * end-of-options is added only where there were no options at all. false if the result would be
 * larger than MAX_ANNOTATED_BLOCK, or a comment is too long for an option (65,535 bytes): nothing
 * was appended. */
#define MAX_ANNOTATED_BLOCK (16u << 20) /* libpcap refuses larger blocks */
bool block_annotate(const uint8_t *block, size_t len, size_t options, bool big_endian,
                    const GString *const *comments, unsigned n, GByteArray *out);

/* A Decryption Secrets Block (type 10, secrets type TLS key log) with one comment. false if `keys`
 * is longer than MAX_DSB_KEYS, or the comment than an option can be: nothing was appended. Several
 * blocks are fine, each holding whole lines. */
#define MAX_DSB_KEYS (MAX_ANNOTATED_BLOCK - (128u << 10))
bool block_make_dsb(const char *keys, size_t len, const char *comment, bool big_endian,
                    GByteArray *out);

/* The TLS key log inside a DSB block, or NULL (another secrets type, damaged). Not NUL-terminated;
 * points into the block. */
const char *block_dsb_keys(const struct block *block, size_t *len);

#endif
