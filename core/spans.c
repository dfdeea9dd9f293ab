/* SPDX-License-Identifier: MIT */
/* What comes is kept as records: a request's span is an owner, a hook's span or event a record with
 * its owner's id. In the end the records of each owner become marks, hooks with a time, in order.
 */
#include "core/spans.h"

#include "core/index.h"

#include <inttypes.h>
#include <string.h>

/* What a record is of. */
enum part {
    PART_NONE,
    PART_GET_CONN,
    PART_HEADERS,
    PART_SEND,
    PART_RECEIVE,
    PART_DNS,
    PART_CONNECT,
    PART_TLS,
    PART_EVENT, /* one hook */
};

struct record {
    uint64_t trace, id, owner; /* trace: a hash; id 0 in an event */
    int64_t start, end;
    enum part part;
    enum h2t_event_kind kind; /* of PART_EVENT */
    const char *local, *remote, *host, *err;
    struct h2t_number idle_ns;
    struct h2t_truth reused, was_idle;
    uint32_t number;    /* the attempt, found in the end */
    bool host_first;    /* attributes of GetConn stand before those of GotConn */
    bool address_first; /* the other way round */
    const char *traceparent;
    uint64_t source;
    struct h2t_number pid;
};

struct owner {
    uint64_t trace, id;
    int64_t start, end;
    bool is_request; /* a span of one HTTP request; else of who knows what */
    bool failed;
    const char *method, *url, *traceparent, *request_id, *description;
    struct h2t_number status, pid;
    uint64_t source;
};

struct h2t_span_store {
    GArray *records, *owners;
    GArray *ids; /* struct seen: spans that were taken */
    struct h2t_index seen;
    GStringChunk *strings;
};

struct seen {
    uint64_t trace, id;
};

struct h2t_span_store *h2t_span_store_new(void)
{
    struct h2t_span_store *store = g_new0(struct h2t_span_store, 1);
    store->records = g_array_new(FALSE, FALSE, sizeof(struct record));
    store->owners = g_array_new(FALSE, FALSE, sizeof(struct owner));
    store->ids = g_array_new(FALSE, FALSE, sizeof(struct seen));
    store->strings = g_string_chunk_new(16384);
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
    g_string_chunk_free((*store)->strings);
    g_clear_pointer(store, g_free);
}

/* ---- In ------------------------------------------------------------------------------------- */

