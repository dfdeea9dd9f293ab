/* SPDX-License-Identifier: MIT */
/* What a run writes must be neither what it reads nor twice the same. */
#ifndef ANNOTATOR_TARGETS_H
#define ANNOTATOR_TARGETS_H

#include "annotator/capture/capture.h"
#include "annotator/options.h"

/* false: it is not so (H2T_ERROR_USAGE). `capture` is open. */
bool targets_check(const struct options *options, const struct capture *capture, GError **error);

/* The path in `dir` for what becomes of `capture`; the caller frees it. It has the same name, but
 * for what would be wrong of it: it is not compressed, and pcapng. */
char *target_in(const char *dir, const char *capture);

#endif
