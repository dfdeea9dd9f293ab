/* SPDX-License-Identifier: MIT */
/* A report that is read again: it is one, or the message says in a line why not. What it says is
 * not changed by being read twice. */
#include "annotator/baseline.h"
#include "core/rules.h"
#include "tests/fuzz/fuzz.h"

/* A model with one finding about nobody; the baseline may know it. */
static bool knows(const struct baseline *baseline)
{
    struct h2t_finding finding = {.severity = H2T_SEVERITY_NOTE, .conn = H2T_NONE};
    struct h2t_findings findings = {.all = g_array_new(false, false, sizeof finding)};
    struct h2t_model m = {.findings = &findings};
    g_array_append_val(findings.all, finding);
    bool known = baseline_has(baseline, &m, 0);
    g_array_unref(findings.all);
    return known;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GError *error = NULL;
    struct baseline *one = baseline_new("report", (const char *)data, size, &error);
    g_assert_true((one == NULL) == (error != NULL));
    if (!one) {
        fuzz_assert_line(error->message);
        g_clear_error(&error);
        return 0;
    }
    struct baseline *two = baseline_new("report", (const char *)data, size, &error);
    g_assert_no_error(error);
    g_assert_true(knows(one) == knows(two));
    baseline_free(&one);
    baseline_free(&two);
    return 0;
}
