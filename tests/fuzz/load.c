/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/load.h"

static void feed(struct h2t_loader *loader, struct bytes file, size_t step)
{
    for (size_t at = 0; at < file.len; at += step) {
        size_t n = MIN(step, file.len - at);
        g_autofree char *exact = g_memdup2(file.data + at, n);
        h2t_loader_feed(loader, exact, n);
    }
}

struct h2t_trace *load_sidecars(struct bytes files, size_t step)
{
    GError *error = NULL;
    struct h2t_loader *loader = h2t_loader_new();
    do {
        struct bytes file = fuzz_part(&files, FUZZ_FILE);
        h2t_loader_file(loader, "trace.json");
        feed(loader, file, step);
    } while (files.len);
    struct h2t_trace *trace = h2t_loader_finish(loader, &error);
    if (!trace)
        fuzz_assert_line(error->message);
    g_clear_error(&error);
    h2t_loader_free(&loader);
    return trace;
}
