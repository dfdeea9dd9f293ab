/* SPDX-License-Identifier: MIT */
/* Bytes → lines → events → model: this file only joins lines.h, ahead.h, import.h and gather.h,
 * and keeps account of what was no good. How events become attempts is told in gather.h. */
#include "core/trace.h"

#include "core/ahead.h"
#include "core/gather.h"
#include "core/import.h"
#include "core/lines.h"

#include <inttypes.h>

struct h2t_loader {
    struct h2t_lines lines;
    struct h2t_import *import;
    struct h2t_gather gather;
    const char *file; /* NULL: none yet */
    uint64_t n_texts;
    bool used;                     /* something of this file was */
    struct h2t_bad_line first_bad; /* of this file */
    GArray *foreign;               /* struct h2t_bad_line: lines that are no JSON at all, … */
    uint64_t n_foreign; /* … and how many there are: in a log of text they are nothing */
    uint64_t n_lines;   /* of text that were of use in earlier files */
    char *useless;      /* the message about the first file that had no events */
};

static struct h2t_trace *trace_of(struct h2t_loader *loader)
{
    return loader->gather.build.trace;
}

static struct h2t_bad_line bad_line(struct h2t_loader *loader, uint64_t line, const char *why)
{
    why = h2t_intern(trace_of(loader)->strings, why, strlen(why));
    return (struct h2t_bad_line){loader->file, line, why};
}

static void reject(struct h2t_loader *loader, uint64_t line, const char *why)
{
    struct h2t_trace *trace = trace_of(loader);
    trace->n_bad_lines++;
    if (trace->bad->len >= H2T_MAX_BAD_SHOWN && loader->first_bad.why)
        return;
    struct h2t_bad_line bad = bad_line(loader, line, why);
    if (!loader->first_bad.why)
        loader->first_bad = bad;
    if (trace->bad->len < H2T_MAX_BAD_SHOWN)
        g_array_append_val(trace->bad, bad);
}

/* Whether it is bad, the whole file tells. */
static void put_off(struct h2t_loader *loader, uint64_t line, const char *why)
{
    if (loader->n_foreign++ >= H2T_MAX_BAD_SHOWN)
        return;
    struct h2t_bad_line bad = bad_line(loader, line, why);
    g_array_append_val(loader->foreign, bad);
}

static int by_line(gconstpointer a, gconstpointer b)
{
    const struct h2t_bad_line *x = a, *y = b;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* The file is no log of text: its foreign lines are bad. */
static void reject_foreign(struct h2t_loader *loader)
{
    struct h2t_trace *trace = trace_of(loader);
    guint n = 0;
    while (n < trace->bad->len &&
           g_array_index(trace->bad, struct h2t_bad_line, n).file != loader->file)
        n++;
    for (guint i = 0; i < loader->foreign->len; i++) {
        struct h2t_bad_line bad = g_array_index(loader->foreign, struct h2t_bad_line, i);
        if (!loader->first_bad.why || bad.line < loader->first_bad.line)
            loader->first_bad = bad;
        g_array_append_val(trace->bad, bad);
    }
    trace->n_bad_lines += loader->n_foreign;
    if (trace->bad->len > n)
        qsort(&g_array_index(trace->bad, struct h2t_bad_line, n), trace->bad->len - n,
              sizeof(struct h2t_bad_line), by_line);
    g_array_set_size(trace->bad, MIN(trace->bad->len, H2T_MAX_BAD_SHOWN));
}

static bool is_cut(const char *text, size_t len)
{
    while (len > 0 && g_ascii_isspace(text[len - 1]))
        len--;
    return len == 0 || text[len - 1] != '}';
}

static bool is_json(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && g_ascii_isspace(text[i]))
        i++;
    return i < len && text[i] == '{';
}

/* `event`: what the text says, if that is known. */
static void take_text(void *user, const char *text, size_t len, uint64_t line,
                      enum h2t_lines_state state, struct h2t_event *event)
{
    struct h2t_loader *loader = user;
    loader->n_texts++;
    if (state == H2T_LINE_TOO_LONG) {
        reject(loader, line, "too long");
        return;
    }
    loader->gather.line = line;
    if (event) {
        h2t_import_event(loader->import, event, &loader->used);
        return;
    }
    bool cut = state == H2T_LINE_LAST && is_cut(text, len), json = is_json(text, len);
    const char *why = "cut short";
    if (!cut || json) /* a number at the end of text may lack digits */
        why = h2t_import_text(loader->import, text, len, &loader->used);
    if (why && json)
        reject(loader, line, cut ? "cut short" : why);
    else if (why)
        put_off(loader, line, why);
}

static void take_line(void *user, const char *text, size_t len, uint64_t line,
                      enum h2t_lines_state state)
{
    take_text(user, text, len, line, state, NULL);
}

