/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tcp.h"

#include <string.h>

#include "annotator/wire/tcp_flow.h"
#include "annotator/wire/tcp_table.h"
#include "core/index.h"

/* Ended connections that keep their state: a late RST or retransmission belongs to them. */
#define MAX_ENDED 1024u

/* Two packets that are alike in everything and this near are one packet on two interfaces: no
 * retransmission timer is that short. */
#define COPY_NS UINT64_C(1000000)

/* Of one side's last segments, to know a copy. */
#define N_RECENT 4u
struct recent {
    int64_t ns;
    uint32_t seq, ack, len;
    uint8_t flags;
};

/* An open connection. Index 0 and 1 are the sides of its tcp_entry. */
struct conn {
    struct tcp *tcp;
    void *state;
    uint32_t number, entry;
    struct tcp_flow flow[2];
    struct recent recent[2][N_RECENT];
    uint8_t n_recent[2]; /* counts round */
    bool syn_told[2], syn_ack_told[2], rst_told[2];
    uint8_t client; /* its side */
    bool ended;
    struct h2t_mark last;
    GList age; /* in tcp->live or tcp->ended */
};

struct tcp {
    struct tcp_callbacks callbacks;
    void *user;
    struct tcp_table *table;
    GPtrArray *open;     /* struct conn or NULL, by tcp_entry.open */
    GArray *free_places; /* uint32_t: where `open` is NULL */
    GQueue live, ended;  /* who was silent longest in front */
    struct tcp_flow_set flows;
};

static enum h2t_dir dir_of(const struct conn *c, unsigned side)
{
    return side == c->client ? H2T_CLIENT : H2T_SERVER;
}

static void tell(struct conn *c, enum h2t_frame_kind kind, unsigned side, struct h2t_mark mark)
{
    const struct h2t_frame frame = {
        .kind = kind, .dir = dir_of(c, side), .conn = c->number, .mark = mark};
    c->tcp->callbacks.control(c->tcp->user, c->state, &frame);
}

static void tell_once(struct conn *c, bool *told, enum h2t_frame_kind kind, unsigned side,
                      struct h2t_mark mark)
{
    if (*told)
        return;
    *told = true;
    tell(c, kind, side, mark);
}

static void on_data(void *user, unsigned side, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    struct conn *c = user;
    c->tcp->callbacks.data(c->tcp->user, c->state, dir_of(c, side), data, len, mark);
}

static void on_gap(void *user, unsigned side, uint32_t len, struct h2t_mark mark)
{
    struct conn *c = user;
    c->tcp->callbacks.gap(c->tcp->user, c->state, dir_of(c, side), len, mark);
}

static void on_fin(void *user, unsigned side, struct h2t_mark mark)
{
    tell(user, H2T_FIN, side, mark);
}

struct tcp *tcp_new(const struct tcp_callbacks *callbacks, void *user)
{
    struct tcp *tcp = g_new0(struct tcp, 1);
    tcp->callbacks = *callbacks;
    tcp->user = user;
    tcp->table = tcp_table_new(H2T_MAX_CONNS, h2t_index_seed());
    tcp->open = g_ptr_array_new();
    tcp->free_places = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    tcp->flows.sink = (struct tcp_flow_sink){.data = on_data, .gap = on_gap, .fin = on_fin};
    return tcp;
}

static void conn_close(struct conn *c, bool overflow)
{
    struct tcp *tcp = c->tcp;
    tcp_flow_flush(&c->flow[0], c->last);
    tcp_flow_flush(&c->flow[1], c->last);
    tcp->callbacks.close(tcp->user, c->state, overflow);
    struct tcp_entry *entry = tcp_table_at(tcp->table, c->entry);
    tcp->open->pdata[entry->open] = NULL;
    g_array_append_val(tcp->free_places, entry->open);
    entry->open = H2T_NONE;
    g_queue_unlink(c->ended ? &tcp->ended : &tcp->live, &c->age);
    tcp_flow_fini(&c->flow[0]);
    tcp_flow_fini(&c->flow[1]);
    g_free(c);
}

