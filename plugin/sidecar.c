/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/sidecar.h"

#include "plugin/compat.h"
#include "plugin/discover.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE (1u << 16)
#define SEPARATOR ";"

void sidecar_fini(struct sidecar *s)
{
    h2t_trace_free(&s->trace);
    g_free(s->files);
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

static bool load_file(struct h2t_loader *loader, const char *path, GError **error)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: %s", path, g_strerror(errno));
        return false;
    }
    g_autofree char *buf = g_malloc(PIECE);
    size_t n;
    h2t_loader_file(loader, path);
    while ((n = fread(buf, 1, PIECE, file)) > 0)
        h2t_loader_feed(loader, buf, n);
    bool bad = ferror(file);
    fclose(file);
    if (bad)
        g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: cannot be read", path);
    return !bad;
}

static struct h2t_trace *load(char **paths, GError **error)
{
    struct h2t_loader *loader = h2t_loader_new();
    struct h2t_trace *trace = NULL;
    bool good = true;
    for (char **path = paths; *path && good; path++)
        good = load_file(loader, *path, error);
    if (good)
        trace = h2t_loader_finish(loader, error);
    h2t_loader_free(&loader);
    return trace;
}

/* A bad sidecar is told once; the capture opens all the same. */
static void replace(struct sidecar *s, char **paths, char *state, enum sidecar_origin origin)
{
    GError *error = NULL;
    sidecar_fini(s);
    s->state = state;
    s->origin = origin;
    s->files = g_strjoinv(SEPARATOR " ", paths);
    s->trace = load(paths, &error);
    if (s->trace)
        return;
    s->problem = g_strdup(error->message);
    g_error_free(error);
    report_failure("httptrace: %s", s->problem);
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
    if (!paths) {
        sidecar_fini(s);
        return;
    }
    char *state = state_of(paths);
    if (s->state && !strcmp(s->state, state))
        g_free(state);
    else
        replace(s, paths, state, is_named ? SIDECAR_PREFERENCE : SIDECAR_BESIDE);
    g_strfreev(paths);
}
