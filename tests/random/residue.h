/* SPDX-License-Identifier: MIT */
/*
 * What of a pcapng file must not change, found without the code that is tested: the file without
 * our comments, the blocks that have only these, and what follows from them (lengths of blocks and
 * sections, an end-of-options that stands alone). Two files with the same residue differ in nothing
 * but our comments.
 */
#ifndef TESTS_RANDOM_RESIDUE_H
#define TESTS_RANDOM_RESIDUE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct residue {
    GByteArray *bytes;
    uint64_t blocks, comments; /* comments of ours */
    bool sound;                /* it is a run of blocks, and sections are as long as they say */
};

/* residue_clear when done. */
struct residue residue_of(const uint8_t *file, size_t len);
void residue_clear(struct residue *residue);

#endif
