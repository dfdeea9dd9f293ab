/* SPDX-License-Identifier: MIT */
/* The result for people, as text on standard error. */
#ifndef ANNOTATOR_SUMMARY_H
#define ANNOTATOR_SUMMARY_H

#include "annotator/result.h"

/* The lines, each ending in a newline. `all`: list every unmatched attempt and stream, not only the
 * first few. `color`: with terminal colours. The caller frees it. */
char *summary_text(const struct result *result, bool all, bool color);

#endif
