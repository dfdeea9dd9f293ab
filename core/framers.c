/* SPDX-License-Identifier: MIT */
/* Each kind of line has a function; what a program has begun and not finished is kept beside its
 * Framers. */
#include "core/framers.h"

#include "core/base.h"
#include "core/frame_summary.h"
#include "core/logged_block.h"
#include "core/zones.h"

#include <string.h>

#define MAX_WAITING 64u   /* connections of a program that wait for their Framer */
#define MAX_SEARCHED 256u /* the newest Framers, in which an error's stream is looked for */
#define COARSEST_UNIT INT64_C(1000000000)

/* A connection whose Framer has not appeared. */
struct waiting {
    struct h2t_addr remote;
    uint64_t conn_ptr; /* 0: a server's */
    bool server;
};

struct program {
    GArray *waiting; /* struct waiting */
    struct h2t_block block;
    uint64_t n_lines;
    uint32_t n_clients; /* client connections that were begun */
    uint32_t level1;    /* the Framer that stands for a connection at http2debug=1 */
    bool level2;        /* there are lines of Framers */
};

/* One line being read. */
struct line {
    struct h2t_framers *all;
    struct program *program;
    const struct h2t_event *event;
    const char *file;
    uint64_t number;
    uint32_t process;
    struct h2t_text rest; /* what follows the words that tell its kind */
};

void h2t_framers_init(struct h2t_framers *f, struct h2t_trace *trace)
{
    *f = (struct h2t_framers){.trace = trace};
    f->programs = g_array_new(FALSE, TRUE, sizeof(struct program));
    f->newest = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

void h2t_framers_fini(struct h2t_framers *f)
{
    for (uint32_t i = 0; i < f->programs->len; i++)
        g_clear_pointer(&g_array_index(f->programs, struct program, i).waiting, g_array_unref);
    g_array_unref(f->programs);
    g_array_unref(f->newest);
    h2t_index_fini(&f->pointers);
}

static struct program *program_of(struct h2t_framers *f, uint32_t process)
{
    if (process >= f->programs->len)
        g_array_set_size(f->programs, process + 1);
    struct program *p = &g_array_index(f->programs, struct program, process);
    if (!p->waiting) {
        p->waiting = g_array_new(FALSE, FALSE, sizeof(struct waiting));
        p->level1 = H2T_NONE;
    }
    return p;
}

static struct h2t_framer *framer_at(const struct h2t_framers *f, uint32_t i)
{
    return &g_array_index(f->trace->framers, struct h2t_framer, i);
}

/* ---- Reading words -------------------------------------------------------------------------- */

static bool take(struct h2t_text *text, const char *word)
{
    size_t len = strlen(word);
    if (text->len < len || memcmp(text->at, word, len))
        return false;
    text->at += len;
    text->len -= len;
    return true;
}

static bool take_pointer(struct h2t_text *text, uint64_t *pointer)
{
    size_t digits = 0;
    if (!take(text, "0x"))
        return false;
    for (*pointer = 0; digits < text->len && g_ascii_isxdigit(text->at[digits]); digits++)
        *pointer = *pointer << 4 | (uint64_t)g_ascii_xdigit_value(text->at[digits]);
    text->at += digits;
    text->len -= digits;
    return digits > 0 && digits <= 16;
}

/* Up to the next space, or the end. */
static struct h2t_addr address(struct h2t_text text)
{
    const char *space = memchr(text.at, ' ', text.len);
    if (space)
        text.len = (size_t)(space - text.at);
    while (text.len && strchr(":;,", text.at[text.len - 1]))
        text.len--;
    return h2t_event_addr(text);
}

/* ---- Framers -------------------------------------------------------------------------------- */

static uint32_t add_framer(const struct line *l, uint64_t pointer)
{
    struct h2t_framer framer = {
        .process = l->process,
        .file = l->file,
        .pointer = pointer,
        .unit = COARSEST_UNIT,
        .conn = H2T_NONE,
        .tconn = H2T_NONE,
        .first_attempt = H2T_NONE,
        .requests = g_array_new(FALSE, FALSE, sizeof(struct h2t_logged_request)),
    };
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++)
        framer.frames[dir] = g_array_new(FALSE, FALSE, sizeof(struct h2t_logged));
    GArray *framers = l->all->trace->framers;
    g_array_append_val(framers, framer);
    return framers->len - 1;
}

