/* SPDX-License-Identifier: MIT */
/* Sidecar files into the loader, on threads of their own if wanted, while the capture is decoded.
 */
#ifndef ANNOTATOR_SIDECAR_H
#define ANNOTATOR_SIDECAR_H

#include "core/trace.h"

struct sidecar_job;

/* Begins to load `paths` (NULL-terminated; kept by the caller). Compressed files are fine.
 * `threads` read the lines and one more puts them together; 0: all is done at once, here. */
struct sidecar_job *sidecar_start(char **paths, unsigned threads);

/* Waits. The trace, or NULL with what was wrong. `job` becomes NULL. */
struct h2t_trace *sidecar_finish(struct sidecar_job **job, GError **error);

#endif
