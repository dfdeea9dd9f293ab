/* SPDX-License-Identifier: MIT */
#include "annotator/sidecar.h"

#include "annotator/capture/source.h"

#define PIECE (1u << 20)

struct sidecar_job {
    char **paths;
    unsigned threads; /* 0: everything is done at once */
    GThread *thread;  /* NULL: it is done */
    struct h2t_trace *trace;
    GError *error;
};

static bool load_file(struct h2t_loader *loader, const char *path, char *buf, GError **error)
{
    struct source *source = source_open(path, error);
    if (!source)
        return false;
    h2t_loader_file(loader, source_name(source));
    ssize_t n;
    while ((n = source_read(source, buf, PIECE, error)) > 0)
        h2t_loader_feed(loader, buf, (size_t)n);
    if (source_damage(source)) {
        g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT, "%s: %s", source_name(source),
                    source_damage(source));
        n = -1;
    }
    source_close(&source);
    return n == 0;
}

static void *load(void *user)
{
    struct sidecar_job *job = user;
    struct h2t_loader *loader = h2t_loader_new();
    g_autofree char *buf = g_malloc(PIECE);
    if (job->threads)
        h2t_loader_threads(loader, job->threads);
    for (char **path = job->paths; *path; path++)
        if (!load_file(loader, *path, buf, &job->error))
            break;
    if (!job->error)
        job->trace = h2t_loader_finish(loader, &job->error);
    h2t_loader_free(&loader);
    return NULL;
}

struct sidecar_job *sidecar_start(char **paths, unsigned threads)
{
    struct sidecar_job *job = g_new0(struct sidecar_job, 1);
    job->paths = paths;
    job->threads = threads;
    if (threads)
        job->thread = g_thread_new("sidecar", load, job);
    else
        load(job);
    return job;
}

struct h2t_trace *sidecar_finish(struct sidecar_job **job, GError **error)
{
    if ((*job)->thread)
        g_thread_join((*job)->thread);
    struct h2t_trace *trace = (*job)->trace;
    if ((*job)->error)
        g_propagate_error(error, (*job)->error);
    g_clear_pointer(job, g_free);
    return trace;
}
