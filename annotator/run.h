/* SPDX-License-Identifier: MIT */
/* One run of the program, from options to exit status. */
#ifndef ANNOTATOR_RUN_H
#define ANNOTATOR_RUN_H

#include "annotator/options.h"

#include <stdint.h>

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_UNMATCHED = 3, /* --strict */
    EXIT_FINDINGS = 4,  /* --fail-on; goes before EXIT_UNMATCHED */
};

/* What run() tells its caller while it goes on; `main` decides what becomes of it. */
struct run_callbacks {
    void (*progress)(void *user, const char *name, uint64_t done, uint64_t size);
    /* After the walk, before the output is kept. */
    void (*summary)(void *user, const char *text);
    /* One finding that makes the run fail, a line without its newline; after the summary. */
    void (*failing)(void *user, const char *line);
};

/* Nothing is left under the output's name when it fails. `color`: the summary is for a terminal
 * that has it. */
enum exit_status run(const struct options *options, bool color,
                     const struct run_callbacks *callbacks, void *user, GError **error);

#endif
