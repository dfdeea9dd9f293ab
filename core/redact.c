/* SPDX-License-Identifier: MIT */
#include "core/redact.h"

#include "core/redact_words.h"
#include "core/url.h"
#include "core/view.h"

#include <string.h>

typedef const char *(*redact_fn)(struct h2t_redactor *r, const char *text);

/* Where strings are, and what becomes of them. */
struct field {
    size_t offset;
    redact_fn redact;
};

static void redact_fields(struct h2t_redactor *r, GArray *array, const struct field *fields,
                          size_t n)
{
    guint size = g_array_get_element_size(array);
    for (guint i = 0; i < array->len; i++)
        for (size_t k = 0; k < n; k++) {
            const char **field =
                (const char **)(void *)(array->data + (size_t)i * size + fields[k].offset);
            *field = fields[k].redact(r, *field);
        }
}

#define REDACT(r, array, fields) redact_fields(r, array, fields, G_N_ELEMENTS(fields))

/* ---- Hosts that are known ------------------------------------------------------------------- */

static void learn_url(struct h2t_redactor *r, const char *url)
{
    struct h2t_text host, path;
    if (!h2t_url_split(url, &host, &path))
        return;
    g_autofree char *name = g_strndup(host.at, host.len);
    h2t_redactor_learn(r, name);
}

static void learn(struct h2t_redactor *r, const struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->requests->len; i++) {
        learn_url(r, h2t_request_at(m, i)->url);
        h2t_redactor_learn(r, h2t_request_at(m, i)->host);
    }
    for (uint32_t i = 0; i < m->trace->lookups->len; i++)
        h2t_redactor_learn(r, h2t_lookup_at(m, i)->host);
    for (uint32_t i = 0; i < m->trace->processes->len; i++)
        h2t_redactor_learn(r, h2t_process_at(m, i)->host);
    for (uint32_t i = 0; i < m->wire->streams->len; i++)
        h2t_redactor_learn(r, h2t_stream_at(m, i)->authority);
    for (uint32_t i = 0; i < m->wire->conns->len; i++)
        h2t_redactor_learn(r, h2t_conn_at(m, i)->sni);
    for (uint32_t i = 0; i < m->wire->queries->len; i++)
        h2t_redactor_learn(r, h2t_query_at(m, i)->name);
}

/* ---- Both sides ----------------------------------------------------------------------------- */

static void redact_wire(struct h2t_redactor *r, const struct h2t_model *m)
{
    static const struct field streams[] = {{offsetof(struct h2t_stream, authority),
                                            h2t_redact_host},
                                           {offsetof(struct h2t_stream, path), h2t_redact_path}},
                              conns[] = {{offsetof(struct h2t_conn, sni), h2t_redact_host}},
                              queries[] = {{offsetof(struct h2t_query, name), h2t_redact_host}};
    REDACT(r, m->wire->streams, streams);
    REDACT(r, m->wire->conns, conns);
    REDACT(r, m->wire->queries, queries);
    for (uint32_t i = 0; i < m->wire->conns->len; i++) {
        h2t_redact_addr(r, &h2t_conn_at(m, i)->tuple.client);
        h2t_redact_addr(r, &h2t_conn_at(m, i)->tuple.server);
    }
}

static void redact_trace(struct h2t_redactor *r, const struct h2t_trace *t)
{
    static const struct field requests[] = {{offsetof(struct h2t_request, url), h2t_redact_url},
                                            {offsetof(struct h2t_request, host), h2t_redact_host},
                                            {offsetof(struct h2t_request, err), h2t_redact_text},
                                            {offsetof(struct h2t_request, body_err),
                                             h2t_redact_text}},
                              attempts[] = {{offsetof(struct h2t_attempt, wrote_err),
                                             h2t_redact_text}},
                              dials[] = {{offsetof(struct h2t_dial, err), h2t_redact_text},
                                         {offsetof(struct h2t_dial, tls_err), h2t_redact_text}},
                              lookups[] = {{offsetof(struct h2t_lookup, host), h2t_redact_host},
                                           {offsetof(struct h2t_lookup, err), h2t_redact_text}},
                              processes[] = {{offsetof(struct h2t_process, host), h2t_redact_host}},
                              faults[] = {{offsetof(struct h2t_fault, err), h2t_redact_text}},
                              bad[] = {{offsetof(struct h2t_bad_line, why), h2t_redact_text}};
    REDACT(r, t->requests, requests);
    REDACT(r, t->attempts, attempts);
    REDACT(r, t->dials, dials);
    REDACT(r, t->lookups, lookups);
    REDACT(r, t->processes, processes);
    REDACT(r, t->bad, bad);
    for (uint32_t i = 0; i < t->framers->len; i++) {
        const struct h2t_framer *f = &g_array_index(t->framers, struct h2t_framer, i);
        if (f->faults)
            REDACT(r, f->faults, faults);
    }
}

static void redact_addresses(struct h2t_redactor *r, const struct h2t_trace *t)
{
    for (uint32_t i = 0; i < t->tconns->len; i++) {
        struct h2t_tconn *c = &g_array_index(t->tconns, struct h2t_tconn, i);
        h2t_redact_addr(r, &c->local);
        h2t_redact_addr(r, &c->remote);
    }
    for (uint32_t i = 0; t->maps && i < t->maps->len; i++) {
        struct h2t_addr_map *map = &g_array_index(t->maps, struct h2t_addr_map, i);
        h2t_redact_addr(r, &map->from);
        h2t_redact_addr(r, &map->to);
    }
}

void h2t_redact(struct h2t_model *m, const uint8_t *key, size_t len)
{
    static const struct field findings[] = {{offsetof(struct h2t_finding, wire), h2t_redact_text},
                                            {offsetof(struct h2t_finding, trace), h2t_redact_text}};
    struct h2t_redactor *r = h2t_redactor_new(m->trace->strings, key, len);
    learn(r, m);
    redact_wire(r, m);
    redact_trace(r, m->trace);
    redact_addresses(r, m->trace);
    if (m->findings)
        REDACT(r, m->findings->all, findings);
    h2t_redactor_free(&r);
}