static void take_event(void *user, const struct h2t_event *event)
{
    h2t_gather_event(user, event);
}

struct h2t_loader *h2t_loader_new(void)
{
    struct h2t_loader *loader = g_new0(struct h2t_loader, 1);
    loader->foreign = g_array_new(FALSE, FALSE, sizeof(struct h2t_bad_line));
    h2t_lines_init(&loader->lines, take_line, loader);
    h2t_gather_init(&loader->gather);
    loader->import = h2t_import_new(take_event, &loader->gather);
    return loader;
}

static void fini(struct h2t_loader *loader)
{
    h2t_lines_fini(&loader->lines);
    h2t_import_free(&loader->import);
    h2t_gather_fini(&loader->gather);
    g_array_free(loader->foreign, TRUE);
    g_clear_pointer(&loader->useless, g_free);
}

void h2t_loader_free(struct h2t_loader **loader)
{
    if (!*loader)
        return;
    struct h2t_trace *trace = trace_of(*loader);
    fini(*loader);
    h2t_trace_free(&trace);
    g_clear_pointer(loader, g_free);
}

static char *describe_useless(const struct h2t_loader *loader)
{
    static const char wanted[] =
        "wanted httptrace events: the recorder's lines, logs with the hooks' names and a request "
        "id as JSON or key=value, OpenTelemetry spans, or lines of GODEBUG=http2debug, see "
        "docs/sidecars.md";
    const struct h2t_bad_line *bad = &loader->first_bad;
    if (bad->why)
        return g_strdup_printf("%s:%" PRIu64 ": %s; nothing in the file is usable, %s",
                               loader->file, bad->line, bad->why, wanted);
    if (loader->n_texts)
        return g_strdup_printf("%s: no event has a known name, %s", loader->file, wanted);
    return g_strdup_printf("%s: empty, %s", loader->file, wanted);
}

static void end_file(struct h2t_loader *loader)
{
    if (!loader->file)
        return;
    h2t_lines_end(&loader->lines);
    if (h2t_import_n_lines(loader->import) == loader->n_lines)
        reject_foreign(loader);
    if (!loader->used && !loader->useless)
        loader->useless = describe_useless(loader);
    loader->file = NULL;
}

void h2t_loader_file(struct h2t_loader *loader, const char *name)
{
    end_file(loader);
    loader->file = h2t_intern(trace_of(loader)->strings, name, strlen(name));
    loader->n_texts = 0;
    loader->used = false;
    loader->first_bad = (struct h2t_bad_line){0};
    loader->n_foreign = 0;
    loader->n_lines = h2t_import_n_lines(loader->import);
    g_array_set_size(loader->foreign, 0);
    h2t_gather_file(&loader->gather, loader->file);
}

void h2t_loader_feed(struct h2t_loader *loader, const char *bytes, size_t len)
{
    g_assert(loader->file);
    h2t_lines_feed(&loader->lines, bytes, len);
}

bool h2t_loader_read(struct h2t_loader *loader, h2t_pull_fn pull, void *user, unsigned n_threads,
                     GError **error)
{
    g_assert(loader->file);
    struct h2t_ahead_file file = {pull, user, take_text, loader};
    return h2t_ahead_read(&file, n_threads, error);
}

struct h2t_trace *h2t_loader_finish(struct h2t_loader *loader, GError **error)
{
    end_file(loader);
    if (loader->useless) {
        g_set_error_literal(error, H2T_ERROR, H2T_ERROR_FORMAT, loader->useless);
        return NULL;
    }
    h2t_import_finish(loader->import);
    struct h2t_trace *trace = h2t_gather_finish(&loader->gather);
    loader->gather.build.trace = NULL;
    return trace;
}

bool h2t_trace_wants_ledgers(const struct h2t_trace *trace)
{
    return trace->framers->len > 0;
}

void h2t_trace_free(struct h2t_trace **trace)
{
    struct h2t_trace *t = *trace;
    if (!t)
        return;
    for (uint32_t i = 0; i < t->tconns->len; i++)
        g_array_free(g_array_index(t->tconns, struct h2t_tconn, i).attempts, TRUE);
    for (uint32_t i = 0; i < t->framers->len; i++)
        h2t_framer_fini(&g_array_index(t->framers, struct h2t_framer, i));
    GArray *const arrays[] = {t->processes, t->requests,  t->attempts, t->tconns,
                              t->dials,     t->lookups,   t->bad,      t->framers,
                              t->zones,     t->sightings, t->unsent};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_free(arrays[i], TRUE);
    g_clear_pointer(&t->clocks, g_array_unref);
    g_clear_pointer(&t->maps, g_array_unref);
    h2t_strings_free(&t->strings);
    g_clear_pointer(trace, g_free);
}
