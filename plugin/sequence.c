/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/sequence.h"

#define MAX_WINDOW (1 << 30) /* RFC 7323 section 2.3: what is farther away does not belong here */
#define MAX_HELD 4096u       /* spans behind a hole; past it the hole is given up */

struct span {
    uint32_t seq, end;
};

static int32_t after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static bool is_wild(int32_t distance)
{
    return distance > MAX_WINDOW || distance < -MAX_WINDOW;
}

static struct span *held_at(const struct sequence *s, guint i)
{
    return &g_array_index(s->held, struct span, i);
}

static guint n_held(const struct sequence *s)
{
    return s->held ? s->held->len : 0;
}

void sequence_fini(struct sequence *s)
{
    if (s->held)
        g_array_unref(s->held);
    s->held = NULL;
}

void sequence_start(struct sequence *s, uint32_t seq)
{
    if (s->started)
        return;
    s->started = true;
    s->next = seq;
    if (is_wild(after(s->acked, seq)))
        s->has_acked = false;
}

static bool acked_to(const struct sequence *s, uint32_t seq)
{
    return s->has_acked && after(s->acked, seq) >= 0;
}

static void skip_to(struct sequence *s, uint32_t seq, struct sequence_news *news)
{
    if (after(seq, s->next) <= 0)
        return;
    news->lost += seq - s->next;
    s->next = seq;
}

static void drain(struct sequence *s, struct sequence_news *news)
{
    guint n = 0;
    for (; n < n_held(s); n++) {
        const struct span *span = held_at(s, n);
        if (after(span->seq, s->next) > 0 && !acked_to(s, span->seq) && n_held(s) < MAX_HELD)
            break;
        skip_to(s, span->seq, news);
        if (after(span->end, s->next) > 0)
            s->next = span->end;
    }
    if (n)
        g_array_remove_range(s->held, 0, n);
}

static void try_fin(struct sequence *s, struct sequence_news *news)
{
    if (!s->has_fin || s->fin_told || n_held(s))
        return;
    if (after(s->fin_seq, s->next) > 0) {
        if (!acked_to(s, s->fin_seq + 1))
            return;
        skip_to(s, s->fin_seq, news);
    }
    s->fin_told = news->fin = true;
}

static void hold(struct sequence *s, uint32_t seq, uint32_t end)
{
    struct span span = {seq, end};
    guint at = n_held(s);
    if (!s->held)
        s->held = g_array_new(FALSE, FALSE, sizeof span);
    while (at > 0 && after(held_at(s, at - 1)->seq, seq) > 0)
        at--;
    g_array_insert_val(s->held, at, span);
}

struct sequence_news sequence_data(struct sequence *s, uint32_t seq, uint32_t len, uint32_t cut)
{
    struct sequence_news news = {0};
    if (len && !s->started) {
        sequence_start(s, seq);
        news.late = true;
    }
    if (s->started && len && !is_wild(after(seq, s->next))) {
        if (!n_held(s) && acked_to(s, seq))
            skip_to(s, seq, &news);
        if (cut && after(seq + len, s->next) > 0)
            news.lost += cut;
        hold(s, seq, seq + len);
        drain(s, &news);
    }
    try_fin(s, &news);
    return news;
}

void sequence_fin(struct sequence *s, uint32_t seq, struct h2t_mark mark)
{
    if (s->has_fin || (s->started && after(seq, s->next) < 0))
        return;
    sequence_start(s, seq);
    s->has_fin = true;
    s->fin_seq = seq;
    s->fin = mark;
}

struct sequence_news sequence_acked(struct sequence *s, uint32_t ack)
{
    struct sequence_news news = {0};
    if (s->started && is_wild(after(ack, s->next)))
        return news;
    if (s->has_acked && after(ack, s->acked) <= 0)
        return news;
    s->has_acked = true;
    s->acked = ack;
    if (!s->started)
        return news;
    drain(s, &news);
    try_fin(s, &news);
    return news;
}

struct sequence_news sequence_flush(struct sequence *s)
{
    struct sequence_news news = {0};
    if (!s->has_fin || s->fin_told)
        return news;
    skip_to(s, s->fin_seq, &news);
    sequence_fini(s);
    s->fin_told = news.fin = true;
    return news;
}
