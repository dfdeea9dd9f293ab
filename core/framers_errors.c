/* SPDX-License-Identifier: MIT */
/*
 * Lines with errors. Some name their stream, their connection or their frame. "RoundTrip failure:
 * …" often names none; but each request that fails has one such line (transport.go, RoundTripOpt),
 * so that what all of these lines say is true of each request that failed.
 */
#include "core/framers_impl.h"
#include "core/url.h"

#define MAX_FAILURES 64u /* errors of a program that differ */

/* ---- Connections ---------------------------------------------------------------------------- */

/* The newest that has the connection: pointers come again. */
static uint32_t find_conn(const struct line *l, uint64_t conn_ptr)
{
    for (uint32_t i = l->all->trace->framers->len, n = 0; i-- > 0 && n < FRAMERS_SEARCHED; n++) {
        const struct h2t_framer *f = framers_at(l->all, i);
        if (f->process == l->process && f->conn_ptr == conn_ptr && !f->crowd)
            return i;
    }
    return H2T_NONE;
}

/* "read tcp 127.0.0.1:49682->127.0.0.1:8443: …" somewhere in the text. */
static bool find_addresses(struct h2t_text text, struct h2t_addr *local, struct h2t_addr *remote)
{
    const char *arrow = memmem(text.at, text.len, "->", 2);
    if (!arrow)
        return false;
    const char *from = arrow, *end = text.at + text.len;
    while (from > text.at && from[-1] != ' ')
        from--;
    *local = h2t_event_addr((struct h2t_text){from, (size_t)(arrow - from)});
    *remote = framers_addr((struct h2t_text){arrow + 2, (size_t)(end - arrow) - 2});
    return local->family && remote->family;
}

/* Behind the type of the error. The streams of a connection that just ends get another one. */
static void end_conn(const struct line *l, uint32_t framer)
{
    const char *at = memmem(l->rest.at, l->rest.len, ") ", 2);
    if (!at)
        return;
    struct h2t_text err = {at + 2, l->rest.len - (size_t)(at + 2 - l->rest.at)};
    bool eof = err.len == 3 && !memcmp(err.at, "EOF", 3);
    if (!framers_state(l->all, framer)->err)
        framers_state(l->all, framer)->err =
            eof ? h2t_intern(l->all->trace->strings, "unexpected EOF", strlen("unexpected EOF"))
                : h2t_url_keep_error(l->all->trace->strings, err);
}

/* "0xPTR: (*net.OpError) read tcp L->R: use of closed network connection" */
void framers_read_error(struct line *l)
{
    uint64_t pointer;
    struct h2t_addr local, remote;
    if (!framers_take_pointer(&l->rest, &pointer) || !pointer)
        return;
    uint32_t framer = find_conn(l, pointer);
    if (framer == H2T_NONE)
        return;
    end_conn(l, framer);
    if (!find_addresses(l->rest, &local, &remote))
        return;
    framers_at(l->all, framer)->local = local;
    framers_at(l->all, framer)->remote = remote;
}

/* ---- Frames --------------------------------------------------------------------------------- */

static bool is_last_read(const struct h2t_framer *f, const struct h2t_summary *s)
{
    const GArray *read = f->frames[H2T_READ];
    if (!read->len)
        return false;
    const struct h2t_logged *last = &g_array_index(read, struct h2t_logged, read->len - 1);
    return last->kind == s->kind && last->stream == s->stream && last->len == s->len &&
           last->detail == s->detail;
}

/* The Framer that read such a frame last. */
static uint32_t find_reader(const struct line *l, uint64_t conn_ptr, const struct h2t_summary *s)
{
    uint32_t found = find_conn(l, conn_ptr);
    if (found != H2T_NONE)
        return is_last_read(framers_at(l->all, found), s) ? found : H2T_NONE;
    for (uint32_t i = l->all->trace->framers->len, n = 0; i-- > 0 && n < FRAMERS_SEARCHED; n++) {
        const struct h2t_framer *f = framers_at(l->all, i);
        if (f->process != l->process || !is_last_read(f, s))
            continue;
        if (found != H2T_NONE)
            return H2T_NONE;
        found = i;
    }
    return found;
}

