/* SPDX-License-Identifier: MIT */
/*
 * Reads a TLS structure from front to back. Reading past the end gives zeros or NULL and makes the
 * cursor bad for good, so that a parser asks once, at its end.
 */
#ifndef WIRE_TLS_CURSOR_H
#define WIRE_TLS_CURSOR_H

#include "annotator/wire/bytes.h"

#include <stdbool.h>
#include <stddef.h>

struct cursor {
    const uint8_t *p;
    size_t left;
    bool bad;
};

static inline struct cursor cursor_make(const uint8_t *data, size_t len)
{
    return (struct cursor){data, len, false};
}

/* The next `n` bytes, or NULL. */
static inline const uint8_t *cursor_take(struct cursor *c, size_t n)
{
    const uint8_t *p = c->p;

    if (c->bad || n > c->left) {
        c->bad = true;
        c->left = 0;
        return NULL;
    }
    c->p += n;
    c->left -= n;
    return p;
}

static inline uint8_t cursor_get8(struct cursor *c)
{
    const uint8_t *p = cursor_take(c, 1);
    return p ? *p : 0;
}

static inline uint16_t cursor_get16(struct cursor *c)
{
    const uint8_t *p = cursor_take(c, 2);
    return p ? get16(p) : 0;
}

static inline uint32_t cursor_get24(struct cursor *c)
{
    const uint8_t *p = cursor_take(c, 3);
    return p ? get24(p) : 0;
}

/* The next `n` bytes as a cursor of their own; empty and bad if they are not there. */
static inline struct cursor cursor_sub(struct cursor *c, size_t n)
{
    const uint8_t *p = cursor_take(c, n);
    return (struct cursor){p, p ? n : 0, !p};
}

/* A vector with a length of one, two or three bytes before it (RFC 8446 section 3.4). */
static inline struct cursor cursor_vector8(struct cursor *c)
{
    return cursor_sub(c, cursor_get8(c));
}

static inline struct cursor cursor_vector16(struct cursor *c)
{
    return cursor_sub(c, cursor_get16(c));
}

static inline struct cursor cursor_vector24(struct cursor *c)
{
    return cursor_sub(c, cursor_get24(c));
}

#endif
