/* SPDX-License-Identifier: MIT */
#include "core/adopt.h"

#include "core/base.h"
#include "core/index.h"
#include "core/view.h"

#include <stdlib.h>
#include <string.h>

/* A request of a log that becomes an attempt. */
struct ref {
    uint32_t framer, k, process;
    uint32_t root;   /* the ref that was the first try; itself, if there was none */
    uint32_t number; /* of the attempt */
    uint32_t next;   /* ref of the next try; H2T_NONE: none */
    uint64_t order;
};

static const struct h2t_logged_request *logged_at(const struct h2t_framer *f, uint32_t i)
{
    return &g_array_index(f->requests, struct h2t_logged_request, i);
}

static bool is_client(const struct h2t_framer *f)
{
    return f->has_side && f->side == H2T_CLIENT;
}

static struct ref *ref_at(const GArray *refs, uint32_t i)
{
    return &g_array_index(refs, struct ref, i);
}

static const struct h2t_logged_request *logged_of(const struct h2t_model *m, const struct ref *r)
{
    return logged_at(h2t_framer_at(m, r->framer), r->k);
}

/* ---- Programs that have another sidecar ------------------------------------------------------ */

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Identities of the attempts that sidecars have, sorted. */
static GArray *known_ids(const struct h2t_model *m)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (uint32_t i = 0; i < m->trace->n_loaded[1]; i++)
        if (h2t_attempt_at(m, i)->request_id)
            g_array_append_val(ids, h2t_attempt_at(m, i)->request_id);
    g_array_sort(ids, compare_ids);
    return ids;
}

static bool has_known_id(const struct h2t_framer *f, const GArray *ids)
{
    for (uint32_t i = 0; i < f->requests->len && ids->len; i++) {
        uint64_t id = logged_at(f, i)->request_id;
        if (id && bsearch(&id, ids->data, ids->len, sizeof id, compare_ids))
            return true;
    }
    return false;
}

/* Which processes have sidecars of another form as well: in the same file, of the same connection,
 * or of requests with the same identity. */
static bool *find_twins(const struct h2t_model *m)
{
    bool *twin = g_new0(bool, m->trace->processes->len + 1);
    g_autoptr(GArray) ids = known_ids(m);
    for (uint32_t i = 0; i < m->trace->n_loaded[0]; i++)
        twin[h2t_request_at(m, i)->process] = true;
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        const struct h2t_framer *f = h2t_framer_at(m, i);
        bool same =
            is_client(f) && f->conn != H2T_NONE && h2t_conn_at(m, f->conn)->tconn != H2T_NONE;
        if (same || (is_client(f) && has_known_id(f, ids)))
            twin[f->process] = true;
    }
    return twin;
}

/* ---- Whose requests -------------------------------------------------------------------------- */

static bool is_server(const struct h2t_framer *f)
{
    return f->has_side && f->side == H2T_SERVER;
}

/* Of each Framer: are requests made of it? A client's, if its program has no better sidecar. A
 * server's, if no client tells of the connection. */
static bool *choose(const struct h2t_model *m, const bool *twin)
{
    bool *chosen = g_new0(bool, m->trace->framers->len + 1);
    g_autofree bool *told = g_new0(bool, m->wire->conns->len + 1);
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        const struct h2t_framer *f = h2t_framer_at(m, i);
        chosen[i] = is_client(f) && !twin[f->process];
        if (is_client(f) && f->conn != H2T_NONE)
            told[f->conn] = true;
    }
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        const struct h2t_framer *f = h2t_framer_at(m, i);
        if (is_server(f) && f->conn != H2T_NONE)
            chosen[i] = !told[f->conn] && h2t_conn_at(m, f->conn)->tconn == H2T_NONE;
    }
    return chosen;
}

/* ---- Requests that were tried again ---------------------------------------------------------- */

static gint by_order(gconstpointer a, gconstpointer b)
{
    const struct ref *x = a, *y = b;
    if (x->process != y->process)
        return x->process < y->process ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* All requests to adopt, by process and in the order of the log. */
static GArray *collect(const struct h2t_model *m, const bool *chosen)
{
    GArray *refs = g_array_new(FALSE, FALSE, sizeof(struct ref));
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        const struct h2t_framer *f = h2t_framer_at(m, i);
        for (uint32_t k = 0; chosen[i] && k < f->requests->len; k++) {
            struct ref r = {.framer = i,
                            .k = k,
                            .process = f->process,
                            .number = 1,
                            .next = H2T_NONE,
                            .order = logged_at(f, k)->order};
            g_array_append_val(refs, r);
        }
    }
    g_array_sort(refs, by_order);
    for (uint32_t i = 0; i < refs->len; i++)
        ref_at(refs, i)->root = i;
    return refs;
}

