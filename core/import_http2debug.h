/* SPDX-License-Identifier: MIT */
/*
 * A line of text that the program wrote because of GODEBUG=http2debug=1 or 2 to one event
 * (H2T_EV_DEBUG). The message is found anywhere in the line, so that prefixes do no harm; what
 * stands before it may have its time (line_stamp.h).
 */
#ifndef H2T_IMPORT_HTTP2DEBUG_H
#define H2T_IMPORT_HTTP2DEBUG_H

#include "event.h"

struct h2t_debug;

struct h2t_debug *h2t_debug_new(void);
void h2t_debug_free(struct h2t_debug **debug);

/* Is it such a line? The event's `ns`, `zoneless`, `collected` and `message` are filled, and
 * *prefix becomes the length of what stands before time and message. They live until the next call.
 */
bool h2t_debug_read(struct h2t_debug *debug, const char *text, size_t len, struct h2t_event *event,
                    size_t *prefix);

#endif
