/* SPDX-License-Identifier: MIT */
/* What an Interface Description Block says that is needed to read its packets
 * (draft-ietf-opsawg-pcapng section 4.2). */
#ifndef CAPTURE_INTERFACE_H
#define CAPTURE_INTERFACE_H

#include "core/base.h"

#define IDB_MIN_LEN 20u

struct interface {
    uint16_t link_type;
    uint32_t snaplen; /* 0: no limit */
    uint8_t tsresol;  /* as in the option: 10^-n, or 2^-n with the top bit */
    int64_t tsoffset; /* seconds */
};

/* From a whole IDB of at least IDB_MIN_LEN bytes. Options that cannot be read, or have a wrong
 * length, count as absent. */
struct interface interface_parse(const uint8_t *block, size_t len, bool big);

/* Time stamp in the interface's units to nanoseconds since the epoch, rounded down; H2T_NEVER when
 * that does not fit. */
int64_t interface_time(const struct interface *interface, uint64_t stamp);

#endif
