/* SPDX-License-Identifier: MIT */
#include "annotator/run.h"

#include "annotator/gate.h"
#include "annotator/junit.h"
#include "annotator/keys.h"
#include "annotator/redact_key.h"
#include "annotator/report.h"
#include "annotator/sidecar.h"
#include "annotator/summary.h"
#include "annotator/targets.h"
#include "core/base.h"
#include "core/finding.h"
#include "core/join.h"
#include "core/maps.h"
#include "core/notes.h"
#include "core/redact.h"
#include "core/rules.h"

#include <string.h>
#include <sys/stat.h>

#define OWNER_ONLY 0600u
#define MAX_READERS 8u /* more wait for the one that puts together what they read */

/* What one run holds; released by fini. */
struct run {
    const struct options *options;
    const struct run_callbacks *callbacks;
    void *user;
    struct capture *capture;
    struct keylog *keylog;
    struct sidecar_job *sidecar;
    struct gate *gate;         /* NULL: nothing makes it fail */
    struct baseline *baseline; /* or NULL */
    struct output *output, *report, *junit;
    GString *embedded;
    GArray *notes;
    uint32_t n_failing;
    struct result result;
};

static void wipe(GString **secrets)
{
    if (!*secrets)
        return;
    explicit_bzero((*secrets)->str, (*secrets)->allocated_len);
    g_string_free(*secrets, true);
    *secrets = NULL;
}

static void fini(struct run *r)
{
    if (r->sidecar)
        r->result.model.trace = sidecar_finish(&r->sidecar, NULL);
    output_abort(&r->output);
    output_abort(&r->report);
    output_abort(&r->junit);
    wipe(&r->embedded);
    if (r->notes)
        g_array_unref(r->notes);
    if (r->result.answers)
        g_array_unref(r->result.answers);
    gate_free(&r->gate);
    baseline_free(&r->baseline);
    h2t_findings_free(&r->result.model.findings);
    h2t_wire_free(&r->result.model.wire);
    h2t_trace_free(&r->result.model.trace);
    keylog_free(&r->keylog);
    capture_close(&r->capture);
}

static void tick(void *user)
{
    const struct run *r = user;
    uint64_t done, size;
    capture_progress(r->capture, &done, &size);
    r->callbacks->progress(r->user, r->result.capture_name, done, size);
}

/* Of a file, or 0666 where it has none of its own. */
static mode_t permissions_of(const char *path)
{
    struct stat st;
    bool file = strcmp(path, "-") != 0 && !stat(path, &st) && S_ISREG(st.st_mode);
    return file ? st.st_mode & 0777 : 0666;
}

/* What captures and sidecars all allow: text of each is in what is written. The umask applies as
 * well. */
static mode_t permissions(const struct options *o)
{
    mode_t mode = permissions_of(o->capture);
    for (guint i = 0; i < o->more->len; i++)
        mode &= permissions_of(o->more->pdata[i]);
    for (char **path = o->sidecars; path && *path; path++)
        mode &= permissions_of(*path);
    return mode;
}

static bool load_keylogs(struct run *r, GError **error)
{
    r->keylog = keylog_new();
    for (guint i = 0; i < r->options->keylogs->len; i++)
        if (!keys_load(r->keylog, r->options->keylogs->pdata[i], error))
            return false;
    r->result.bad_key_lines = keylog_bad_lines(r->keylog);
    return true;
}

static bool open_gate(struct run *r, GError **error)
{
    const struct options *o = r->options;
    if (!o->fail_on->len)
        return true;
    r->gate = gate_new(o->fail_on, o->allow, error);
    if (r->gate && o->baseline)
        r->baseline = baseline_read(o->baseline, error);
    return r->gate && (r->baseline || !o->baseline);
}

static struct capture *open_files(const struct options *o, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, o->capture);
    for (guint i = 0; i < o->more->len; i++)
        g_ptr_array_add(paths, o->more->pdata[i]);
    g_ptr_array_add(paths, NULL);
    return capture_open_all((const char *const *)paths->pdata, error);
}

static bool open_capture(struct run *r, GError **error)
{
    const struct options *o = r->options;
    r->result.capture_name = strcmp(o->capture, "-") ? o->capture : "standard input";
    r->result.output_name = o->out_dir               ? o->out_dir
                            : strcmp(o->output, "-") ? o->output
                                                     : "standard output";
    r->capture = o->out_dir ? open_files(o, error) : capture_open(o->capture, error);
    r->result.capture = r->capture;
    return r->capture && targets_check(o, r->capture, error) &&
           (!o->filter || capture_filter(r->capture, o->filter, error));
}

