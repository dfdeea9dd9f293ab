/* SPDX-License-Identifier: MIT */
/*
 * Log lines as collectors keep them: inside a JSON object of their own. Docker's json-file
 * {"log","stream","time"}, journalctl -o json {"MESSAGE"}, logcli -o jsonl and Grafana's download
 * {"line","labels" or "fields"}, a query_range answer of Loki; and any object whose message is an
 * object again, as CloudWatch's and Filebeat's.
 *
 * The collector's own times are not used as those of hooks: they tell when a line was read, which
 * is no bound for when the hook fired.
 */
#ifndef H2T_UNWRAP_H
#define H2T_UNWRAP_H

#include "event.h"

enum h2t_shape {
    H2T_SHAPE_BROKEN,  /* not a JSON object */
    H2T_SHAPE_PLAIN,   /* none of the following */
    H2T_SHAPE_WRAPPED, /* it has lines inside */
    H2T_SHAPE_SPANS,   /* OpenTelemetry: stdouttrace, OTLP/JSON, Jaeger */
};

struct h2t_inner {
    size_t at, len;  /* in h2t_unwrap.text */
    uint64_t source; /* of labels that name the writer, 0: none */
    struct h2t_number pid;
    int64_t collected; /* the collector's time, H2T_NEVER: none */
    bool shuffled;     /* a database had it: lines of one time have lost their order */
};

struct h2t_unwrap {
    struct h2t_json *json;
    GByteArray *text;
    GArray *inner; /* struct h2t_inner, in the order in which they were written */
};

void h2t_unwrap_init(struct h2t_unwrap *unwrap);
void h2t_unwrap_fini(struct h2t_unwrap *unwrap);

/* Tells what the text is, and takes out what is wrapped. That lives until the next call. */
enum h2t_shape h2t_unwrap(struct h2t_unwrap *unwrap, const char *text, size_t len);

#endif
