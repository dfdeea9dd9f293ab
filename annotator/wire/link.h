/* SPDX-License-Identifier: MIT */
/*
 * Link-layer headers to the EtherType of what they carry. Link types as in
 * draft-ietf-opsawg-pcaplinktype; those that are not in link_known are passed over.
 */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "annotator/wire/view.h"

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_BSD = 12, /* DLT_RAW, as old files have it */
    LINK_RAW_OPENBSD = 14,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_COOKED = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_COOKED2 = 276,
};

enum { ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd, ETHER_BRIDGED = 0x6558 };

bool link_known(uint16_t link_type);

/* Take off the link header and all VLAN tags (IEEE 802.1Q, 802.1ad). The EtherType, or 0: none, or
 * bytes are missing. */
uint16_t link_strip(uint16_t link_type, struct view *v);

#endif
