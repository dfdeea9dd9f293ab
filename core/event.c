/* SPDX-License-Identifier: MIT */
#include "core/event.h"

#include <string.h>

struct h2t_addr h2t_event_addr(struct h2t_text text)
{
    char copy[H2T_ADDR_LEN * 2]; /* room for a zone */
    struct h2t_addr addr = {0};
    if (text.at && text.len < sizeof copy) {
        memcpy(copy, text.at, text.len);
        copy[text.len] = '\0';
        h2t_addr_parse(copy, &addr);
    }
    return addr;
}
