/* SPDX-License-Identifier: MIT */
#include "core/ahead.h"

#include "core/import_native.h"

#include <string.h>

#define BATCH_LEN (128u << 10) /* bytes of lines */
#define BATCH_LINES 1024u      /* the recorder's fill a batch before */
#define MAX_LEN (32u << 10)    /* a longer line is not read ahead: parsers take 14 times as much */

struct line {
    size_t at, len; /* in the batch's text */
    uint64_t number;
    enum h2t_lines_state state;
    bool is_event; /* the event of the same index is the line's */
};

/* Filled by who adds, then read by a thread, then handed on by who adds. */
struct batch {
    char text[BATCH_LEN], strings[BATCH_LEN]; /* strings: what events point to */
    struct line lines[BATCH_LINES];
    struct h2t_event events[BATCH_LINES];
    size_t len;
    unsigned n_lines;
    bool try;  /* the lines may be the recorder's */
    bool done; /* read; guarded by the mutex */
};

struct h2t_ahead {
    h2t_ahead_fn fn;
    void *user;
    unsigned n_threads, n_batches;
    GThread **threads;
    struct batch **batches; /* number n is batches[n % n_batches] */
    uint64_t n_given;       /* handed on */
    bool try;
    struct h2t_native *native; /* of who adds, who helps instead of waiting */
    GMutex mutex;              /* guards what follows */
    GCond changed;
    uint64_t n_full, n_taken; /* full ones, and those a thread has begun to read */
    bool stopped;
};

static struct batch *batch_at(const struct h2t_ahead *ahead, uint64_t number)
{
    return ahead->batches[number % ahead->n_batches];
}

/* ---- The threads ---------------------------------------------------------------------------- */

static void read_batch(struct batch *batch, struct h2t_native *native)
{
    char *strings = batch->strings;
    for (unsigned i = 0; batch->try && i < batch->n_lines; i++) {
        struct line *line = &batch->lines[i];
        struct h2t_event *event = &batch->events[i];
        const char *why = h2t_native_read(native, batch->text + line->at, line->len, event);
        line->is_event = !why && h2t_native_is_complete(event);
        if (line->is_event)
            strings = h2t_native_keep(event, strings);
    }
}

/* Reads the next batch; with the mutex locked, which it lets go meanwhile. */
static void read_next(struct h2t_ahead *ahead, struct h2t_native *native)
{
    struct batch *batch = batch_at(ahead, ahead->n_taken++);
    g_mutex_unlock(&ahead->mutex);
    read_batch(batch, native);
    g_mutex_lock(&ahead->mutex);
    batch->done = true;
    g_cond_broadcast(&ahead->changed);
}

static void *work(void *user)
{
    struct h2t_ahead *ahead = user;
    struct h2t_native *native = h2t_native_new();
    g_mutex_lock(&ahead->mutex);
    while (!ahead->stopped) {
        if (ahead->n_taken < ahead->n_full)
            read_next(ahead, native);
        else
            g_cond_wait(&ahead->changed, &ahead->mutex);
    }
    g_mutex_unlock(&ahead->mutex);
    h2t_native_free(&native);
    return NULL;
}

/* ---- Who adds ------------------------------------------------------------------------------- */

static void hand_on(struct h2t_ahead *ahead, struct batch *batch)
{
    unsigned n_events = 0;
    for (unsigned i = 0; i < batch->n_lines; i++) {
        const struct line *line = &batch->lines[i];
        n_events += line->is_event;
        ahead->fn(ahead->user, batch->text + line->at, line->len, line->number, line->state,
                  line->is_event ? &batch->events[i] : NULL);
    }
    ahead->try = n_events >= batch->n_lines / 2;
    batch->len = 0;
    batch->n_lines = 0;
    ahead->n_given++;
}

/* Is the first batch that was not handed on read? Those before `until` are waited for, or read here
 * where no thread has begun to. */