/* Where the Framer stands that now has this address; NULL: none ever had it. */
static uint32_t *place_of(const struct line *l, uint64_t pointer)
{
    struct h2t_probe p;
    uint64_t hash = h2t_index_pair(l->process, pointer);
    for (uint32_t i = h2t_index_first(&l->all->pointers, hash, &p); i != H2T_NONE;
         i = h2t_index_next(&l->all->pointers, &p)) {
        uint32_t *place = &g_array_index(l->all->newest, uint32_t, i);
        const struct h2t_framer *f = framer_at(l->all, *place);
        if (f->process == l->process && f->pointer == pointer)
            return place;
    }
    return NULL;
}

static void take_place(const struct line *l, uint64_t pointer, uint32_t framer)
{
    uint32_t *place = place_of(l, pointer);
    if (place) {
        *place = framer;
        return;
    }
    h2t_index_add(&l->all->pointers, h2t_index_pair(l->process, pointer), l->all->newest->len);
    g_array_append_val(l->all->newest, framer);
}

static void set_side(struct h2t_framer *f, enum h2t_dir side)
{
    f->side = (uint8_t)side;
    f->has_side = true;
}

/* What the waiting connections of one side have in common is the Framer's. */
static void take_waiting(const struct line *l, struct h2t_framer *f, bool server)
{
    GArray *waiting = l->program->waiting;
    uint32_t first = H2T_NONE, n = 0;
    bool differ = false;
    for (uint32_t i = 0; i < waiting->len; i++) {
        const struct waiting *w = &g_array_index(waiting, struct waiting, i);
        if (w->server != server)
            continue;
        first = n ? first : i;
        differ = differ ||
                 h2t_addr_cmp(&w->remote, &g_array_index(waiting, struct waiting, first).remote);
        n++;
    }
    if (!n)
        return;
    const struct waiting *w = &g_array_index(waiting, struct waiting, first);
    set_side(f, server ? H2T_SERVER : H2T_CLIENT);
    if (!differ)
        f->remote = w->remote;
    if (n == 1)
        f->conn_ptr = w->conn_ptr;
    g_array_remove_index(waiting, first);
}

static bool begins(const struct line *l, uint32_t framer, const struct h2t_summary *s)
{
    if (framer == H2T_NONE)
        return true;
    const struct h2t_framer *f = framer_at(l->all, framer);
    bool in_use = f->frames[H2T_WROTE]->len > 0 && f->frames[H2T_READ]->len > 0;
    return !(s->only_a_window && in_use);
}

static uint32_t begin_framer(const struct line *l, uint64_t pointer, const struct h2t_summary *s)
{
    if (l->all->trace->framers->len >= H2T_MAX_FRAMERS)
        return H2T_NONE;
    uint32_t framer = add_framer(l, pointer);
    struct h2t_framer *f = framer_at(l->all, framer);
    bool opens = s->kind == H2T_SETTINGS && !s->ack;
    f->from_start = opens;
    take_place(l, pointer, framer);
    if (!opens)
        return framer;
    if (s->enable_push) /* RFC 9113 section 6.5.2: a server must not send it */
        set_side(f, H2T_CLIENT);
    take_waiting(l, f, !s->enable_push);
    return framer;
}

/* ---- Frames --------------------------------------------------------------------------------- */

static struct h2t_logged *newest(GArray *frames)
{
    return frames->len ? &g_array_index(frames, struct h2t_logged, frames->len - 1) : NULL;
}

static void note_time(struct h2t_framer *f, int64_t ns)
{
    while (ns != H2T_NEVER && ns % f->unit)
        f->unit /= 10;
}

