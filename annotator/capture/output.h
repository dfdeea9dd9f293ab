/* SPDX-License-Identifier: MIT */
/*
 * Where the annotated capture goes: a temporary file beside the target, renamed onto it on success
 * only; or standard output. One staging buffer; blocks are appended whole.
 */
#ifndef CAPTURE_OUTPUT_H
#define CAPTURE_OUTPUT_H

#include "core/base.h"
#include <sys/types.h>

struct output;

/* `path` "-" is standard output. The file gets `mode` & ~umask. A symbolic link as target is
 * followed: the file it names is replaced, the link stays. Special files (a FIFO, /dev/null,
 * /dev/stdout) are written to directly. */
struct output *output_open(const char *path, mode_t mode, GError **error);

/* Append. Errors stick: they are reported by output_commit (and early by `false` here). */
bool output_write(struct output *out, const void *data, size_t len);

/* Flush, optionally wait for the disk, close: all that is likely to fail, while nothing stands
 * under the target's name yet. For several outputs that shall appear together or not at all. */
bool output_settle(struct output *out, bool sync, GError **error);

/* Settle, rename. false: nothing stands under the target's name
 * that was not there before. `out` becomes NULL either way. */
bool output_commit(struct output **out, bool sync, GError **error);

/* Throw away what was written, remove the temporary file. */
void output_abort(struct output **out);

/* Async-signal-safe: remove the temporary file that is open, if any. For a signal handler that ends
 * the program. */
void output_unlink_on_signal(void);

#endif
