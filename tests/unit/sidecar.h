/* SPDX-License-Identifier: MIT */
/* For tests: sidecars written by hand, and what the loader makes of them. */
#ifndef SIDECAR_H
#define SIDECAR_H

#include "core/trace.h"

#include <inttypes.h>
#include <string.h>

#define T0 INT64_C(1700000000000000000)

/* JSON with ' for ", which is easier to read here. */
static inline void sidecar_line(GString *out, const char *text)
{
    gsize from = out->len;
    g_string_append(out, text);
    for (gsize i = from; i < out->len; i++)
        if (out->str[i] == '\'')
            out->str[i] = '"';
    g_string_append_c(out, '\n');
}

/* An event of process 7 at T0 + seq µs. `more` begins with a comma or is empty. */
static inline void sidecar_event(GString *out, unsigned seq, const char *ev, const char *req,
                                 const char *more)
{
    g_autofree char *text =
        g_strdup_printf("{'ts':%" PRId64 ",'ev':'%s','req':'%s','seq':%u,'pid':7%s}",
                        T0 + seq * 1000, ev, req, seq, more);
    sidecar_line(out, text);
}

/* The time of sidecar_event. */
static inline int64_t sidecar_at(unsigned seq)
{
    return T0 + seq * 1000;
}

static inline void sidecar_feed(struct h2t_loader *loader, const char *name, const char *text,
                                gsize len, gsize piece)
{
    h2t_loader_file(loader, name);
    for (gsize i = 0; i < len; i += piece)
        h2t_loader_feed(loader, text + i, MIN(piece, len - i));
}

static inline struct h2t_trace *sidecar_finish(struct h2t_loader *loader)
{
    GError *error = NULL;
    struct h2t_trace *trace = h2t_loader_finish(loader, &error);
    g_assert_no_error(error);
    h2t_loader_free(&loader);
    return trace;
}

/* Takes over `text`. */
static inline struct h2t_trace *sidecar_load(GString *text)
{
    struct h2t_loader *loader = h2t_loader_new();
    sidecar_feed(loader, "trace.json", text->str, text->len, 100);
    g_string_free(text, TRUE);
    return sidecar_finish(loader);
}

static inline struct h2t_request *request_at(struct h2t_trace *t, guint i)
{
    g_assert_cmpuint(i, <, t->requests->len);
    return &g_array_index(t->requests, struct h2t_request, i);
}

static inline struct h2t_attempt *attempt_at(struct h2t_trace *t, guint i)
{
    g_assert_cmpuint(i, <, t->attempts->len);
    return &g_array_index(t->attempts, struct h2t_attempt, i);
}

static inline struct h2t_tconn *tconn_at(struct h2t_trace *t, guint i)
{
    g_assert_cmpuint(i, <, t->tconns->len);
    return &g_array_index(t->tconns, struct h2t_tconn, i);
}

static inline struct h2t_dial *dial_at(struct h2t_trace *t, guint i)
{
    g_assert_cmpuint(i, <, t->dials->len);
    return &g_array_index(t->dials, struct h2t_dial, i);
}

static inline struct h2t_lookup *lookup_at(struct h2t_trace *t, guint i)
{
    g_assert_cmpuint(i, <, t->lookups->len);
    return &g_array_index(t->lookups, struct h2t_lookup, i);
}

/* The number-th attempt of the request with this id. */
static inline struct h2t_attempt *attempt_of(struct h2t_trace *t, const char *id, uint32_t number)
{
    for (guint i = 0; i < t->requests->len; i++) {
        if (strcmp(request_at(t, i)->id, id))
            continue;
        uint32_t a = request_at(t, i)->first_attempt;
        while (a != H2T_NONE && attempt_at(t, a)->number != number)
            a = attempt_at(t, a)->next;
        g_assert_cmpuint(a, !=, H2T_NONE);
        return attempt_at(t, a);
    }
    g_assert_not_reached();
}

static inline void assert_addr(const struct h2t_addr *addr, const char *wanted)
{
    char buf[H2T_ADDR_LEN];
    g_assert_cmpstr(h2t_addr_text(addr, buf), ==, wanted);
}

#endif
