/* SPDX-License-Identifier: MIT */
/* Lines of a sidecar, behind which there may be other parts (fuzz.h). */
#include "tests/fuzz/mutate.h"

#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct bytes rest = {data, size};
    if (seed % 2 == 0 || !size)
        return LLVMFuzzerMutate(data, size, max);
    return mutate_lines(data, fuzz_part(&rest, FUZZ_PART).len, size, max, seed / 2);
}
