/* SPDX-License-Identifier: MIT */
#include "core/gather.h"

#include "core/url.h"
#include "core/zones.h"

#include <string.h>

void h2t_gather_init(struct h2t_gather *g)
{
    *g = (struct h2t_gather){0};
    h2t_build_init(&g->build);
    h2t_processes_init(&g->processes);
    h2t_dials_init(&g->dials);
    h2t_loose_init(&g->loose);
    h2t_framers_init(&g->framers, g->build.trace);
}

void h2t_gather_fini(struct h2t_gather *g)
{
    h2t_build_fini(&g->build);
    h2t_processes_fini(&g->processes);
    h2t_dials_fini(&g->dials);
    h2t_loose_fini(&g->loose);
    h2t_framers_fini(&g->framers);
}

void h2t_gather_file(struct h2t_gather *g, const char *name)
{
    h2t_processes_file(&g->processes);
    g->file = name;
}

/* Most texts are one of those that came lately. */
static const char *keep(struct h2t_gather *g, struct h2t_text text)
{
    if (!text.len)
        return h2t_intern(g->build.trace->strings, text.at, 0);
    size_t slot = (text.len + (uint8_t)text.at[text.len / 2]) % G_N_ELEMENTS(g->kept);
    struct h2t_text *kept = &g->kept[slot];
    if (kept->len != text.len || memcmp(kept->at, text.at, text.len))
        *kept = (struct h2t_text){h2t_intern(g->build.trace->strings, text.at, text.len), text.len};
    return kept->at;
}

static const char *keep_error(struct h2t_gather *g, const struct h2t_event *e)
{
    return h2t_url_keep_error(g->build.trace->strings, e->err);
}

/* For texts of which hardly two are equal. */
static const char *keep_unique(struct h2t_gather *g, struct h2t_text text)
{
    return h2t_strings_add(g->build.trace->strings, text.at, text.len);
}

static uint64_t hash_of(struct h2t_text text)
{
    return text.at ? h2t_hash(text.at, text.len) : 0;
}

/* What is common to all handlers. */
struct place {
    uint32_t process, request;
    uint32_t number; /* of the attempt, 0: the event does not say */
    uint64_t seq, conn;
};

static uint64_t positive(struct h2t_number n)
{
    return n.set ? (uint64_t)n.n : 0;
}

static struct h2t_step step_of(const struct place *p, enum h2t_hook hook, const struct h2t_event *e)
{
    return (struct h2t_step){.request = p->request,
                             .hook = (uint8_t)hook,
                             .ns = e->ns,
                             .seq = p->seq,
                             .conn = p->conn,
                             .doubtful = e->doubtful};
}

static void take_step(struct h2t_gather *g, const struct place *p, const struct h2t_step *step)
{
    if (!p->number)
        h2t_loose_add(&g->loose, step, NULL);
    else
        h2t_build_step(&g->build, h2t_build_attempt(&g->build, p->request, p->number), step);
}

static bool is_recorder(struct h2t_text schema)
{
    static const char prefix[] = "h2annotate-trace/";
    return schema.at && schema.len >= sizeof prefix - 1 &&
           !memcmp(schema.at, prefix, sizeof prefix - 1);
}

static void meta(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    GArray *processes = g->build.trace->processes;
    struct h2t_process *process = &g_array_index(processes, struct h2t_process, p->process);
    if (e->host.at)
        process->host = keep(g, e->host);
    if (e->go.at)
        process->go = keep(g, e->go);
    if (is_recorder(e->schema))
        h2t_processes_state(&g->processes, p->process)->numbered = true;
}

static void request_fields(struct h2t_gather *g, struct h2t_request *r, const struct h2t_event *e)
{
    r->method = e->method.at ? keep(g, e->method) : r->method;
    r->url = e->url.at ? h2t_url_keep(g->build.trace->strings, e->url) : r->url;
    r->host = e->host.at ? keep(g, e->host) : r->host;
    if (e->traceparent.at && !r->traceparent)
        r->traceparent = keep_unique(g, e->traceparent);
    if (e->request_id.at)
        r->request_id = hash_of(e->request_id);
    if (e->status.set && e->status.n <= UINT16_MAX)
        r->status = (uint16_t)e->status.n;
}

static void request_start(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    struct h2t_request *r = h2t_build_request_at(&g->build, p->request);
    r->start = h2t_earlier(r->start, e->ns);
    request_fields(g, r, e);
}

