/* SPDX-License-Identifier: MIT */
#include "annotator/uncertain.h"

#include "core/clock.h"
#include "core/view.h"

enum kind {
    UNMATCHED_ATTEMPTS,
    UNMATCHED_STREAMS,
    BY_ORDER_ALONE,
    BY_TIMING,
    CONNS_BY_TIME,
    CONNS_BY_TIMING,
    CONNS_BY_HEADER,
    CONNS_MAPPED,
    CLOCKS_UNKNOWN,
    CLOCK_STEPS,
    CONNS_OFF_CLOCK,
    BAD_LINES,
    GAPS,
    CUT_SHORT,
    N_KINDS
};

static const struct {
    const char *key, *text;
    bool quiet; /* said elsewhere in the summary, or ordinary */
} kinds[N_KINDS] = {
    [UNMATCHED_ATTEMPTS] = {"unmatched_attempts", "", true},
    [UNMATCHED_STREAMS] = {"unmatched_streams", "", true},
    [BY_ORDER_ALONE] = {"matched_by_order_alone", "", true},
    [BY_TIMING] = {"matched_by_timing", "matches on connections that only times tell", false},
    [CONNS_BY_TIME] = {"connections_by_time", "", true},
    [CONNS_BY_TIMING] = {"connections_by_timing", "connections that only times tell", false},
    [CONNS_BY_HEADER] = {"connections_by_header", "", true},
    [CONNS_MAPPED] = {"connections_mapped", "", true},
    [CLOCKS_UNKNOWN] = {"clocks_unknown", "clocks of which nothing is known", false},
    [CLOCK_STEPS] = {"clock_steps", "", true},
    [CONNS_OFF_CLOCK] = {"connections_off_clock", "", true},
    [BAD_LINES] = {"bad_lines", "", true},
    [GAPS] = {"gaps", "", true},
    [CUT_SHORT] = {"connections_cut_short", "connections that a limit cut short", false},
};

static void count_conns(const struct h2t_model *m, uint64_t n[N_KINDS])
{
    static const enum kind of[H2T_N_MATCHES] = {[H2T_MATCH_TUPLE_TIME] = CONNS_BY_TIME,
                                                [H2T_MATCH_TIMING] = CONNS_BY_TIMING,
                                                [H2T_MATCH_HEADER] = CONNS_BY_HEADER,
                                                [H2T_MATCH_MAPPED] = CONNS_MAPPED};
    for (uint32_t i = 0; i < m->trace->tconns->len; i++)
        if (of[h2t_tconn_at(m, i)->bound])
            n[of[h2t_tconn_at(m, i)->bound]]++;
    for (uint32_t i = 0; i < m->wire->conns->len; i++)
        n[CUT_SHORT] += h2t_conn_at(m, i)->overflow;
}

static void count_clocks(const struct h2t_model *m, uint64_t n[N_KINDS])
{
    for (uint32_t i = 0; m->trace->clocks && i < m->trace->clocks->len; i++) {
        const struct h2t_clock *clock = &g_array_index(m->trace->clocks, struct h2t_clock, i);
        n[CLOCKS_UNKNOWN] += !h2t_clock_known(clock);
        n[CLOCK_STEPS] += clock->n_parts ? clock->n_parts - 1 : 0;
        n[CONNS_OFF_CLOCK] += clock->n_off;
    }
}

static void count(const struct result *r, uint64_t n[N_KINDS])
{
    const struct tally *t = &r->tally;
    n[UNMATCHED_ATTEMPTS] = t->attempts - t->joined;
    n[UNMATCHED_STREAMS] = t->streams - t->joined;
    n[BY_ORDER_ALONE] = t->by_match[H2T_MATCH_ORDER];
    n[BY_TIMING] = t->by_match[H2T_MATCH_TIMING];
    n[BAD_LINES] = r->model.trace->n_bad_lines;
    n[GAPS] = r->decoded.stats.segments.gaps;
    count_conns(&r->model, n);
    count_clocks(&r->model, n);
}

void uncertain_line(GString *out, const struct result *r)
{
    uint64_t n[N_KINDS] = {0};
    const char *separator = "uncertain: ";
    count(r, n);
    for (enum kind kind = 0; kind < N_KINDS; kind++) {
        if (!n[kind] || kinds[kind].quiet)
            continue;
        g_string_append_printf(out, "%s%" G_GUINT64_FORMAT " %s", separator, n[kind],
                               kinds[kind].text);
        separator = ", ";
    }
    if (*separator == ',')
        g_string_append_c(out, '\n');
}

void uncertain_report(struct json_out *json, const struct result *r)
{
    uint64_t n[N_KINDS] = {0};
    count(r, n);
    json_begin_object(json, "uncertain");
    for (enum kind kind = 0; kind < N_KINDS; kind++)
        json_int(json, kinds[kind].key, (int64_t)n[kind]);
    json_end(json);
}
