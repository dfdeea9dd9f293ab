/* SPDX-License-Identifier: MIT */
/* Blocks of a pcapng file, which may stand behind a sidecar and other parts (fuzz.h). */
#include "annotator/capture/order.h"
#include "tests/fuzz/mutate.h"

#include <string.h>

#define BLOCK_HEAD 8u
#define BLOCK_TAIL 4u
#define BLOCK_MIN 12u

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

static bool big; /* byte order of the section that was cut last; a wrong guess costs one mutation */

static bool read_block(const uint8_t *data, size_t len, struct chunk *chunk)
{
    if (len < BLOCK_MIN)
        return false;
    if (order_get32(data, false) == 0x0A0D0D0A)
        big = data[8] == 0x1A;
    size_t whole = order_get32(data + 4, big);
    *chunk =
        (struct chunk){.len = whole, .head = BLOCK_HEAD, .body = whole - BLOCK_HEAD - BLOCK_TAIL};
    return whole >= BLOCK_MIN && whole <= len && whole % 4 == 0;
}

static size_t close_block(uint8_t *data, size_t head, size_t body)
{
    while (body % 4)
        data[head + body++] = 0;
    size_t whole = head + body + BLOCK_TAIL;
    order_put32(data + 4, (uint32_t)whole, big);
    order_put32(data + head + body, (uint32_t)whole, big);
    return whole;
}

static size_t last_part(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    while (rest.len && memmem(rest.data, rest.len, FUZZ_PART, strlen(FUZZ_PART)))
        fuzz_part(&rest, FUZZ_PART);
    return (size_t)(rest.data - data);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static const struct format blocks = {read_block, close_block, NULL};
    struct bytes rest = {data, size};
    size_t skip = last_part(data, size);
    if (seed % 3 == 0 || skip >= max)
        return LLVMFuzzerMutate(data, size, max);
    if (skip && seed % 3 == 1)
        return mutate_lines(data, fuzz_part(&rest, FUZZ_PART).len, size, max, seed / 3);
    return skip + mutate_chunks(&blocks, data + skip, size - skip, max - skip, seed / 3);
}