/* "http.connect.127.0.0.1:443" is http.connect; so are sub-spans that began with their end. */
static enum part part_of(struct h2t_text name)
{
    static const struct {
        const char *name;
        enum part part;
    } parts[] = {
        {"http.getconn", PART_GET_CONN}, {"http.headers", PART_HEADERS},
        {"http.send", PART_SEND},        {"http.receive", PART_RECEIVE},
        {"http.dns", PART_DNS},          {"http.connect", PART_CONNECT},
        {"http.tls", PART_TLS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        size_t len = strlen(parts[i].name);
        bool whole = name.len == len || (parts[i].part == PART_CONNECT && name.len > len);
        if (whole && !memcmp(parts[i].name, name.at, len))
            return parts[i].part;
    }
    return PART_NONE;
}

/* The hooks that a part begins and ends with. */
static const struct {
    enum h2t_event_kind start, end;
} hooks_of[] = {
    [PART_GET_CONN] = {H2T_EV_GET_CONN, H2T_EV_GOT_CONN},
    [PART_HEADERS] = {H2T_EV_WROTE_HEADER_FIELD, H2T_EV_WROTE_HEADERS},
    [PART_SEND] = {H2T_EV_WROTE_HEADERS, H2T_EV_WROTE_REQUEST},
    [PART_RECEIVE] = {H2T_EV_FIRST_BYTE, H2T_EV_PUT_IDLE},
    [PART_DNS] = {H2T_EV_DNS_START, H2T_EV_DNS_DONE},
    [PART_CONNECT] = {H2T_EV_CONNECT_START, H2T_EV_CONNECT_DONE},
    [PART_TLS] = {H2T_EV_TLS_START, H2T_EV_TLS_DONE},
};

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
    enum part part = dot ? part_of((struct h2t_text){name.at, len}) : PART_NONE;
    if (is_word(name, "GOT 100 - Wait"))
        return H2T_EV_WAIT_100;
    if (is_word(name, "GOT 100 - Continue"))
        return H2T_EV_GOT_100;
    if (part == PART_NONE)
        return H2T_EV_UNKNOWN;
    if (is_word(rest, ".start"))
        return hooks_of[part].start;
    return is_word(rest, ".done") ? hooks_of[part].end : H2T_EV_UNKNOWN;
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

static struct record record_of(struct h2t_span_store *store, const struct h2t_span *span,
                               const struct h2t_span_facts *f)
{
    return (struct record){
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
static void add_part(struct h2t_span_store *store, const struct h2t_span *span, enum part part)
{
    const struct h2t_span_facts *f = &span->facts;
    struct record r = record_of(store, span, f);
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

static bool add_events(struct h2t_span_store *store, const struct h2t_span *span)
{
    bool any = false;
    for (guint i = 0; i < span->events->len; i++) {
        const struct h2t_span_event *e = &g_array_index(span->events, struct h2t_span_event, i);
        enum h2t_event_kind kind = hook_of(e->name);
        if (kind == H2T_EV_UNKNOWN)
            continue;
        struct record r = record_of(store, span, &e->facts);
        r.part = PART_EVENT;
        r.kind = kind;
        r.owner = span->id;
        r.start = r.end = e->ns;
        g_array_append_val(store->records, r);
        any = true;
    }
    return any;
}

static void add_owner(struct h2t_span_store *store, const struct h2t_span *span, bool is_request)
{
    const struct h2t_span_facts *f = &span->facts;
    struct owner o = {
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
    struct seen s = {trace_of(span), span->id};
    uint64_t hash = h2t_index_pair(s.trace, s.id);
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(&store->seen, hash, &p); i != H2T_NONE;
         i = h2t_index_next(&store->seen, &p)) {
        const struct seen *other = &g_array_index(store->ids, struct seen, i);
        if (other->trace == s.trace && other->id == s.id)
            return true;
    }
    h2t_index_add(&store->seen, hash, store->ids->len);
    g_array_append_val(store->ids, s);
    return false;
}

bool h2t_span_store_add(struct h2t_span_store *store, const struct h2t_span *span)
{
    const struct h2t_span_facts *f = &span->facts;
    enum part part = span->name.at ? part_of(span->name) : PART_NONE;
    bool is_request = !f->is_server && f->method.at && (f->url.at || f->traceparent.at);
    bool has_hooks = false;
    if (!span->trace_id.at || !span->has_id || !span->has_start || !span->has_end)
        return false;
    if (part != PART_NONE && !span->parent)
        return false;
    for (guint i = 0; i < span->events->len && !has_hooks; i++)
        has_hooks =
            hook_of(g_array_index(span->events, struct h2t_span_event, i).name) != H2T_EV_UNKNOWN;
    if (part == PART_NONE && !is_request && !has_hooks)
        return false;
    if (is_seen(store, span))
        return true;
    if (part != PART_NONE) {
        add_part(store, span, part);
        return true;
    }
    add_events(store, span);
    add_owner(store, span, is_request);
    return true;
}

/* ---- Out ------------------------------------------------------------------------------------ */

/* A hook with its time. */
struct mark {
    int64_t ns;
    enum h2t_event_kind kind;
    uint32_t record;
};

/* One request's records [from, to) on their way to events. */
struct run {
    struct h2t_span_store *store;
    const struct owner *owner; /* NULL: its span is in no file */
    guint from, to;
    GArray *marks;
    h2t_span_event_fn fn;
    void *user;
    char req[17];
    struct h2t_event event;
};

static struct record *record_at(const struct h2t_span_store *store, guint i)
{
    return &g_array_index(store->records, struct record, i);
}

static bool has_part(const struct run *run, enum part part)
{
    for (guint i = run->from; i < run->to; i++)
        if (record_at(run->store, i)->part == part)
            return true;
    return false;
}

/* Did the program write headers while this span was open? */
static bool writes_inside(const struct run *run, const struct record *r)
{
    for (guint i = run->from; i < run->to; i++) {
        const struct record *h = record_at(run->store, i);
        if (h->part == PART_HEADERS && h->start > r->start && h->start < r->end)
            return true;
    }
    return false;
}

/* An http.getconn with an address is [GetConn, GotConn], or [GotConn, next GetConn]. The order of
 * its attributes tells, as far as it was kept; and headers are written after GotConn only. *sure
 * becomes false where these disagree. */
static bool is_inverted(const struct run *run, const struct record *r, bool *sure)
{
    bool inside = writes_inside(run, r);
    *sure = !(inside && r->host_first);
    return r->address_first || (inside && !r->host_first);
}

static void add_mark(struct run *run, int64_t ns, enum h2t_event_kind kind, guint record)
{
    struct mark m = {ns, kind, record};
    g_array_append_val(run->marks, m);
}

static void mark_get_conn(struct run *run, guint i)
{
    const struct record *r = record_at(run->store, i);
    bool sure = true, inverted = r->local && is_inverted(run, r, &sure);
    if (!r->local || !sure) {
        add_mark(run, r->start, H2T_EV_GET_CONN, i);
        add_mark(run, r->end, H2T_EV_GET_CONN, i);
        return;
    }
    add_mark(run, r->start, inverted ? H2T_EV_GOT_CONN : H2T_EV_GET_CONN, i);
    add_mark(run, r->end, inverted ? H2T_EV_GET_CONN : H2T_EV_GOT_CONN, i);
}

static void mark_all(struct run *run)
{
    bool has_headers = has_part(run, PART_HEADERS);
    g_array_set_size(run->marks, 0);
    for (guint i = run->from; i < run->to; i++) {
        const struct record *r = record_at(run->store, i);
        if (r->part == PART_GET_CONN) {
            mark_get_conn(run, i);
        } else if (r->part == PART_EVENT) {
            add_mark(run, r->start, r->kind, i);
        } else {
            if (r->part != PART_SEND || !has_headers)
                add_mark(run, r->start, hooks_of[r->part].start, i);
            add_mark(run, r->end, hooks_of[r->part].end, i);
        }
    }
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const struct mark *x = a, *y = b;
    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->record < y->record ? -1 : x->record > y->record;
}

/* Where a request is in its attempts. */
struct progress {
    uint32_t number;    /* of the attempt, from 1; 0: before the first */
    bool wrote, wished; /* since its GotConn */
    bool unclean;       /* GotConn and WroteHeaders did not take turns */
};

static void advance(struct progress *p, struct record *r, enum h2t_event_kind kind)
{
    bool of_span = r->part == PART_HEADERS;
    if (kind == H2T_EV_GET_CONN)
        p->wished = p->number > 0;
    if (kind == H2T_EV_GOT_CONN) {
        p->unclean |= p->number && !p->wrote;
        *p = (struct progress){.number = p->number + 1, .unclean = p->unclean};
    }
    if (kind == H2T_EV_WROTE_HEADER_FIELD && of_span) {
        bool lost = !p->number || p->wrote || p->wished;
        p->number += lost;
        p->unclean |= lost;
        p->wished = false;
        p->wrote = true;
    }
    if (kind == H2T_EV_WROTE_HEADERS && !of_span) {
        p->unclean |= p->wrote;
        p->wrote = true;
        p->number = MAX(p->number, 1);
    }
    r->number = p->number;
}

/* Do all of its attempts take turns? */
static bool is_clean(const struct run *run)
{
    struct progress p = {0};
    for (guint i = 0; i < run->marks->len; i++) {
        const struct mark *m = &g_array_index(run->marks, struct mark, i);
        advance(&p, record_at(run->store, m->record), m->kind);
    }
    return !p.unclean;
}

static struct h2t_text text_of(const char *text)
{
    return (struct h2t_text){text, text ? strlen(text) : 0};
}

static struct h2t_event *begin_event(struct run *run, enum h2t_event_kind kind, int64_t ns)
{
    struct h2t_event *e = &run->event;
    memset(e, 0, offsetof(struct h2t_event, at));
    e->kind = kind;
    e->ns = ns;
    e->req = text_of(run->req);
    e->shuffled = true;
    e->source = run->owner ? run->owner->source : record_at(run->store, run->from)->source;
    e->pid = run->owner ? run->owner->pid : record_at(run->store, run->from)->pid;
    return e;
}

static void give_start(struct run *run)
{
    const struct owner *o = run->owner;
    struct h2t_event *e =
        begin_event(run, H2T_EV_REQUEST_START, o->is_request ? o->start : H2T_NEVER);
    e->method = text_of(o->method);
    e->url = text_of(o->url);
    e->traceparent = text_of(o->traceparent);
    e->request_id = text_of(o->request_id);
    e->status = o->status;
    run->fn(run->user, e);
}

/* With a response the span lasts until the body is read, or given up. */
static void give_end(struct run *run)
{
    const struct owner *o = run->owner;
    if (!o->is_request)
        return;
    struct h2t_event *e =
        begin_event(run, o->status.set ? H2T_EV_BODY_DONE : H2T_EV_ROUND_TRIP_DONE, o->end);
    e->err = text_of(o->description);
    run->fn(run->user, e);
}

static void give_mark(struct run *run, const struct mark *m, uint32_t number, bool doubtful)
{
    const struct record *r = record_at(run->store, m->record);
    struct h2t_event *e = begin_event(run, m->kind, m->ns);
    e->attempt = (struct h2t_number){number, number > 0};
    e->local = m->kind == H2T_EV_GOT_CONN ? text_of(r->local) : (struct h2t_text){0};
    e->remote = text_of(r->remote);
    e->host = text_of(r->host);
    e->err = text_of(r->err);
    e->idle_ns = r->idle_ns;
    e->reused = r->reused;
    e->was_idle = r->was_idle;
    e->doubtful = doubtful;
    if (m->kind == H2T_EV_WROTE_HEADER_FIELD && !run->owner && r->traceparent) {
        e->key = text_of("traceparent");
        e->value = text_of(r->traceparent);
    }
    run->fn(run->user, e);
}

static void give_marks(struct run *run)
{
    bool doubtful = !is_clean(run) && !(run->owner && run->owner->is_request);
    struct progress p = {0};
    for (guint i = 0; i < run->marks->len; i++) {
        const struct mark *m = &g_array_index(run->marks, struct mark, i);
        struct record *r = record_at(run->store, m->record);
        bool ends_headers = r->part == PART_HEADERS && m->kind == H2T_EV_WROTE_HEADERS;
        uint32_t number = r->number; /* of the span's beginning */
        if (!ends_headers) {
            advance(&p, r, m->kind);
            number = r->number;
        }
        bool early = m->kind != H2T_EV_GET_CONN && !number && m->kind < H2T_EV_DNS_START;
        give_mark(run, m, early ? 1 : number, doubtful && m->kind == H2T_EV_WROTE_HEADERS);
    }
}

static void give_run(struct run *run, uint64_t id)
{
    g_snprintf(run->req, sizeof run->req, "%016" PRIx64, id);
    if (run->owner)
        give_start(run);
    mark_all(run);
    g_array_sort(run->marks, by_time);
    give_marks(run);
    if (run->owner)
        give_end(run);
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static gint by_owner(gconstpointer a, gconstpointer b)
{
    const struct record *x = a, *y = b;
    int order = compare(x->trace, y->trace);
    return order ? order : compare(x->owner, y->owner);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    const struct owner *x = a, *y = b;
    int order = compare(x->trace, y->trace);
    return order ? order : compare(x->id, y->id);
}

/* Of (trace, span id). */
static void index_ids(const struct h2t_span_store *store, struct h2t_index *get_conns,
                      struct h2t_index *owners)
{
    for (guint i = 0; i < store->records->len; i++) {
        const struct record *r = record_at(store, i);
        if (r->part == PART_GET_CONN)
            h2t_index_add(get_conns, h2t_index_pair(r->trace, r->id), i);
        if (r->part >= PART_GET_CONN && r->part <= PART_RECEIVE)
            h2t_index_add(owners, h2t_index_pair(r->trace, r->owner), 0);
    }
    for (guint i = 0; i < store->owners->len; i++) {
        const struct owner *o = &g_array_index(store->owners, struct owner, i);
        h2t_index_add(owners, h2t_index_pair(o->trace, o->id), 0);
    }
}

/* Spans of a dial are children of http.getconn, if that was open. A dial whose http.getconn is in
 * no file is nobody's: false. */
static bool find_owner(const struct h2t_span_store *store, const struct h2t_index *get_conns,
                       const struct h2t_index *owners, struct record *r)
{
    struct h2t_probe p;
    uint64_t hash = h2t_index_pair(r->trace, r->owner);
    if (r->part != PART_DNS && r->part != PART_CONNECT && r->part != PART_TLS)
        return true;
    for (uint32_t i = h2t_index_first(get_conns, hash, &p); i != H2T_NONE;
         i = h2t_index_next(get_conns, &p)) {
        const struct record *parent = record_at(store, i);
        if (parent->trace != r->trace || parent->id != r->owner)
            continue;
        r->owner = parent->owner;
        return true;
    }
    return h2t_index_first(owners, hash, &p) != H2T_NONE;
}

static void find_owners(struct h2t_span_store *store)
{
    struct h2t_index get_conns = {0}, owners = {0};
    guint kept = 0;
    index_ids(store, &get_conns, &owners);
    g_autofree bool *found = g_new(bool, store->records->len);
    for (guint i = 0; i < store->records->len; i++)
        found[i] = find_owner(store, &get_conns, &owners, record_at(store, i));
    for (guint i = 0; i < store->records->len; i++)
        if (found[i])
            *record_at(store, kept++) = *record_at(store, i);
    g_array_set_size(store->records, kept);
    h2t_index_fini(&get_conns);
    h2t_index_fini(&owners);
}

/* Owners and records are in the same order; either may lack what the other has. */
void h2t_span_store_finish(struct h2t_span_store *store, h2t_span_event_fn fn, void *user)
{
    struct run run = {.store = store, .fn = fn, .user = user};
    run.marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
    find_owners(store);
    g_array_sort(store->records, by_owner);
    g_array_sort(store->owners, by_id);
    guint o = 0;
    while (run.from < store->records->len || o < store->owners->len) {
        const struct owner *owner =
            o < store->owners->len ? &g_array_index(store->owners, struct owner, o) : NULL;
        const struct record *r = run.from < store->records->len ? record_at(store, run.from) : NULL;
        struct owner wanted = {.trace = r ? r->trace : 0, .id = r ? r->owner : 0};
        int order = !owner ? 1 : !r ? -1 : by_id(owner, &wanted);
        run.owner = order <= 0 ? owner : NULL;
        o += order <= 0;
        for (run.to = run.from; order >= 0 && run.to < store->records->len; run.to++)
            if (by_owner(record_at(store, run.to), r))
                break;
        give_run(&run, order <= 0 ? owner->id : r->owner);
        run.from = run.to;
    }
    g_array_free(run.marks, TRUE);
}
