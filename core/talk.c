/* SPDX-License-Identifier: MIT */
#include "core/talk.h"

#include "core/addr.h"
#include "core/ns.h"

#define COPY_NS 1000000u /* the same packet seen on another interface comes within 1 ms */

/* RFC 9113 section 6.5.2 */
enum { MAX_CONCURRENT_STREAMS = 3, INITIAL_WINDOW_SIZE = 4 };
enum { DEFAULT_WINDOW = 65535 };

enum { FLAG_ACK = 1 }; /* of SETTINGS and PING */

struct h2t_talk *h2t_talk_of(const struct h2t_wire *wire, const struct h2t_conn *c)
{
    return c->talk == H2T_NONE ? NULL : &g_array_index(wire->talks, struct h2t_talk, c->talk);
}

struct h2t_talk *h2t_talk_begin(struct h2t_wire *wire, struct h2t_conn *c)
{
    static const struct h2t_talk blank = {.max_streams = UINT32_MAX,
                                          .first_max_streams = UINT32_MAX,
                                          .initial_window = DEFAULT_WINDOW,
                                          .window = DEFAULT_WINDOW};
    if (c->talk == H2T_NONE) {
        c->talk = wire->talks->len;
        g_array_append_val(wire->talks, blank);
    }
    return h2t_talk_of(wire, c);
}

/* ---- TCP ------------------------------------------------------------------------------------ */

/* Sequence numbers wrap (RFC 9293 section 3.4). */
static bool is_behind(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

static void count_repeated(struct h2t_talk *t, const struct h2t_segment *s)
{
    bool probe = s->len <= 1; /* keep-alive, RFC 9293 section 3.8.4 */
    bool copy = h2t_ns_sub(s->mark.ns, t->last[H2T_CLIENT].ns) < COPY_NS;
    if (probe || copy || is_behind(s->seq + s->len, t->end[H2T_CLIENT]))
        return;
    t->n_repeated++;
    t->n_unheard++;
}

static void note_rst(struct h2t_talk *t)
{
    const struct h2t_mark *client = &t->last[H2T_CLIENT], *server = &t->last[H2T_SERVER];
    if (t->rst_after.packet || client->packet < server->packet)
        return;
    t->rst_after = *client;
    t->rst_quiet = h2t_ns_sub(client->ns, server->ns);
}

void h2t_talk_segment(struct h2t_wire *wire, struct h2t_conn *c, const struct h2t_segment *s)
{
    if (s->len == 0 && c->talk == H2T_NONE)
        return;
    struct h2t_talk *t = h2t_talk_begin(wire, c);
    enum h2t_dir dir = h2t_addr_cmp(&s->src, &c->tuple.client) ? H2T_SERVER : H2T_CLIENT;
    if (dir == H2T_SERVER && s->rst)
        note_rst(t);
    if (dir == H2T_SERVER)
        t->n_unheard = 0;
    else if (t->sent[dir])
        count_repeated(t, s);
    if (s->len && (!t->sent[dir] || is_behind(s->seq + s->len, t->end[dir]))) {
        t->sent[dir] = true;
        t->end[dir] = s->seq + s->len;
    }
    if (s->has_ack && (!t->has_acked[!dir] || is_behind(s->ack, t->acked[!dir]))) {
        t->has_acked[!dir] = true;
        t->acked[!dir] = s->ack;
    }
    t->last[dir] = s->mark;
}

void h2t_talk_cut(struct h2t_talk *t, enum h2t_dir dir, struct h2t_mark mark)
{
    if (t->cut[dir].packet)
        return;
    t->cut[dir] = mark;
    if (dir == H2T_SERVER)
        t->cut_acked = t->acked[H2T_CLIENT];
}

bool h2t_talk_acked(const struct h2t_talk *t, uint32_t end)
{
    if (!t->has_acked[H2T_CLIENT])
        return false;
    return !is_behind(end, t->cut[H2T_SERVER].packet ? t->cut_acked : t->acked[H2T_CLIENT]);
}

#define SWAP(type, array)                                                                          \
    do {                                                                                           \
        type first = (array)[0];                                                                   \
        (array)[0] = (array)[1];                                                                   \
        (array)[1] = first;                                                                        \
    } while (0)

void h2t_talk_swap(struct h2t_talk *t)
{
    SWAP(struct h2t_mark, t->last);
    SWAP(uint32_t, t->end);
    SWAP(uint32_t, t->acked);
    SWAP(bool, t->sent);
    SWAP(bool, t->has_acked);
    SWAP(struct h2t_mark, t->cut);
    SWAP(struct h2t_mark, t->alert);
    SWAP(uint8_t, t->alert_code);
    t->n_repeated = t->n_unheard = 0;
}

/* ---- HTTP/2 --------------------------------------------------------------------------------- */

static void settings(struct h2t_talk *t, const struct h2t_frame *f)
{
    bool first = !t->settings[f->dir].packet;
    if (f->flags & FLAG_ACK)
        return;
    if (first)
        t->settings[f->dir] = f->mark;
    if (f->dir == H2T_CLIENT)
        return;
    for (unsigned i = 0; i < f->n_settings; i++) {
        if (f->settings[i].id == MAX_CONCURRENT_STREAMS)
            t->max_streams = f->settings[i].value;
        else if (f->settings[i].id == INITIAL_WINDOW_SIZE)
            t->initial_window = MIN(f->settings[i].value, (uint32_t)INT32_MAX);
    }
    if (first)
        t->first_max_streams = t->max_streams;
}

static void ping(struct h2t_talk *t, const struct h2t_frame *f)
{
    if (f->flags & FLAG_ACK) {
        t->ping_ack[f->dir] = f->mark;
        return;
    }
    t->ping[f->dir] = f->mark;
    t->n_pings += f->dir == H2T_CLIENT;
}

void h2t_talk_frame(struct h2t_talk *t, const struct h2t_frame *f)
{
    switch (f->kind) {
    case H2T_SETTINGS:
        settings(t, f);
        break;
    case H2T_PING:
        ping(t, f);
        break;
    case H2T_PUSH_PROMISE:
        if (!t->push.packet)
            t->push = f->mark;
        break;
    case H2T_RST_STREAM:
        t->n_resets += f->dir == H2T_CLIENT;
        break;
    default:
        break;
    }
}
