/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tcp_flow.h"

#include <string.h>

/* The largest window there is (RFC 7323 section 2.3): what is farther away does not belong here. */
#define MAX_WINDOW (1 << 30)

/* What keeping one piece is charged with beside its bytes, more than it costs: bounds the number of
 * tiny ones, and so the time to sort them in. */
#define PIECE_CHARGE 256u

/* Bytes that wait behind a hole. */
struct piece {
    uint32_t seq, len;
    uint8_t data[];
};

/* How far `a` is behind `b` in sequence space. */
static int32_t after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static bool is_wild(int32_t distance)
{
    return distance > MAX_WINDOW || distance < -MAX_WINDOW;
}

void tcp_flow_init(struct tcp_flow *flow, struct tcp_flow_set *set, void *user, uint8_t side)
{
    *flow = (struct tcp_flow){.set = set, .user = user, .side = side};
    flow->holder.data = flow;
}

static struct piece *held_at(const struct tcp_flow *flow, guint i)
{
    return flow->held->pdata[i];
}

static guint n_held(const struct tcp_flow *flow)
{
    return flow->held ? flow->held->len : 0;
}

/* Forget the first `n` pieces. */
static void held_drop(struct tcp_flow *flow, guint n)
{
    if (n == 0)
        return;
    size_t bytes = 0;
    for (guint i = 0; i < n; i++)
        bytes += held_at(flow, i)->len + PIECE_CHARGE;
    flow->held_bytes -= bytes;
    flow->set->held -= bytes;
    g_ptr_array_remove_range(flow->held, 0, n);
    if (flow->held->len > 0)
        return;
    g_ptr_array_unref(flow->held);
    flow->held = NULL;
    g_queue_unlink(&flow->set->holders, &flow->holder);
}

void tcp_flow_fini(struct tcp_flow *flow)
{
    held_drop(flow, n_held(flow));
}

void tcp_flow_start(struct tcp_flow *flow, uint32_t seq)
{
    if (flow->started)
        return;
    flow->started = true;
    flow->next = seq;
    if (is_wild(after(flow->acked, seq)))
        flow->has_acked = false;
}

static void deliver(struct tcp_flow *flow, const uint8_t *data, uint32_t len, struct h2t_mark mark)
{
    if (len == 0)
        return;
    if (flow->late)
        flow->set->sink.gap(flow->user, flow->side, 0, mark);
    flow->late = false;
    flow->next += len;
    /* In a capture of one direction only, an old `acked` must not come round again as a new one. */
    if (after(flow->next, flow->acked) > MAX_WINDOW)
        flow->has_acked = false;
    flow->set->sink.data(flow->user, flow->side, data, len, mark);
}

/* Give up the bytes before `seq`. */
static void skip_to(struct tcp_flow *flow, uint32_t seq, struct h2t_mark mark)
{
    const uint32_t len = seq - flow->next;
    if (len == 0)
        return;
    flow->late = false;
    flow->next = seq;
    flow->set->stats.gaps++;
    flow->set->stats.gap_bytes += len;
    flow->set->sink.gap(flow->user, flow->side, len, mark);
}

static bool acked_to(const struct tcp_flow *flow, uint32_t seq)
{
    return flow->has_acked && after(flow->acked, seq) >= 0;
}

static void deliver_piece(struct tcp_flow *flow, const struct piece *piece, struct h2t_mark mark)
{
    if (after(piece->seq, flow->next) > 0)
        skip_to(flow, piece->seq, mark);
    const uint32_t known = flow->next - piece->seq;
    if (known < piece->len)
        deliver(flow, piece->data + known, piece->len - known, mark);
}

/* Deliver the held pieces that are next, and those behind a hole that will not be filled. */
static void drain(struct tcp_flow *flow, struct h2t_mark mark)
{
    guint n = 0;
    for (; n < n_held(flow); n++) {
        const struct piece *piece = held_at(flow, n);
        if (after(piece->seq, flow->next) > 0 && !acked_to(flow, piece->seq))
            break;
        deliver_piece(flow, piece, mark);
    }
    held_drop(flow, n);
}

