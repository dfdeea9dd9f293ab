/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/sidecar.h"

#include "plugin/compat.h"
#include "plugin/discover.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEPARATOR ";"
#define MAX_READERS 8u /* more wait for the one that puts together what they read */

/* What the thread is given, and what it gives back. */
struct load {
    char **paths;
    struct h2t_trace *trace;
    GError *error;
};

void sidecar_fini(struct sidecar *s)
{
    sidecar_wait(s);
    h2t_trace_free(&s->trace);
    g_strfreev(s->paths);
    g_free(s->state);
    g_free(s->problem);
    *s = (struct sidecar){0};
}

/* What tells one content of the files from another. */
static char *state_of(char **paths)
{
    GString *state = g_string_new(NULL);
    for (char **path = paths; *path; path++) {
        struct stat st = {0};
        int missing = stat(*path, &st);
        g_string_append_printf(state, "%s|%d|%ld.%09ld|%ld\n", *path, missing,
                               (long)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec, (long)st.st_size);
    }
    return g_string_free(state, FALSE);
}

static bool cannot_open(const char *path, GError **error)
{
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: %s", path, g_strerror(errno));
    return false;
}

struct source {
    FILE *file;
    const char *path;
};

static ssize_t pull(void *user, void *buf, size_t len, GError **error)
{
    const struct source *source = user;
    size_t n = fread(buf, 1, len, source->file);
    if (!ferror(source->file))
        return (ssize_t)n;
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: cannot be read", source->path);
    return -1;
}

static bool load_file(struct h2t_loader *loader, const char *path, unsigned threads, GError **error)
{
    struct source source = {.file = fopen(path, "rb"), .path = path};
    if (!source.file)
        return cannot_open(path, error);
    h2t_loader_file(loader, path);
    bool whole = h2t_loader_read(loader, pull, &source, threads, error);
    fclose(source.file);
    return whole;
}

static gpointer load(gpointer data)
{
    struct load *load = data;
    struct h2t_loader *loader = h2t_loader_new();
    unsigned threads = MIN(g_get_num_processors() - 1, MAX_READERS);
    bool good = true;
    for (char **path = load->paths; *path && good; path++)
        good = load_file(loader, *path, threads, &load->error);
    if (good)
        load->trace = h2t_loader_finish(loader, &load->error);
    h2t_loader_free(&loader);
    return load;
}

/* A bad sidecar is told once; the capture opens all the same. */
static void tell(struct sidecar *s, GError *error)
{
    s->problem = g_strdup(error->message);
    g_error_free(error);
    report_failure("httptrace: %s", s->problem);
}

/* What can't be opened is told even if nobody will want to see what is in it. */
static void check_access(struct sidecar *s)
{
    GError *error = NULL;
    for (char **path = s->paths; *path && !error; path++)
        if (g_access(*path, R_OK))
            cannot_open(*path, &error);
    if (error)
        tell(s, error);
}

static char **named(const char *preference)
{
    char **paths = g_strsplit(preference, SEPARATOR, -1);
    for (char **path = paths; *path; path++)
        g_strstrip(*path);
    return paths;
}

void sidecar_update(struct sidecar *s, const char *preference)
{
    bool is_named = preference && *preference;
    char **paths = is_named ? named(preference) : discover_sidecars();
    char *state = paths ? state_of(paths) : NULL;
    if (!g_strcmp0(s->state, state)) {
        g_strfreev(paths);
        g_free(state);
        return;
    }
    sidecar_fini(s);
    if (!paths)
        return;
    *s = (struct sidecar){
        .paths = paths, .state = state, .origin = is_named ? SIDECAR_PREFERENCE : SIDECAR_BESIDE};
    check_access(s);
}

bool sidecar_is_there(const struct sidecar *s)
{
    return s->paths && !s->problem;
}

void sidecar_load(struct sidecar *s)
{
    if (!sidecar_is_there(s) || s->trace || s->loading)
        return;
    struct load *job = g_new0(struct load, 1);
    job->paths = g_strdupv(s->paths);
    s->loading = g_thread_new("httptrace", load, job);
}

void sidecar_wait(struct sidecar *s)
{
    if (!s->loading)
        return;
    struct load *job = g_thread_join(s->loading);
    s->loading = NULL;
    s->trace = job->trace;
    if (job->error)
        tell(s, job->error);
    g_strfreev(job->paths);
    g_free(job);
}

struct h2t_trace *sidecar_trace(struct sidecar *s)
{
    sidecar_load(s);
    sidecar_wait(s);
    return s->trace;
}
