/* SPDX-License-Identifier: MIT */
#include "core/framers_impl.h"

#include "core/sorted.h"

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

/* ---- Requests ------------------------------------------------------------------------------- */

static struct h2t_logged_request *request_at(const struct h2t_framer *f, uint32_t i)
{
    return &g_array_index(f->requests, struct h2t_logged_request, i);
}

/* Identifiers rise. */
struct h2t_logged_request *framers_request(const struct h2t_framer *f, uint32_t stream)
{
    size_t member = offsetof(struct h2t_logged_request, stream);
    guint i = h2t_sorted_first(f->requests, member, stream);
    return i < f->requests->len && request_at(f, i)->stream == stream ? request_at(f, i) : NULL;
}

static bool opens_stream(const struct h2t_framer *f, uint32_t stream)
{
    uint32_t n = f->requests->len;
    return stream % 2 == 1 && (!n || stream > request_at(f, n - 1)->stream);
}

/* HEADERS that the client wrote or the server read: a request, if they open a stream; else
 * trailers.
 */
static void add_request(const struct line *l, struct h2t_framer *f, uint32_t frame,
                        const struct h2t_summary *s)
{
    struct h2t_logged_request r = {
        .frame = frame, .stream = s->stream, .order = l->all->n_lines, .ns = l->event->ns};
    struct h2t_block block;
    if (!opens_stream(f, s->stream))
        return;
    if (f->side == H2T_CLIENT && h2t_block_end(&l->program->block, &block))
        h2t_block_fill(&block, l->all->trace->strings, &r);
    g_array_append_val(f->requests, r);
}

/* What becomes of the client's requests, as far as it tells whose an error can be. */
static void tell_request(const struct line *l, uint32_t framer, enum h2t_logged_dir dir,
                         const struct h2t_summary *s)
{
    struct framer_state *state = framers_state(l->all, framer);
    if (dir == H2T_READ && s->kind == H2T_GOAWAY)
        state->goaway_last = MIN(state->goaway_last, s->last_stream);
    if (s->kind != H2T_HEADERS && s->kind != H2T_RST_STREAM)
        return;
    struct h2t_logged_request *r = framers_request(framers_at(l->all, framer), s->stream);
    if (!r)
        return;
    r->answered = r->answered || dir == H2T_READ;
    if (dir == H2T_WROTE && !r->given_up) {
        r->given_up = true;
        r->cut = state->err != NULL;
    }
}

/* ---- Frames --------------------------------------------------------------------------------- */

static void learn_side(struct h2t_framer *f, enum h2t_logged_dir dir, const struct h2t_summary *s)
{
    if (!f->has_side && s->kind == H2T_HEADERS && s->stream % 2 == 1)
        framers_set_side(f, dir == H2T_WROTE ? H2T_CLIENT : H2T_SERVER);
}

/* Do HEADERS of this direction come from the client? */
static bool is_clients(const struct h2t_framer *f, enum h2t_logged_dir dir)
{
    return f->has_side && (dir == H2T_WROTE) == (f->side == H2T_CLIENT);
}

void framers_take_frame(const struct line *l, uint32_t framer, enum h2t_logged_dir dir,
                        const struct h2t_summary *s)
{
    const struct h2t_framer *had = framers_at(l->all, framer);
    struct h2t_logged *last = newest(had->frames[dir]);
    if (s->continuation) {
        if (last && last->kind == H2T_HEADERS)
            last->len += s->len;
        return;
    }
    if (s->kind == H2T_HEADERS && (!had->has_side || is_clients(had, dir)))
        framer = framers_open(l, framer, s->stream);
    struct h2t_framer *f = framers_at(l->all, framer);
    learn_side(f, dir, s);
    if (dir == H2T_READ && !f->frames[dir]->len)
        framers_first_read(l, framer, s);
    uint32_t frame = add_frame(l, f, dir, s);
    if (dir == H2T_READ && s->kind == H2T_SETTINGS && !s->ack)
        framers_state(l->all, framer)->settings = frame;
    if (frame != H2T_NONE && s->kind == H2T_HEADERS && is_clients(f, dir))
        add_request(l, f, frame, s);
    else if (f->has_side && f->side == H2T_CLIENT)
        tell_request(l, framer, dir, s);
}
