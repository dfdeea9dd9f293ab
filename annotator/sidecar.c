/* SPDX-License-Identifier: MIT */
#include "annotator/sidecar.h"

#include "annotator/capture/source.h"

struct sidecar_job {
    char **paths;
    unsigned threads; /* beside the one below; 0: everything is done at once */
    GThread *thread;  /* NULL: it is done */
    struct h2t_trace *trace;
    GError *error;
};

static ssize_t pull(void *user, void *buf, size_t len, GError **error)
{
    return source_read(user, buf, len, error);
}

static bool load_file(struct h2t_loader *loader, const char *path, unsigned threads, GError **error)
{
    struct source *source = source_open(path, error);
    if (!source)
        return false;
    h2t_loader_file(loader, source_name(source));
    bool whole = h2t_loader_read(loader, pull, source, threads, error);
    if (whole && source_damage(source)) {
        g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT, "%s: %s", source_name(source),
                    source_damage(source));
        whole = false;
    }
    source_close(&source);
    return whole;
}

static void *load(void *user)
{
    struct sidecar_job *job = user;
    struct h2t_loader *loader = h2t_loader_new();
    for (char **path = job->paths; *path; path++)
        if (!load_file(loader, *path, job->threads, &job->error))
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