/* Threads that help the one that puts together what the sidecars say; 0: there is not even that. */
static unsigned readers(const struct options *o)
{
    return o->jobs > 1 ? MIN((unsigned)o->jobs - 1, MAX_READERS) : 0;
}

/* Only now it is known that each frame is asked for, which would cost everyone else memory. */
static bool read_again(struct run *r, GError **error)
{
    h2t_wire_free(&r->result.model.wire);
    if (!capture_rewind(r->capture, error) ||
        !decode(r->capture, r->keylog, true, tick, r, &r->result.decoded, error))
        return false;
    r->result.model.wire = r->result.decoded.wire;
    return true;
}

/* Pass 1: the capture here, the sidecars on a thread beside it. */
static bool read_all(struct run *r, GError **error)
{
    r->sidecar = sidecar_start(r->options->sidecars, readers(r->options));
    if (!decode(r->capture, r->keylog, false, tick, r, &r->result.decoded, error))
        return false;
    r->result.model.wire = r->result.decoded.wire;
    r->result.damage = capture_damage(r->capture);
    r->result.converted = capture_converted(r->capture);
    r->result.model.trace = sidecar_finish(&r->sidecar, error);
    if (!r->result.model.trace)
        return false;
    return !h2t_trace_wants_ledgers(r->result.model.trace) || read_again(r, error);
}

/* Before the findings are held against a baseline, which was redacted with the same key. */
static bool redact(struct run *r, GError **error)
{
    struct redact_key key;
    if (!r->options->redact)
        return true;
    bool done = redact_key_load(&key, r->options->redact_key, error);
    if (done)
        h2t_redact(&r->result.model, key.bytes, key.len);
    redact_key_fini(&key);
    return r->result.redacted = done;
}

static bool join(struct run *r, GError **error)
{
    for (guint i = 0; i < r->options->map_addrs->len; i++)
        h2t_maps_state(r->result.model.trace, r->options->map_addrs->pdata[i]);
    const struct offset *offset = &r->options->offset;
    if (offset->set)
        r->result.model.clock =
            (struct h2t_clock){.lo = offset->ns, .hi = offset->ns, .stated = true};
    r->result.model.ignore_headers = r->options->ignore_headers;
    r->result.model.expect_h2 = r->options->expect_h2;
    h2t_join(&r->result.model);
    h2t_diagnose(&r->result.model);
    if (!redact(r, error))
        return false;
    if (r->gate)
        r->result.answers = gate_judge(r->gate, r->baseline, &r->result.model);
    r->result.tally = tally_model(&r->result.model);
    r->notes = h2t_notes(&r->result.model);
    r->embedded = r->options->embed_keys ? keylog_used(r->keylog) : NULL;
    r->result.keys_inside = r->result.decoded.has_keys || (r->embedded && r->embedded->len);
    return true;
}

static bool write_report(struct run *r, GError **error)
{
    if (!r->options->report)
        return true;
    r->report = output_open(r->options->report, permissions(r->options), error);
    if (r->report)
        report_write(&r->result, r->report);
    return r->report != NULL;
}

static bool write_junit(struct run *r, GError **error)
{
    if (!r->options->junit)
        return true;
    r->junit = output_open(r->options->junit, permissions(r->options), error);
    if (r->junit)
        junit_write(&r->result, r->gate, r->junit);
    return r->junit != NULL;
}

static bool open_output(struct run *r, uint32_t file, GError **error)
{
    const struct options *o = r->options;
    mode_t mode = permissions(o) & (r->result.keys_inside ? OWNER_ONLY : 0777);
    g_autofree char *path =
        o->out_dir ? target_in(o->out_dir, capture_file(r->capture, file)) : NULL;
    r->output = output_open(path ? path : o->output, mode, error);
    return r->output != NULL;
}

/* The file before is complete. */
static struct output *next_output(void *user, uint32_t file, GError **error)
{
    struct run *r = user;
    if (!output_commit(&r->output, r->options->sync, error) || !open_output(r, file, error))
        return NULL;
    return r->output;
}

