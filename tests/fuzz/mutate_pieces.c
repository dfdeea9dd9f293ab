/* SPDX-License-Identifier: MIT */
/* Pieces of traffic (fuzz.h), and in them HTTP/2 frames where there are any. */
#include "tests/fuzz/mutate.h"

#include <string.h>

#define PIECE_HEAD 3u
#define FRAME_HEAD 9u
#define MAX_PIECE UINT16_MAX
#define MAX_FRAME 0xffffffu

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

static bool read_frame(const uint8_t *data, size_t len, struct chunk *chunk)
{
    if (len < FRAME_HEAD)
        return false;
    size_t body = (size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2];
    *chunk = (struct chunk){.len = FRAME_HEAD + body, .head = FRAME_HEAD, .body = body};
    return body <= len - FRAME_HEAD && data[3] < 0x20;
}

static size_t close_frame(uint8_t *data, size_t head, size_t body)
{
    body = MIN(body, MAX_FRAME);
    data[0] = (uint8_t)(body >> 16);
    data[1] = (uint8_t)(body >> 8);
    data[2] = (uint8_t)body;
    return head + body;
}

/* Behind the preface, if that is there. */
static size_t change_piece(uint8_t *body, size_t len, size_t max, unsigned seed)
{
    static const struct format frames = {read_frame, close_frame, NULL};
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    size_t skip = sizeof preface - 1;
    if (len < skip || memcmp(body, preface, skip))
        skip = 0;
    if (seed % 4 == 0)
        return LLVMFuzzerMutate(body, len, max);
    return skip + mutate_chunks(&frames, body + skip, len - skip, max - skip, seed / 4);
}

static bool read_piece(const uint8_t *data, size_t len, struct chunk *chunk)
{
    if (len < PIECE_HEAD)
        return false;
    size_t body = (size_t)data[1] << 8 | data[2];
    *chunk = (struct chunk){.len = PIECE_HEAD + body, .head = PIECE_HEAD, .body = body};
    return body <= len - PIECE_HEAD;
}

static size_t close_piece(uint8_t *data, size_t head, size_t body)
{
    body = MIN(body, MAX_PIECE);
    data[1] = (uint8_t)(body >> 8);
    data[2] = (uint8_t)body;
    return head + body;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static const struct format pieces = {read_piece, close_piece, change_piece};
    const uint8_t *part = size ? memmem(data, size, FUZZ_PART, strlen(FUZZ_PART)) : NULL;
    size_t skip = part ? (size_t)(part - data) + strlen(FUZZ_PART) : 0;
    if (seed % 4 == 0 || skip >= max)
        return LLVMFuzzerMutate(data, size, max);
    return skip + mutate_chunks(&pieces, data + skip, size - skip, max - skip, seed / 4);
}
