/* SPDX-License-Identifier: MIT */
/* Key logs from files. */
#ifndef ANNOTATOR_KEYS_H
#define ANNOTATOR_KEYS_H

#include "annotator/wire/keylog.h"

#include <glib.h>

/* The longest line that is read; the longest that means something has 246 bytes. */
#define KEYS_MAX_LINE (64u << 10)

/* Adds the lines of the file, piece by piece, and wipes the pieces. A longer line counts as a
 * damaged one, or several. */
bool keys_load(struct keylog *keylog, const char *path, GError **error);

#endif
