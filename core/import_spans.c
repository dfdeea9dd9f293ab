/* SPDX-License-Identifier: MIT */
/* One walk for three formats: span_words.h tells what opens what. */
#include "core/import_spans.h"

#include "core/json.h"
#include "core/span_words.h"
#include "core/spans.h"
#include "core/stamp.h"

#include <string.h>

#define MAX_EVENTS 4096u /* of a span; OpenTelemetry's own limit is 128 */

struct attribute {
    struct h2t_text key;
    struct h2t_json_value value;
    bool has_value;
};

struct h2t_spans {
    struct h2t_span_store *store;
    struct h2t_json *json;
    struct h2t_words facts;
    enum h2t_span_place places[H2T_MAX_JSON_DEPTH + 2]; /* what is open at each depth */
    struct h2t_span span;
    struct h2t_span_event event;
    struct attribute attribute;
    uint64_t source; /* of the resource around the spans */
    struct h2t_number pid;
    int64_t duration;
    bool used;
};

struct h2t_spans *h2t_spans_new(void)
{
    struct h2t_spans *spans = g_new0(struct h2t_spans, 1);
    spans->store = h2t_span_store_new();
    spans->json = h2t_json_new();
    spans->span.events = g_array_new(FALSE, FALSE, sizeof(struct h2t_span_event));
    h2t_span_facts_init(&spans->facts);
    return spans;
}

void h2t_spans_free(struct h2t_spans **spans)
{
    if (!*spans)
        return;
    h2t_span_store_free(&(*spans)->store);
    h2t_json_free(&(*spans)->json);
    g_array_free((*spans)->span.events, TRUE);
    g_clear_pointer(spans, g_free);
}

/* ---- Values --------------------------------------------------------------------------------- */

static struct h2t_text text_of(const struct h2t_json_value *v)
{
    if (v->kind != H2T_JSON_STRING)
        return (struct h2t_text){0};
    size_t len = MIN(v->len, H2T_MAX_STRING);
    const char *nul = memchr(v->text, '\0', len);
    return (struct h2t_text){v->text, nul ? (size_t)(nul - v->text) : len};
}

/* OTLP/JSON writes 64-bit integers as strings. */
static struct h2t_number number_of(const struct h2t_json_value *v)
{
    struct h2t_number number = {0};
    if (v->kind == H2T_JSON_INT && v->integer >= 0)
        return (struct h2t_number){v->integer, true};
    if (v->kind != H2T_JSON_STRING || v->len == 0 || v->len > 19)
        return number;
    for (size_t i = 0; i < v->len; i++)
        if (!g_ascii_isdigit(v->text[i]) || __builtin_mul_overflow(number.n, 10, &number.n) ||
            __builtin_add_overflow(number.n, v->text[i] - '0', &number.n))
            return (struct h2t_number){0};
    number.set = true;
    return number;
}

static bool time_of(const struct h2t_json_value *v, int64_t *ns)
{
    struct h2t_number number = number_of(v);
    if (number.set)
        return h2t_stamp_integer(number.n, ns);
    return v->kind == H2T_JSON_STRING && h2t_stamp_text(v->text, v->len, ns);
}

/* At most 16 digits; 0 if it is none. */
static uint64_t hex_of(struct h2t_text text)
{
    uint64_t value = 0;
    if (text.len == 0 || text.len > 16)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!g_ascii_isxdigit(text.at[i]))
            return 0;
        value = value << 4 | (uint64_t)g_ascii_xdigit_value(text.at[i]);
    }
    return value;
}

static struct h2t_text trace_id_of(const struct h2t_json_value *v)
{
    struct h2t_text text = text_of(v);
    for (size_t i = 0; i < text.len; i++)
        if (!g_ascii_isxdigit(text.at[i]))
            return (struct h2t_text){0};
    return text.len == 32 ? text : (struct h2t_text){0};
}

/* 1 in OTLP, "01" in stdouttrace. OTLP has more than the trace's flags in it. */
static unsigned flags_of(const struct h2t_json_value *v)
{
    if (v->kind == H2T_JSON_INT)
        return (unsigned)(v->integer & 0xff);
    return (unsigned)(hex_of(text_of(v)) & 0xff);
}

