/* SPDX-License-Identifier: MIT */
#include "annotator/run.h"

#include "annotator/report.h"
#include "annotator/sidecar.h"
#include "annotator/summary.h"
#include "core/base.h"
#include "core/join.h"
#include "core/notes.h"
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
    struct output *output, *report;
    GString *embedded;
    GArray *notes;
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
    wipe(&r->embedded);
    if (r->notes)
        g_array_unref(r->notes);
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

static bool fail(GError **error, const char *path, const char *why)
{
    g_set_error(error, H2T_ERROR, H2T_ERROR_USAGE, "%s: %s", path, why);
    return false;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Nothing that is read may be written to. */
static bool check_target(const struct run *r, const char *target, GError **error)
{
    const struct options *o = r->options;
    struct stat st;
    if (!strcmp(target, "-") || (!stat(target, &st) && !S_ISREG(st.st_mode)))
        return true;
    if (capture_is_file(r->capture, target))
        return fail(error, target, "is the capture that is read; wanted: another name");
    for (char **path = o->sidecars; *path; path++)
        if (same_file(*path, target))
            return fail(error, target, "is a sidecar that is read; wanted: another name");
    for (guint i = 0; i < o->keylogs->len; i++)
        if (same_file(o->keylogs->pdata[i], target))
            return fail(error, target, "is a key log that is read; wanted: another name");
    return true;
}

static bool check_targets(const struct run *r, GError **error)
{
    const struct options *o = r->options;
    if (o->report && strcmp(o->report, "-") &&
        (!strcmp(o->report, o->output) || same_file(o->report, o->output)))
        return fail(error, o->report, "is both --report and the output");
    return check_target(r, o->output, error) && (!o->report || check_target(r, o->report, error));
}

/* The input's permissions, or 0666 where it has none of its own; the umask applies as well. */
static mode_t permissions(const struct options *o)
{
    struct stat st;
    bool file = strcmp(o->capture, "-") && !stat(o->capture, &st) && S_ISREG(st.st_mode);
    return file ? st.st_mode & 0777 : 0666;
}

static bool load_keylogs(struct run *r, GError **error)
{
    r->keylog = keylog_new();
    for (guint i = 0; i < r->options->keylogs->len; i++) {
        char *text;
        gsize len;
        if (!g_file_get_contents(r->options->keylogs->pdata[i], &text, &len, error))
            return false;
        keylog_add(r->keylog, text, len);
        explicit_bzero(text, len);
        g_free(text);
    }
    r->result.bad_key_lines = keylog_bad_lines(r->keylog);
    return true;
}

static bool open_capture(struct run *r, GError **error)
{
    const struct options *o = r->options;
    r->result.capture_name = strcmp(o->capture, "-") ? o->capture : "standard input";
    r->result.output_name = strcmp(o->output, "-") ? o->output : "standard output";
    r->capture = capture_open(o->capture, error);
    return r->capture && check_targets(r, error) &&
           (!o->filter || capture_filter(r->capture, o->filter, error));
}

/* That read sidecars. One that decodes and one that puts together wait most of the time. */
static unsigned readers(const struct options *o)
{
    return o->jobs > 1 ? MIN((unsigned)o->jobs, MAX_READERS) : 0;
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

static void join(struct run *r)
{
    r->result.model.ignore_headers = r->options->ignore_headers;
    h2t_join(&r->result.model);
    h2t_diagnose(&r->result.model);
    r->result.tally = tally_model(&r->result.model);
    r->notes = h2t_notes(&r->result.model);
    r->embedded = r->options->embed_keys ? keylog_used(r->keylog) : NULL;
    r->result.keys_inside = r->result.decoded.has_keys || (r->embedded && r->embedded->len);
}

/* Pass 2. */
static bool write_all(struct run *r, GError **error)
{
    const struct options *o = r->options;
    bool secret = r->embedded && r->embedded->len;
    mode_t mode = permissions(o) & (secret ? OWNER_ONLY : 0777);
    r->result.written = (struct rewrite){.model = &r->result.model,
                                         .notes = r->notes,
                                         .keys = secret ? r->embedded : NULL,
                                         .own_thread = o->jobs > 1,
                                         .measure = r->result.decoded.states_length};
    r->output = output_open(o->output, mode, error);
    if (!r->output || !rewrite(&r->result.written, r->capture, r->output, error))
        return false;
    if (!o->report)
        return true;
    r->report = output_open(o->report, 0666, error);
    if (r->report)
        report_write(&r->result, r->report);
    return r->report != NULL;
}

static bool commit(struct run *r, GError **error)
{
    bool sync = r->options->sync;
    if (r->report && !output_commit(&r->report, sync, error))
        return false;
    return output_commit(&r->output, sync, error);
}

static bool annotate(struct run *r, bool color, GError **error)
{
    if (!load_keylogs(r, error) || !open_capture(r, error) || !read_all(r, error))
        return false;
    join(r);
    if (!write_all(r, error) || !commit(r, error))
        return false;
    g_autofree char *text = summary_text(&r->result, r->options->verbose, color);
    r->callbacks->summary(r->user, text);
    return true;
}

static bool remove_ours(struct run *r, GError **error)
{
    if (!open_capture(r, error))
        return false;
    struct rewrite *work = &r->result.written;
    *work = (struct rewrite){.measure = true};
    r->output = output_open(r->options->output, permissions(r->options), error);
    if (!r->output || !rewrite(work, r->capture, r->output, error) || !commit(r, error))
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
    else if (options->strict && tally_incomplete(&r.result.tally))
        status = EXIT_UNMATCHED;
    if (failed)
        g_propagate_error(error, failed);
    fini(&r);
    return status;
}
