/* SPDX-License-Identifier: MIT */
/*
 * A cursor over a pcapng option list (draft-ietf-opsawg-pcapng section 3.5): code, length, value,
 * padding, until an end-of-options or the end of the block.
 */
#ifndef CAPTURE_OPTION_LIST_H
#define CAPTURE_OPTION_LIST_H

#include "annotator/capture/order.h"

enum option_code { OPTION_END = 0, OPTION_COMMENT = 1 };
#define OPTION_HEADER 4u

struct option {
    uint16_t code;
    const uint8_t *raw; /* header, value and padding, as they stand in the block */
    size_t raw_len;
    const uint8_t *value;
    size_t len;
};

struct option_list {
    const uint8_t *pos, *end;
    bool big;
    bool has_end;   /* an end-of-options was read: the cursor stands on it */
    bool malformed; /* an overrun, bytes after end-of-options, or its length is not 0 */
};

void option_list_init(struct option_list *list, const uint8_t *area, size_t len, bool big);

/* The next option, never end-of-options. false when there is none: look at `has_end` and
 * `malformed`. */
bool option_list_next(struct option_list *list, struct option *option);

/* True if the whole list can be read. An empty one can. */
bool option_list_well_formed(const uint8_t *area, size_t len, bool big);

#endif
