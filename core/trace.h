/* SPDX-License-Identifier: MIT */
/*
 * Sidecars in, attempts out: the trace side of the model. Bytes are fed; no file is opened here.
 *
 * A loader takes any number of files, in any order, in pieces of any size. One file after the
 * other: h2t_loader_file, then h2t_loader_feed until its bytes are done, or h2t_loader_read. Events
 * may come in any order: gather.h tells how they become attempts, processes.h which process they
 * belong to. Formats: docs/trace-format.md and docs/sidecars.md; import.h finds out which.
 *
 * Memory is that of the model, about 260 bytes a request, plus 50 until the end; a
 * sidecar that does not number attempts takes some 500 bytes more a request until then.
 */
#ifndef H2T_TRACE_H
#define H2T_TRACE_H

#include "ahead.h"

struct h2t_loader;

struct h2t_loader *h2t_loader_new(void);
void h2t_loader_free(struct h2t_loader **loader);

/* The next bytes belong to a new file of this name (used in messages only). */
void h2t_loader_file(struct h2t_loader *loader, const char *name);
void h2t_loader_feed(struct h2t_loader *loader, const char *bytes, size_t len);
/* All of the file's bytes, by `n_threads` more threads; the model is the same. False: see `pull`.
 */
bool h2t_loader_read(struct h2t_loader *loader, h2t_pull_fn pull, void *user, unsigned n_threads,
                     GError **error);

/* The model; the caller owns it. Fails (NULL, H2T_ERROR_FORMAT) when a file of the input had not
 * one usable line: the message names the file, what was found and what was wanted. Only
 * h2t_loader_free may follow. */
struct h2t_trace *h2t_loader_finish(struct h2t_loader *loader, GError **error);

/* The trace has a debug log, which can only be joined with a wire side that keeps ledgers. */
bool h2t_trace_wants_ledgers(const struct h2t_trace *trace);

void h2t_trace_free(struct h2t_trace **trace);

#endif