/* Its index; H2T_NONE: it is not kept. */
static uint32_t add_frame(const struct line *l, struct h2t_framer *f, enum h2t_logged_dir dir,
                          const struct h2t_summary *s)
{
    GArray *frames = f->frames[dir];
    if (l->all->n_logged >= H2T_MAX_LOGGED) {
        l->all->trace->n_unread++;
        return H2T_NONE;
    }
    struct h2t_logged logged = {
        .ns = l->event->ns,
        .line = (uint32_t)MIN(l->number, UINT32_MAX),
        .stream = s->stream,
        .len = s->len,
        .detail = s->detail,
        .entry = H2T_NONE,
        .kind = (uint8_t)s->kind,
    };
    note_time(f, logged.ns);
    g_array_append_val(frames, logged);
    l->all->n_logged++;
    return frames->len - 1;
}

static bool opens_stream(const struct h2t_framer *f, const struct h2t_summary *s)
{
    uint32_t n = f->requests->len;
    return s->stream % 2 == 1 &&
           (!n || s->stream > g_array_index(f->requests, struct h2t_logged_request, n - 1).stream);
}

/* The client wrote HEADERS: a request, if they open a stream; else trailers. */
static void add_request(const struct line *l, struct h2t_framer *f, uint32_t frame,
                        const struct h2t_summary *s)
{
    struct h2t_logged_request r = {
        .frame = frame, .stream = s->stream, .order = l->all->n_lines, .ns = l->event->ns};
    struct h2t_block block;
    if (!opens_stream(f, s))
        return;
    if (h2t_block_end(&l->program->block, &block))
        h2t_block_fill(&block, l->all->trace->strings, &r);
    g_array_append_val(f->requests, r);
}

static void learn_side(struct h2t_framer *f, enum h2t_logged_dir dir, const struct h2t_summary *s)
{
    if (!f->has_side && s->kind == H2T_HEADERS && s->stream % 2 == 1)
        set_side(f, dir == H2T_WROTE ? H2T_CLIENT : H2T_SERVER);
}

static void take_frame(const struct line *l, uint32_t framer, enum h2t_logged_dir dir,
                       const struct h2t_summary *s)
{
    struct h2t_framer *f = framer_at(l->all, framer);
    struct h2t_logged *last = newest(f->frames[dir]);
    if (s->continuation) {
        if (last && last->kind == H2T_HEADERS)
            last->len += s->len;
        return;
    }
    learn_side(f, dir, s);
    uint32_t frame = add_frame(l, f, dir, s);
    if (frame != H2T_NONE && s->kind == H2T_HEADERS && dir == H2T_WROTE && f->side == H2T_CLIENT &&
        f->has_side)
        add_request(l, f, frame, s);
}

/* "0xc0001580e0: wrote SETTINGS len=0" */
static void framer_line(struct line *l)
{
    uint64_t pointer;
    struct h2t_summary s;
    if (!take_pointer(&l->rest, &pointer) || !take(&l->rest, ": "))
        return;
    enum h2t_logged_dir dir = take(&l->rest, "wrote ") ? H2T_WROTE : H2T_READ;
    if ((dir == H2T_READ && !take(&l->rest, "read ")) || !h2t_summary_read(l->rest, &s))
        return;
    l->program->level2 = true;
    const uint32_t *place = place_of(l, pointer);
    uint32_t framer = place ? *place : H2T_NONE;
    bool opens = dir == H2T_WROTE && s.kind == H2T_SETTINGS && !s.ack && s.told;
    if (framer == H2T_NONE || (opens && begins(l, framer, &s)))
        framer = begin_framer(l, pointer, &s);
    if (framer != H2T_NONE && s.told)
        take_frame(l, framer, dir, &s);
}

/* ---- Connections ---------------------------------------------------------------------------- */

static void wait_for_framer(const struct line *l, struct waiting w)
{
    if (w.remote.family && l->program->waiting->len < MAX_WAITING)
        g_array_append_val(l->program->waiting, w);
}

