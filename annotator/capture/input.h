/* SPDX-License-Identifier: MIT */
/*
 * The input file as it lies there: bytes that can be read from the start again. What cannot be
 * rewound (a pipe, a terminal, a FIFO, a device) is copied to an unlinked temporary file in $TMPDIR
 * or /tmp while it is read the first time.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include "core/base.h"
#include <sys/types.h>

struct input;

/* `path` "-" is standard input, from where it stands. NULL and a message for what cannot be read:
 * missing, not allowed, a directory. */
struct input *input_open(const char *path, GError **error);
void input_close(struct input **input);

/* At most `len` bytes into `buf`: how many, 0 at the end, -1 with *error. The end stays where it
 * was found first, so that a file that grows is the same each time; one that became shorter is an
 * error. */
ssize_t input_read(struct input *input, void *buf, size_t len, GError **error);

/* Back to the first byte. Never fails: nothing is read. */
void input_rewind(struct input *input);

/* The path for messages; "standard input" for "-". Owned by the input. */
const char *input_name(const struct input *input);

/* True if `path` names the very file that is being read (same device and inode). */
bool input_is_file(const struct input *input, const char *path);

/* Where reading stands, and the size; 0: unknown. */
void input_progress(const struct input *input, uint64_t *done, uint64_t *size);

#endif