/* The latest try with this identity among refs[from .. i). */
static uint32_t find_earlier(const struct h2t_model *m, const GArray *refs,
                             const struct h2t_index *ids, uint32_t i)
{
    const struct ref *r = ref_at(refs, i);
    uint64_t id = logged_of(m, r)->request_id;
    struct h2t_probe p;
    if (!id)
        return H2T_NONE;
    for (uint32_t j = h2t_index_first(ids, h2t_index_pair(r->process, id), &p); j != H2T_NONE;
         j = h2t_index_next(ids, &p)) {
        const struct ref *earlier = ref_at(refs, j);
        if (earlier->process == r->process && logged_of(m, earlier)->request_id == id)
            return j; /* the first of its chain */
    }
    return H2T_NONE;
}

static void chain(GArray *refs, uint32_t root, uint32_t i)
{
    uint32_t last = root;
    while (ref_at(refs, last)->next != H2T_NONE)
        last = ref_at(refs, last)->next;
    ref_at(refs, last)->next = i;
    ref_at(refs, i)->root = root;
    ref_at(refs, i)->number = ref_at(refs, last)->number + 1;
}

/* Undoes the chains of one process. */
static void unchain(GArray *refs, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        struct ref *r = ref_at(refs, i);
        r->root = i;
        r->number = 1;
        r->next = H2T_NONE;
    }
}

/* As many as are said to be; more of one request than RoundTrip would ever make are none. */
#define MAX_TRIES 64u

static void find_retries(const struct h2t_model *m, GArray *refs)
{
    struct h2t_index ids = {0};
    uint32_t from = 0, n = 0;
    bool odd = false;
    for (uint32_t i = 0; i < refs->len; i++) {
        const struct ref *r = ref_at(refs, i);
        uint32_t earlier = find_earlier(m, refs, &ids, i);
        if (earlier == H2T_NONE) {
            uint64_t id = logged_of(m, r)->request_id;
            if (id)
                h2t_index_add(&ids, h2t_index_pair(r->process, id), i);
        } else if (!odd) {
            chain(refs, earlier, i);
            odd = r->number > MAX_TRIES;
            n++;
        }
        if (i + 1 < refs->len && ref_at(refs, i + 1)->process == r->process)
            continue;
        const struct h2t_process *p =
            &g_array_index(m->trace->processes, struct h2t_process, r->process);
        if (odd || n != p->n_retries)
            unchain(refs, from, i + 1);
        from = i + 1;
        n = 0;
        odd = false;
    }
    h2t_index_fini(&ids);
}

/* ---- Making them ----------------------------------------------------------------------------- */

/* The trace's connection, which several parts of a log may share. */
static uint32_t adopt_conn(struct h2t_model *m, const struct h2t_framer *f)
{
    GArray *tconns = m->trace->tconns;
    struct h2t_tconn t = {
        .process = f->process,
        .local = f->local,
        .remote = f->remote,
        .first = H2T_NEVER,
        .last = H2T_NEVER,
        .from_start = f->from_start,
        .conn = f->conn,
        .dial = H2T_NONE,
        .bound = f->conn == H2T_NONE ? H2T_MATCH_NONE : H2T_MATCH_LOG,
        .reason = f->reason,
    };
    if (f->conn != H2T_NONE) {
        struct h2t_conn *c = h2t_conn_at(m, f->conn);
        if (c->tconn != H2T_NONE)
            return c->tconn;
        t.local = c->tuple.client;
        t.remote = c->tuple.server;
        c->tconn = tconns->len;
    }
    t.attempts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(tconns, t);
    return tconns->len - 1;
}

/* "f2.5": stream 5 of the second Framer. "f1:5": its fifth request, where streams are not told. */
static const char *name_of(const struct h2t_model *m, const struct ref *r)
{
    const struct h2t_logged_request *logged = logged_of(m, r);
    g_autofree char *name = logged->stream
                                ? g_strdup_printf("f%u.%u", r->framer + 1, logged->stream)
                                : g_strdup_printf("f%u:%u", r->framer + 1, r->k + 1);
    return h2t_strings_add(m->trace->strings, name, strlen(name));
}

