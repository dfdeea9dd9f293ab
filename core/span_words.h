/* SPDX-License-Identifier: MIT */
/*
 * The words of three formats of spans: in a place of one kind, a member of some name opens a place
 * of another kind, or tells something. The formats have the same parts under other names, so that
 * one table does for all. Names are compared without case: TraceID, traceId and traceID are one.
 */
#ifndef H2T_SPAN_WORDS_H
#define H2T_SPAN_WORDS_H

#include "json.h"
#include "words.h"

enum h2t_span_place {
    H2T_IN_NOWHERE,
    H2T_IN_DOCUMENT, /* whatever may have spans inside */
    H2T_IN_SPANS,
    H2T_IN_SPAN,
    H2T_IN_CONTEXT, /* stdouttrace's SpanContext */
    H2T_IN_PARENT,
    H2T_IN_REFERENCES, /* Jaeger's */
    H2T_IN_REFERENCE,
    H2T_IN_STATUS,
    H2T_IN_EVENTS,
    H2T_IN_EVENT,
    H2T_IN_ATTRIBUTES, /* of a span, of an event, of a resource */
    H2T_IN_ATTRIBUTE,
    H2T_IN_VALUE,
    H2T_IN_RESOURCE,
};

enum h2t_span_member {
    H2T_SPAN_NONE,
    H2T_SPAN_TRACE_ID,
    H2T_SPAN_SPAN_ID,
    H2T_SPAN_PARENT_ID,
    H2T_SPAN_FLAGS,
    H2T_SPAN_NAME,
    H2T_SPAN_KIND,
    H2T_SPAN_START,
    H2T_SPAN_END,
    H2T_SPAN_DURATION,
    H2T_SPAN_TIME,
    H2T_SPAN_CODE,
    H2T_SPAN_DESCRIPTION,
    H2T_SPAN_KEY,
    H2T_SPAN_TYPE,
};

enum h2t_span_fact {
    H2T_FACT_LOCAL,
    H2T_FACT_REMOTE,
    H2T_FACT_HOST,
    H2T_FACT_METHOD,
    H2T_FACT_URL,
    H2T_FACT_STATUS,
    H2T_FACT_REUSED,
    H2T_FACT_WAS_IDLE,
    H2T_FACT_IDLE,
    H2T_FACT_TRACEPARENT,
    H2T_FACT_REQUEST_ID,
    H2T_FACT_KIND,
    H2T_FACT_EVENT, /* Jaeger: the event's name */
    H2T_FACT_ERROR, /* Jaeger */
    H2T_FACT_DESCRIPTION,
    H2T_FACT_PID, /* of a resource */
    H2T_FACT_SOURCE,
};

/* Has the value this name? An array's elements have none: "". */
bool h2t_span_is_named(const struct h2t_json_value *v, const char *name);

enum h2t_span_place h2t_span_place(enum h2t_span_place in, const struct h2t_json_value *v);
enum h2t_span_member h2t_span_member(enum h2t_span_place in, const struct h2t_json_value *v);

/* Attributes: name to enum h2t_span_fact. */
void h2t_span_facts_init(struct h2t_words *facts);

#endif
