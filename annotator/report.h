/* SPDX-License-Identifier: MIT */
/* The result as JSON; docs/report-format.md is the contract. */
#ifndef ANNOTATOR_REPORT_H
#define ANNOTATOR_REPORT_H

#include "annotator/result.h"

/* Errors of the output stick to it until output_commit. */
void report_write(const struct result *result, struct output *output);

#endif
