/* SPDX-License-Identifier: MIT */
/* Which addresses were translated, for people (summary) and as JSON (report). */
#ifndef ANNOTATOR_MAPS_TEXT_H
#define ANNOTATOR_MAPS_TEXT_H

#include "annotator/json_out.h"
#include "core/model.h"

/* Whole lines; none where nothing was translated. */
void maps_lines(GString *out, const struct h2t_model *m);

/* The member "address_maps". */
void maps_report(struct json_out *json, const struct h2t_model *m);

#endif
