/* SPDX-License-Identifier: MIT */
/* The end of collecting spans: records find their owners, the records of each owner become marks,
 * hooks with a time, in order, and these events. */
#include "core/span_order.h"

#include <inttypes.h>
#include <string.h>

/* The hooks that a part begins and ends with. */
const struct h2t_span_hooks h2t_span_hooks_of[] = {
    [H2T_PART_GET_CONN] = {H2T_EV_GET_CONN, H2T_EV_GOT_CONN},
    [H2T_PART_HEADERS] = {H2T_EV_WROTE_HEADER_FIELD, H2T_EV_WROTE_HEADERS},
    [H2T_PART_SEND] = {H2T_EV_WROTE_HEADERS, H2T_EV_WROTE_REQUEST},
    [H2T_PART_RECEIVE] = {H2T_EV_FIRST_BYTE, H2T_EV_PUT_IDLE},
    [H2T_PART_DNS] = {H2T_EV_DNS_START, H2T_EV_DNS_DONE},
    [H2T_PART_CONNECT] = {H2T_EV_CONNECT_START, H2T_EV_CONNECT_DONE},
    [H2T_PART_TLS] = {H2T_EV_TLS_START, H2T_EV_TLS_DONE},
};

/* A hook with its time. */
struct mark {
    int64_t ns;
    enum h2t_event_kind kind;
    uint32_t record;
};

/* One request's records [from, to) on their way to events. */
struct run {
    struct h2t_span_store *store;
    const struct h2t_span_owner *owner; /* NULL: its span is in no file */
    guint from, to;
    bool in_order; /* the file's order is that of the ends */
    bool set_back; /* and shows that the clock was set back within these records */
    bool tangled;  /* which leaves nothing that tells whose connection is whose */
    GArray *marks;
    GArray *written; /* int64_t: when headers began to be written, in order */
    h2t_span_event_fn fn;
    void *user;
    char req[17];
    struct h2t_event event;
};

