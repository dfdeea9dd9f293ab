/* SPDX-License-Identifier: MIT */
/*
 * Walks the blocks of a pcapng file (draft-ietf-opsawg-pcapng section 3.1). Blocks are handed out
 * where they lie in one read buffer, which grows for large blocks only, up to H2T_MAX_BLOCK.
 */
#ifndef CAPTURE_PCAPNG_READ_H
#define CAPTURE_PCAPNG_READ_H

#include "annotator/capture/capture.h"
#include <sys/types.h>

/* Where the bytes come from: at most `len` into `buf`, fewer only at the end; 0 at the end, -1 with
 * *error. */
typedef ssize_t (*pcapng_pull_fn)(void *user, uint8_t *buf, size_t len, GError **error);

struct pcapng_read;

struct pcapng_read *pcapng_read_new(pcapng_pull_fn pull, void *user);
void pcapng_read_free(struct pcapng_read **reader);

/* The source stands at its first byte again. */
void pcapng_read_restart(struct pcapng_read *reader);

/* As capture_next, but for `selected`. */
bool pcapng_read_next(struct pcapng_read *reader, struct block *block, GError **error);

/* The first odd thing that was met: one line with its byte offset, or NULL. */
const char *pcapng_read_damage(const struct pcapng_read *reader);

#endif