/* Where the quoted text at `at` is over. */
static size_t skip_quoted(struct h2t_text text, size_t at)
{
    for (at++; at < text.len && text.at[at] != '"'; at++)
        at += text.at[at] == '\\';
    return at;
}

/* What stands behind the frame; in what is quoted there, as the data of DATA, may be anything. */
static struct h2t_text behind_frame(struct h2t_text text)
{
    static const char *const beginnings[] = {": connection error: ", ": stream error: "};
    for (size_t at = 0; at < text.len; at++) {
        struct h2t_text rest = {text.at + at, text.len - at};
        if (*rest.at == '"')
            at = skip_quoted(text, at);
        for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++)
            if (framers_take(&rest, beginnings[i]))
                return (struct h2t_text){text.at + at + 2, text.len - at - 2};
    }
    return (struct h2t_text){0};
}

static bool is_of_stream(struct h2t_text err)
{
    return framers_take(&err, "stream error: ");
}

/* "0xPTR received error from processing frame WINDOW_UPDATE …: connection error: …" */
void framers_frame_error(struct line *l)
{
    uint64_t pointer;
    struct h2t_summary s;
    if (!framers_take_pointer(&l->rest, &pointer) ||
        !framers_take(&l->rest, " received error from processing frame ") ||
        !h2t_summary_read(l->rest, &s))
        return;
    struct h2t_text err = behind_frame(l->rest);
    uint32_t framer = err.at ? find_reader(l, pointer, &s) : H2T_NONE;
    if (framer == H2T_NONE)
        return;
    struct h2t_framer *f = framers_at(l->all, framer);
    struct h2t_fault fault = {f->frames[H2T_READ]->len - 1,
                              h2t_url_keep_error(l->all->trace->strings, err)};
    if (!f->faults)
        f->faults = g_array_new(FALSE, FALSE, sizeof(struct h2t_fault));
    g_array_append_val(f->faults, fault);
    if (!is_of_stream(err))
        framers_state(l->all, framer)->err = fault.err;
}

/* ---- Requests ------------------------------------------------------------------------------- */

static bool find_stream(struct h2t_text text, uint32_t *stream)
{
    static const char words[] = "stream ID ";
    const char *at = memmem(text.at, text.len, words, strlen(words));
    if (!at)
        return false;
    *stream = 0;
    at += strlen(words);
    for (const char *end = text.at + text.len; at < end && g_ascii_isdigit(*at); at++)
        *stream = *stream * 10 + (uint32_t)(*at - '0');
    return *stream % 2 == 1;
}

/* "stream error: stream ID 5; …": of the only Framer that has this stream. */
static void stream_failure(const struct line *l, uint32_t stream)
{
    struct h2t_logged_request *found = NULL;
    for (uint32_t i = l->all->trace->framers->len, n = 0; i-- > 0 && n < FRAMERS_SEARCHED; n++) {
        const struct h2t_framer *f = framers_at(l->all, i);
        struct h2t_logged_request *r = f->process == l->process ? framers_request(f, stream) : NULL;
        if (!r || r->err)
            continue;
        if (found)
            return;
        found = r;
    }
    if (found)
        found->err = h2t_url_keep_error(l->all->trace->strings, l->rest);
}

/* What cannot be tried again was refused, or is of no stream. */
static void nameless_failure(const struct line *l)
{
    struct h2t_text rest = l->rest;
    if (framers_take(&rest, "http2: Transport: cannot retry err ["))
        return;
    const char *err = h2t_url_keep_error(l->all->trace->strings, l->rest);
    GArray *failures = l->program->failures;
    for (uint32_t i = 0; i < failures->len; i++) {
        struct failure *f = &g_array_index(failures, struct failure, i);
        if (f->err != err)
            continue;
        f->n++;
        return;
    }
    struct failure one = {.err = err, .n = 1};
    if (failures->len < MAX_FAILURES)
        g_array_append_val(failures, one);
    else
        l->program->more_failures = true;
}