/* At http2debug=1 the first connection of a program is all that can be followed: it begins with the
 * first line that tells something of it. */
static bool has_level1(const struct line *l)
{
    struct program *p = l->program;
    if (p->level2 || p->level1 != H2T_NONE)
        return !p->level2;
    if (l->all->trace->framers->len >= H2T_MAX_FRAMERS)
        return false;
    p->level1 = add_framer(l, 0);
    struct h2t_framer *f = framer_at(l->all, p->level1);
    set_side(f, H2T_CLIENT);
    take_waiting(l, f, false);
    f->level1 = f->from_start = true;
    f->crowd = p->n_clients != 1; /* none: it began before the log */
    return true;
}

/* "0xc000084fc0 to 127.0.0.1:8443" */
static void creating_line(struct line *l)
{
    struct waiting w = {.server = false};
    if (!take_pointer(&l->rest, &w.conn_ptr) || !take(&l->rest, " to "))
        return;
    w.remote = address(l->rest);
    l->program->n_clients++;
    wait_for_framer(l, w);
    if (l->program->level1 != H2T_NONE)
        framer_at(l->all, l->program->level1)->crowd = true;
}

/* "127.0.0.1:44414 on 0xc0001580e0" */
static void server_line(struct line *l)
{
    wait_for_framer(l, (struct waiting){.remote = address(l->rest), .server = true});
}

/* "encoding header ":path" = "/"". */
static void header_line(struct line *l)
{
    struct h2t_block before;
    struct program *p = l->program;
    bool begun = h2t_block_field(&p->block, l->all->trace->strings, l->rest, l->event->ns,
                                 p->n_lines, &before);
    if (!begun || !has_level1(l))
        return;
    struct h2t_framer *f = framer_at(l->all, p->level1);
    struct h2t_logged_request r = {.frame = H2T_NONE, .order = l->all->n_lines, .ns = l->event->ns};
    if (f->requests->len && h2t_block_is_whole(&before))
        h2t_block_fill(
            &before, l->all->trace->strings,
            &g_array_index(f->requests, struct h2t_logged_request, f->requests->len - 1));
    if (l->all->n_logged++ < H2T_MAX_LOGGED)
        g_array_append_val(f->requests, r);
    p->block.n_open = 0; /* no HEADERS will tell its end */
}

/* "received HEADERS …": at http2debug=1 there is no other line of it. */
static void received_line(struct line *l)
{
    struct program *p = l->program;
    struct h2t_summary s;
    if (!has_level1(l) || !h2t_summary_read(l->rest, &s) || !s.told)
        return;
    if (!framer_at(l->all, p->level1)->crowd)
        take_frame(l, p->level1, H2T_READ, &s);
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
    *remote = address((struct h2t_text){arrow + 2, (size_t)(end - arrow) - 2});
    return local->family && remote->family;
}

/* "on conn 0xPTR: (*net.OpError) read tcp L->R: use of closed network connection" */
static void read_error_line(struct line *l)
{
    uint64_t pointer;
    struct h2t_addr local, remote;
    if (!take_pointer(&l->rest, &pointer) || !pointer || !find_addresses(l->rest, &local, &remote))
        return;
    for (uint32_t i = l->all->trace->framers->len, n = 0; i-- > 0 && n < MAX_SEARCHED; n++) {
        struct h2t_framer *f = framer_at(l->all, i);
        if (f->process != l->process || f->conn_ptr != pointer || f->crowd)
            continue;
        f->local = local;
        f->remote = remote;
        return; /* the newest: pointers come again */
    }
}

/* ---- Errors --------------------------------------------------------------------------------- */

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

static struct h2t_logged_request *request_of_stream(const struct h2t_framer *f, uint32_t stream)
{
    for (uint32_t i = f->requests->len; i-- > 0;) {
        struct h2t_logged_request *r = &g_array_index(f->requests, struct h2t_logged_request, i);
        if (r->stream == stream)
            return r->err ? NULL : r;
        if (r->stream < stream)
            break;
    }
    return NULL;
}

