/* SPDX-License-Identifier: MIT */
#include "annotator/result.h"

struct place result_place(const struct result *r, uint32_t packet)
{
    const GArray *before = r->decoded.before;
    struct place place = {r->capture_name, packet};
    if (!before || before->len < 2)
        return place;
    uint32_t file = before->len - 1;
    while (file && packet <= g_array_index(before, uint32_t, file))
        file--;
    place.file = capture_file(r->capture, file);
    place.packet -= packet ? g_array_index(before, uint32_t, file) : 0;
    return place;
}
