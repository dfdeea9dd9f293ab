/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace that belongs to the capture: named by the preference, or found beside the capture file.
 * It is kept while the same files stay unchanged, from one opening of the capture to the next.
 */
#ifndef HTTPTRACE_SIDECAR_H
#define HTTPTRACE_SIDECAR_H

#include "core/trace.h"

enum sidecar_origin { SIDECAR_NONE, SIDECAR_PREFERENCE, SIDECAR_BESIDE };

struct sidecar {
    struct h2t_trace *trace; /* NULL: none */
    enum sidecar_origin origin;
    char *files;   /* as named: several are separated by ";" */
    char *state;   /* paths, times and sizes of what is loaded */
    char *problem; /* why there is none although one was named; told once */
};

/* Makes what is loaded agree with the preference (NULL or "": none) and the files on disk. */
void sidecar_update(struct sidecar *s, const char *preference);
void sidecar_fini(struct sidecar *s);

#endif
