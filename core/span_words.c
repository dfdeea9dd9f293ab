/* SPDX-License-Identifier: MIT */
#include "core/span_words.h"

/* What opens what. An array's elements have no name: "". */
static const struct {
    enum h2t_span_place in;
    const char *name;
    enum h2t_span_place opens;
} doors[] = {
    {H2T_IN_DOCUMENT, "spans", H2T_IN_SPANS},
    {H2T_IN_DOCUMENT, "resource", H2T_IN_RESOURCE},
    {H2T_IN_SPANS, "", H2T_IN_SPAN},
    {H2T_IN_SPAN, "spancontext", H2T_IN_CONTEXT},
    {H2T_IN_SPAN, "parent", H2T_IN_PARENT},
    {H2T_IN_SPAN, "status", H2T_IN_STATUS},
    {H2T_IN_SPAN, "references", H2T_IN_REFERENCES},
    {H2T_IN_REFERENCES, "", H2T_IN_REFERENCE},
    {H2T_IN_SPAN, "attributes", H2T_IN_ATTRIBUTES},
    {H2T_IN_SPAN, "tags", H2T_IN_ATTRIBUTES},
    {H2T_IN_SPAN, "events", H2T_IN_EVENTS},
    {H2T_IN_SPAN, "logs", H2T_IN_EVENTS},
    {H2T_IN_EVENTS, "", H2T_IN_EVENT},
    {H2T_IN_EVENT, "attributes", H2T_IN_ATTRIBUTES},
    {H2T_IN_EVENT, "fields", H2T_IN_ATTRIBUTES},
    {H2T_IN_ATTRIBUTES, "", H2T_IN_ATTRIBUTE},
    {H2T_IN_ATTRIBUTE, "value", H2T_IN_VALUE},
    {H2T_IN_SPAN, "resource", H2T_IN_RESOURCE},
    {H2T_IN_RESOURCE, "attributes", H2T_IN_ATTRIBUTES},
    {H2T_IN_RESOURCE, "", H2T_IN_ATTRIBUTE},
};

static const struct {
    enum h2t_span_place in;
    const char *name;
    enum h2t_span_member member;
} members[] = {
    {H2T_IN_SPAN, "traceid", H2T_SPAN_TRACE_ID},
    {H2T_IN_SPAN, "spanid", H2T_SPAN_SPAN_ID},
    {H2T_IN_SPAN, "parentspanid", H2T_SPAN_PARENT_ID},
    {H2T_IN_SPAN, "flags", H2T_SPAN_FLAGS},
    {H2T_IN_SPAN, "name", H2T_SPAN_NAME},
    {H2T_IN_SPAN, "operationname", H2T_SPAN_NAME},
    {H2T_IN_SPAN, "kind", H2T_SPAN_KIND},
    {H2T_IN_SPAN, "spankind", H2T_SPAN_KIND},
    {H2T_IN_SPAN, "starttime", H2T_SPAN_START},
    {H2T_IN_SPAN, "starttimeunixnano", H2T_SPAN_START},
    {H2T_IN_SPAN, "endtime", H2T_SPAN_END},
    {H2T_IN_SPAN, "endtimeunixnano", H2T_SPAN_END},
    {H2T_IN_SPAN, "duration", H2T_SPAN_DURATION},
    {H2T_IN_CONTEXT, "traceid", H2T_SPAN_TRACE_ID},
    {H2T_IN_CONTEXT, "spanid", H2T_SPAN_SPAN_ID},
    {H2T_IN_CONTEXT, "traceflags", H2T_SPAN_FLAGS},
    {H2T_IN_PARENT, "spanid", H2T_SPAN_PARENT_ID},
    {H2T_IN_REFERENCE, "spanid", H2T_SPAN_PARENT_ID},
    {H2T_IN_STATUS, "code", H2T_SPAN_CODE},
    {H2T_IN_STATUS, "description", H2T_SPAN_DESCRIPTION},
    {H2T_IN_STATUS, "message", H2T_SPAN_DESCRIPTION},
    {H2T_IN_EVENT, "name", H2T_SPAN_NAME},
    {H2T_IN_EVENT, "time", H2T_SPAN_TIME},
    {H2T_IN_EVENT, "timeunixnano", H2T_SPAN_TIME},
    {H2T_IN_EVENT, "timestamp", H2T_SPAN_TIME},
    {H2T_IN_ATTRIBUTE, "key", H2T_SPAN_KEY},
    {H2T_IN_ATTRIBUTE, "type", H2T_SPAN_TYPE},
    {H2T_IN_VALUE, "type", H2T_SPAN_TYPE},
};

/* The first names are otelhttptrace's, the second ones those of older releases. */
static const struct {
    const char *key;
    enum h2t_span_fact fact;
} facts[] = {
    {"http.local", H2T_FACT_LOCAL},
    {"http.remote", H2T_FACT_REMOTE},
    {"http.conn.done.addr", H2T_FACT_REMOTE},
    {"http.conn.reused", H2T_FACT_REUSED},
    {"http.conn.wasidle", H2T_FACT_WAS_IDLE},
    {"http.conn.idletime", H2T_FACT_IDLE},
    {"server.address", H2T_FACT_HOST},
    {"http.host", H2T_FACT_HOST},
    {"net.host.name", H2T_FACT_HOST},
    {"http.request.method", H2T_FACT_METHOD},
    {"http.method", H2T_FACT_METHOD},
    {"url.full", H2T_FACT_URL},
    {"http.url", H2T_FACT_URL},
    {"http.response.status_code", H2T_FACT_STATUS},
    {"http.status_code", H2T_FACT_STATUS},
    {"http.request.header.traceparent", H2T_FACT_TRACEPARENT},
    {"http.traceparent", H2T_FACT_TRACEPARENT},
    {"http.request.header.x-request-id", H2T_FACT_REQUEST_ID},
    {"http.x-request-id", H2T_FACT_REQUEST_ID},
    {"span.kind", H2T_FACT_KIND},
    {"event", H2T_FACT_EVENT},
    {"error", H2T_FACT_ERROR},
    {"otel.status_description", H2T_FACT_DESCRIPTION},
    {"process.pid", H2T_FACT_PID},
    {"host.name", H2T_FACT_SOURCE},
    {"service.name", H2T_FACT_SOURCE},
    {"service.instance.id", H2T_FACT_SOURCE},
    {"container.id", H2T_FACT_SOURCE},
    {"k8s.pod.name", H2T_FACT_SOURCE},
};

bool h2t_span_is_named(const struct h2t_json_value *v, const char *name)
{
    size_t len = strlen(name);
    return v->key_len == len && (len == 0 || !g_ascii_strncasecmp(v->key, name, len));
}

enum h2t_span_place h2t_span_place(enum h2t_span_place in, const struct h2t_json_value *v)
{
    for (size_t i = 0; i < G_N_ELEMENTS(doors); i++)
        if (doors[i].in == in && h2t_span_is_named(v, doors[i].name))
            return doors[i].opens;
    return in == H2T_IN_DOCUMENT ? H2T_IN_DOCUMENT : H2T_IN_NOWHERE;
}

enum h2t_span_member h2t_span_member(enum h2t_span_place in, const struct h2t_json_value *v)
{
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (members[i].in == in && h2t_span_is_named(v, members[i].name))
            return members[i].member;
    return H2T_SPAN_NONE;
}

void h2t_span_facts_init(struct h2t_words *words)
{
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        h2t_words_add(words, facts[i].key, (int)facts[i].fact);
}
