/* SPDX-License-Identifier: MIT */
#include "annotator/clock_text.h"

#include "core/clock.h"
#include "core/drift.h"
#include "core/ns.h"
#include "core/view.h"

#include <math.h>
#include <time.h>

#define NS_PER_S G_GINT64_CONSTANT(1000000000)

static const struct h2t_clock *clock_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->clocks, struct h2t_clock, i);
}

/* None before the join. */
static uint32_t n_clocks(const struct h2t_model *m)
{
    return m->trace->clocks ? m->trace->clocks->len : 0;
}

static int64_t middle(struct h2t_range r)
{
    return r.lo + h2t_ns_sub(r.hi, r.lo) / 2;
}

static int64_t half(struct h2t_range r)
{
    return h2t_ns_sub(r.hi, r.lo) / 2 + 1;
}

/* Which end is which: of a clock that was set back, `to` may lie before `from` of the next. */
static struct h2t_range range_at(const struct h2t_clock_part *p, int64_t at)
{
    return h2t_drift_at(&p->drift, at);
}

/* The clocks run apart, whatever line is true. */
static bool drifts(const struct h2t_clock_part *p)
{
    struct h2t_range rate = h2t_drift_rate(&p->drift);
    return rate.lo > 0 || rate.hi < 0;
}

/* The name of a clock: its host, or the process, where there are several. */
static char *name_of(const struct h2t_model *m, uint32_t clock)
{
    for (uint32_t i = 0; i < m->trace->processes->len && n_clocks(m) > 1; i++) {
        const struct h2t_process *p = h2t_process_at(m, i);
        if (p->clock == clock && p->host)
            return g_strescape(p->host, NULL);
        if (p->clock == clock)
            return g_strdup_printf("process %" G_GUINT64_FORMAT, p->pid);
    }
    return NULL;
}

/* ---- For people ----------------------------------------------------------------------------- */

static void add_duration(GString *out, int64_t ns, bool sign)
{
    double abs = ns < 0 ? -(double)ns : (double)ns;
    if (sign)
        g_string_append_c(out, ns < 0 ? '-' : '+');
    if (abs < 1e6)
        g_string_append_printf(out, "%.0f us", abs / 1e3);
    else if (abs < 1e9)
        g_string_append_printf(out, "%.3f ms", abs / 1e6);
    else
        g_string_append_printf(out, "%.6f s", abs / 1e9);
}

/* "-12 us +/- 45 us" */
static void add_range(GString *out, struct h2t_range r)
{
    add_duration(out, middle(r), true);
    g_string_append(out, " +/- ");
    add_duration(out, half(r), false);
}

static void add_part(GString *out, const struct h2t_clock_part *p)
{
    struct h2t_range from = range_at(p, p->from), to = range_at(p, p->to);
    if (!drifts(p)) {
        add_range(out, (struct h2t_range){MIN(from.lo, to.lo), MAX(from.hi, to.hi)});
        return;
    }
    struct h2t_range rate = h2t_drift_rate(&p->drift);
    add_range(out, from);
    g_string_append(out, " at its beginning, ");
    add_range(out, to);
    g_string_append_printf(out, " at its end, drift %+.1f ppm +/- %.1f",
                           (double)(rate.lo + rate.hi) / 2e3, (double)(rate.hi - rate.lo) / 2e3);
}

static void add_witnesses(GString *out, const struct h2t_clock *clock)
{
    g_string_append_printf(out, " (%u connection%s", clock->n,
                           clock->n == 1 ? " agrees" : "s agree");
    if (clock->n_off)
        g_string_append_printf(out, ", %u %s not", clock->n_off, clock->n_off == 1 ? "does" : "do");
    g_string_append(out, ")\n");
}

static void add_clock(GString *out, const struct h2t_clock *clock, bool several)
{
    if (clock->stated) {
        g_string_append(out, "capture minus trace is ");
        add_duration(out, clock->lo, true);
        g_string_append(out, ", as was said with --offset\n");
    } else if (!h2t_clock_known(clock)) {
        g_string_append(out, "capture and trace could not be compared\n");
    } else if (clock->n_parts == 1) {
        g_string_append(out, "capture minus trace is ");
        add_part(out, clock->parts);
        add_witnesses(out, clock);
    } else if (!clock->n_parts) {
        g_string_append(out, "capture minus trace is ");
        add_range(out, (struct h2t_range){clock->lo, clock->hi});
        add_witnesses(out, clock);
    } else {
        g_string_append_printf(out, "one was set, %u times. Capture minus trace is",
                               clock->n_parts - 1);
        add_witnesses(out, clock);
    }
    for (unsigned i = 0; clock->n_parts > 1 && i < clock->n_parts; i++) {
        g_string_append_printf(out, "  from packet %u %son: ", clock->parts[i].first_packet,
                               several ? "of all " : "");
        add_part(out, &clock->parts[i]);
        g_string_append_c(out, '\n');
    }
}

