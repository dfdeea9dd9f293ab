/* SPDX-License-Identifier: MIT */
/* All values of both sides, sorted: a value that is there exactly twice, once a side, is an anchor.
 */
#include "core/anchors.h"

#include "core/view.h"

enum side { ATTEMPT, STREAM };

struct value {
    uint64_t value;
    uint32_t position;
    uint8_t side; /* enum side */
};

static int compare(gconstpointer a, gconstpointer b)
{
    const struct value *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->side - y->side;
}

static void put(GArray *values, uint64_t value, uint32_t position, enum side side)
{
    struct value v = {value, position, (uint8_t)side};
    if (value)
        g_array_append_val(values, v);
}

/* Two anchors of one stream must be the same; if not, it has none. */
static void tie(uint32_t *anchor, uint32_t attempt, bool *disagree)
{
    if (*anchor != H2T_NONE && *anchor != attempt)
        *disagree = true;
    *anchor = attempt;
}

static void find(GArray *values, uint32_t *anchor, bool *disagree)
{
    g_array_sort(values, compare);
    const struct value *v = (const struct value *)(void *)values->data;
    for (uint32_t i = 0, end; i < values->len; i = end) {
        for (end = i + 1; end < values->len && v[end].value == v[i].value; end++)
            ;
        if (end - i == 2 && v[i].side == ATTEMPT && v[i + 1].side == STREAM)
            tie(&anchor[v[i + 1].position], v[i].position, &disagree[v[i + 1].position]);
    }
}

void h2t_anchors(const struct h2t_model *m, const uint32_t *attempts, uint32_t n_attempts,
                 const uint32_t *streams, uint32_t n_streams, uint32_t *anchor)
{
    for (uint32_t j = 0; j < n_streams; j++)
        anchor[j] = H2T_NONE;
    if (m->ignore_headers)
        return;
    g_autoptr(GArray) values = g_array_new(false, false, sizeof(struct value));
    g_autofree bool *disagree = g_new0(bool, n_streams);
    for (uint32_t i = 0; i < n_attempts; i++)
        put(values, h2t_attempt_at(m, attempts[i])->request_id, i, ATTEMPT);
    for (uint32_t j = 0; j < n_streams; j++)
        put(values, h2t_stream_at(m, streams[j])->request_id, j, STREAM);
    find(values, anchor, disagree);
    g_array_set_size(values, 0);
    for (uint32_t i = 0; i < n_attempts; i++)
        put(values, h2t_attempt_at(m, attempts[i])->traceparent, i, ATTEMPT);
    for (uint32_t j = 0; j < n_streams; j++)
        put(values, h2t_stream_at(m, streams[j])->traceparent, j, STREAM);
    find(values, anchor, disagree);
    for (uint32_t j = 0; j < n_streams; j++)
        if (disagree[j])
            anchor[j] = H2T_NONE;
}