void tcp_free(struct tcp **tcp)
{
    struct tcp *t = *tcp;
    if (!t)
        return;
    for (guint i = 0; i < t->open->len; i++)
        if (t->open->pdata[i])
            conn_close(t->open->pdata[i], false);
    g_ptr_array_unref(t->open);
    g_array_unref(t->free_places);
    tcp_table_free(&t->table);
    g_free(t);
    *tcp = NULL;
}

static uint32_t place_new(struct tcp *tcp)
{
    const guint n = tcp->free_places->len;
    if (n == 0) {
        g_ptr_array_add(tcp->open, NULL);
        return tcp->open->len - 1;
    }
    const uint32_t place = g_array_index(tcp->free_places, uint32_t, n - 1);
    g_array_set_size(tcp->free_places, n - 1);
    return place;
}

static void make_room(struct tcp *tcp)
{
    if (tcp->live.length + tcp->ended.length < H2T_MAX_OPEN_CONNS)
        return;
    if (tcp->ended.head) {
        conn_close(tcp->ended.head->data, false);
        return;
    }
    tcp->flows.stats.overflows++;
    conn_close(tcp->live.head->data, true);
}

/* Open the connection of `entry`, whose first packet is `s`, from `side`. */
static struct conn *conn_open(struct tcp *tcp, uint32_t index, const struct segment *s,
                              unsigned side)
{
    make_room(tcp);
    struct tcp_entry *entry = tcp_table_at(tcp->table, index);
    struct conn *c = g_new0(struct conn, 1);
    c->tcp = tcp;
    c->number = entry->conn;
    c->entry = index;
    c->client = (uint8_t)tcp_entry_client(entry);
    c->age.data = c;
    tcp_flow_init(&c->flow[0], &tcp->flows, c, 0);
    tcp_flow_init(&c->flow[1], &tcp->flows, c, 1);
    entry->flags |= TCP_ENTRY_OPENED;
    entry->open = place_new(tcp);
    tcp->open->pdata[entry->open] = c;
    g_queue_push_tail_link(&tcp->live, &c->age);
    const struct h2t_tuple tuple = side == c->client
                                       ? (struct h2t_tuple){.client = s->src, .server = s->dst}
                                       : (struct h2t_tuple){.client = s->dst, .server = s->src};
    c->state = tcp->callbacks.open(tcp->user, c->number, &tuple, s->mark);
    return c;
}

static bool is_near(int64_t a, int64_t b)
{
    return (uint64_t)a - (uint64_t)b + COPY_NS <= 2 * COPY_NS;
}

/* Was the same packet seen just now? */
static bool is_copy(struct conn *c, unsigned side, const struct segment *s)
{
    /* Several ACKs or RSTs alike answer several segments. */
    if ((s->flags & TCP_RST) || (s->wire_len == 0 && !(s->flags & (TCP_SYN | TCP_FIN))))
        return false;
    for (unsigned i = 0; i < N_RECENT; i++) {
        const struct recent *r = &c->recent[side][i];
        if (r->seq == s->seq && r->ack == s->ack && r->len == s->wire_len && r->flags == s->flags &&
            is_near(r->ns, s->mark.ns))
            return true;
    }
    c->recent[side][c->n_recent[side]++ % N_RECENT] = (struct recent){
        .ns = s->mark.ns, .seq = s->seq, .ack = s->ack, .len = s->wire_len, .flags = s->flags};
    return false;
}

static void touch(struct conn *c, struct h2t_mark mark)
{
    GQueue *queue = c->ended ? &c->tcp->ended : &c->tcp->live;
    c->last = mark;
    if (queue->tail == &c->age)
        return;
    g_queue_unlink(queue, &c->age);
    g_queue_push_tail_link(queue, &c->age);
}

static void end(struct conn *c)
{
    struct tcp *tcp = c->tcp;
    if (c->ended)
        return;
    g_queue_unlink(&tcp->live, &c->age);
    c->ended = true;
    g_queue_push_tail_link(&tcp->ended, &c->age);
    if (tcp->ended.length > MAX_ENDED)
        conn_close(tcp->ended.head->data, false);
}

