/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's LLVMFuzzerMutate for builds without libFuzzer: one small change at a time, the same
 * for the same seed.
 */
#ifndef FUZZ_MUTATE_BYTES_H
#define FUZZ_MUTATE_BYTES_H

#include "tests/fuzz/fuzz.h"

/* All that follows depends on it. Comes first. */
void mutate_seed(uint32_t seed);
/* 0 to n - 1 */
size_t mutate_roll(size_t n);
/* Words to insert, in libFuzzer's format. false: the file cannot be read. */
bool mutate_dictionary(const char *path);
/* Forgets all. */
void mutate_done(void);

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

#endif
