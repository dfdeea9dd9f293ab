/* SPDX-License-Identifier: MIT */
/* --explain: docs/rules.md, which is part of the program. */
#ifndef ANNOTATOR_EXPLAIN_H
#define ANNOTATOR_EXPLAIN_H

#include <glib.h>

/* The section of the rule `id`, or for "list" a line for each rule; the caller frees it. NULL and
 * H2T_ERROR_USAGE: there is no such rule. */
char *explain(const char *id, GError **error);

/* The whole page; made from docs/rules.md by the build. */
extern const char explain_page[];

#endif
