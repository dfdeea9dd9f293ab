/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a capture: the input as it is, or decompressed when it begins like gzip, zstd or lz4
 * (libarchive's raw filter; this is its only user). Decompression streams: memory does not grow
 * with what comes out.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "core/base.h"
#include <sys/types.h>

struct source;

/* Errors as input_open's. */
struct source *source_open(const char *path, GError **error);
void source_close(struct source **source);

/* At most `len` bytes into `buf`, fewer only at the end: how many, 0 at the end, -1 with *error
 * when the machine fails. Damaged compressed data is an early end (at most 64 KiB before the damage
 * are lost with it, by libarchive's buffers); see source_damage. */
ssize_t source_read(struct source *source, void *buf, size_t len, GError **error);

/* Back to the first byte. Compressed input is decompressed again from there. */
bool source_rewind(struct source *source, GError **error);

/* Why decompression ended early: one line, or NULL. Owned by the source. */
const char *source_damage(const struct source *source);

/* See input.h; progress counts bytes of the file, not of what comes out. */
const char *source_name(const struct source *source);
bool source_is_file(const struct source *source, const char *path);
void source_progress(const struct source *source, uint64_t *done, uint64_t *size);

#endif
