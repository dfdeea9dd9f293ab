/* SPDX-License-Identifier: MIT */
/*
 * OpenTelemetry spans as JSON: Go's stdouttrace (an object a span), OTLP/JSON (the collector's file
 * exporter, a document a line), and Jaeger's, as its UI downloads them. What they mean is told in
 * spans.h.
 */
#ifndef H2T_IMPORT_SPANS_H
#define H2T_IMPORT_SPANS_H

#include "event.h"

struct h2t_spans;

struct h2t_spans *h2t_spans_new(void);
void h2t_spans_free(struct h2t_spans **spans);

/* One document. NULL, or what is wrong with it, one static line. *used becomes true if there was a
 * span of a request. */
const char *h2t_spans_read(struct h2t_spans *spans, const char *text, size_t len, bool *used);

/* Gives the events of all documents. */
void h2t_spans_finish(struct h2t_spans *spans, void (*fn)(void *, const struct h2t_event *),
                      void *user);

#endif
