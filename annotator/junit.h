/* SPDX-License-Identifier: MIT */
/*
 * The answers of the gate as JUnit XML, for CI systems: the capture is a test suite; each finding
 * that fails is a test case that failed, one that was accepted a skipped case, and each rule that
 * could have failed and did not a case that passed. Names of cases are the same in the next run:
 * "goaway-lost: GET example.com/path".
 */
#ifndef ANNOTATOR_JUNIT_H
#define ANNOTATOR_JUNIT_H

#include "annotator/gate.h"
#include "annotator/result.h"

/* Errors of the output stick to it until output_commit. result->answers must be there. */
void junit_write(const struct result *result, const struct gate *gate, struct output *output);

#endif