static void input_syn(struct conn *c, unsigned side, const struct segment *s)
{
    const bool ack = s->flags & TCP_ACK;
    tcp_flow_start(&c->flow[side], s->seq + 1);
    if (ack)
        tcp_flow_start(&c->flow[side ^ 1], s->ack);
    tell_once(c, ack ? &c->syn_ack_told[side] : &c->syn_told[side], ack ? H2T_SYN_ACK : H2T_SYN,
              side, s->mark);
}

/* The last packet of the handshake tells where the peer begins when its SYN-ACK was lost. */
static bool is_handshake_ack(const struct conn *c, unsigned side, const struct segment *s)
{
    const struct tcp_flow *flow = &c->flow[side];
    return c->syn_told[side] && !c->flow[side ^ 1].started && s->seq == flow->next &&
           s->wire_len == 0;
}

static void input_ack(struct conn *c, unsigned side, const struct segment *s)
{
    if (is_handshake_ack(c, side, s))
        tcp_flow_start(&c->flow[side ^ 1], s->ack);
    tcp_flow_acked(&c->flow[side ^ 1], s->ack, s->mark);
}

static void input_bytes(struct conn *c, unsigned side, const struct segment *s, bool copy)
{
    const struct tcp_run run = {.seq = s->flags & TCP_SYN ? s->seq + 1 : s->seq,
                                .data = s->data,
                                .len = s->len,
                                .wire_len = s->wire_len,
                                .fin = s->flags & TCP_FIN,
                                .copy = copy,
                                .mark = s->mark};
    tcp_flow_input(&c->flow[side], &run);
}

/* Its bytes are a message for people (RFC 9293 section 3.5.3), its ACK may be anything. */
static void input_rst(struct conn *c, unsigned side, const struct segment *s)
{
    tcp_flow_flush(&c->flow[side], s->mark);
    tell_once(c, &c->rst_told[side], H2T_RST, side, s->mark);
}

static void conn_input(struct conn *c, unsigned side, const struct segment *s)
{
    const bool copy = is_copy(c, side, s);
    c->tcp->flows.stats.duplicates += copy;
    touch(c, s->mark);
    if (s->flags & TCP_RST) {
        input_rst(c, side, s);
        end(c);
        return;
    }
    if (s->flags & TCP_SYN)
        input_syn(c, side, s);
    if (s->flags & TCP_ACK)
        input_ack(c, side, s);
    input_bytes(c, side, s, copy);
    if (c->flow[0].fin_told && c->flow[1].fin_told)
        end(c);
}

/* The connection's state, opened if this is the first packet that is not for the numbering only;
 * NULL when it was closed. */
static struct conn *conn_of(struct tcp *tcp, uint32_t index, const struct segment *s, unsigned side)
{
    const struct tcp_entry *entry = tcp_table_at(tcp->table, index);
    if (entry->open != H2T_NONE)
        return tcp->open->pdata[entry->open];
    return entry->flags & TCP_ENTRY_OPENED ? NULL : conn_open(tcp, index, s, side);
}

uint32_t tcp_input(struct tcp *tcp, const struct segment *s, bool number_only)
{
    unsigned side;
    bool fresh;
    tcp->flows.stats.segments++;
    const uint32_t index = tcp_table_count(tcp->table, s, &side, &fresh);
    if (index == H2T_NONE)
        return H2T_NONE;
    const struct tcp_entry *entry = tcp_table_at(tcp->table, index);
    const uint32_t number = entry->conn;
    if (fresh && entry->open != H2T_NONE)
        conn_close(tcp->open->pdata[entry->open], false);
    if (number == H2T_NONE || number_only || s->quoted || s->malformed)
        return number;
    struct conn *c = conn_of(tcp, index, s, side);
    tcp->callbacks.packet(tcp->user, number, s);
    if (c)
        conn_input(c, side, s);
    return number;
}

const struct tcp_stats *tcp_stats(const struct tcp *tcp)
{
    return &tcp->flows.stats;
}
