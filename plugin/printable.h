/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of strangers, fit for fields: tshark prints some of them as they are. */
#ifndef HTTPTRACE_PRINTABLE_H
#define HTTPTRACE_PRINTABLE_H

#include "plugin/compat.h"

/* Control characters, those that turn the direction of text around or have no width, and bytes that
 * are no UTF-8 become "\x1b". `text` itself, if there is none of them; else it lives in `pool`. */
const char *printable(wmem_allocator_t *pool, const char *text);

#endif
