/* SPDX-License-Identifier: MIT */
/*
 * Mutations that know the structure: a run of chunks, each with its length in front, of which one
 * is changed, left out, said twice or moved. What libFuzzer does on its own breaks most lengths,
 * and then all that follows.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "tests/fuzz/fuzz.h"

struct chunk {
    size_t len;  /* whole */
    size_t head; /* bytes before the body; what is behind head + body is made anew */
    size_t body;
};

struct format {
    /* The chunk at `data`; false: there is none, or no whole one. */
    bool (*read)(const uint8_t *data, size_t len, struct chunk *chunk);
    /* Writes its lengths and its end: `body` bytes stand behind its head. Its new length; at most
     * `body` + MUTATE_ROOM. */
    size_t (*close)(uint8_t *data, size_t head, size_t body);
    /* Changes a body; NULL: as libFuzzer does. */
    size_t (*change)(uint8_t *body, size_t len, size_t max, unsigned seed);
};
#define MUTATE_ROOM 64u

/* The new length of data[0..size); at most `max`. */
size_t mutate_chunks(const struct format *format, uint8_t *data, size_t size, size_t max,
                     unsigned seed);

/* data[at..at + old) becomes `len` bytes. The new size, or the old one if there is no room. */
size_t mutate_replace(uint8_t *data, size_t size, size_t max, size_t at, size_t old,
                      const void *bytes, size_t len);

/* Sidecars: lines, and in them the values of JSON. Only data[0..part) is one; what is behind it
 * stays as it is. */
size_t mutate_lines(uint8_t *data, size_t part, size_t size, size_t max, unsigned seed);

#endif
