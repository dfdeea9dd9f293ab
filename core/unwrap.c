/* SPDX-License-Identifier: MIT */
/*
 * One walk. Of an object at the top all members that matter are noted, and what it is is told in
 * the end. In a query_range answer each [time, line] below "values" is a line of the "stream"
 * beside it, newest first: {"data":{"result":[{"stream":{…},"values":[["1795…","line"],…]},…]}}.
 */
#include "core/unwrap.h"

#include "core/json.h"
#include "core/stamp.h"

#include <string.h>

#define VALUES_DEPTH 4u /* of "stream" and "values" in a query_range answer */

/* What the members of one object tell. */
struct walk {
    struct h2t_unwrap *unwrap;
    struct h2t_inner line, message; /* candidates; len 0: none */
    bool is_object, spans, docker, journal, labelled;
    bool object_again; /* a string has an object inside */
    bool in_labels, in_stream, in_values;
    uint64_t host;        /* journald's */
    int64_t collected;    /* time of the object */
    struct h2t_inner now; /* source of the stream in hand */
    unsigned n_in_value;
    guint first; /* of the stream's lines */
    int64_t first_time, last_time;
};

void h2t_unwrap_init(struct h2t_unwrap *unwrap)
{
    unwrap->json = h2t_json_new();
    unwrap->text = g_byte_array_new();
    unwrap->inner = g_array_new(FALSE, FALSE, sizeof(struct h2t_inner));
}

void h2t_unwrap_fini(struct h2t_unwrap *unwrap)
{
    h2t_json_free(&unwrap->json);
    g_byte_array_free(unwrap->text, TRUE);
    g_array_free(unwrap->inner, TRUE);
}

static bool is_key(const struct h2t_json_value *v, const char *word)
{
    return v->key && v->key_len == strlen(word) && !memcmp(v->key, word, v->key_len);
}

static bool is_one_of(const struct h2t_json_value *v, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_key(v, words[i]))
            return true;
    return false;
}

/* The rest, as "level" or "trace_id", may differ from line to line of one program. */
static bool names_writer(const struct h2t_json_value *v)
{
    static const char *const labels[] = {"pod",
                                         "instance",
                                         "container",
                                         "container_name",
                                         "host",
                                         "hostname",
                                         "node",
                                         "job",
                                         "app",
                                         "service_name",
                                         "filename",
                                         "namespace",
                                         "compose_service",
                                         "pid",
                                         "service_instance_id"};
    return v->kind == H2T_JSON_STRING && is_one_of(v, labels, G_N_ELEMENTS(labels));
}

static uint64_t label_hash(const struct h2t_json_value *v)
{
    uint64_t key = h2t_hash(v->key, v->key_len);
    return key * UINT64_C(0x9e3779b97f4a7c15) ^ h2t_hash(v->text, v->len);
}

/* The text is kept at once: the walk's own goes away. */
static struct h2t_inner keep(struct walk *w, const struct h2t_json_value *v)
{
    struct h2t_inner kept = {.at = w->unwrap->text->len, .len = v->len, .collected = H2T_NEVER};
    g_byte_array_append(w->unwrap->text, (const guint8 *)v->text, (guint)v->len);
    return kept;
}

static bool is_object_again(const struct h2t_json_value *v)
{
    const char *at = v->text, *end = v->text + v->len;
    while (at < end && g_ascii_isspace(*at))
        at++;
    while (end > at && g_ascii_isspace(end[-1]))
        end--;
    return end - at > 2 && *at == '{' && end[-1] == '}';
}

static int64_t integer_of(const struct h2t_json_value *v)
{
    char digits[24];
    g_strlcpy(digits, v->text, MIN(v->len + 1, sizeof digits));
    return g_ascii_strtoll(digits, NULL, 10);
}

static void take_time(struct walk *w, const struct h2t_json_value *v)
{
    static const char *const texts[] = {"time", "timestamp", "@timestamp"};
    int64_t ns;
    if (is_one_of(v, texts, G_N_ELEMENTS(texts)) && h2t_stamp_text(v->text, v->len, &ns))
        w->collected = ns;
    if (is_key(v, "__REALTIME_TIMESTAMP") && h2t_stamp_integer(integer_of(v), &ns))
        w->collected = ns;
}

static void take_string(struct walk *w, const struct h2t_json_value *v)
{
    static const char *const messages[] = {"log", "MESSAGE",  "message",
                                           "msg", "@message", "textPayload"};
    bool again = is_object_again(v);
    take_time(w, v);
    if (is_key(v, "line"))
        w->line = keep(w, v);
    if (is_key(v, "log") || is_key(v, "MESSAGE") ||
        (again && is_one_of(v, messages, G_N_ELEMENTS(messages))))
        w->message = keep(w, v);
    w->object_again = w->object_again || again;
    w->docker = w->docker || is_key(v, "stream");
    w->journal = w->journal || is_key(v, "MESSAGE");
    if (is_key(v, "_HOSTNAME") || is_key(v, "_BOOT_ID"))
        w->host ^= label_hash(v);
    if (is_key(v, "_PID"))
        w->now.pid = (struct h2t_number){(int64_t)g_ascii_strtoull(v->text, NULL, 10), v->len < 19};
}