void framers_failure(struct line *l)
{
    uint32_t stream;
    if (find_stream(l->rest, &stream))
        stream_failure(l, stream);
    else
        nameless_failure(l);
}

/* "<nil>" in Go 1.19, which means to print the error. */
void framers_retry(struct line *l)
{
    uint32_t stream;
    GArray *processes = l->all->trace->processes;
    g_array_index(processes, struct h2t_process, l->process).n_retries++;
    if (find_stream(l->rest, &stream))
        stream_failure(l, stream);
}

/* ---- Whose the failures are ------------------------------------------------------------------ */

/* Did it fail, and nobody but such a line says why? What was refused is tried again, or has another
 * error. */
static bool has_failed(const struct framer_state *state, const struct h2t_logged_request *r)
{
    return r->given_up && !r->answered && !r->err && r->stream <= state->goaway_last;
}

static struct program *program_of(const struct h2t_framers *f, uint32_t framer)
{
    return &g_array_index(f->programs, struct program, framers_at(f, framer)->process);
}

static struct failure *failure_of(const struct program *p, const char *err)
{
    for (uint32_t i = 0; err && i < p->failures->len; i++)
        if (g_array_index(p->failures, struct failure, i).err == err)
            return &g_array_index(p->failures, struct failure, i);
    return NULL;
}

/* The connection's error, if it had one before the request was given up. */
static struct failure *cut_by(const struct h2t_framers *f, uint32_t framer,
                              const struct h2t_logged_request *r)
{
    return r->cut ? failure_of(program_of(f, framer), framers_state(f, framer)->err) : NULL;
}

typedef void (*failed_fn)(const struct h2t_framers *f, uint32_t framer,
                          struct h2t_logged_request *r);

static void each_failed(const struct h2t_framers *f, failed_fn fn)
{
    for (uint32_t i = 0; i < f->trace->framers->len; i++) {
        GArray *requests = framers_at(f, i)->requests;
        for (uint32_t k = 0; k < requests->len; k++) {
            struct h2t_logged_request *r = &g_array_index(requests, struct h2t_logged_request, k);
            if (has_failed(framers_state(f, i), r))
                fn(f, i, r);
        }
    }
}

static void count_cut(const struct h2t_framers *f, uint32_t framer, struct h2t_logged_request *r)
{
    struct failure *failure = cut_by(f, framer, r);
    if (failure)
        failure->n_cut++;
    else
        program_of(f, framer)->n_failed++;
}

static void settle_cut(const struct h2t_framers *f, uint32_t framer, struct h2t_logged_request *r)
{
    const struct failure *failure = cut_by(f, framer, r);
    if (failure && failure->n_cut <= failure->n)
        r->err = failure->err;
}

/* What all lines say that no connection explains; NULL: they differ, or are too few. */
static const char *only_failure(const struct program *p)
{
    const struct failure *only = NULL;
    for (uint32_t i = 0; i < p->failures->len; i++) {
        const struct failure *f = &g_array_index(p->failures, struct failure, i);
        if (f->n_cut > f->n)
            return NULL;
        if (f->n_cut == f->n)
            continue;
        if (only)
            return NULL;
        only = f;
    }
    bool enough = only && only->n - only->n_cut >= p->n_failed;
    return enough && !p->more_failures ? only->err : NULL;
}

static void settle_rest(const struct h2t_framers *f, uint32_t framer, struct h2t_logged_request *r)
{
    r->err = only_failure(program_of(f, framer));
}

void framers_settle_failures(struct h2t_framers *f)
{
    each_failed(f, count_cut);
    each_failed(f, settle_cut);
    each_failed(f, settle_rest);
}