static gint by_number(gconstpointer a, gconstpointer b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void collect_written(struct run *run)
{
    g_array_set_size(run->written, 0);
    for (guint i = run->from; i < run->to; i++) {
        const struct h2t_span_record *r = h2t_span_record_at(run->store, i);
        if (r->part == H2T_PART_HEADERS)
            g_array_append_val(run->written, r->start);
    }
    g_array_sort(run->written, by_number);
}

/* Did the program write headers while this span was open? */
static bool writes_inside(const struct run *run, const struct h2t_span_record *r)
{
    guint lo = 0, hi = run->written->len;
    while (lo < hi) {
        guint mid = lo + (hi - lo) / 2;
        if (g_array_index(run->written, int64_t, mid) <= r->start)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < run->written->len && g_array_index(run->written, int64_t, lo) < r->end;
}

/* An http.getconn with an address is [GetConn, GotConn], or [GotConn, next GetConn]. The order of
 * its attributes tells, as far as it was kept; and headers are written after GotConn only. *sure
 * becomes false where these disagree. */
static bool is_inverted(const struct run *run, const struct h2t_span_record *r, bool *sure)
{
    if (run->set_back) { /* no time tells */
        *sure = r->host_first && !r->address_first;
        return false;
    }
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
    const struct h2t_span_record *r = h2t_span_record_at(run->store, i);
    bool sure = true, inverted = r->local && is_inverted(run, r, &sure);
    run->tangled |= run->set_back && !sure;
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
    run->set_back = run->in_order && h2t_spans_set_back(run->store, run->from, run->to);
    run->tangled = false;
    collect_written(run);
    g_array_set_size(run->marks, 0);
    for (guint i = run->from; i < run->to; i++) {
        const struct h2t_span_record *r = h2t_span_record_at(run->store, i);
        if (r->part == H2T_PART_GET_CONN) {
            mark_get_conn(run, i);
        } else if (r->part == H2T_PART_EVENT) {
            add_mark(run, r->start, r->kind, i);
        } else {
            if (r->part != H2T_PART_SEND || !run->written->len)
                add_mark(run, r->start, h2t_span_hooks_of[r->part].start, i);
            add_mark(run, r->end, h2t_span_hooks_of[r->part].end, i);
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

static bool is_all_events(const struct run *run)
{
    for (guint i = run->from; i < run->to; i++)
        if (h2t_span_record_at(run->store, i)->part != H2T_PART_EVENT)
            return false;
    return true;
}

/* A span's events stand in the order in which they came, also where the clock was set back. Of
 * sub-spans the times tell, but for such a clock; then the order in which they ended does. */
static void order_marks(struct run *run)
{
    if (!run->set_back && !is_all_events(run))
        g_array_sort(run->marks, by_time);
}

/* Where a request is in its attempts. */
struct progress {
    uint32_t number;    /* of the attempt, from 1; 0: before the first */
    bool wrote, wished; /* since its GotConn */
    bool unclean;       /* GotConn and WroteHeaders did not take turns */
};

static void advance(struct progress *p, struct h2t_span_record *r, enum h2t_event_kind kind)
{
    bool of_span = r->part == H2T_PART_HEADERS;
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
        advance(&p, h2t_span_record_at(run->store, m->record), m->kind);
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
    e->source = run->owner ? run->owner->source : h2t_span_record_at(run->store, run->from)->source;
    e->pid = run->owner ? run->owner->pid : h2t_span_record_at(run->store, run->from)->pid;
    return e;
}

static void give_start(struct run *run)
{
    const struct h2t_span_owner *o = run->owner;
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
    const struct h2t_span_owner *o = run->owner;
    if (!o->is_request)
        return;
    struct h2t_event *e =
        begin_event(run, o->status.set ? H2T_EV_BODY_DONE : H2T_EV_ROUND_TRIP_DONE, o->end);
    e->err = text_of(o->description);
    run->fn(run->user, e);
}

static void give_mark(struct run *run, const struct mark *m, uint32_t number, bool doubtful)
{
    const struct h2t_span_record *r = h2t_span_record_at(run->store, m->record);
    struct h2t_event *e = begin_event(run, m->kind, m->ns);
    e->attempt = (struct h2t_number){number, number > 0};
    e->local =
        m->kind == H2T_EV_GOT_CONN && !run->tangled ? text_of(r->local) : (struct h2t_text){0};
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
        struct h2t_span_record *r = h2t_span_record_at(run->store, m->record);
        bool ends_headers = r->part == H2T_PART_HEADERS && m->kind == H2T_EV_WROTE_HEADERS;
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
    order_marks(run);
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
    const struct h2t_span_record *x = a, *y = b;
    int order = compare(x->trace, y->trace);
    return order ? order : compare(x->owner, y->owner);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    const struct h2t_span_owner *x = a, *y = b;
    int order = compare(x->trace, y->trace);
    return order ? order : compare(x->id, y->id);
}

static void add_once(struct h2t_index *index, uint64_t hash)
{
    struct h2t_probe p;
    if (h2t_index_first(index, hash, &p) == H2T_NONE)
        h2t_index_add(index, hash, 0);
}

/* Of (trace, span id). */
static void index_ids(const struct h2t_span_store *store, struct h2t_index *get_conns,
                      struct h2t_index *owners)
{
    for (guint i = 0; i < store->records->len; i++) {
        const struct h2t_span_record *r = h2t_span_record_at(store, i);
        if (r->part == H2T_PART_GET_CONN)
            h2t_index_add(get_conns, h2t_index_pair(r->trace, r->id), i);
        if (r->part >= H2T_PART_GET_CONN && r->part <= H2T_PART_RECEIVE)
            add_once(owners, h2t_index_pair(r->trace, r->owner));
    }
    for (guint i = 0; i < store->owners->len; i++) {
        const struct h2t_span_owner *o = &g_array_index(store->owners, struct h2t_span_owner, i);
        add_once(owners, h2t_index_pair(o->trace, o->id));
    }
}

/* Spans of a dial are children of http.getconn, if that was open. A dial whose http.getconn is in
 * no file is nobody's: false. */
static bool find_owner(const struct h2t_span_store *store, const struct h2t_index *get_conns,
                       const struct h2t_index *owners, struct h2t_span_record *r)
{
    struct h2t_probe p;
    uint64_t hash = h2t_index_pair(r->trace, r->owner);
    if (r->part != H2T_PART_DNS && r->part != H2T_PART_CONNECT && r->part != H2T_PART_TLS)
        return true;
    for (uint32_t i = h2t_index_first(get_conns, hash, &p); i != H2T_NONE;
         i = h2t_index_next(get_conns, &p)) {
        const struct h2t_span_record *parent = h2t_span_record_at(store, i);
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
        found[i] = find_owner(store, &get_conns, &owners, h2t_span_record_at(store, i));
    for (guint i = 0; i < store->records->len; i++)
        if (found[i])
            *h2t_span_record_at(store, kept++) = *h2t_span_record_at(store, i);
    g_array_set_size(store->records, kept);
    h2t_index_fini(&get_conns);
    h2t_index_fini(&owners);
}

/* Owners and records are in the same order; either may lack what the other has. */
void h2t_span_store_finish(struct h2t_span_store *store, h2t_span_event_fn fn, void *user)
{
    struct run run = {.store = store, .fn = fn, .user = user};
    run.marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
    run.written = g_array_new(FALSE, FALSE, sizeof(int64_t));
    find_owners(store);
    g_array_sort(store->records, by_owner); /* those of one owner stay as they came */
    run.in_order = h2t_spans_in_order(store);
    g_array_sort(store->owners, by_id);
    guint o = 0;
    while (run.from < store->records->len || o < store->owners->len) {
        const struct h2t_span_owner *owner =
            o < store->owners->len ? &g_array_index(store->owners, struct h2t_span_owner, o) : NULL;
        const struct h2t_span_record *r =
            run.from < store->records->len ? h2t_span_record_at(store, run.from) : NULL;
        struct h2t_span_owner wanted = {.trace = r ? r->trace : 0, .id = r ? r->owner : 0};
        int order = !owner ? 1 : !r ? -1 : by_id(owner, &wanted);
        run.owner = order <= 0 ? owner : NULL;
        o += order <= 0;
        for (run.to = run.from; order >= 0 && run.to < store->records->len; run.to++)
            if (by_owner(h2t_span_record_at(store, run.to), r))
                break;
        give_run(&run, order <= 0 ? owner->id : r->owner);
        run.from = run.to;
    }
    g_array_free(run.marks, TRUE);
    g_array_free(run.written, TRUE);
}
