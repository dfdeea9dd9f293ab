/* SPDX-License-Identifier: MIT */
/* What was found of the clocks, for people (summary) and as JSON (report). */
#ifndef ANNOTATOR_CLOCK_TEXT_H
#define ANNOTATOR_CLOCK_TEXT_H

#include "annotator/json_out.h"
#include "core/model.h"

/* Whole lines. */
void clock_lines(GString *out, const struct h2t_model *m);

/* The member "clock". */
void clock_report(struct json_out *json, const struct h2t_model *m);

#endif
