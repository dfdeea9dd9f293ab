/* SPDX-License-Identifier: MIT */
#include "annotator/tally.h"

#include "core/view.h"

static void count_conns(const struct h2t_model *m, struct tally *t)
{
    t->conns = m->wire->conns->len;
    for (uint32_t i = 0; i < t->conns; i++) {
        const struct h2t_conn *c = h2t_conn_at(m, i);
        t->traced += c->tconn != H2T_NONE;
        t->encrypted += c->no_keys && !c->decrypted;
    }
}

struct tally tally_model(const struct h2t_model *m)
{
    struct tally t = {.streams = m->wire->streams->len, .attempts = m->trace->attempts->len};
    count_conns(m, &t);
    for (uint32_t i = 0; i < t.attempts; i++) {
        const struct h2t_attempt *a = h2t_attempt_at(m, i);
        t.joined += a->stream != H2T_NONE;
        t.by_match[a->match]++;
        t.attempt_reasons[a->reason]++;
    }
    for (uint32_t i = 0; i < t.streams; i++)
        t.stream_reasons[h2t_stream_at(m, i)->reason]++;
    return t;
}

bool tally_incomplete(const struct tally *t)
{
    uint32_t elsewhere = t->stream_reasons[H2T_REASON_UNTRACED] +
                         t->stream_reasons[H2T_REASON_COPY] + t->stream_reasons[H2T_REASON_CONNECT];
    return t->joined < t->attempts || t->joined + elsewhere < t->streams ||
           t->by_match[H2T_MATCH_TIMING];
}
