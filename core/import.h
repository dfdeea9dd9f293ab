/* SPDX-License-Identifier: MIT */
/*
 * Texts of sidecars to events, whatever their format; it is found by content, text by text: the
 * recorder's lines (import_native.h), structured logs (import_log.h), lines of GODEBUG=http2debug
 * (import_http2debug.h) and hooks printed without a request (import_plain.h), as they are or as the
 * message of a structured log, any of them inside a
 * collector's wrapper (unwrap.h) or behind a prefix, and OpenTelemetry's spans (import_spans.h).
 */
#ifndef H2T_IMPORT_H
#define H2T_IMPORT_H

#include "event.h"

/* The event and its texts live until the function returns. */
typedef void (*h2t_import_fn)(void *user, const struct h2t_event *event);

struct h2t_import;

struct h2t_import *h2t_import_new(h2t_import_fn fn, void *user);
void h2t_import_free(struct h2t_import **import);

/* One JSON object or line of text. NULL, or what is wrong with it: one line that is safe to print,
 * that lives until the next call. *used becomes true if something was of use. */
const char *h2t_import_text(struct h2t_import *import, const char *text, size_t len, bool *used);

/* The same for one that h2t_native_read has read already, to an event that is complete. */
void h2t_import_event(struct h2t_import *import, struct h2t_event *event, bool *used);

/* How many lines of text that are no JSON were of use: a file with such is a log, in which other
 * lines may be anything. */
uint64_t h2t_import_n_lines(const struct h2t_import *import);

/* All files are over: gives the events that had to wait for them. */
void h2t_import_finish(struct h2t_import *import);

#endif
