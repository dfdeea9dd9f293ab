/* SPDX-License-Identifier: MIT */
/* What comes is kept as records: a request's span is an owner, a hook's span or event a record with
 * its owner's id. spans_finish.c makes events of them. */
#include "core/spans.h"

#include "core/span_records.h"

#include <inttypes.h>
#include <string.h>

struct h2t_span_store *h2t_span_store_new(void)
{
    struct h2t_span_store *store = g_new0(struct h2t_span_store, 1);
    store->records = g_array_new(FALSE, FALSE, sizeof(struct h2t_span_record));
    store->owners = g_array_new(FALSE, FALSE, sizeof(struct h2t_span_owner));
    store->ids = g_array_new(FALSE, FALSE, sizeof(struct h2t_span_seen));
    store->strings = h2t_strings_new();
    return store;
}

void h2t_span_store_free(struct h2t_span_store **store)
{
    if (!*store)
        return;
    g_array_free((*store)->records, TRUE);
    g_array_free((*store)->owners, TRUE);
    g_array_free((*store)->ids, TRUE);
    h2t_index_fini(&(*store)->seen);
    h2t_strings_free(&(*store)->strings);
    g_clear_pointer(store, g_free);
}

/* "http.connect.127.0.0.1:443" is http.connect; so are sub-spans that began with their end. */
static enum h2t_span_part part_of(struct h2t_text name)
{
    static const struct {
        const char *name;
        enum h2t_span_part part;
    } parts[] = {
        {"http.getconn", H2T_PART_GET_CONN}, {"http.headers", H2T_PART_HEADERS},
        {"http.send", H2T_PART_SEND},        {"http.receive", H2T_PART_RECEIVE},
        {"http.dns", H2T_PART_DNS},          {"http.connect", H2T_PART_CONNECT},
        {"http.tls", H2T_PART_TLS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        size_t len = strlen(parts[i].name);
        bool whole = name.len == len || (parts[i].part == H2T_PART_CONNECT && name.len > len);
        if (whole && !memcmp(parts[i].name, name.at, len))
            return parts[i].part;
    }
    return H2T_PART_NONE;
}

static bool is_word(struct h2t_text text, const char *word)
{
    return text.len == strlen(word) && !memcmp(text.at, word, text.len);
}

/* http.getconn.start, http.connect.127.0.0.1:443.done */
static enum h2t_event_kind hook_of(struct h2t_text name)
{
    const char *dot = memrchr(name.at, '.', name.len);
    size_t len = dot ? (size_t)(dot - name.at) : 0;
    struct h2t_text rest = {dot, name.len - len};
    enum h2t_span_part part = dot ? part_of((struct h2t_text){name.at, len}) : H2T_PART_NONE;
    if (is_word(name, "GOT 100 - Wait"))
        return H2T_EV_WAIT_100;
    if (is_word(name, "GOT 100 - Continue"))
        return H2T_EV_GOT_100;
    if (part == H2T_PART_NONE)
        return H2T_EV_UNKNOWN;
    if (is_word(rest, ".start"))
        return h2t_span_hooks_of[part].start;
    return is_word(rest, ".done") ? h2t_span_hooks_of[part].end : H2T_EV_UNKNOWN;
}

static const char *keep(struct h2t_span_store *store, struct h2t_text text)
{
    return h2t_intern(store->strings, text.at, text.len);
}

static uint64_t trace_of(const struct h2t_span *span)
{
    return h2t_hash(span->trace_id.at, span->trace_id.len);
}

/* What the program sent if it propagates: the id is that of the span around. */
static const char *traceparent_of(struct h2t_span_store *store, const struct h2t_span *span,
                                  uint64_t id)
{
    char text[64];
    g_snprintf(text, sizeof text, "00-%.32s-%016" PRIx64 "-%02x", span->trace_id.at, id,
               span->flags & 0xff);
    for (char *c = text; *c; c++)
        *c = g_ascii_tolower(*c);
    return h2t_intern(store->strings, text, strlen(text));
}

static struct h2t_span_record record_of(struct h2t_span_store *store, const struct h2t_span *span,
                                        const struct h2t_span_facts *f)
{
    return (struct h2t_span_record){
        .trace = trace_of(span),
        .local = keep(store, f->local),
        .remote = keep(store, f->remote),
        .host = keep(store, f->host),
        .err = keep(store, f->err),
        .idle_ns = f->idle_ns,
        .reused = f->reused,
        .was_idle = f->was_idle,
        .source = span->source,
        .pid = span->pid,
    };
}

/* A hook's span. The order of attributes tells something only if it is the order in which they were
 * set: http.remote stands right before http.local then. */
static void add_part(struct h2t_span_store *store, const struct h2t_span *span,
                     enum h2t_span_part part)
{
    const struct h2t_span_facts *f = &span->facts;
    struct h2t_span_record r = record_of(store, span, f);
    bool ordered = f->local_at && f->remote_at && f->remote_at + 1 == f->local_at;
    r.part = part;
    r.id = span->id;
    r.owner = span->parent;
    r.start = span->start;
    r.end = span->end;
    r.host_first = ordered && f->host_at && f->host_at < f->remote_at;
    r.address_first = ordered && f->host_at > f->local_at;
    r.err = span->failed ? keep(store, span->description) : NULL;
    r.traceparent = traceparent_of(store, span, span->parent);
    g_array_append_val(store->records, r);
}

static void add_events(struct h2t_span_store *store, const struct h2t_span *span)
{
    for (guint i = 0; i < span->events->len; i++) {
        const struct h2t_span_event *e = &g_array_index(span->events, struct h2t_span_event, i);
        enum h2t_event_kind kind = hook_of(e->name);
        if (kind == H2T_EV_UNKNOWN)
            continue;
        struct h2t_span_record r = record_of(store, span, &e->facts);
        r.part = H2T_PART_EVENT;
        r.kind = kind;
        r.owner = span->id;
        r.start = r.end = e->ns;
        g_array_append_val(store->records, r);
    }
}

static void add_owner(struct h2t_span_store *store, const struct h2t_span *span, bool is_request)
{
    const struct h2t_span_facts *f = &span->facts;
    struct h2t_span_owner o = {
        .trace = trace_of(span),
        .id = span->id,
        .start = span->start,
        .end = span->end,
        .is_request = is_request,
        .failed = span->failed,
        .source = span->source,
        .pid = span->pid,
    };
    o.traceparent =
        f->traceparent.len ? keep(store, f->traceparent) : traceparent_of(store, span, span->id);
    if (is_request) {
        o.method = keep(store, f->method);
        o.url = keep(store, f->url);
        o.request_id = keep(store, f->request_id);
        o.status = f->status;
        o.description =
            span->failed && span->description.len ? keep(store, span->description) : NULL;
    }
    g_array_append_val(store->owners, o);
}

static bool is_seen(struct h2t_span_store *store, const struct h2t_span *span)
{
    struct h2t_span_seen s = {trace_of(span), span->id};
    uint64_t hash = h2t_index_pair(s.trace, s.id);
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(&store->seen, hash, &p); i != H2T_NONE;
         i = h2t_index_next(&store->seen, &p)) {
        const struct h2t_span_seen *other = &g_array_index(store->ids, struct h2t_span_seen, i);
        if (other->trace == s.trace && other->id == s.id)
            return true;
    }
    h2t_index_add(&store->seen, hash, store->ids->len);
    g_array_append_val(store->ids, s);
    return false;
}

static bool has_hooks(const struct h2t_span *span)
{
    for (guint i = 0; i < span->events->len; i++)
        if (hook_of(g_array_index(span->events, struct h2t_span_event, i).name) != H2T_EV_UNKNOWN)
            return true;
    return false;
}

/* A span of one request that this program sent. */
static bool is_request(const struct h2t_span_facts *f)
{
    return !f->is_server && f->method.at && (f->url.at || f->traceparent.at);
}

bool h2t_span_store_add(struct h2t_span_store *store, const struct h2t_span *span)
{
    enum h2t_span_part part = span->name.at ? part_of(span->name) : H2T_PART_NONE;
    if (!span->trace_id.at || !span->has_id || !span->has_start || !span->has_end)
        return false;
    if (part != H2T_PART_NONE ? !span->parent : !is_request(&span->facts) && !has_hooks(span))
        return false;
    if (is_seen(store, span))
        return true;
    if (part != H2T_PART_NONE) {
        add_part(store, span, part);
        return true;
    }
    add_events(store, span);
    add_owner(store, span, is_request(&span->facts));
    return true;
}