static bool next_is_read(struct h2t_ahead *ahead, uint64_t until)
{
    bool done = false;
    g_mutex_lock(&ahead->mutex);
    while (ahead->n_given < ahead->n_full) {
        done = batch_at(ahead, ahead->n_given)->done;
        if (done || ahead->n_given >= until)
            break;
        if (ahead->n_taken < ahead->n_full)
            read_next(ahead, ahead->native);
        else
            g_cond_wait(&ahead->changed, &ahead->mutex);
    }
    g_mutex_unlock(&ahead->mutex);
    return done;
}

/* Batches that are read, in order. */
static void hand_on_read(struct h2t_ahead *ahead, uint64_t until)
{
    while (next_is_read(ahead, until))
        hand_on(ahead, batch_at(ahead, ahead->n_given));
}

/* The batch that is filled is never one of the full ones. */
static struct batch *filled(const struct h2t_ahead *ahead)
{
    return batch_at(ahead, ahead->n_full);
}

static void close_batch(struct h2t_ahead *ahead)
{
    struct batch *batch = filled(ahead);
    batch->try = ahead->try;
    g_mutex_lock(&ahead->mutex);
    batch->done = false;
    ahead->n_full++;
    g_cond_broadcast(&ahead->changed);
    g_mutex_unlock(&ahead->mutex);
    uint64_t n_others = ahead->n_batches - 1;
    hand_on_read(ahead, ahead->n_full > n_others ? ahead->n_full - n_others : 0);
}

void h2t_ahead_add(struct h2t_ahead *ahead, const char *text, size_t len, uint64_t line,
                   enum h2t_lines_state state)
{
    if (len > MAX_LEN || state == H2T_LINE_TOO_LONG) {
        h2t_ahead_drain(ahead);
        ahead->fn(ahead->user, text, len, line, state, NULL);
        return;
    }
    struct batch *batch = filled(ahead);
    if (batch->len + len > BATCH_LEN || batch->n_lines == BATCH_LINES) {
        close_batch(ahead);
        batch = filled(ahead);
    }
    batch->lines[batch->n_lines++] =
        (struct line){.at = batch->len, .len = len, .number = line, .state = state};
    memcpy(batch->text + batch->len, text, len);
    batch->len += len;
}

void h2t_ahead_drain(struct h2t_ahead *ahead)
{
    if (filled(ahead)->n_lines)
        close_batch(ahead);
    hand_on_read(ahead, UINT64_MAX);
    ahead->try = true;
}

struct h2t_ahead *h2t_ahead_new(unsigned threads, h2t_ahead_fn fn, void *user)
{
    struct h2t_ahead *ahead = g_new0(struct h2t_ahead, 1);
    ahead->fn = fn;
    ahead->user = user;
    ahead->try = true;
    ahead->n_threads = threads;
    ahead->n_batches = 2 * threads + 2;
    ahead->native = h2t_native_new();
    g_mutex_init(&ahead->mutex);
    g_cond_init(&ahead->changed);
    ahead->batches = g_new(struct batch *, ahead->n_batches);
    for (unsigned i = 0; i < ahead->n_batches; i++) {
        ahead->batches[i] = g_new(struct batch, 1);
        ahead->batches[i]->len = 0;
        ahead->batches[i]->n_lines = 0;
    }
    ahead->threads = g_new(GThread *, threads);
    for (unsigned i = 0; i < threads; i++)
        ahead->threads[i] = g_thread_new("read ahead", work, ahead);
    return ahead;
}

static void stop(struct h2t_ahead *ahead)
{
    g_mutex_lock(&ahead->mutex);
    ahead->stopped = true;
    g_cond_broadcast(&ahead->changed);
    g_mutex_unlock(&ahead->mutex);
    for (unsigned i = 0; i < ahead->n_threads; i++)
        g_thread_join(ahead->threads[i]);
}

void h2t_ahead_free(struct h2t_ahead **ahead)
{
    struct h2t_ahead *a = *ahead;
    if (!a)
        return;
    stop(a);
    for (unsigned i = 0; i < a->n_batches; i++)
        g_free(a->batches[i]);
    g_free(a->batches);
    h2t_native_free(&a->native);
    g_free(a->threads);
    g_mutex_clear(&a->mutex);
    g_cond_clear(&a->changed);
    g_clear_pointer(ahead, g_free);
}