static struct h2t_truth truth_of(const struct h2t_json_value *v)
{
    return (struct h2t_truth){v->integer != 0, v->kind == H2T_JSON_BOOL};
}

static bool is_text(const struct h2t_json_value *v, const char *word)
{
    return v->kind == H2T_JSON_STRING && v->len == strlen(word) && !memcmp(v->text, word, v->len);
}

/* 2 is a server in all of them. */
static bool is_server(const struct h2t_json_value *v)
{
    return (v->kind == H2T_JSON_INT && v->integer == 2) || is_text(v, "server") ||
           is_text(v, "SPAN_KIND_SERVER");
}

/* "Error" in stdouttrace, 2 in OTLP. */
static bool is_failure(const struct h2t_json_value *v)
{
    return (v->kind == H2T_JSON_INT && v->integer == 2) || is_text(v, "Error") ||
           is_text(v, "STATUS_CODE_ERROR");
}

/* ---- Attributes ----------------------------------------------------------------------------- */

static struct h2t_span_facts *facts_around(struct h2t_spans *s, enum h2t_span_place around)
{
    return around == H2T_IN_EVENT ? &s->event.facts : &s->span.facts;
}

static void take_duration(struct h2t_number *number, const struct h2t_json_value *v)
{
    if (v->kind == H2T_JSON_STRING)
        number->set = h2t_stamp_duration(v->text, v->len, &number->n);
}

static void take_connection_fact(struct h2t_span_facts *f, enum h2t_span_fact fact,
                                 const struct h2t_json_value *v)
{
    if (fact == H2T_FACT_LOCAL) {
        f->local = text_of(v);
        f->local_at = f->n;
    } else if (fact == H2T_FACT_REMOTE) {
        f->remote = text_of(v);
        f->remote_at = f->n;
    } else if (fact == H2T_FACT_HOST) {
        f->host = text_of(v);
        f->host_at = f->n;
    } else if (fact == H2T_FACT_REUSED) {
        f->reused = truth_of(v);
    } else if (fact == H2T_FACT_WAS_IDLE) {
        f->was_idle = truth_of(v);
    } else if (fact == H2T_FACT_IDLE) {
        take_duration(&f->idle_ns, v);
    }
}

static void take_request_fact(struct h2t_span_facts *f, enum h2t_span_fact fact,
                              const struct h2t_json_value *v)
{
    if (fact == H2T_FACT_METHOD)
        f->method = text_of(v);
    else if (fact == H2T_FACT_URL)
        f->url = text_of(v);
    else if (fact == H2T_FACT_STATUS)
        f->status = number_of(v);
    else if (fact == H2T_FACT_TRACEPARENT)
        f->traceparent = text_of(v);
    else if (fact == H2T_FACT_REQUEST_ID)
        f->request_id = text_of(v);
    else if (fact == H2T_FACT_KIND)
        f->is_server = is_server(v);
}

static void take_resource(struct h2t_spans *s, int fact, bool of_span)
{
    const struct attribute *a = &s->attribute;
    uint64_t *source = of_span ? &s->span.source : &s->source;
    struct h2t_number *pid = of_span ? &s->span.pid : &s->pid;
    struct h2t_text value = text_of(&a->value);
    if (fact == H2T_FACT_PID)
        *pid = number_of(&a->value);
    if (fact == H2T_FACT_SOURCE && value.at)
        *source ^= h2t_hash(a->key.at, a->key.len) * UINT64_C(0x9e3779b97f4a7c15) ^
                   h2t_hash(value.at, value.len);
}

static bool ends_in(struct h2t_text text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && !memcmp(text.at + text.len - len, end, len);
}

