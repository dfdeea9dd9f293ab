/* SPDX-License-Identifier: MIT */
/* The findings' part of the report: all of them, and which ones belong to a connection or stream.
 */
#ifndef ANNOTATOR_REPORT_FINDINGS_H
#define ANNOTATOR_REPORT_FINDINGS_H

#include "annotator/json_out.h"
#include "annotator/result.h"

/* The member "findings" of the report. */
void report_findings(struct json_out *json, const struct result *result);

/* Which findings are about which connection and stream. */
struct report_places;
struct report_places *report_places_new(const struct h2t_model *m);
void report_places_free(struct report_places **places);

/* The member "findings" of one of these: indexes into the report's. */
void report_findings_of_conn(struct json_out *json, const struct report_places *places,
                             uint32_t conn);
void report_findings_of_stream(struct json_out *json, const struct report_places *places,
                               uint32_t stream);

#endif