/* The wish for the next attempt. */
static void get_conn(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    struct h2t_step step = step_of(p, H2T_GET_CONN, e);
    struct place next = *p;
    step.conn = 0;
    if (p->number || h2t_processes_state(&g->processes, p->process)->numbered)
        next.number++;
    take_step(g, &next, &step);
}

/* Go's UnixAddr, whose text is a path, "@name", "@" or "". */
static bool is_unix(const struct h2t_event *e)
{
    static const char network[] = "unix";
    bool named = e->network.at && e->network.len >= sizeof network - 1 &&
                 !memcmp(e->network.at, network, sizeof network - 1);
    bool path = e->remote.at && e->remote.len && (*e->remote.at == '/' || *e->remote.at == '@');
    return named || path;
}

static void got_conn(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    struct h2t_got got = {
        .local = h2t_event_addr(e->local),
        .remote = h2t_event_addr(e->remote),
        .alpn = keep(g, e->alpn),
        .tls = keep(g, e->tls),
        .ns = e->ns,
        .idle_ns = e->idle_ns.n,
        .fresh = e->reused.set && !e->reused.is,
        .reused = e->reused.is,
        .was_idle = e->was_idle.is,
        .unix_socket = is_unix(e),
    };
    struct h2t_step step = step_of(p, H2T_GOT_CONN, e);
    if (!p->number) {
        h2t_loose_add(&g->loose, &step, &got);
        return;
    }
    uint32_t attempt = h2t_build_attempt(&g->build, p->request, p->number);
    h2t_build_got(&g->build, attempt, &got);
    if (!p->conn) {
        h2t_loose_unnamed(&g->loose, attempt, &step, &got);
        return;
    }
    h2t_build_conn(&g->build, attempt, p->conn, e->ns);
    h2t_build_conn_got(&g->build, h2t_build_attempt_at(&g->build, attempt)->tconn, &got);
}

static enum h2t_identity identity_of(struct h2t_text key)
{
    static const struct {
        const char *key;
        enum h2t_identity identity;
    } known[] = {
        {":path", H2T_ID_PATH},
        {"x-request-id", H2T_ID_REQUEST_ID},
        {"traceparent", H2T_ID_TRACEPARENT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i].key) == key.len && !g_ascii_strncasecmp(known[i].key, key.at, key.len))
            return known[i].identity;
    return H2T_ID_NONE;
}

static void wrote_header_field(struct h2t_gather *g, const struct place *p,
                               const struct h2t_event *e)
{
    struct h2t_step step = step_of(p, H2T_WROTE_HEADER_FIELD, e);
    if (e->key.at && e->value.at)
        step.identity = (uint8_t)identity_of(e->key);
    if (step.identity == H2T_ID_PATH)
        step.hash = h2t_path_hash(e->value);
    else if (step.identity != H2T_ID_NONE)
        step.hash = hash_of(e->value);
    if (step.identity == H2T_ID_TRACEPARENT) {
        struct h2t_request *r = h2t_build_request_at(&g->build, p->request);
        r->traceparent = r->traceparent ? r->traceparent : keep_unique(g, e->value);
    }
    take_step(g, p, &step);
}

static const enum h2t_hook hooks[H2T_N_EVENTS] = {
    [H2T_EV_GET_CONN] = H2T_GET_CONN,
    [H2T_EV_GOT_CONN] = H2T_GOT_CONN,
    [H2T_EV_WROTE_HEADER_FIELD] = H2T_WROTE_HEADER_FIELD,
    [H2T_EV_WROTE_HEADERS] = H2T_WROTE_HEADERS,
    [H2T_EV_WAIT_100] = H2T_WAIT_100,
    [H2T_EV_GOT_100] = H2T_GOT_100,
    [H2T_EV_WROTE_REQUEST] = H2T_WROTE_REQUEST,
    [H2T_EV_FIRST_BYTE] = H2T_FIRST_BYTE,
    [H2T_EV_PUT_IDLE] = H2T_PUT_IDLE,
};

static void milestone(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    struct h2t_step step = step_of(p, hooks[e->kind], e);
    if (e->kind == H2T_EV_WROTE_REQUEST)
        step.err = keep_error(g, e);
    take_step(g, p, &step);
}

/* Something on the connection that is no milestone of ours. */
static void alive(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    if (p->number && p->conn)
        h2t_build_conn(&g->build, h2t_build_attempt(&g->build, p->request, p->number), p->conn,
                       e->ns);
}

