/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace that belongs to the capture: named by the preference, or found beside the capture file.
 * It is read on a thread of its own, beside the dissection, and kept while the same files stay
 * unchanged, from one opening of the capture to the next.
 */
#ifndef HTTPTRACE_SIDECAR_H
#define HTTPTRACE_SIDECAR_H

#include "core/trace.h"

enum sidecar_origin { SIDECAR_NONE, SIDECAR_PREFERENCE, SIDECAR_BESIDE };

struct sidecar {
    struct h2t_trace *trace; /* NULL: none, or not yet */
    enum sidecar_origin origin;
    char **paths;     /* NULL: no sidecar */
    char *state;      /* paths, times and sizes of what is loaded */
    char *problem;    /* why it is no good; told once */
    GThread *loading; /* makes `trace` or `problem` */
};

/* Finds which files it is: those of the preference (NULL or "": none), else what is beside the
 * capture. What was loaded goes, unless it is the same and unchanged on disk. */
void sidecar_update(struct sidecar *s, const char *preference);
void sidecar_fini(struct sidecar *s);

/* There are files, and nothing is known against them yet. */
bool sidecar_is_there(const struct sidecar *s);

/* Begins to read it, unless that is done. */
void sidecar_load(struct sidecar *s);

/* Waits until what was begun is read. */
void sidecar_wait(struct sidecar *s);

/* Reads it, if that is not done. NULL: there is none, or it is no good. */
struct h2t_trace *sidecar_trace(struct sidecar *s);

#endif
