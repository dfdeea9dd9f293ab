/* SPDX-License-Identifier: MIT */
/*
 * A run of packet bytes that shrinks as headers are taken off: what was captured of it, and how
 * much there was on the wire (more when the snap length cut the packet). The only way the parsers
 * move through a packet; whoever reads behind `p` has asked view_has or view_skip before.
 */
#ifndef WIRE_VIEW_H
#define WIRE_VIEW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct view {
    const uint8_t *p;
    uint32_t len, wire; /* len <= wire */
};

static inline struct view view_make(const uint8_t *p, uint32_t len, uint32_t wire)
{
    return (struct view){p, len, MAX(len, wire)};
}

static inline bool view_has(const struct view *v, uint32_t n)
{
    return n <= v->len;
}

/* Take `n` bytes off the front; false, and nothing done, if they were not captured. */
static inline bool view_skip(struct view *v, uint32_t n)
{
    if (n > v->len)
        return false;
    v->p += n;
    v->len -= n;
    v->wire -= n;
    return true;
}

/* A header says that there are `n` bytes: what follows is padding. */
static inline void view_limit(struct view *v, uint32_t n)
{
    v->wire = MIN(v->wire, n);
    v->len = MIN(v->len, n);
}

#endif
