/* SPDX-License-Identifier: MIT */
#include "core/align.h"

#define MAX_SOUGHT (1u << 22) /* frames that are looked at to find places again, all in all */

/* Two fingers. In step, each frame must be the other's equal; out of step, HEADERS are sought. */
struct work {
    struct h2t_logged *logged;
    const struct h2t_entry *entries;
    uint32_t n_logged, n_entries;
    uint32_t i, j;
    uint32_t sought;
    bool log_late; /* nothing of the log is placed yet, and it may have begun later */
    bool in_step, keep;
    struct h2t_alignment *out;
};

static bool is_gap(const struct h2t_entry *e)
{
    return e->kind == H2T_GAP;
}

static bool equal(const struct h2t_logged *l, const struct h2t_entry *e)
{
    return l->kind == e->kind && l->stream == e->stream && l->len == e->len &&
           l->detail == e->detail;
}

static void pair(struct work *w, uint32_t i, uint32_t j)
{
    if (w->keep)
        w->logged[i].entry = j;
    if (!w->out->n++)
        w->out->first_entry = j;
    w->out->first_entry = MIN(w->out->first_entry, j);
    w->out->last_entry = MAX(w->out->last_entry, j);
}

/* The log's HEADERS that are the same as these; n_logged: none. */
static uint32_t find_in_log(struct work *w, const struct h2t_entry *headers)
{
    uint32_t i = w->i;
    while (i < w->n_logged && w->sought < MAX_SOUGHT && !equal(&w->logged[i], headers)) {
        w->sought++;
        i++;
    }
    return w->sought < MAX_SOUGHT ? i : w->n_logged;
}

/* From a place that is known backwards, as far as the gap, or what is placed already. */
static bool pair_before(struct work *w, uint32_t i, uint32_t j)
{
    while (i > w->i && j > w->j) {
        i--, j--;
        if (!equal(&w->logged[i], &w->entries[j]))
            return false;
        pair(w, i, j);
    }
    return true;
}

/* Finds the place where both go on. False: there cannot be one. */
static bool resume(struct work *w)
{
    uint32_t j = w->j;
    for (; j < w->n_entries && !is_gap(&w->entries[j]); j++) {
        if (w->entries[j].kind != H2T_HEADERS)
            continue;
        uint32_t i = find_in_log(w, &w->entries[j]);
        if (i < w->n_logged) {
            if (!pair_before(w, i, j))
                return false;
            w->i = i;
            w->j = j;
            w->in_step = true;
            w->log_late = false;
            return true;
        }
        if (!w->log_late) /* the log goes on behind what it has placed, and lacks nothing */
            break;
    }
    if (j < w->n_entries && !is_gap(&w->entries[j])) /* the log ended before */
        w->i = w->n_logged;
    w->j = j;
    return true;
}

static bool step(struct work *w)
{
    if (is_gap(&w->entries[w->j])) {
        w->in_step = false;
        w->j++;
        return true;
    }
    if (!w->in_step)
        return resume(w);
    if (!equal(&w->logged[w->i], &w->entries[w->j]))
        return false;
    pair(w, w->i++, w->j++);
    return true;
}

struct h2t_alignment h2t_align(GArray *logged, bool log_late, const GArray *entries, bool wire_late,
                               bool keep)
{
    struct h2t_alignment out = {0};
    struct work w = {
        .logged = (struct h2t_logged *)(void *)logged->data,
        .entries = (const struct h2t_entry *)(const void *)entries->data,
        .n_logged = logged->len,
        .n_entries = entries->len,
        .log_late = log_late,
        .in_step = !log_late && !wire_late,
        .keep = keep,
        .out = &out,
    };
    for (uint32_t i = 0; keep && i < w.n_logged; i++)
        w.logged[i].entry = H2T_NONE;
    while (!out.refuted && w.i < w.n_logged && w.j < w.n_entries)
        out.refuted = !step(&w);
    out.looked = (uint64_t)w.sought + w.j + w.n_logged;
    if (out.refuted)
        return out;
    out.log_left = w.n_logged - w.i;
    for (; w.j < w.n_entries && !out.wire_left; w.j++, out.looked++)
        out.wire_left = !is_gap(&w.entries[w.j]);
    return out;
}
