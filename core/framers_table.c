/* SPDX-License-Identifier: MIT */
#include "core/framers_impl.h"
#include "core/view.h"

#define MAX_WAITING 64u /* connections of a program that wait for their Framer */
#define COARSEST_UNIT INT64_C(1000000000)

uint32_t framers_add(const struct line *l, uint64_t pointer)
{
    GArray *framers = l->all->trace->framers;
    struct framer_state state = {
        .settings = H2T_NONE, .before = H2T_NONE, .goaway_last = UINT32_MAX};
    struct h2t_framer framer = {
        .process = l->process,
        .file = l->file,
        .pointer = pointer,
        .unit = COARSEST_UNIT,
        .conn = H2T_NONE,
        .tconn = H2T_NONE,
        .first_attempt = H2T_NONE,
    };
    if (framers->len >= H2T_MAX_FRAMERS)
        return H2T_NONE;
    framer.requests = g_array_new(FALSE, FALSE, sizeof(struct h2t_logged_request));
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++)
        framer.frames[dir] = g_array_new(FALSE, FALSE, sizeof(struct h2t_logged));
    g_array_append_val(framers, framer);
    g_array_append_val(l->all->states, state);
    return framers->len - 1;
}

/* ---- Pointers ------------------------------------------------------------------------------- */

/* Where the Framer stands that now has this address; NULL: none ever had it. */
static uint32_t *place_of(const struct line *l, uint64_t pointer)
{
    struct h2t_probe p;
    uint64_t hash = h2t_index_pair(l->process, pointer);
    for (uint32_t i = h2t_index_first(&l->all->pointers, hash, &p); i != H2T_NONE;
         i = h2t_index_next(&l->all->pointers, &p)) {
        uint32_t *place = &g_array_index(l->all->newest, uint32_t, i);
        const struct h2t_framer *f = framers_at(l->all, *place);
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

uint32_t framers_find(const struct line *l, uint64_t pointer)
{
    const uint32_t *place = place_of(l, pointer);
    return place ? *place : H2T_NONE;
}

/* ---- Connections that wait ------------------------------------------------------------------ */

void framers_wait(const struct line *l, struct waiting w)
{
    if (w.remote.family && l->program->waiting->len < MAX_WAITING)
        g_array_append_val(l->program->waiting, w);
}

void framers_take_waiting(const struct line *l, struct h2t_framer *f, bool server)
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
    framers_set_side(f, server ? H2T_SERVER : H2T_CLIENT);
    if (!differ)
        f->remote = w->remote;
    if (n == 1)
        f->conn_ptr = w->conn_ptr;
    g_array_remove_index(waiting, first);
}

/* ---- Beginnings ----------------------------------------------------------------------------- */

/* It has read SETTINGS and written nothing: grpc-go begins to read before it writes. */
static bool has_only_read(const struct h2t_framer *f, const struct framer_state *state)
{
    return !f->frames[H2T_WROTE]->len && state->settings == 0 && !state->highest;
}

/* In the middle of a connection, when DATA have come, grpc-go writes SETTINGS with nothing but a
 * window. Whether these are such, or a new connection's that begins so, the next stream tells. */
bool framers_begins(const struct line *l, uint32_t framer, const struct h2t_summary *s)
{
    if (framer == H2T_NONE)
        return true;
    struct h2t_framer *f = framers_at(l->all, framer);
    struct framer_state *state = framers_state(l->all, framer);
    if (has_only_read(f, state)) {
        f->from_start = true;
        return false;
    }
    bool in_use = f->frames[H2T_WROTE]->len > 0 && f->frames[H2T_READ]->len > 0;
    if (!s->only_a_window || !in_use || !state->highest)
        return true;
    state->may_again = true;
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++)
        state->again[dir] = f->frames[dir]->len;
    return false;
}

uint32_t framers_begin(const struct line *l, uint64_t pointer, const struct h2t_summary *s)
{
    uint32_t before = framers_find(l, pointer), framer = framers_add(l, pointer);
    if (framer == H2T_NONE)
        return H2T_NONE;
    struct h2t_framer *f = framers_at(l->all, framer);
    bool opens = s->kind == H2T_SETTINGS && !s->ack;
    take_place(l, pointer, framer);
    if (!opens)
        return framer;
    f->from_start = true;
    framers_state(l->all, framer)->before = before;
    if (s->enable_push) /* RFC 9113 section 6.5.2: a server must not send it */
        framers_set_side(f, H2T_CLIENT);
    framers_take_waiting(l, f, !s->enable_push);
    return framer;
}

/* ---- One pointer, two Framers ---------------------------------------------------------------- */

/* Where the connection's last SETTINGS stand that were read, if after them nothing came of a
 * stream; else the end of what was read. */
static uint32_t tail_of(const struct line *l, uint32_t framer, uint32_t end)
{
    const struct h2t_framer *f = framers_at(l->all, framer);
    uint32_t settings = framers_state(l->all, framer)->settings, at = end;
    while (settings < at && h2t_logged_at(f, H2T_READ, at - 1)->stream == 0)
        at--;
    return settings == at ? at : end;
}

static void move(const struct line *l, uint32_t from, enum h2t_logged_dir dir, uint32_t first,
                 uint32_t to)
{
    GArray *a = framers_at(l->all, from)->frames[dir], *b = framers_at(l->all, to)->frames[dir];
    struct framer_state *had = framers_state(l->all, from), *has = framers_state(l->all, to);
    if (dir == H2T_READ && had->settings != H2T_NONE && had->settings >= first) {
        has->settings = had->settings - first;
        had->settings = H2T_NONE;
    }
    if (first < a->len)
        g_array_append_vals(b, &g_array_index(a, struct h2t_logged, first), a->len - first);
    g_array_set_size(a, first);
}

/* What came since those SETTINGS is another Framer's. The first that it read are SETTINGS (RFC 9113
 * section 3.4), which may have been read before. */
static uint32_t split(const struct line *l, uint32_t framer)
{
    uint32_t second = framers_add(l, framers_at(l->all, framer)->pointer);
    if (second == H2T_NONE)
        return framer;
    const struct framer_state *state = framers_state(l->all, framer);
    uint32_t wrote = state->again[H2T_WROTE], read = state->again[H2T_READ];
    move(l, framer, H2T_READ, tail_of(l, framer, read), second);
    move(l, framer, H2T_WROTE, wrote, second);
    struct h2t_framer *f = framers_at(l->all, second);
    f->unit = framers_at(l->all, framer)->unit;
    f->from_start = true;
    take_place(l, f->pointer, second);
    return second;
}

/* Identifiers only rise (RFC 9113 section 5.1.1), and a client begins with 1. */
uint32_t framers_open(const struct line *l, uint32_t framer, uint32_t stream)
{
    struct framer_state *state = framers_state(l->all, framer);
    if (stream > state->highest)
        state->may_again = false;
    else if (stream == 1 && state->may_again)
        framer = split(l, framer);
    state = framers_state(l->all, framer);
    state->highest = MAX(state->highest, stream);
    return framer;
}

void framers_first_read(const struct line *l, uint32_t framer, const struct h2t_summary *s)
{
    struct framer_state *state = framers_state(l->all, framer);
    uint32_t before = state->before;
    state->before = H2T_NONE;
    if (before == H2T_NONE || (s->kind == H2T_SETTINGS && !s->ack))
        return;
    uint32_t end = framers_at(l->all, before)->frames[H2T_READ]->len;
    move(l, before, H2T_READ, tail_of(l, before, end), framer);
}