static void take_top(struct walk *w, const struct h2t_json_value *v)
{
    bool nested = v->kind == H2T_JSON_OBJECT || v->kind == H2T_JSON_ARRAY;
    if (v->kind == H2T_JSON_STRING)
        take_string(w, v);
    if (nested && (is_key(v, "SpanContext") || is_key(v, "resourceSpans")))
        w->spans = true;
    w->in_labels = nested && (is_key(v, "labels") || is_key(v, "fields"));
    w->labelled = w->labelled || w->in_labels;
}

static void swap(struct h2t_inner *a, struct h2t_inner *b)
{
    struct h2t_inner kept = *a;
    *a = *b;
    *b = kept;
}

/* A stream is over. Loki gives the newest line first if not asked otherwise. */
static void end_stream(struct walk *w)
{
    GArray *inner = w->unwrap->inner;
    for (guint i = w->first; i < inner->len; i++)
        g_array_index(inner, struct h2t_inner, i).source = w->now.source;
    if (w->first_time > w->last_time)
        for (guint a = w->first, b = inner->len; a + 1 < b; a++, b--)
            swap(&g_array_index(inner, struct h2t_inner, a),
                 &g_array_index(inner, struct h2t_inner, b - 1));
    w->first = inner->len;
    w->now = (struct h2t_inner){.shuffled = true};
}

/* ["1795448772227142301","line"] */
static void take_value(struct walk *w, const struct h2t_json_value *v)
{
    if (v->kind == H2T_JSON_ARRAY && v->depth == VALUES_DEPTH + 1)
        w->n_in_value = 0;
    if (v->kind != H2T_JSON_STRING || v->depth != VALUES_DEPTH + 2)
        return;
    if (w->n_in_value++ == 0) {
        w->last_time = g_ascii_strtoll(v->text, NULL, 10);
        if (w->first == w->unwrap->inner->len)
            w->first_time = w->last_time;
    } else if (w->n_in_value == 2) {
        struct h2t_inner line = keep(w, v);
        line.shuffled = true;
        if (!h2t_stamp_integer(w->last_time, &line.collected))
            line.collected = H2T_NEVER;
        g_array_append_val(w->unwrap->inner, line);
    }
}

static void take_stream(struct walk *w, const struct h2t_json_value *v)
{
    if (v->depth == VALUES_DEPTH) {
        w->in_stream = v->kind == H2T_JSON_OBJECT && is_key(v, "stream");
        w->in_values = v->kind == H2T_JSON_ARRAY && is_key(v, "values");
    } else if (w->in_stream && v->depth == VALUES_DEPTH + 1 && names_writer(v)) {
        w->now.source ^= label_hash(v);
    } else if (w->in_values) {
        take_value(w, v);
    }
    if (v->depth == VALUES_DEPTH - 1 && v->kind == H2T_JSON_END)
        end_stream(w);
}

static bool visit(void *user, const struct h2t_json_value *v)
{
    struct walk *w = user;
    if (v->depth == 0)
        w->is_object = w->is_object || v->kind == H2T_JSON_OBJECT;
    else if (v->depth == 1)
        take_top(w, v);
    else if (v->depth == 2 && w->in_labels && names_writer(v))
        w->now.source ^= label_hash(v);
    else if (v->depth == 3 && v->kind == H2T_JSON_ARRAY && is_key(v, "spans"))
        w->spans = true; /* Jaeger: {"data":[{"spans":[…]}]} */
    else if (v->depth >= VALUES_DEPTH - 1)
        take_stream(w, v);
    return w->is_object && !w->spans;
}

static bool add_one(struct walk *w)
{
    bool database = w->line.len && (w->labelled || w->object_again);
    bool collector = w->message.len && (w->docker || w->journal || w->object_again);
    if (!database && !collector)
        return false;
    struct h2t_inner found = database ? w->line : w->message;
    found.source = w->now.source ^ w->host;
    found.pid = w->journal ? w->now.pid : (struct h2t_number){0};
    found.shuffled = database;
    found.collected = w->collected;
    g_array_append_val(w->unwrap->inner, found);
    return true;
}

enum h2t_shape h2t_unwrap(struct h2t_unwrap *unwrap, const char *text, size_t len)
{
    struct walk w = {.unwrap = unwrap, .collected = H2T_NEVER};
    g_byte_array_set_size(unwrap->text, 0);
    g_array_set_size(unwrap->inner, 0);
    if (h2t_json_walk(unwrap->json, text, len, visit, &w) || !w.is_object)
        return H2T_SHAPE_BROKEN;
    if (w.spans)
        return H2T_SHAPE_SPANS;
    return unwrap->inner->len || add_one(&w) ? H2T_SHAPE_WRAPPED : H2T_SHAPE_PLAIN;
}
