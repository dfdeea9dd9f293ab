/* SPDX-License-Identifier: MIT */
/* What an earlier report had: --baseline. */
#ifndef ANNOTATOR_BASELINE_H
#define ANNOTATOR_BASELINE_H

#include "core/model.h"

#define BASELINE_MAX (64u << 20) /* bytes of a report that is read */

struct baseline;

/* Reads a report (docs/report-format.md), of which its findings are enough. NULL with a message
 * that names place, found and wanted when it cannot be read or is none. */
struct baseline *baseline_read(const char *path, GError **error);
/* The same of text in memory; `name` is what messages call it. */
struct baseline *baseline_new(const char *name, const char *text, size_t len, GError **error);
void baseline_free(struct baseline **baseline);

/* Each request that the finding is about was in the report: same rule, method, path and host, its
 * port apart (tests choose it at random), and not with a lesser severity. */
bool baseline_has(const struct baseline *baseline, const struct h2t_model *m, uint32_t finding);

#endif
