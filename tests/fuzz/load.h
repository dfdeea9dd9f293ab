/* SPDX-License-Identifier: MIT */
/* Sidecars in the input of a fuzz target. */
#ifndef FUZZ_LOAD_H
#define FUZZ_LOAD_H

#include "core/trace.h"
#include "tests/fuzz/fuzz.h"

/* Files with FUZZ_FILE between them, fed in pieces of `step` bytes. NULL where the loader says that
 * one is of no use. */
struct h2t_trace *load_sidecars(struct bytes files, size_t step);

#endif
