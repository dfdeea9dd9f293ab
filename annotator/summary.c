/* SPDX-License-Identifier: MIT */
#include "annotator/summary.h"

#include "annotator/clock_text.h"
#include "annotator/gate.h"
#include "annotator/maps_text.h"
#include "annotator/uncertain.h"
#include "core/finding.h"
#include "core/names.h"
#include "core/view.h"

#define SHOWN 10u /* unmatched things listed without -v */

struct text {
    GString *out;
    bool all, color;
};

static void G_GNUC_PRINTF(2, 3) say(const struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(t->out, format, args);
    va_end(args);
}

static void heading(const struct text *t, const char *what, uint64_t n)
{
    const char *on = t->color && n ? "\033[33m" : "", *off = t->color && n ? "\033[0m" : "";
    say(t, "%s%s: %" G_GUINT64_FORMAT "%s\n", on, what, n, off);
}

/* A word of the trace, fit for a terminal. */
static char *safe(const char *word)
{
    return g_strescape(word ? word : "?", NULL);
}

static void capture_lines(const struct text *t, const struct result *r)
{
    const struct tally *n = &r->tally;
    say(t,
        "%s: %" G_GUINT64_FORMAT " packets, %u TCP connections (%u in the trace, %u encrypted "
        "without a key), %u requests\n",
        r->capture_name, r->decoded.packets, n->conns, n->traced, n->encrypted, n->streams);
    if (r->converted)
        say(t, "  was classic pcap, the output is pcapng\n");
    if (r->damage)
        say(t, "  damaged: %s; the bytes are copied as they are\n", r->damage);
    if (r->decoded.stats.unknown_link)
        say(t, "  %" G_GUINT64_FORMAT " packets of link types that are not supported\n",
            r->decoded.stats.unknown_link);
    if (r->decoded.stats.segments.duplicates)
        say(t,
            "  %" G_GUINT64_FORMAT " segments are there twice (seen on several interfaces, or "
            "sent again at once); the first is annotated\n",
            r->decoded.stats.segments.duplicates);
    if (r->decoded.stats.segments.gaps)
        say(t, "  %" G_GUINT64_FORMAT " places where packets are missing\n",
            r->decoded.stats.segments.gaps);
    if (r->bad_key_lines)
        say(t, "  %" G_GUINT64_FORMAT " damaged lines in the key log\n", r->bad_key_lines);
}

static void file_lines(const struct text *t, const struct result *r)
{
    const GArray *files = r->model.wire->files;
    for (uint32_t i = 0; files && i < files->len; i++)
        say(t, "  %s: from packet %u of all on\n", capture_file(r->capture, i),
            g_array_index(files, struct h2t_file, i).before + 1);
}

static void trace_lines(const struct text *t, const struct h2t_trace *trace)
{
    say(t, "trace: %u requests, %u attempts, %u connections, %" G_GUINT64_FORMAT " events\n",
        trace->requests->len, trace->attempts->len, trace->tconns->len, trace->n_events);
    if (trace->n_unknown_events)
        say(t, "  %" G_GUINT64_FORMAT " events of unknown kinds\n", trace->n_unknown_events);
    if (trace->n_bad_lines)
        say(t, "  %" G_GUINT64_FORMAT " lines that cannot be used:\n", trace->n_bad_lines);
    for (uint32_t i = 0; i < trace->bad->len; i++) {
        const struct h2t_bad_line *bad = &g_array_index(trace->bad, struct h2t_bad_line, i);
        say(t, "    %s:%" G_GUINT64_FORMAT ": %s\n", bad->file, bad->line, bad->why);
    }
    if (trace->n_bad_lines > trace->bad->len && trace->bad->len)
        say(t, "    and %" G_GUINT64_FORMAT " more\n", trace->n_bad_lines - trace->bad->len);
}

static void reasons(const struct text *t, const uint32_t counts[H2T_N_REASONS])
{
    for (enum h2t_reason reason = H2T_REASON_NONE + 1; reason < H2T_N_REASONS; reason++)
        if (counts[reason])
            say(t, "  %u %s: %s\n", counts[reason], h2t_reason_name(reason),
                h2t_reason_text(reason));
}