static void round_trip_done(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    struct h2t_request *r = h2t_build_request_at(&g->build, p->request);
    r->done = h2t_earlier(r->done, e->ns);
    r->err = e->err.at ? keep_error(g, e) : r->err;
    r->timeout = r->timeout || e->timeout.is;
    if (e->status.set && e->status.n <= UINT16_MAX)
        r->status = (uint16_t)e->status.n;
    alive(g, p, e);
}

static void body_done(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    struct h2t_request *r = h2t_build_request_at(&g->build, p->request);
    r->body_done = h2t_earlier(r->body_done, e->ns);
    r->body_err = e->err.at ? keep_error(g, e) : r->body_err;
    r->closed_early = r->closed_early || e->closed_early.is;
    alive(g, p, e);
}

static void dial(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    h2t_dials_add(&g->dials, g->build.trace, e, p->request, H2T_NONE, p->seq);
}

static void dialed(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    uint32_t tconn = H2T_NONE;
    if (p->conn) {
        struct h2t_got got = {.local = h2t_event_addr(e->local),
                              .remote = h2t_event_addr(e->remote),
                              .ns = e->ns,
                              .fresh = true};
        tconn = h2t_build_tconn(&g->build, p->process, p->conn);
        h2t_build_conn_got(&g->build, tconn, &got);
    }
    h2t_dials_add(&g->dials, g->build.trace, e, p->request, tconn, p->seq);
}

typedef void (*handler)(struct h2t_gather *, const struct place *, const struct h2t_event *);

static void attempt(struct h2t_gather *g, const struct place *p, const struct h2t_event *e);

static const handler handlers[H2T_N_EVENTS] = {
    [H2T_EV_META] = meta,
    [H2T_EV_REQUEST_START] = request_start,
    [H2T_EV_GET_CONN] = get_conn,
    [H2T_EV_GOT_CONN] = got_conn,
    [H2T_EV_WROTE_HEADER_FIELD] = wrote_header_field,
    [H2T_EV_WROTE_HEADERS] = milestone,
    [H2T_EV_WAIT_100] = milestone,
    [H2T_EV_GOT_100] = milestone,
    [H2T_EV_GOT_1XX] = alive,
    [H2T_EV_WROTE_REQUEST] = milestone,
    [H2T_EV_FIRST_BYTE] = milestone,
    [H2T_EV_PUT_IDLE] = milestone,
    [H2T_EV_ROUND_TRIP_DONE] = round_trip_done,
    [H2T_EV_BODY_DONE] = body_done,
    [H2T_EV_DNS_START] = dial,
    [H2T_EV_DNS_DONE] = dial,
    [H2T_EV_CONNECT_START] = dial,
    [H2T_EV_CONNECT_DONE] = dial,
    [H2T_EV_TLS_START] = dial,
    [H2T_EV_TLS_DONE] = dial,
    [H2T_EV_DIALED] = dialed,
    [H2T_EV_ATTEMPT] = attempt,
};

/* A milestone of an Attempt line, as the event it stands for; `part` is a copy of the line's. */
static void one_of_attempt(struct h2t_gather *g, const struct place *p, const struct h2t_event *e,
                           enum h2t_event_kind kind, struct h2t_event *part)
{
    struct place place = *p;
    place.seq = e->at[kind].seq ? e->at[kind].seq : p->seq;
    if (__builtin_add_overflow(e->ns, e->at[kind].after, &part->ns) || part->ns < 0)
        return;
    if (kind == H2T_EV_GET_CONN)
        place.number--; /* get_conn takes it for the next one's */
    part->kind = kind;
    part->err = kind == H2T_EV_WROTE_REQUEST ? e->wrote_err
                : kind == H2T_EV_BODY_DONE   ? e->body_err
                                             : e->err;
    handlers[kind](g, &place, part);
}

/* The recorder may write an attempt again when more has become of it. Later lines say what earlier
 * ones said, so that taking all of them is the same as taking the last. */
static void attempt(struct h2t_gather *g, const struct place *p, const struct h2t_event *e)
{
    struct place place = *p;
    struct h2t_event part = *e;
    place.number = MAX(p->number, 1);
    h2t_processes_state(&g->processes, p->process)->numbered = true;
    request_fields(g, h2t_build_request_at(&g->build, p->request), e);
    for (int kind = H2T_EV_REQUEST_START; e->has_milestones && kind <= H2T_EV_BODY_DONE; kind++)
        if (e->at[kind].set)
            one_of_attempt(g, &place, e, (enum h2t_event_kind)kind, &part);
}

