/* SPDX-License-Identifier: MIT */
/*
 * IP fragments to whole payloads (RFC 791 section 3.2, RFC 8200 section 4.5).
 *
 * Waiting fragments take at most H2T_MAX_FRAGMENTS bytes; past that the oldest payloads are given
 * up. Of overlapping copies of a byte one is taken, not always the first.
 */
#ifndef WIRE_FRAGMENTS_H
#define WIRE_FRAGMENTS_H

#include "annotator/wire/view.h"

struct fragment {
    uint8_t src[16], dst[16]; /* IPv4 uses the first four, the rest is zero */
    uint32_t id;
    uint8_t family;  /* 4 or 6 */
    uint8_t proto;   /* what the payload is; IPv6: only the first fragment's counts */
    uint32_t offset; /* in bytes */
    bool more;
    const uint8_t *data;
    uint32_t len;
};

struct fragments;
struct fragments *fragments_new(void);
void fragments_free(struct fragments **fragments);

/* Add one. True when it completes its payload, which is in `out` until the next call, and its
 * protocol in `proto`. */
bool fragments_add(struct fragments *fragments, const struct fragment *f, struct view *out,
                   uint8_t *proto);

/* Bytes that wait, with what keeping them costs. */
size_t fragments_held(const struct fragments *fragments);

#endif
