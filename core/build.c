/* SPDX-License-Identifier: MIT */
#include "core/build.h"

#include <string.h>

static GArray *array_of(guint size)
{
    return g_array_new(FALSE, FALSE, size);
}

void h2t_build_init(struct h2t_build *build)
{
    struct h2t_trace *t = g_new0(struct h2t_trace, 1);
    t->processes = array_of(sizeof(struct h2t_process));
    t->requests = array_of(sizeof(struct h2t_request));
    t->attempts = array_of(sizeof(struct h2t_attempt));
    t->tconns = array_of(sizeof(struct h2t_tconn));
    t->dials = array_of(sizeof(struct h2t_dial));
    t->lookups = array_of(sizeof(struct h2t_lookup));
    t->bad = array_of(sizeof(struct h2t_bad_line));
    t->framers = array_of(sizeof(struct h2t_framer));
    t->zones = g_array_new(FALSE, TRUE, sizeof(struct h2t_zone));
    t->sightings = array_of(sizeof(struct h2t_sighting));
    t->unsent = array_of(sizeof(struct h2t_sighting));
    t->strings = h2t_strings_new();
    *build = (struct h2t_build){.trace = t, .last_request = H2T_NONE};
}

void h2t_build_fini(struct h2t_build *build)
{
    h2t_index_fini(&build->requests);
    h2t_index_fini(&build->attempts);
    h2t_index_fini(&build->tconns);
}

static uint32_t add_request(struct h2t_build *build, uint32_t process, struct h2t_text id)
{
    struct h2t_request r = {
        .id = h2t_strings_add(build->trace->strings, id.at, id.len),
        .process = process,
        .first_attempt = H2T_NONE,
        .start = H2T_NEVER,
        .done = H2T_NEVER,
        .body_done = H2T_NEVER,
    };
    g_array_append_val(build->trace->requests, r);
    return build->trace->requests->len - 1;
}

static bool is_request(struct h2t_build *build, uint32_t i, uint32_t process, struct h2t_text id)
{
    const struct h2t_request *r = h2t_build_request_at(build, i);
    return r->process == process && !strncmp(r->id, id.at, id.len) && !r->id[id.len];
}

uint32_t h2t_build_request(struct h2t_build *build, uint32_t process, struct h2t_text id)
{
    if (build->last_request != H2T_NONE && is_request(build, build->last_request, process, id))
        return build->last_request;
    uint64_t hash = h2t_index_pair(process, h2t_hash(id.at, id.len));
    struct h2t_probe p;
    uint32_t i = h2t_index_first(&build->requests, hash, &p);
    while (i != H2T_NONE && !is_request(build, i, process, id))
        i = h2t_index_next(&build->requests, &p);
    if (i == H2T_NONE) {
        i = add_request(build, process, id);
        h2t_index_add(&build->requests, hash, i);
    }
    return build->last_request = i;
}

uint32_t h2t_build_new_attempt(struct h2t_build *build, uint32_t request, uint32_t number)
{
    struct h2t_attempt a = {
        .request = request,
        .number = number,
        .next = H2T_NONE,
        .tconn = H2T_NONE,
        .stream = H2T_NONE,
    };
    for (int i = 0; i < H2T_N_HOOKS; i++)
        a.at[i] = H2T_NEVER;
    g_array_append_val(build->trace->attempts, a);
    return build->trace->attempts->len - 1;
}

static bool is_attempt(struct h2t_build *build, uint32_t i, uint32_t request, uint32_t number)
{
    const struct h2t_attempt *a = h2t_build_attempt_at(build, i);
    return a->request == request && a->number == number;
}

uint32_t h2t_build_attempt(struct h2t_build *build, uint32_t request, uint32_t number)
{
    struct h2t_request *r = h2t_build_request_at(build, request);
    if (r->first_attempt != H2T_NONE && is_attempt(build, r->first_attempt, request, number))
        return r->first_attempt;
    uint64_t hash = h2t_index_pair(request, number);
    struct h2t_probe p;
    uint32_t i = h2t_index_first(&build->attempts, hash, &p);
    while (i != H2T_NONE && !is_attempt(build, i, request, number))
        i = h2t_index_next(&build->attempts, &p);
    if (i == H2T_NONE) {
        i = h2t_build_new_attempt(build, request, number);
        h2t_index_add(&build->attempts, hash, i);
    }
    return r->first_attempt = i;
}