/* "RoundTrip failure: stream error: stream ID 5; …": of the only Framer that has this stream. */
static void failure_line(struct line *l)
{
    uint32_t stream;
    struct h2t_logged_request *found = NULL;
    if (!find_stream(l->rest, &stream))
        return;
    for (uint32_t i = l->all->trace->framers->len, n = 0; i-- > 0 && n < MAX_SEARCHED; n++) {
        const struct h2t_framer *f = framer_at(l->all, i);
        struct h2t_logged_request *r =
            f->process == l->process ? request_of_stream(f, stream) : NULL;
        if (r && found)
            return;
        found = r ? r : found;
    }
    if (found)
        found->err = h2t_intern(l->all->trace->strings, l->rest.at, l->rest.len);
}

/* "<nil>" in Go 1.19, which means to print the error. */
static void retry_line(struct line *l)
{
    GArray *processes = l->all->trace->processes;
    g_array_index(processes, struct h2t_process, l->process).n_retries++;
    failure_line(l);
}

void h2t_framers_line(struct h2t_framers *f, uint32_t process, const struct h2t_event *event,
                      const char *file, uint64_t number)
{
    static const struct {
        const char *words;
        void (*read)(struct line *line);
    } kinds[] = {
        {"http2: Framer ", framer_line},
        {"http2: Transport encoding header ", header_line},
        {"http2: Transport received ", received_line},
        {"http2: Transport creating client conn ", creating_line},
        {"http2: server connection from ", server_line},
        {"http2: Transport readFrame error on conn ", read_error_line},
        {"RoundTrip failure: ", failure_line},
        {"RoundTrip retrying after failure: ", retry_line},
    };
    struct line l = {.all = f, .event = event, .file = file, .number = number, .process = process};
    l.program = program_of(f, process);
    l.program->n_lines++;
    f->n_lines++;
    h2t_zones_line(f->trace, process, event);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        l.rest = event->message;
        if (take(&l.rest, kinds[i].words)) {
            kinds[i].read(&l);
            return;
        }
    }
}

/* The last block at http2debug=1. Where Framers turned up after all, what stood for one goes. */
static void end_program(struct h2t_framers *f, struct program *p)
{
    if (p->level1 == H2T_NONE)
        return;
    struct h2t_framer *framer = framer_at(f, p->level1);
    uint32_t n = framer->requests->len;
    if (p->level2) {
        g_array_set_size(framer->requests, 0);
        g_array_set_size(framer->frames[H2T_READ], 0);
    } else if (n && h2t_block_is_whole(&p->block)) {
        h2t_block_fill(&p->block, f->trace->strings,
                       &g_array_index(framer->requests, struct h2t_logged_request, n - 1));
    }
}

/* Nothing was said on it, as on a server's connection that lost the client's race of dials. */
static bool is_silent(const struct h2t_framer *f)
{
    return !f->requests->len && !f->frames[H2T_READ]->len && f->frames[H2T_WROTE]->len <= 1;
}

static void drop_silent(GArray *framers)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < framers->len; i++) {
        struct h2t_framer *f = &g_array_index(framers, struct h2t_framer, i);
        if (is_silent(f))
            h2t_framer_fini(f);
        else
            g_array_index(framers, struct h2t_framer, kept++) = *f;
    }
    g_array_set_size(framers, kept);
}

void h2t_framer_fini(struct h2t_framer *f)
{
    g_array_free(f->frames[H2T_WROTE], TRUE);
    g_array_free(f->frames[H2T_READ], TRUE);
    g_array_free(f->requests, TRUE);
}

void h2t_framers_finish(struct h2t_framers *f)
{
    for (uint32_t i = 0; i < f->programs->len; i++)
        if (g_array_index(f->programs, struct program, i).waiting)
            end_program(f, &g_array_index(f->programs, struct program, i));
    drop_silent(f->trace->framers);
}