void clock_lines(GString *out, const struct h2t_model *m)
{
    for (uint32_t i = 0; i < n_clocks(m); i++) {
        g_autofree char *name = name_of(m, i);
        g_string_append_printf(out, name ? "clock of %s: " : "clock: ", name);
        add_clock(out, clock_at(m, i), m->wire->files != NULL);
    }
}

/* ---- As JSON -------------------------------------------------------------------------------- */

/* RFC 3339, with nanoseconds. */
static void time_text(struct json_out *json, const char *key, int64_t ns)
{
    char text[40];
    struct tm tm;
    time_t seconds = (time_t)(ns / NS_PER_S - (ns % NS_PER_S < 0));
    int64_t rest = ns - (int64_t)seconds * NS_PER_S;
    if (!gmtime_r(&seconds, &tm)) {
        json_null(json, key);
        return;
    }
    size_t len = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    g_snprintf(text + len, (gulong)(sizeof text - len), ".%09" G_GINT64_FORMAT "Z", rest);
    json_string(json, key, text);
}

static void range_report(struct json_out *json, struct h2t_range r)
{
    json_int(json, "offset_lo_ns", r.lo);
    json_int(json, "offset_hi_ns", r.hi);
    json_int(json, "offset_ns", middle(r));
    json_int(json, "half_width_ns", half(r));
}

static void moment_report(struct json_out *json, const char *key, const struct h2t_clock_part *p,
                          int64_t at)
{
    json_begin_object(json, key);
    time_text(json, "time", at);
    range_report(json, range_at(p, at));
    json_end(json);
}

static void part_report(struct json_out *json, const struct h2t_clock_part *p)
{
    struct h2t_range rate = h2t_drift_rate(&p->drift);
    json_begin_object(json, NULL);
    json_int(json, "first_packet", p->first_packet);
    json_int(json, "bounds", p->n);
    moment_report(json, "from", p, p->from);
    moment_report(json, "to", p, p->to);
    json_bool(json, "drifts", drifts(p));
    json_int(json, "drift_lo_ppb", rate.lo);
    json_int(json, "drift_hi_ppb", rate.hi);
    json_end(json);
}

static void pids_report(struct json_out *json, const struct h2t_model *m, uint32_t clock)
{
    json_begin_array(json, "pids");
    for (uint32_t i = 0; i < m->trace->processes->len; i++)
        if (h2t_process_at(m, i)->clock == clock)
            json_int(json, NULL, (int64_t)h2t_process_at(m, i)->pid);
    json_end(json);
}

static void one_report(struct json_out *json, const struct h2t_model *m, uint32_t i)
{
    const struct h2t_clock *clock = clock_at(m, i);
    json_begin_object(json, NULL);
    pids_report(json, m, i);
    json_int(json, "agree", clock->n);
    json_int(json, "disagree", clock->n_off);
    json_int(json, "steps", clock->n_parts ? clock->n_parts - 1 : 0);
    json_begin_array(json, "parts");
    for (unsigned p = 0; p < clock->n_parts; p++)
        part_report(json, &clock->parts[p]);
    json_end(json);
    json_end(json);
}

void clock_report(struct json_out *json, const struct h2t_model *m)
{
    const struct h2t_clock *clock = &m->clock;
    if (!h2t_clock_known(clock)) {
        json_null(json, "clock");
        return;
    }
    json_begin_object(json, "clock");
    range_report(json, (struct h2t_range){clock->lo, clock->hi});
    json_int(json, "agree", clock->n);
    json_int(json, "disagree", clock->n_off);
    json_bool(json, "stated", clock->stated);
    json_begin_array(json, "clocks");
    for (uint32_t i = 0; i < n_clocks(m); i++)
        one_report(json, m, i);
    json_end(json);
    json_end(json);
}
