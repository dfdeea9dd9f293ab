/* SPDX-License-Identifier: MIT */
/* What a reader should not take for certain, by kind: for the summary and the report. */
#ifndef ANNOTATOR_UNCERTAIN_H
#define ANNOTATOR_UNCERTAIN_H

#include "annotator/json_out.h"
#include "annotator/result.h"

/* One line, or none. */
void uncertain_line(GString *out, const struct result *result);

/* The member "uncertain": each kind with its count, 0 as well. */
void uncertain_report(struct json_out *json, const struct result *result);

#endif
