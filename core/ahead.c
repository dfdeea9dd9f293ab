/* SPDX-License-Identifier: MIT */
#include "core/ahead.h"

#include "core/import_native.h"

#include <string.h>

#define PIECE_LEN (64u << 10) /* with its events it fits a processor's own cache */
#define MAX_LEN (32u << 10)   /* a longer line is not read ahead: parsers take 14 times as much */

struct line {
    const char *text;
    size_t len;
    uint64_t number;
    enum h2t_lines_state state;
    uint32_t event; /* index; H2T_NONE: it is not known to have one */
};

/* A thread's piece of the file, with all lines that end in it. */
struct batch {
    uint64_t number;
    char piece[PIECE_LEN];
    size_t len;
    GStringChunk *begun; /* lines that began in an earlier piece */
    GArray *lines, *events;
    char *strings; /* what events point to, as long as the lines together at most */
    size_t n_bytes, strings_len;
};

/* What the threads share. */
struct shared {
    const struct h2t_ahead_file *file;
    bool several;   /* one alone gains nothing by reading ahead */
    GMutex reading; /* guards what follows */
    struct h2t_lines lines;
    struct batch *filled; /* to which the lines go */
    uint64_t n_batches;
    bool ended;
    GError *error;
    GMutex handing; /* guards what follows */
    GCond turned;
    uint64_t turn; /* number of the batch that is handed on next, or just now */
    gint useful;   /* atomic: the last batch had the recorder's lines */
};

/* ---- A batch -------------------------------------------------------------------------------- */

static struct batch *batch_new(void)
{
    struct batch *batch = g_new(struct batch, 1);
    batch->begun = g_string_chunk_new(4096);
    batch->lines = g_array_new(false, false, sizeof(struct line));
    batch->events = g_array_new(false, false, sizeof(struct h2t_event));
    batch->strings = NULL;
    batch->strings_len = 0;
    return batch;
}

static void batch_free(struct batch *batch)
{
    g_string_chunk_free(batch->begun);
    g_array_unref(batch->lines);
    g_array_unref(batch->events);
    g_free(batch->strings);
    g_free(batch);
}

static void batch_clear(struct batch *batch)
{
    g_string_chunk_clear(batch->begun);
    g_array_set_size(batch->lines, 0);
    g_array_set_size(batch->events, 0);
    batch->n_bytes = 0;
}

/* h2t_lines_fn. */
static void add_line(void *user, const char *text, size_t len, uint64_t number,
                     enum h2t_lines_state state)
{
    struct batch *batch = ((struct shared *)user)->filled;
    bool here = text >= batch->piece && text < batch->piece + batch->len;
    if (!here)
        text = g_string_chunk_insert_len(batch->begun, text, (gssize)len);
    struct line line = {text, len, number, state, H2T_NONE};
    g_array_append_val(batch->lines, line);
    batch->n_bytes += len <= MAX_LEN ? len : 0;
}

static void make_room(struct batch *batch)
{
    if (batch->strings_len >= batch->n_bytes)
        return;
    g_free(batch->strings);
    batch->strings_len = batch->n_bytes;
    batch->strings = g_malloc(batch->strings_len);
}

static void read_lines(struct batch *batch, struct h2t_native *native)
{
    make_room(batch);
    char *strings = batch->strings;
    for (guint i = 0; i < batch->lines->len; i++) {
        struct line *line = &g_array_index(batch->lines, struct line, i);
        if (line->len > MAX_LEN || line->state == H2T_LINE_TOO_LONG)
            continue;
        uint32_t n = batch->events->len;
        g_array_set_size(batch->events, n + 1);
        struct h2t_event *event = &g_array_index(batch->events, struct h2t_event, n);
        const char *why = h2t_native_read(native, line->text, line->len, event);
        if (!why && h2t_native_is_complete(event)) {
            strings = h2t_native_keep(event, strings);
            line->event = n;
        } else {
            g_array_set_size(batch->events, n);
        }
    }
}

/* ---- The threads ---------------------------------------------------------------------------- */

/* The next piece into the batch; false: there is none. The end of the file is one, too: the last
 * line may end there. */
static bool fill(struct shared *shared, struct batch *batch)
{
    ssize_t n = -1;
    batch_clear(batch);
    g_mutex_lock(&shared->reading);
    if (!shared->ended)
        n = shared->file->pull(shared->file->pull_user, batch->piece, PIECE_LEN, &shared->error);
    shared->ended |= n <= 0;
    if (n >= 0) {
        batch->number = shared->n_batches++;
        batch->len = (size_t)n;
        shared->filled = batch;
        h2t_lines_feed(&shared->lines, batch->piece, batch->len);
        if (n == 0)
            h2t_lines_end(&shared->lines);
    }
    g_mutex_unlock(&shared->reading);
    return n >= 0;
}

static void hand_on(const struct shared *shared, struct batch *batch)
{
    const struct h2t_ahead_file *file = shared->file;
    for (guint i = 0; i < batch->lines->len; i++) {
        const struct line *line = &g_array_index(batch->lines, struct line, i);
        struct h2t_event *event =
            line->event == H2T_NONE ? NULL
                                    : &g_array_index(batch->events, struct h2t_event, line->event);
        file->fn(file->user, line->text, line->len, line->number, line->state, event);
    }
}

static void wait_for_turn(struct shared *shared, const struct batch *batch)
{
    g_mutex_lock(&shared->handing);
    while (shared->turn != batch->number)
        g_cond_wait(&shared->turned, &shared->handing);
    g_mutex_unlock(&shared->handing);
}

static void end_turn(struct shared *shared)
{
    g_mutex_lock(&shared->handing);
    shared->turn++;
    g_cond_broadcast(&shared->turned);
    g_mutex_unlock(&shared->handing);
}

static void *work(void *user)
{
    struct shared *shared = user;
    struct batch *batch = batch_new();
    struct h2t_native *native = h2t_native_new();
    while (fill(shared, batch)) {
        if (shared->several && g_atomic_int_get(&shared->useful))
            read_lines(batch, native);
        wait_for_turn(shared, batch);
        hand_on(shared, batch);
        g_atomic_int_set(&shared->useful, batch->events->len >= batch->lines->len / 2);
        end_turn(shared);
    }
    h2t_native_free(&native);
    batch_free(batch);
    return NULL;
}

bool h2t_ahead_read(const struct h2t_ahead_file *file, unsigned n_threads, GError **error)
{
    struct shared shared = {.file = file, .several = n_threads > 0, .useful = true};
    g_autofree GThread **threads = g_new(GThread *, n_threads);
    g_mutex_init(&shared.reading);
    g_mutex_init(&shared.handing);
    g_cond_init(&shared.turned);
    h2t_lines_init(&shared.lines, add_line, &shared);
    for (unsigned i = 0; i < n_threads; i++)
        threads[i] = g_thread_new("sidecar", work, &shared);
    work(&shared);
    for (unsigned i = 0; i < n_threads; i++)
        g_thread_join(threads[i]);
    h2t_lines_fini(&shared.lines);
    g_mutex_clear(&shared.reading);
    g_mutex_clear(&shared.handing);
    g_cond_clear(&shared.turned);
    if (shared.error)
        g_propagate_error(error, shared.error);
    return !shared.error;
}