static uint32_t add_tconn(struct h2t_build *build, uint32_t process, uint64_t number)
{
    struct h2t_tconn c = {
        .process = process,
        .number = number,
        .first = H2T_NEVER,
        .last = H2T_NEVER,
        .conn = H2T_NONE,
        .dial = H2T_NONE,
        .attempts = array_of(sizeof(uint32_t)),
    };
    g_array_append_val(build->trace->tconns, c);
    return build->trace->tconns->len - 1;
}

uint32_t h2t_build_tconn(struct h2t_build *build, uint32_t process, uint64_t number)
{
    uint64_t hash = h2t_index_pair(process, number);
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(&build->tconns, hash, &p); i != H2T_NONE;
         i = h2t_index_next(&build->tconns, &p)) {
        const struct h2t_tconn *c = h2t_build_tconn_at(build, i);
        if (c->process == process && c->number == number)
            return i;
    }
    uint32_t i = add_tconn(build, process, number);
    h2t_index_add(&build->tconns, hash, i);
    return i;
}

uint32_t h2t_build_new_tconn(struct h2t_build *build, uint32_t process)
{
    return add_tconn(build, process, 0);
}

static void note_written(struct h2t_attempt *a, uint64_t seq)
{
    a->doubtful = a->doubtful || (a->seq && a->seq != seq);
    a->seq = a->seq ? MIN(a->seq, seq) : seq;
}

static void identify(struct h2t_attempt *a, const struct h2t_step *step)
{
    uint64_t *const places[] = {
        [H2T_ID_PATH] = &a->path,
        [H2T_ID_REQUEST_ID] = &a->request_id,
        [H2T_ID_TRACEPARENT] = &a->traceparent,
    };
    if (step->identity != H2T_ID_NONE)
        *places[step->identity] = step->hash;
}

void h2t_build_step(struct h2t_build *build, uint32_t attempt, const struct h2t_step *step)
{
    struct h2t_attempt *a = h2t_build_attempt_at(build, attempt);
    a->at[step->hook] = h2t_earlier(a->at[step->hook], step->ns);
    if (step->hook == H2T_WROTE_HEADERS)
        note_written(a, step->seq);
    a->doubtful = a->doubtful || step->doubtful;
    if (step->hook == H2T_WROTE_HEADER_FIELD)
        identify(a, step);
    if (step->hook == H2T_WROTE_REQUEST && step->err)
        a->wrote_err = step->err;
    if (step->conn)
        h2t_build_conn(build, attempt, step->conn, step->ns);
}

void h2t_build_got(struct h2t_build *build, uint32_t attempt, const struct h2t_got *got)
{
    struct h2t_attempt *a = h2t_build_attempt_at(build, attempt);
    a->at[H2T_GOT_CONN] = h2t_earlier(a->at[H2T_GOT_CONN], got->ns);
    a->reused = got->reused;
    a->unix_socket = got->unix_socket;
    a->was_idle = got->was_idle;
    a->idle_ns = got->idle_ns;
}

void h2t_build_conn(struct h2t_build *build, uint32_t attempt, uint64_t conn, int64_t ns)
{
    struct h2t_attempt *a = h2t_build_attempt_at(build, attempt);
    if (a->tconn == H2T_NONE)
        a->tconn = h2t_build_tconn(build, h2t_build_request_at(build, a->request)->process, conn);
    h2t_build_conn_alive(build, a->tconn, ns);
}

void h2t_build_conn_got(struct h2t_build *build, uint32_t tconn, const struct h2t_got *got)
{
    struct h2t_tconn *c = h2t_build_tconn_at(build, tconn);
    if (got->local.family)
        c->local = got->local;
    if (got->remote.family)
        c->remote = got->remote;
    c->alpn = got->alpn ? got->alpn : c->alpn;
    c->tls = got->tls ? got->tls : c->tls;
    c->first = h2t_earlier(c->first, got->ns);
    c->from_start = c->from_start || got->fresh;
    h2t_build_conn_alive(build, tconn, got->ns);
}

void h2t_build_conn_alive(struct h2t_build *build, uint32_t tconn, int64_t ns)
{
    struct h2t_tconn *c = h2t_build_tconn_at(build, tconn);
    c->last = MAX(c->last, ns); /* H2T_NEVER is the least of all */
}