/* The attribute is whole; `around` is where its list is. */
static void end_attribute(struct h2t_spans *s, enum h2t_span_place around, bool resource_of_span)
{
    const struct attribute *a = &s->attribute;
    if (!a->key.at || !a->has_value)
        return;
    int fact = h2t_words_find(&s->facts, a->key.at, a->key.len);
    struct h2t_span_facts *f = facts_around(s, around);
    if (around == H2T_IN_RESOURCE) {
        take_resource(s, fact, resource_of_span);
        return;
    }
    f->n++;
    if (around == H2T_IN_EVENT && ends_in(a->key, ".error"))
        f->err = text_of(&a->value);
    if (around == H2T_IN_EVENT && fact == H2T_FACT_EVENT)
        s->event.name = text_of(&a->value);
    if (around == H2T_IN_SPAN && fact == H2T_FACT_ERROR)
        s->span.failed = truth_of(&a->value).is;
    if (around == H2T_IN_SPAN && fact == H2T_FACT_DESCRIPTION)
        s->span.description = text_of(&a->value);
    take_connection_fact(f, (enum h2t_span_fact)fact, &a->value);
    take_request_fact(f, (enum h2t_span_fact)fact, &a->value);
}

/* ---- Spans ---------------------------------------------------------------------------------- */

static void begin_span(struct h2t_spans *s)
{
    GArray *events = s->span.events;
    g_array_set_size(events, 0);
    s->span = (struct h2t_span){
        .events = events, .flags = 1, .source = s->source, .pid = s->pid}; /* exported: sampled */
    s->duration = -1;
}

static void end_span(struct h2t_spans *s)
{
    struct h2t_span *span = &s->span;
    if (!span->has_end && span->has_start && s->duration >= 0)
        span->has_end = !__builtin_add_overflow(span->start, s->duration, &span->end);
    if (h2t_span_store_add(s->store, span))
        s->used = true;
}

static void end_event(struct h2t_spans *s)
{
    if (s->event.name.at && s->event.has_time && s->span.events->len < MAX_EVENTS)
        g_array_append_val(s->span.events, s->event);
}

static void take_id(struct h2t_spans *s, enum h2t_span_member member,
                    const struct h2t_json_value *v)
{
    struct h2t_span *span = &s->span;
    if (member == H2T_SPAN_TRACE_ID) {
        span->trace_id = trace_id_of(v);
    } else if (member == H2T_SPAN_SPAN_ID) {
        span->id = hex_of(text_of(v));
        span->has_id = span->id != 0;
    } else if (member == H2T_SPAN_PARENT_ID) {
        span->parent = hex_of(text_of(v));
    }
}

static void take_span_member(struct h2t_spans *s, enum h2t_span_member member,
                             const struct h2t_json_value *v)
{
    struct h2t_span *span = &s->span;
    if (member == H2T_SPAN_FLAGS)
        span->flags = flags_of(v);
    else if (member == H2T_SPAN_NAME)
        span->name = text_of(v);
    else if (member == H2T_SPAN_KIND)
        span->facts.is_server = is_server(v);
    else if (member == H2T_SPAN_START)
        span->has_start = time_of(v, &span->start);
    else if (member == H2T_SPAN_END)
        span->has_end = time_of(v, &span->end);
    else if (member == H2T_SPAN_DURATION && v->kind == H2T_JSON_INT &&
             __builtin_mul_overflow(v->integer, 1000, &s->duration))
        s->duration = -1;
    else if (member == H2T_SPAN_CODE)
        span->failed = is_failure(v);
    else if (member == H2T_SPAN_DESCRIPTION)
        span->description = text_of(v);
    else
        take_id(s, member, v);
}

static void take_member(struct h2t_spans *s, enum h2t_span_place place, enum h2t_span_member member,
                        const struct h2t_json_value *v)
{
    if (place == H2T_IN_EVENT && member == H2T_SPAN_NAME)
        s->event.name = text_of(v);
    else if (place == H2T_IN_EVENT && member == H2T_SPAN_TIME)
        s->event.has_time = time_of(v, &s->event.ns);
    else if (place == H2T_IN_ATTRIBUTE && member == H2T_SPAN_KEY)
        s->attribute.key = text_of(v);
    else if (place == H2T_IN_SPAN || place == H2T_IN_CONTEXT || place == H2T_IN_PARENT ||
             place == H2T_IN_REFERENCE || place == H2T_IN_STATUS)
        take_span_member(s, member, v);
}

