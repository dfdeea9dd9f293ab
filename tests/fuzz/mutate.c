/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/mutate.h"

#include <string.h>

#define MAX_CHUNKS 512u

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

enum { CHANGE, CHANGE_TOO, LEAVE_OUT, TWICE, SWAP, N_OPERATIONS };

struct run {
    size_t at[MAX_CHUNKS];
    struct chunk chunks[MAX_CHUNKS];
    unsigned n;
};

static void cut(const struct format *format, const uint8_t *data, size_t size, struct run *run)
{
    size_t at = 0;
    run->n = 0;
    while (run->n < MAX_CHUNKS && format->read(data + at, size - at, &run->chunks[run->n])) {
        run->at[run->n] = at;
        at += run->chunks[run->n++].len;
    }
}

size_t mutate_replace(uint8_t *data, size_t size, size_t max, size_t at, size_t old,
                      const void *bytes, size_t len)
{
    if (size - old + len > max)
        return size;
    memmove(data + at + len, data + at + old, size - at - old);
    if (len)
        memcpy(data + at, bytes, len);
    return size - old + len;
}

static size_t change(const struct format *format, uint8_t *data, size_t size, size_t max, size_t at,
                     const struct chunk *c, unsigned seed)
{
    size_t room = c->body + MUTATE_ROOM;
    g_autofree uint8_t *made = g_malloc0(c->head + room + MUTATE_ROOM);
    memcpy(made, data + at, c->head + c->body);
    size_t body = format->change ? format->change(made + c->head, c->body, room, seed)
                                 : LLVMFuzzerMutate(made + c->head, c->body, room);
    size_t len = format->close(made, c->head, body);
    return mutate_replace(data, size, max, at, c->len, made, len);
}

/* Two chunks that follow each other, in the other order. */
static void swap(uint8_t *data, size_t at, size_t first, size_t second)
{
    g_autofree uint8_t *copy = g_memdup2(data + at, first);
    memmove(data + at, data + at + first, second);
    memcpy(data + at + second, copy, first);
}

size_t mutate_chunks(const struct format *format, uint8_t *data, size_t size, size_t max,
                     unsigned seed)
{
    struct run run;
    cut(format, data, size, &run);
    if (!run.n)
        return LLVMFuzzerMutate(data, size, max);
    unsigned i = seed / N_OPERATIONS % run.n;
    size_t at = run.at[i], len = run.chunks[i].len;
    switch (seed % N_OPERATIONS) {
    case LEAVE_OUT:
        return mutate_replace(data, size, max, at, len, NULL, 0);
    case TWICE: {
        g_autofree uint8_t *copy = g_memdup2(data + at, len);
        return mutate_replace(data, size, max, at, 0, copy, len);
    }
    case SWAP:
        if (i + 1 < run.n)
            swap(data, at, len, run.chunks[i + 1].len);
        return size;
    default:
        return change(format, data, size, max, at, &run.chunks[i], seed / 7);
    }
}
