/* SPDX-License-Identifier: MIT */
#include "annotator/scribe.h"

#include "annotator/capture/edit.h"
#include "core/notes.h"

#include <signal.h>

#define N_PAGES 4u      /* one is read, one is written, two even out */
#define PAGE_NOTES 512u /* some 100 kB: stays in the cache between the threads */
#define TEXT_LEN 256u   /* most are shorter */

/* The texts of the next `n` notes. */
struct page {
    unsigned n;
    GPtrArray *texts; /* GString, kept for the next time; at least n */
};

struct scribe {
    const struct h2t_model *model;
    const GArray *notes;
    struct page pages[N_PAGES];
    uint32_t written;  /* notes that have texts; the thread's */
    uint32_t read;     /* notes of pages that are done with; the reader's, as the next two */
    struct page *open; /* NULL: none */
    unsigned position; /* in the open page */
    GThread *thread;   /* NULL: a page is made when it is asked for */
    GMutex mutex;      /* guards what follows */
    GCond changed;
    uint64_t n_made, n_read; /* pages since the beginning; the next is page n % N_PAGES */
    bool stopped;
};

static const struct h2t_note *note_at(const struct scribe *s, uint32_t i)
{
    return &g_array_index(s->notes, struct h2t_note, i);
}

static GString *next_text(struct page *page)
{
    if (page->n == page->texts->len)
        g_ptr_array_add(page->texts, g_string_sized_new(TEXT_LEN));
    return page->texts->pdata[page->n++];
}

static void fill(struct scribe *s, struct page *page)
{
    uint32_t packet = 0;
    size_t on_packet = 0; /* bytes */
    page->n = 0;
    for (; s->written < s->notes->len; s->written++) {
        const struct h2t_note *note = note_at(s, s->written);
        bool begins = note->packet != packet;
        if (begins && page->n >= PAGE_NOTES)
            return;
        packet = note->packet;
        on_packet = begins ? 0 : on_packet;
        GString *text = next_text(page);
        g_string_truncate(text, 0);
        if (on_packet > MAX_ANNOTATED_BLOCK)
            continue;
        h2t_note_text(s->model, note, false, text);
        on_packet += text->len;
    }
}

/* ---- Two threads ---------------------------------------------------------------------------- */

static struct page *page_at(struct scribe *s, uint64_t number)
{
    return &s->pages[number % N_PAGES];
}

/* Waits until page `number` may be written over; false: nobody reads any more. */
static bool wait_for_room(struct scribe *s, uint64_t number)
{
    g_mutex_lock(&s->mutex);
    while (!s->stopped && number >= s->n_read + N_PAGES)
        g_cond_wait(&s->changed, &s->mutex);
    bool wanted = !s->stopped;
    g_mutex_unlock(&s->mutex);
    return wanted;
}

static void count(struct scribe *s, uint64_t *pages)
{
    g_mutex_lock(&s->mutex);
    ++*pages;
    g_cond_signal(&s->changed);
    g_mutex_unlock(&s->mutex);
}

/* Signals that end the program are the other thread's, which knows when it can do with one: see
 * output.c. */
static void *write_ahead(void *user)
{
    struct scribe *s = user;
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    for (uint64_t number = 0; s->written < s->notes->len && wait_for_room(s, number); number++) {
        fill(s, page_at(s, number));
        count(s, &s->n_made);
    }
    return NULL;
}

static void wait_for_page(struct scribe *s)
{
    g_mutex_lock(&s->mutex);
    while (s->n_made == s->n_read)
        g_cond_wait(&s->changed, &s->mutex);
    g_mutex_unlock(&s->mutex);
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* Is there a page with texts that were not read? Gives back the one before it. */
static bool open_page(struct scribe *s)
{
    if (s->open && s->position < s->open->n)
        return true;
    if (s->open) {
        s->read += s->open->n;
        s->open = NULL;
        count(s, &s->n_read);
    }
    if (s->read == s->notes->len)
        return false;
    s->position = 0;
    s->open = page_at(s, s->n_read);
    if (s->thread)
        wait_for_page(s);
    else
        fill(s, s->open);
    return true;
}

static bool is_before(const struct scribe *s, uint32_t packet)
{
    return s->position < s->open->n && note_at(s, s->read + s->position)->packet < packet;
}

GString *const *scribe_texts(struct scribe *s, uint32_t packet, unsigned *n)
{
    *n = 0;
    while (open_page(s)) {
        while (is_before(s, packet))
            s->position++;
        unsigned from = s->position;
        if (from == s->open->n)
            continue;
        while (is_before(s, packet + 1))
            s->position++;
        *n = s->position - from;
        return (GString *const *)s->open->texts->pdata + from;
    }
    return NULL;
}

struct scribe *scribe_new(const struct h2t_model *model, const GArray *notes, bool own_thread)
{
    struct scribe *s = g_new0(struct scribe, 1);
    s->model = model;
    s->notes = notes;
    g_mutex_init(&s->mutex);
    g_cond_init(&s->changed);
    for (unsigned i = 0; i < N_PAGES; i++)
        s->pages[i].texts = g_ptr_array_new();
    if (own_thread)
        s->thread = g_thread_new("scribe", write_ahead, s);
    return s;
}

static void stop(struct scribe *s)
{
    g_mutex_lock(&s->mutex);
    s->stopped = true;
    g_cond_signal(&s->changed);
    g_mutex_unlock(&s->mutex);
    g_thread_join(s->thread);
}

static void free_texts(GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        g_string_free(texts->pdata[i], true);
    g_ptr_array_unref(texts);
}

void scribe_free(struct scribe **scribe)
{
    struct scribe *s = *scribe;
    if (!s)
        return;
    if (s->thread)
        stop(s);
    for (unsigned i = 0; i < N_PAGES; i++)
        free_texts(s->pages[i].texts);
    g_mutex_clear(&s->mutex);
    g_cond_clear(&s->changed);
    g_clear_pointer(scribe, g_free);
}