/* ---- Debug logs ----------------------------------------------------------------------------- */

static void count_tied(const struct h2t_model *m, uint32_t counts[H2T_TIED_ADDRESS + 1],
                       uint32_t reasons[H2T_N_REASONS])
{
    for (uint32_t i = 0; i < m->trace->framers->len; i++) {
        const struct h2t_framer *f = h2t_framer_at(m, i);
        counts[f->tied]++;
        if (f->conn == H2T_NONE)
            reasons[f->reason]++;
    }
}

/* Most logs of one run are of one zone. */
static bool is_new_zone(const GArray *zones, uint32_t i)
{
    const struct h2t_zone *z = &g_array_index(zones, struct h2t_zone, i);
    for (uint32_t j = 0; j < MIN(i, SHOWN); j++) {
        const struct h2t_zone *other = &g_array_index(zones, struct h2t_zone, j);
        if (other->zoneless && other->known == z->known && other->ns == z->ns)
            return false;
    }
    return z->zoneless && i < SHOWN;
}

static void zone_line(const struct text *t, const struct h2t_zone *z)
{
    if (z->yearless && z->known)
        return;
    if (!z->known) {
        say(t, "  its stamps have no zone, and nothing tells which: their times are not used\n");
        return;
    }
    int64_t minutes = -z->ns / (60 * G_GINT64_CONSTANT(1000000000));
    if (z->ns % (G_GINT64_CONSTANT(1000000000) * 60 * 60 * 24) == 0)
        say(t, "  its stamps are UTC");
    else
        say(t, "  its stamps are UTC%+" G_GINT64_FORMAT ":%02d", minutes / 60,
            (int)(ABS(minutes) % 60));
    say(t, ", %s\n", z->by_capture ? "the capture tells" : "other stamps of the same lines tell");
}

static void zone_lines(const struct text *t, const GArray *zones)
{
    for (uint32_t i = 0; i < zones->len; i++)
        if (is_new_zone(zones, i))
            zone_line(t, &g_array_index(zones, struct h2t_zone, i));
}

static void server_line(const struct text *t, const struct h2t_model *m)
{
    uint32_t n = 0;
    for (uint32_t i = m->trace->n_loaded[1]; i < m->trace->attempts->len; i++)
        n += h2t_attempt_at(m, i)->by_server;
    if (n)
        say(t, "  requests of which the server's log tells, and no client: %u\n", n);
}

static void unsent_lines(const struct text *t, const struct h2t_model *m)
{
    const GArray *unsent = m->trace->unsent;
    uint32_t shown = 0;
    if (!unsent->len)
        return;
    say(t, "  frames that the program wrote and that never reached the wire: %u\n", unsent->len);
    for (; shown < unsent->len && (t->all || shown < SHOWN); shown++) {
        const struct h2t_sighting *s = &g_array_index(unsent, struct h2t_sighting, shown);
        const struct h2t_framer *f = h2t_framer_at(m, s->framer);
        const struct h2t_logged *l = h2t_logged_at(f, s->dir, s->frame);
        say(t, "    %s:%u: %s, stream %u, by the %s of tcp.stream %u\n", f->file, l->line,
            h2t_kind_name(l->kind), l->stream, f->side == H2T_CLIENT ? "client" : "server",
            f->conn);
    }
    if (unsent->len > shown)
        say(t, "    and %u more (-v lists all)\n", unsent->len - shown);
}

