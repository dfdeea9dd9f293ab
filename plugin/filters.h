/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Go trace request" and "Go trace connection" among the conversation filters, so also below
 * Colorize Conversation. */
#ifndef HTTPTRACE_FILTERS_H
#define HTTPTRACE_FILTERS_H

#include "plugin/tap.h"

/* The packet's first note that has `wanted`; false: none. Asked by packet number only. */
typedef bool (*filters_find)(packet_info *pinfo, bool request, struct tap_note *out);

void filters_register(filters_find find);

#endif
