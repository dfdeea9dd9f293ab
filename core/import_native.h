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

/* The recorder's line, or one that says all that it says. */
static inline bool h2t_native_is_complete(const struct h2t_event *e)
{
    return e->kind != H2T_EV_UNKNOWN && (e->kind != H2T_EV_GOT_CONN || e->local.at);
}

/* Copies the event's texts, which are together no longer than what it was read from, to `place`,
 * to live there; returns where the last one ends. */
char *h2t_native_keep(struct h2t_event *event, char *place);

#endif
