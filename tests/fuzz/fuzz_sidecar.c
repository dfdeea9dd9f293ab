/* SPDX-License-Identifier: MIT */
/* Sidecars of every kind the loader takes. In which pieces the bytes come makes no difference. */
#include "tests/fuzz/check.h"
#include "tests/fuzz/load.h"

static void assert_same(const struct h2t_trace *a, const struct h2t_trace *b)
{
    g_assert_cmpuint(a->n_events, ==, b->n_events);
    g_assert_cmpuint(a->n_bad_lines, ==, b->n_bad_lines);
    g_assert_cmpuint(a->n_unknown_events, ==, b->n_unknown_events);
    g_assert_cmpuint(a->processes->len, ==, b->processes->len);
    g_assert_cmpuint(a->requests->len, ==, b->requests->len);
    g_assert_cmpuint(a->attempts->len, ==, b->attempts->len);
    g_assert_cmpuint(a->tconns->len, ==, b->tconns->len);
    g_assert_cmpuint(a->dials->len, ==, b->dials->len);
    g_assert_cmpuint(a->lookups->len, ==, b->lookups->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes all = {data, size};
    struct h2t_trace *whole = load_sidecars(all, 1u << 20), *pieces = load_sidecars(all, 7);
    g_assert_true(!whole == !pieces);
    if (whole) {
        check_trace(whole);
        check_trace(pieces);
        assert_same(whole, pieces);
    }
    h2t_trace_free(&whole);
    h2t_trace_free(&pieces);
    return 0;
}
