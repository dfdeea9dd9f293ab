/* SPDX-License-Identifier: MIT */
/* Findings put into a model by hand. */
#ifndef TEST_FOUND_H
#define TEST_FOUND_H

#include "noted.h"

#include "core/finding.h"
#include "core/rules.h"

/* As noted.h has it, with `n_requests` requests to URL of the trace, which were not captured. */
static inline struct world found_world(unsigned n_requests, const char *const *urls)
{
    struct world w = typical(0);
    h2t_diagnose(&w.m);
    g_array_set_size(w.m.findings->all, 0);
    g_array_set_size(w.m.findings->affected, 0);
    for (unsigned i = 0; i < n_requests; i++) {
        uint32_t a = trace_request(&w, H2T_NONE, NULL, 10 * MS);
        struct h2t_request *r = h2t_request_at(&w.m, h2t_attempt_at(&w.m, a)->request);
        r->id = h2t_intern(w.m.trace->strings, "r", 1);
        r->method = "GET";
        r->url = urls[i];
        h2t_attempt_at(&w.m, a)->stream = H2T_NONE;
    }
    return w;
}

static inline uint32_t rule_index(const char *id)
{
    uint32_t n;
    const struct h2t_rule *rules = h2t_rules(&n), *rule = h2t_rule_find(id);
    g_assert_nonnull(rule);
    return (uint32_t)(rule - rules);
}

/* About the requests [first, first + n). */
static inline void find(struct world *w, const char *id, enum h2t_severity severity, uint32_t first,
                        uint32_t n)
{
    struct h2t_finding f = {.rule = rule_index(id),
                            .severity = (uint8_t)severity,
                            .at = {START, 7},
                            .proof = {START, 7},
                            .conn = 0,
                            .n_conns = 1,
                            .first = w->m.findings->affected->len,
                            .n = n,
                            .wire = "seen",
                            .fix = "Mend it."};
    for (uint32_t i = 0; i < n; i++) {
        struct h2t_affected a = {w->m.findings->all->len, first + i, H2T_NONE, H2T_NONE};
        g_array_append_val(w->m.findings->affected, a);
    }
    g_array_append_val(w->m.findings->all, f);
}

static inline void found_free(struct world *w)
{
    h2t_findings_free(&w->m.findings);
    world_free(w);
}

#endif