static void adopt_request(const struct h2t_model *m, const GArray *refs, const struct ref *r)
{
    const struct h2t_logged_request *logged = logged_of(m, r), *last = logged;
    uint32_t n = 1;
    for (uint32_t next = r->next; next != H2T_NONE; next = ref_at(refs, next)->next, n++)
        last = logged_of(m, ref_at(refs, next));
    struct h2t_request request = {
        .id = name_of(m, r),
        .process = r->process,
        .n_attempts = n,
        .start = H2T_NEVER,
        .done = H2T_NEVER,
        .body_done = H2T_NEVER,
        .method = logged->method,
        .url = logged->url,
        .err = last->err,
        .traceparent = logged->traceparent,
        .request_id = logged->request_id,
    };
    g_array_append_val(m->trace->requests, request);
}

static void adopt_attempt(const struct h2t_model *m, const struct ref *r, uint32_t request)
{
    const struct h2t_framer *f = h2t_framer_at(m, r->framer);
    const struct h2t_logged_request *logged = logged_of(m, r);
    struct h2t_attempt a = {
        .request = request,
        .number = r->number,
        .next = H2T_NONE,
        .tconn = f->tconn,
        .stream = H2T_NONE,
        .seq = r->k + 1,
        .wrote_err = r->next == H2T_NONE ? NULL : logged->err,
        .path = logged->path,
        .request_id = logged->request_id,
        .by_server = is_server(f),
        .reused = r->k > 0 || !f->from_start,
    };
    if (logged->traceparent)
        a.traceparent = h2t_hash(logged->traceparent, strlen(logged->traceparent));
    for (int hook = 0; hook < H2T_N_HOOKS; hook++)
        a.at[hook] = H2T_NEVER;
    *h2t_attempt_at(m, f->first_attempt + r->k) = a;
}

static uint32_t attempt_of(const struct h2t_model *m, const struct ref *r)
{
    return h2t_framer_at(m, r->framer)->first_attempt + r->k;
}

/* Requests in the order of the log, the attempts of each Framer beside one another. */
static void make(struct h2t_model *m, const GArray *refs)
{
    g_autofree uint32_t *request = g_new(uint32_t, refs->len + 1);
    for (uint32_t i = 0; i < refs->len; i++) {
        const struct ref *r = ref_at(refs, i);
        if (r->root == i) {
            request[i] = m->trace->requests->len;
            adopt_request(m, refs, r);
        }
        request[i] = request[r->root];
        adopt_attempt(m, r, request[i]);
        if (r->root == i)
            h2t_request_at(m, request[i])->first_attempt = attempt_of(m, r);
    }
    for (uint32_t i = 0; i < refs->len; i++)
        if (ref_at(refs, i)->next != H2T_NONE)
            h2t_attempt_at(m, attempt_of(m, ref_at(refs, i)))->next =
                attempt_of(m, ref_at(refs, ref_at(refs, i)->next));
}

static void adopt_conns(struct h2t_model *m, const bool *chosen)
{
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        struct h2t_framer *f = h2t_framer_at(m, i);
        if (!chosen[i]) {
            if (is_client(f) && f->conn != H2T_NONE)
                f->tconn = h2t_conn_at(m, f->conn)->tconn;
            continue;
        }
        uint32_t first = f->first_attempt = m->trace->attempts->len;
        if (!f->crowd)
            f->tconn = adopt_conn(m, f);
        g_array_set_size(m->trace->attempts, first + f->requests->len);
        for (uint32_t k = 0; k < f->requests->len && f->tconn != H2T_NONE; k++) {
            uint32_t attempt = first + k;
            g_array_append_val(h2t_tconn_at(m, f->tconn)->attempts, attempt);
        }
    }
}

void h2t_adopt_framers(struct h2t_model *m)
{
    g_autofree bool *twin = find_twins(m);
    g_autofree bool *chosen = choose(m, twin);
    g_autoptr(GArray) refs = collect(m, chosen);
    find_retries(m, refs);
    adopt_conns(m, chosen);
    make(m, refs);
}

void h2t_adopt_forget(struct h2t_model *m)
{
    struct h2t_trace *t = m->trace;
    for (uint32_t i = t->n_loaded[2]; i < t->tconns->len; i++)
        g_array_unref(h2t_tconn_at(m, i)->attempts);
    g_array_set_size(t->requests, t->n_loaded[0]);
    g_array_set_size(t->attempts, t->n_loaded[1]);
    g_array_set_size(t->tconns, t->n_loaded[2]);
    g_array_set_size(t->sightings, 0);
    g_array_set_size(t->unsent, 0);
}
