/* SPDX-License-Identifier: MIT */
#include "annotator/wire/link.h"

#include "annotator/wire/bytes.h"

/* The EtherType that stands in the last two bytes of an `n`-byte header, from byte `at` on. */
static uint16_t strip_typed(struct view *v, uint32_t n, uint32_t at)
{
    const uint8_t *p = v->p;
    return view_skip(v, n) ? get16(p + at) : 0;
}

static uint16_t of_version(const struct view *v)
{
    if (!view_has(v, 1))
        return 0;
    switch (v->p[0] >> 4) {
    case 4:
        return ETHER_IPV4;
    case 6:
        return ETHER_IPV6;
    default:
        return 0;
    }
}

/* The address family of the capturing system: AF_INET is 2 everywhere, AF_INET6 is not. */
static uint16_t of_family(uint32_t family)
{
    switch (family) {
    case 2:
        return ETHER_IPV4;
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        return ETHER_IPV6;
    default:
        return 0;
    }
}

/* The family is in host order of the capturing system with LINK_NULL, in network order with
 * LINK_LOOP; the values are small, so either can be read without knowing which. */
static uint16_t strip_family(struct view *v)
{
    const uint8_t *p = v->p;
    if (!view_skip(v, 4))
        return 0;
    const uint32_t family = get32(p);
    return of_family(family > 0xffff ? GUINT32_SWAP_LE_BE(family) : family);
}

static bool is_vlan(uint16_t type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

static uint16_t strip_link(uint16_t link_type, struct view *v)
{
    switch (link_type) {
    case LINK_ETHERNET:
        return strip_typed(v, 14, 12);
    case LINK_COOKED:
        return strip_typed(v, 16, 14);
    case LINK_COOKED2:
        return strip_typed(v, 20, 0);
    case LINK_NULL:
    case LINK_LOOP:
        return strip_family(v);
    default:
        return of_version(v);
    }
}

bool link_known(uint16_t link_type)
{
    switch (link_type) {
    case LINK_NULL:
    case LINK_ETHERNET:
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_RAW:
    case LINK_LOOP:
    case LINK_COOKED:
    case LINK_IPV4:
    case LINK_IPV6:
    case LINK_COOKED2:
        return true;
    default:
        return false;
    }
}

uint16_t link_strip(uint16_t link_type, struct view *v)
{
    uint16_t type = strip_link(link_type, v);
    while (is_vlan(type))
        type = strip_typed(v, 4, 2);
    return type;
}