static void tell_fin(struct tcp_flow *flow)
{
    flow->fin_told = true;
    flow->set->sink.fin(flow->user, flow->side, flow->fin);
}

static void try_fin(struct tcp_flow *flow, struct h2t_mark mark)
{
    if (!flow->has_fin || flow->fin_told || n_held(flow) > 0)
        return;
    if (after(flow->fin_seq, flow->next) > 0) {
        if (!acked_to(flow, flow->fin_seq + 1))
            return;
        skip_to(flow, flow->fin_seq, mark);
    }
    tell_fin(flow);
}

static void piece_insert(struct tcp_flow *flow, guint i, const struct tcp_run *run, uint32_t len)
{
    struct piece *piece = g_malloc(sizeof *piece + len);
    piece->seq = run->seq;
    piece->len = len;
    memcpy(piece->data, run->data, len);
    if (!flow->held) {
        flow->held = g_ptr_array_new_with_free_func(g_free);
        g_queue_push_tail_link(&flow->set->holders, &flow->holder);
    }
    g_ptr_array_insert(flow->held, (gint)i, piece);
    flow->held_bytes += len + PIECE_CHARGE;
    flow->set->held += len + PIECE_CHARGE;
}

/* The first held piece that ends behind `seq`. */
static guint held_find(const struct tcp_flow *flow, uint32_t seq)
{
    guint low = 0, high = n_held(flow);
    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const struct piece *piece = held_at(flow, middle);
        if (after(piece->seq + piece->len, seq) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void run_advance(struct tcp_run *run, uint32_t n)
{
    const uint32_t captured = MIN(n, run->len);
    run->seq += n;
    run->wire_len -= n;
    run->len -= captured;
    if (captured > 0)
        run->data += captured;
}

/* Keep what is not held yet. What is, stays: the first copy wins. */
static void hold(struct tcp_flow *flow, struct tcp_run run)
{
    bool overlaps = false, conflicts = false;
    for (guint i = held_find(flow, run.seq); run.len > 0; i++) {
        const struct piece *piece = i < n_held(flow) ? held_at(flow, i) : NULL;
        const int32_t room = piece ? after(piece->seq, run.seq) : INT32_MAX;
        uint32_t n;
        if (room > 0) {
            n = MIN((uint32_t)room, run.len);
            piece_insert(flow, i, &run, n);
        } else {
            const uint32_t at = run.seq - piece->seq;
            n = MIN(piece->len - at, run.len);
            overlaps = true;
            conflicts |= memcmp(piece->data + at, run.data, n) != 0;
        }
        run_advance(&run, n);
    }
    flow->set->stats.retransmitted += overlaps && !run.copy;
    flow->set->stats.conflicts += conflicts;
}

static void deliver_held(struct tcp_flow *flow, struct h2t_mark mark)
{
    const guint n = n_held(flow);
    for (guint i = 0; i < n; i++)
        deliver_piece(flow, held_at(flow, i), mark);
    held_drop(flow, n);
}

static void keep_budget(struct tcp_flow *flow, struct h2t_mark mark)
{
    if (flow->held_bytes > H2T_MAX_TCP_HELD) {
        flow->set->stats.overflows++;
        deliver_held(flow, mark);
        try_fin(flow, mark);
    }
    while (flow->set->held > H2T_MAX_TCP_HELD_ALL) {
        struct tcp_flow *oldest = flow->set->holders.head->data;
        flow->set->stats.overflows++;
        deliver_held(oldest, mark);
        try_fin(oldest, mark);
    }
}

/* A segment too far away to belong here: a broken or forged one, or the capture lost more than a
 * window. Only when the next one continues it, the flow goes on there. */
static bool follow_stray(struct tcp_flow *flow, const struct tcp_run *run)
{
    if (run->wire_len == 0)
        return false;
    const bool follows = flow->has_stray && run->seq == flow->stray;
    flow->has_stray = !follows;
    flow->stray = run->seq + run->wire_len;
    if (!follows)
        return false;
    deliver_held(flow, run->mark);
    flow->next = run->seq;
    flow->late = true;
    flow->has_acked = flow->has_fin = false;
    flow->set->stats.gaps++;
    return true;
}

static void note_fin(struct tcp_flow *flow, const struct tcp_run *run)
{
    const uint32_t seq = run->seq + run->wire_len;
    if (!run->fin || flow->has_fin || after(seq, flow->next) < 0)
        return;
    flow->has_fin = true;
    flow->fin_seq = seq;
    flow->fin = run->mark;
}

/* Take off what was delivered before. */
static void trim(struct tcp_flow *flow, struct tcp_run *run)
{
    const int32_t distance = after(run->seq, flow->next);
    if (distance >= 0 || run->wire_len == 0)
        return;
    const bool keep_alive = distance == -1 && run->wire_len == 1; /* RFC 9293 section 3.8.4 */
    if (!keep_alive && !run->copy)
        flow->set->stats.retransmitted++;
    run_advance(run, MIN((uint32_t)-distance, run->wire_len));
}

/* Is it next, and does it not reach into what is held? */
static bool is_in_order(const struct tcp_flow *flow, const struct tcp_run *run)
{
    return run->seq == flow->next &&
           (n_held(flow) == 0 || after(held_at(flow, 0)->seq, run->seq + run->wire_len) >= 0);
}

static void place(struct tcp_flow *flow, const struct tcp_run *run)
{
    if (n_held(flow) == 0 && acked_to(flow, run->seq))
        skip_to(flow, run->seq, run->mark);
    if (!is_in_order(flow, run)) {
        hold(flow, *run);
        return;
    }
    deliver(flow, run->data, run->len, run->mark);
    skip_to(flow, run->seq + run->wire_len, run->mark);
}

void tcp_flow_input(struct tcp_flow *flow, const struct tcp_run *segment)
{
    struct tcp_run run = *segment;
    if (!flow->started) {
        tcp_flow_start(flow, run.seq);
        flow->late = true;
    }
    if (is_wild(after(run.seq, flow->next)) && !follow_stray(flow, &run))
        return;
    note_fin(flow, &run);
    trim(flow, &run);
    if (run.wire_len > 0 && !flow->fin_told) {
        place(flow, &run);
        drain(flow, run.mark);
        keep_budget(flow, run.mark);
    }
    try_fin(flow, run.mark);
}

void tcp_flow_acked(struct tcp_flow *flow, uint32_t ack, struct h2t_mark mark)
{
    if (flow->started && is_wild(after(ack, flow->next)))
        return;
    if (flow->has_acked && after(ack, flow->acked) <= 0)
        return;
    flow->has_acked = true;
    flow->acked = ack;
    if (!flow->started)
        return;
    /* The capture began with a keep-alive, which is sent from one before (RFC 9293 3.8.4). */
    if (flow->late && n_held(flow) == 0 && after(ack, flow->next) == 1)
        flow->next = ack;
    drain(flow, mark);
    try_fin(flow, mark);
}

void tcp_flow_flush(struct tcp_flow *flow, struct h2t_mark mark)
{
    deliver_held(flow, mark);
    if (flow->has_fin && !flow->fin_told) {
        if (after(flow->fin_seq, flow->next) > 0)
            skip_to(flow, flow->fin_seq, mark);
        tell_fin(flow);
    }
    /* One more may be a FIN that the capture lost. */
    const bool tail_missing =
        flow->started && flow->has_acked && after(flow->acked, flow->next) > 1;
    if (tail_missing && !flow->fin_told)
        skip_to(flow, flow->acked, mark);
}
