/* SPDX-License-Identifier: MIT */
/* Numbers in the byte order of a section. The caller has checked that the bytes are there. */
#ifndef CAPTURE_ORDER_H
#define CAPTURE_ORDER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t order_get16(const uint8_t *p, bool big)
{
    uint16_t value;
    memcpy(&value, p, sizeof value);
    return (uint16_t)(big ? GUINT16_FROM_BE(value) : GUINT16_FROM_LE(value));
}

static inline uint32_t order_get32(const uint8_t *p, bool big)
{
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return big ? GUINT32_FROM_BE(value) : GUINT32_FROM_LE(value);
}

static inline uint64_t order_get64(const uint8_t *p, bool big)
{
    uint64_t first = order_get32(p, big), second = order_get32(p + 4, big);
    return big ? first << 32 | second : second << 32 | first;
}

static inline void order_put16(uint8_t *p, uint16_t value, bool big)
{
    p[big ? 0 : 1] = (uint8_t)(value >> 8);
    p[big ? 1 : 0] = (uint8_t)value;
}

static inline void order_put32(uint8_t *p, uint32_t value, bool big)
{
    order_put16(p + (big ? 0 : 2), (uint16_t)(value >> 16), big);
    order_put16(p + (big ? 2 : 0), (uint16_t)value, big);
}

/* Everything in pcapng is padded to four bytes. */
static inline size_t order_pad4(size_t len)
{
    return (len + 3) & ~(size_t)3;
}

#endif
