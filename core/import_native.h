/* SPDX-License-Identifier: MIT */
/* The recorder's JSON, and what is like it, to events. Format: docs/trace-format.md. */
#ifndef H2T_IMPORT_NATIVE_H
#define H2T_IMPORT_NATIVE_H

#include "event.h"

struct h2t_native;

struct h2t_native *h2t_native_new(void);
void h2t_native_free(struct h2t_native **native);

/* One JSON object to one event. NULL, or what is wrong with it: one line that is safe to print.
 * Both live until the next call. */
const char *h2t_native_read(struct h2t_native *native, const char *text, size_t len,
                            struct h2t_event *event);

#endif