static struct place place_of(struct h2t_gather *g, const struct h2t_event *e)
{
    struct place p = {.request = H2T_NONE, .conn = positive(e->conn), .seq = positive(e->seq)};
    p.process = h2t_processes_find(&g->processes, g->build.trace, e);
    struct h2t_process_state *state = h2t_processes_state(&g->processes, p.process);
    g->n_lines++;
    state->silent = false;
    if (!e->seq.set) {
        h2t_processes_unsequenced(&g->processes, p.process, e);
        p.seq = g->n_lines;
    }
    if (e->req.at)
        p.request = h2t_build_request(&g->build, p.process, e->req);
    if (positive(e->attempt) < UINT32_MAX)
        p.number = (uint32_t)positive(e->attempt);
    if (p.number)
        state->numbered = true;
    return p;
}

/* Its order is that of the lines, and its times are no hook's: it has no place among the others. */
static void debug_line(struct h2t_gather *g, const struct h2t_event *e)
{
    uint32_t process = h2t_processes_find(&g->processes, g->build.trace, e);
    h2t_framers_line(&g->framers, process, e, g->file, g->line);
    g->build.trace->n_events++;
}

/* It can be of any request: what it tells is of none. A question to DNS is one all the same. */
static void nameless(struct h2t_gather *g, const struct h2t_event *e)
{
    struct h2t_trace *trace = g->build.trace;
    bool got = e->kind == H2T_EV_GOT_CONN;
    trace->n_nameless++;
    trace->n_nameless_conns += got;
    trace->n_nameless_used += got && e->reused.is;
    trace->n_events++;
    g->n_lines++;
    if ((e->kind == H2T_EV_DNS_START || e->kind == H2T_EV_DNS_DONE) && e->ns != H2T_NEVER)
        h2t_dials_add(&g->dials, trace, e, H2T_NONE, H2T_NONE, g->n_lines);
}

void h2t_gather_event(struct h2t_gather *g, const struct h2t_event *e)
{
    if (e->nameless) {
        nameless(g, e);
        return;
    }
    if (e->kind == H2T_EV_DEBUG) {
        debug_line(g, e);
        return;
    }
    if (e->kind == H2T_EV_UNKNOWN) {
        g->build.trace->n_unknown_events++;
        return;
    }
    struct place place = place_of(g, e);
    h2t_zones_line(g->build.trace, place.process, e);
    handlers[e->kind](g, &place, e);
    g->build.trace->n_events++;
}

static enum h2t_ranking ranking(void *user, uint32_t process)
{
    const struct h2t_process_state *state = h2t_processes_state(user, process);
    if (!state->unsequenced)
        return H2T_BY_SEQ;
    return state->shuffled ? H2T_BY_TIME : H2T_BY_LINE;
}

/* A process with nothing but a debug log has no number that would say more than its name. */
static void count_silent(struct h2t_gather *g)
{
    for (uint32_t i = 0; i < g->build.trace->processes->len; i++) {
        bool silent = h2t_processes_state(&g->processes, i)->silent;
        g_array_index(g->build.trace->processes, struct h2t_process, i).silent = silent;
        g->build.trace->n_silent += silent;
    }
}

static void tell_units(struct h2t_gather *g)
{
    for (uint32_t i = 0; i < g->build.trace->processes->len; i++) {
        const struct h2t_process_state *state = h2t_processes_state(&g->processes, i);
        if (state->unsequenced)
            g_array_index(g->build.trace->processes, struct h2t_process, i).unit = state->unit;
    }
}

struct h2t_trace *h2t_gather_finish(struct h2t_gather *g)
{
    h2t_loose_finish(&g->loose, &g->build, &g->processes);
    h2t_dials_finish(&g->dials, &g->build, &g->processes);
    h2t_framers_finish(&g->framers);
    tell_units(g);
    count_silent(g);
    h2t_build_finish(&g->build, ranking, &g->processes);
    h2t_zones_apply(g->build.trace);
    g->build.trace->n_loaded[0] = g->build.trace->requests->len;
    g->build.trace->n_loaded[1] = g->build.trace->attempts->len;
    g->build.trace->n_loaded[2] = g->build.trace->tconns->len;
    return g->build.trace;
}