/* Pass 2. */
static bool write_all(struct run *r, GError **error)
{
    const struct options *o = r->options;
    bool secret = r->embedded && r->embedded->len;
    r->result.written = (struct rewrite){.next = next_output,
                                         .user = r,
                                         .model = &r->result.model,
                                         .notes = r->notes,
                                         .keys = secret ? r->embedded : NULL,
                                         .own_thread = o->jobs > 1,
                                         .measure = r->result.decoded.states_length};
    if (!open_output(r, 0, error) || !rewrite(&r->result.written, r->capture, r->output, error) ||
        !output_settle(r->output, o->sync, error))
        return false;
    return write_report(r, error) && write_junit(r, error);
}

/* All or, but for a rename that fails, none. */
static bool commit(struct run *r, GError **error)
{
    struct output **const all[] = {&r->report, &r->junit, &r->output};
    bool sync = r->options->sync, done = true;
    for (size_t i = 0; i < G_N_ELEMENTS(all) && done; i++)
        done = !*all[i] || output_settle(*all[i], sync, error);
    for (size_t i = 0; i < G_N_ELEMENTS(all) && done; i++)
        done = !*all[i] || output_commit(all[i], sync, error);
    return done;
}

/* What was not kept was not judged, and may be what fails. */
static void tell_dropped(struct run *r)
{
    uint64_t n = r->result.model.findings->n_dropped;
    if (!r->gate || !n)
        return;
    g_autofree char *line = g_strdup_printf("%s: error: %" G_GUINT64_FORMAT
                                            " findings were not judged, wanted at most %u in all",
                                            r->result.capture_name, n, H2T_MAX_FINDINGS);
    r->callbacks->failing(r->user, line);
    r->n_failing++;
}

/* The findings that --fail-on asks for, one a line. */
static void tell_failing(struct run *r)
{
    g_autoptr(GString) text = g_string_new(NULL), line = g_string_new(NULL);
    for (uint32_t i = 0; r->gate && i < r->result.answers->len; i++) {
        if (gate_answer_at(r->result.answers, i) != GATE_FAILS)
            continue;
        uint32_t packet = h2t_finding_at(&r->result.model, i)->at.packet;
        h2t_finding_text(&r->result.model, i, text);
        struct place place = result_place(&r->result, packet);
        h2t_finding_line(place.file, place.packet, text->str, line);
        r->callbacks->failing(r->user, line->str);
        r->n_failing++;
    }
    tell_dropped(r);
}

static bool annotate(struct run *r, bool color, GError **error)
{
    if (!open_gate(r, error) || !load_keylogs(r, error) || !open_capture(r, error) ||
        !read_all(r, error) || !join(r, error))
        return false;
    if (!write_all(r, error) || !commit(r, error))
        return false;
    g_autofree char *text = summary_text(&r->result, r->options->verbose, color);
    r->callbacks->summary(r->user, text);
    tell_failing(r);
    return true;
}

static bool remove_ours(struct run *r, GError **error)
{
    if (!open_capture(r, error))
        return false;
    struct rewrite *work = &r->result.written;
    *work = (struct rewrite){.measure = true, .next = next_output, .user = r};
    if (!open_output(r, 0, error) || !rewrite(work, r->capture, r->output, error) ||
        !commit(r, error))
        return false;
    g_autofree char *text = g_strdup_printf("wrote %s: %" G_GUINT64_FORMAT " comments removed\n",
                                            r->result.output_name, work->removed);
    r->callbacks->summary(r->user, text);
    return true;
}

enum exit_status run(const struct options *options, bool color,
                     const struct run_callbacks *callbacks, void *user, GError **error)
{
    struct run r = {.options = options, .callbacks = callbacks, .user = user};
    GError *failed = NULL;
    enum exit_status status = EXIT_DONE;
    if (!(options->remove ? remove_ours(&r, &failed) : annotate(&r, color, &failed)))
        status = failed->code == H2T_ERROR_USAGE && failed->domain == H2T_ERROR ? EXIT_USAGE
                                                                                : EXIT_FAILED;
    else if (r.n_failing)
        status = EXIT_FINDINGS;
    else if (options->strict && tally_incomplete(&r.result.tally))
        status = EXIT_UNMATCHED;
    if (failed)
        g_propagate_error(error, failed);
    fini(&r);
    return status;
}