static void debug_lines(const struct text *t, const struct h2t_model *m)
{
    uint32_t counts[H2T_TIED_ADDRESS + 1] = {0}, why[H2T_N_REASONS] = {0};
    const char *separator = " (";
    uint32_t n = m->trace->framers->len;
    if (!n) {
        zone_lines(t, m->trace->zones);
        return;
    }
    count_tied(m, counts, why);
    say(t, "debug log: %u of %u Framers tied to connections", n - counts[H2T_TIED_NONE], n);
    for (enum h2t_tied tied = H2T_TIED_FRAMES; tied <= H2T_TIED_ADDRESS; tied++) {
        if (!counts[tied])
            continue;
        say(t, "%s%u by %s", separator, counts[tied], h2t_tied_name(tied));
        separator = ", ";
    }
    say(t, "%s\n", counts[H2T_TIED_NONE] < n ? ")" : "");
    reasons(t, why);
    zone_lines(t, m->trace->zones);
    if (m->trace->n_unread)
        say(t, "  %" G_GUINT64_FORMAT " frames of it are more than are kept\n", m->trace->n_unread);
    server_line(t, m);
    unsent_lines(t, m);
}

/* What was logged without saying of which request. */
static void nameless_line(const struct text *t, const struct h2t_trace *trace)
{
    if (!trace->n_nameless)
        return;
    say(t,
        "hooks that name no request: %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT
        " GotConn, %" G_GUINT64_FORMAT " of them reused): what they tell is of no stream; "
        "docs/sidecars.md says what to log\n",
        trace->n_nameless, trace->n_nameless_conns, trace->n_nameless_used);
}

static void match_line(const struct text *t, const struct tally *n)
{
    const char *separator = " (";
    say(t, "matched: %u of %u attempts", n->joined, n->attempts);
    for (enum h2t_match match = H2T_MATCH_ORDER; match < H2T_N_MATCHES; match++) {
        if (!n->by_match[match])
            continue;
        say(t, "%s%u by %s", separator, n->by_match[match], h2t_match_name(match));
        separator = ", ";
    }
    say(t, "%s\n", n->joined ? ")" : "");
}

static void list_attempts(const struct text *t, const struct h2t_model *m, uint32_t n_unmatched)
{
    uint32_t shown = 0;
    for (uint32_t i = 0; i < m->trace->attempts->len && (t->all || shown < SHOWN); i++) {
        const struct h2t_attempt *a = h2t_attempt_at(m, i);
        const struct h2t_request *r = h2t_request_at(m, a->request);
        if (a->stream != H2T_NONE)
            continue;
        g_autofree char *id = safe(r->id), *method = safe(r->method), *url = safe(r->url);
        say(t, "    %s attempt %u: %s %s: %s\n", id, a->number, method, url,
            h2t_reason_name(a->reason));
        shown++;
    }
    if (n_unmatched > shown)
        say(t, "    and %u more (-v lists all)\n", n_unmatched - shown);
}

static void list_streams(const struct text *t, const struct result *r, uint32_t n_unmatched)
{
    const struct h2t_model *m = &r->model;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < m->wire->streams->len && (t->all || shown < SHOWN); i++) {
        const struct h2t_stream *s = h2t_stream_at(m, i);
        if (s->attempt != H2T_NONE)
            continue;
        g_autofree char *method = safe(s->method), *path = safe(s->path);
        struct place place = result_place(r, s->headers.packet);
        if (place.file != r->capture_name)
            say(t, "    %s:", place.file);
        say(t, "    packet %u, tcp.stream %u, stream %u: %s %s: %s\n", place.packet, s->conn, s->id,
            method, path, h2t_reason_name(s->reason));
        shown++;
    }
    if (n_unmatched > shown)
        say(t, "    and %u more (-v lists all)\n", n_unmatched - shown);
}

static void unmatched_lines(const struct text *t, const struct result *r)
{
    const struct tally *n = &r->tally;
    heading(t, "unmatched attempts", n->attempts - n->joined);
    reasons(t, n->attempt_reasons);
    list_attempts(t, &r->model, n->attempts - n->joined);
    if (n->attempt_reasons[H2T_REASON_NO_KEYS])
        say(t, "  without keys the order of the attempts on each connection is still known: see "
               "--report\n");
    heading(t, "unmatched streams", n->streams - n->joined);
    reasons(t, n->stream_reasons);
    list_streams(t, r, n->streams - n->joined);
}

/* Those that fail the run are told behind the summary. */
static bool is_told_later(const struct result *r, uint32_t finding)
{
    return r->answers && gate_answer_at(r->answers, finding) == GATE_FAILS;
}