/* ---- The walk ------------------------------------------------------------------------------- */

static void forget_resource(struct h2t_spans *s)
{
    s->source = 0;
    s->pid = (struct h2t_number){0};
}

static void begin(struct h2t_spans *s, enum h2t_span_place place, enum h2t_span_place in)
{
    if (place == H2T_IN_SPAN)
        begin_span(s);
    else if (place == H2T_IN_EVENT)
        s->event = (struct h2t_span_event){0};
    else if (place == H2T_IN_ATTRIBUTE)
        s->attribute = (struct attribute){0};
    else if (place == H2T_IN_RESOURCE && in == H2T_IN_DOCUMENT)
        forget_resource(s);
}

/* The place around an attribute: its list's, or, in stdouttrace's resource, the list itself. */
static enum h2t_span_place around_attribute(const struct h2t_spans *s, unsigned depth,
                                            bool *of_span)
{
    unsigned at = depth - 1;
    if (s->places[at] == H2T_IN_ATTRIBUTES && at > 0)
        at--;
    *of_span = at > 0 && s->places[at - 1] == H2T_IN_SPAN;
    return s->places[at];
}

static void end(struct h2t_spans *s, unsigned depth)
{
    bool of_span = false;
    enum h2t_span_place place = s->places[depth];
    if (place == H2T_IN_SPAN)
        end_span(s);
    else if (place == H2T_IN_EVENT)
        end_event(s);
    else if (place == H2T_IN_ATTRIBUTE && depth > 0)
        end_attribute(s, around_attribute(s, depth, &of_span), of_span);
}

/* A value is a member of its attribute, or of an object that also tells its type. */
static void take_value(struct h2t_spans *s, const struct h2t_json_value *v)
{
    s->attribute.value = *v;
    s->attribute.has_value = true;
}

static void take_scalar(struct h2t_spans *s, enum h2t_span_place in, const struct h2t_json_value *v)
{
    enum h2t_span_member member = h2t_span_member(in, v);
    if ((in == H2T_IN_VALUE && member != H2T_SPAN_TYPE) ||
        (in == H2T_IN_ATTRIBUTE && h2t_span_is_named(v, "value")))
        take_value(s, v);
    else if (member != H2T_SPAN_NONE)
        take_member(s, in, member, v);
}

static bool visit(void *user, const struct h2t_json_value *v)
{
    struct h2t_spans *s = user;
    enum h2t_span_place in = v->depth ? s->places[v->depth - 1] : H2T_IN_NOWHERE;
    if (v->kind == H2T_JSON_OBJECT || v->kind == H2T_JSON_ARRAY) {
        if (v->depth)
            s->places[v->depth] = h2t_span_place(in, v);
        begin(s, s->places[v->depth], in);
    } else if (v->kind == H2T_JSON_END) {
        end(s, v->depth);
    } else if (v->kind != H2T_JSON_NULL) {
        take_scalar(s, in, v);
    }
    return true;
}

/* stdouttrace's object is a span itself. */
static bool look(void *user, const struct h2t_json_value *v)
{
    bool *is_span = user;
    *is_span =
        *is_span || (v->depth == 1 && v->key_len == 11 && !memcmp(v->key, "SpanContext", 11));
    return !*is_span;
}

const char *h2t_spans_read(struct h2t_spans *spans, const char *text, size_t len, bool *used)
{
    bool is_span = false;
    const char *why = h2t_json_walk(spans->json, text, len, look, &is_span);
    if (why)
        return why;
    spans->used = false;
    forget_resource(spans);
    spans->places[0] = is_span ? H2T_IN_SPAN : H2T_IN_DOCUMENT;
    why = h2t_json_walk(spans->json, text, len, visit, spans);
    *used = *used || spans->used;
    return why;
}

void h2t_spans_finish(struct h2t_spans *spans, void (*fn)(void *, const struct h2t_event *),
                      void *user)
{
    h2t_span_store_finish(spans->store, fn, user);
}
