/* SPDX-License-Identifier: MIT */
/* Each kind of line has a function; what a program has begun and not finished is kept beside its
 * Framers. */
#include "core/framers_impl.h"

#include "core/zones.h"

void h2t_framers_init(struct h2t_framers *f, struct h2t_trace *trace)
{
    *f = (struct h2t_framers){.trace = trace};
    f->programs = g_array_new(FALSE, TRUE, sizeof(struct program));
    f->newest = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    f->states = g_array_new(FALSE, FALSE, sizeof(struct framer_state));
}

void h2t_framers_fini(struct h2t_framers *f)
{
    for (uint32_t i = 0; i < f->programs->len; i++) {
        struct program *p = &g_array_index(f->programs, struct program, i);
        g_clear_pointer(&p->waiting, g_array_unref);
        g_clear_pointer(&p->failures, g_array_unref);
    }
    g_array_unref(f->programs);
    g_array_unref(f->newest);
    g_array_unref(f->states);
    h2t_index_fini(&f->pointers);
}

static struct program *program_of(struct h2t_framers *f, uint32_t process)
{
    if (process >= f->programs->len)
        g_array_set_size(f->programs, process + 1);
    struct program *p = &g_array_index(f->programs, struct program, process);
    if (!p->waiting) {
        p->waiting = g_array_new(FALSE, FALSE, sizeof(struct waiting));
        p->failures = g_array_new(FALSE, FALSE, sizeof(struct failure));
        p->level1 = H2T_NONE;
    }
    return p;
}

/* ---- Words ---------------------------------------------------------------------------------- */

bool framers_take(struct h2t_text *text, const char *word)
{
    size_t len = strlen(word);
    if (text->len < len || memcmp(text->at, word, len))
        return false;
    text->at += len;
    text->len -= len;
    return true;
}

bool framers_take_pointer(struct h2t_text *text, uint64_t *pointer)
{
    size_t digits = 0;
    if (!framers_take(text, "0x"))
        return false;
    for (*pointer = 0; digits < text->len && g_ascii_isxdigit(text->at[digits]); digits++)
        *pointer = *pointer << 4 | (uint64_t)g_ascii_xdigit_value(text->at[digits]);
    text->at += digits;
    text->len -= digits;
    return digits > 0 && digits <= 16;
}

struct h2t_addr framers_addr(struct h2t_text text)
{
    const char *space = memchr(text.at, ' ', text.len);
    if (space)
        text.len = (size_t)(space - text.at);
    while (text.len && strchr(":;,", text.at[text.len - 1]))
        text.len--;
    return h2t_event_addr(text);
}

/* ---- Frames --------------------------------------------------------------------------------- */

/* "0xc0001580e0: wrote SETTINGS len=0" */
static void framer_line(struct line *l)
{
    uint64_t pointer;
    struct h2t_summary s;
    if (!framers_take_pointer(&l->rest, &pointer) || !framers_take(&l->rest, ": "))
        return;
    enum h2t_logged_dir dir = framers_take(&l->rest, "wrote ") ? H2T_WROTE : H2T_READ;
    if ((dir == H2T_READ && !framers_take(&l->rest, "read ")) || !h2t_summary_read(l->rest, &s))
        return;
    l->program->level2 = true;
    uint32_t framer = framers_find(l, pointer);
    bool opens = dir == H2T_WROTE && s.kind == H2T_SETTINGS && !s.ack && s.told;
    if (framer == H2T_NONE || (opens && framers_begins(l, framer, &s)))
        framer = framers_begin(l, pointer, &s);
    if (framer != H2T_NONE && s.told)
        framers_take_frame(l, framer, dir, &s);
}

/* ---- Connections ---------------------------------------------------------------------------- */

/* At http2debug=1 the first connection of a program is all that can be followed: it begins with the
 * first line that tells something of it. */
static bool has_level1(const struct line *l)
{
    struct program *p = l->program;
    if (p->level2 || p->level1 != H2T_NONE)
        return !p->level2;
    p->level1 = framers_add(l, 0);
    if (p->level1 == H2T_NONE)
        return false;
    struct h2t_framer *f = framers_at(l->all, p->level1);
    framers_set_side(f, H2T_CLIENT);
    framers_take_waiting(l, f, false);
    f->level1 = f->from_start = true;
    f->crowd = p->n_clients != 1; /* none: it began before the log */
    return true;
}

/* "0xc000084fc0 to 127.0.0.1:8443" */
static void creating_line(struct line *l)
{
    struct waiting w = {.server = false};
    if (!framers_take_pointer(&l->rest, &w.conn_ptr) || !framers_take(&l->rest, " to "))
        return;
    w.remote = framers_addr(l->rest);
    l->program->n_clients++;
    framers_wait(l, w);
    if (l->program->level1 != H2T_NONE)
        framers_at(l->all, l->program->level1)->crowd = true;
}

/* "127.0.0.1:44414 on 0xc0001580e0" */
static void server_line(struct line *l)
{
    framers_wait(l, (struct waiting){.remote = framers_addr(l->rest), .server = true});
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
    struct h2t_framer *f = framers_at(l->all, p->level1);
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
    if (!framers_at(l->all, p->level1)->crowd)
        framers_take_frame(l, p->level1, H2T_READ, &s);
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
        {"http2: Transport readFrame error on conn ", framers_read_error},
        {"http2: Transport conn ", framers_frame_error},
        {"RoundTrip failure: ", framers_failure},
        {"RoundTrip retrying after failure: ", framers_retry},
    };
    struct line l = {.all = f, .event = event, .file = file, .number = number, .process = process};
    l.program = program_of(f, process);
    l.program->n_lines++;
    f->n_lines++;
    h2t_zones_line(f->trace, process, event);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        l.rest = event->message;
        if (framers_take(&l.rest, kinds[i].words)) {
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
    struct h2t_framer *framer = framers_at(f, p->level1);
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
    if (f->faults)
        g_array_free(f->faults, TRUE);
}

void h2t_framers_finish(struct h2t_framers *f)
{
    for (uint32_t i = 0; i < f->programs->len; i++)
        if (g_array_index(f->programs, struct program, i).waiting)
            end_program(f, &g_array_index(f->programs, struct program, i));
    framers_settle_failures(f);
    drop_silent(f->trace->framers);
}