/* Errors and warnings one a line, as compilers write theirs; notes only with -v. */
static void list_findings(const struct text *t, const struct result *r)
{
    g_autoptr(GString) text = g_string_new(NULL), line = g_string_new(NULL);
    uint32_t shown = 0, n = 0;
    for (uint32_t i = 0; i < r->model.findings->all->len; i++) {
        const struct h2t_finding *f = h2t_finding_at(&r->model, i);
        if (is_told_later(r, i))
            continue;
        if (!t->all && (f->severity == H2T_SEVERITY_NOTE || n++ >= SHOWN))
            continue;
        h2t_finding_text(&r->model, i, text);
        struct place place = result_place(r, f->at.packet);
        h2t_finding_line(place.file, place.packet, text->str, line);
        say(t, "  %s\n", line->str);
        shown++;
    }
    if (n > shown)
        say(t, "  and %u more (-v lists all)\n", n - shown);
}

static void finding_lines(const struct text *t, const struct result *r)
{
    const struct h2t_findings *findings = r->model.findings;
    uint32_t n[H2T_SEVERITY_ERROR + 1] = {0};
    for (uint32_t i = 0; i < findings->all->len; i++)
        n[h2t_finding_at(&r->model, i)->severity]++;
    uint32_t bad = n[H2T_SEVERITY_ERROR] + n[H2T_SEVERITY_WARNING];
    const char *on = t->color && bad ? "\033[31m" : "", *off = t->color && bad ? "\033[0m" : "";
    say(t, "%sfindings: %u errors, %u warnings%s, %u notes\n", on, n[H2T_SEVERITY_ERROR],
        n[H2T_SEVERITY_WARNING], off, n[H2T_SEVERITY_NOTE]);
    list_findings(t, r);
    if (findings->n_dropped)
        say(t, "  %" G_GUINT64_FORMAT " more were not kept\n", findings->n_dropped);
}

static void gate_line(const struct text *t, const struct result *r)
{
    uint32_t n[GATE_FAILS + 1] = {0};
    if (!r->answers)
        return;
    for (uint32_t i = 0; i < r->answers->len; i++)
        n[gate_answer_at(r->answers, i)]++;
    say(t, "--fail-on: %u fail", n[GATE_FAILS]);
    if (n[GATE_ALLOWED])
        say(t, ", %u are allowed", n[GATE_ALLOWED]);
    if (n[GATE_KNOWN])
        say(t, ", %u are known from the baseline", n[GATE_KNOWN]);
    say(t, "\n");
}

static void output_line(const struct text *t, const struct result *r)
{
    const struct rewrite *w = &r->written;
    say(t, "wrote %s: %" G_GUINT64_FORMAT " comments on %" G_GUINT64_FORMAT " packets",
        r->output_name, w->comments, w->annotated_packets);
    if (w->removed)
        say(t, ", in place of %" G_GUINT64_FORMAT " earlier ones", w->removed);
    say(t, "\n");
    if (w->unplaceable)
        say(t, "  %" G_GUINT64_FORMAT " comments have no place: their packets cannot carry any\n",
            w->unplaceable);
    if (r->redacted)
        say(t, "  hosts, addresses and paths are hidden in what is said, not in the packets\n");
    if (r->keys_inside)
        say(t, "  the output has decryption secrets in it: whoever reads it can decrypt the "
               "traffic\n");
}

char *summary_text(const struct result *r, bool all, bool color)
{
    struct text t = {g_string_new(NULL), all, color};
    capture_lines(&t, r);
    file_lines(&t, r);
    trace_lines(&t, r->model.trace);
    nameless_line(&t, r->model.trace);
    debug_lines(&t, &r->model);
    match_line(&t, &r->tally);
    clock_lines(t.out, &r->model);
    maps_lines(t.out, &r->model);
    uncertain_line(t.out, r);
    unmatched_lines(&t, r);
    finding_lines(&t, r);
    output_line(&t, r);
    gate_line(&t, r);
    return g_string_free(t.out, false);
}
