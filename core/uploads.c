/* SPDX-License-Identifier: MIT */
#include "core/uploads.h"

#define MAX_WINDOW INT32_MAX /* RFC 9113 section 6.9.1 */

struct h2t_upload *h2t_upload_of(const struct h2t_wire *wire, const struct h2t_stream *s)
{
    return s->upload == H2T_NONE ? NULL
                                 : &g_array_index(wire->uploads, struct h2t_upload, s->upload);
}

void h2t_upload_begin(struct h2t_wire *wire, const struct h2t_talk *t, struct h2t_stream *s)
{
    struct h2t_upload upload = {.window = t->initial_window, .conn_window = t->window};
    s->upload = wire->uploads->len;
    g_array_append_val(wire->uploads, upload);
}

void h2t_upload_data(struct h2t_wire *wire, struct h2t_talk *t, const struct h2t_stream *s,
                     const struct h2t_frame *f)
{
    struct h2t_upload *u = s ? h2t_upload_of(wire, s) : NULL;
    t->window -= f->len;
    if (!u)
        return;
    u->sent += f->len;
    u->window -= f->len;
    u->conn_window = t->window;
    u->n_blocked += f->len && u->window <= 0;
    u->last = f->mark;
}

static void grow(int64_t *window, struct h2t_mark *flood, const struct h2t_frame *f)
{
    *window += f->code;
    if (*window > MAX_WINDOW && !flood->packet)
        *flood = f->mark;
}

void h2t_upload_window(struct h2t_wire *wire, struct h2t_talk *t, struct h2t_stream *s,
                       const struct h2t_frame *f)
{
    if (!f->stream) {
        grow(&t->window, &t->flood, f);
        return;
    }
    if (!s)
        return;
    if (s->upload == H2T_NONE) /* without a body, only too much of it is of interest */
        h2t_upload_begin(wire, t, s);
    struct h2t_upload *u = h2t_upload_of(wire, s);
    grow(&u->window, &u->flood, f);
    u->granted += f->code;
    u->n_granted++;
}

void h2t_upload_resize(struct h2t_wire *wire, const struct h2t_talk *t,
                       const struct h2t_open_list *open, uint32_t before)
{
    int64_t more = (int64_t)t->initial_window - before;
    if (!more)
        return;
    for (const struct h2t_open *o = open->oldest; o; o = o->next) {
        struct h2t_upload *u =
            h2t_upload_of(wire, &g_array_index(wire->streams, struct h2t_stream, o->stream));
        if (u)
            u->window += more;
    }
}
