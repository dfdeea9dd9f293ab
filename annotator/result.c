/* SPDX-License-Identifier: MIT */
#include "annotator/result.h"

#include "core/files.h"

struct place result_place(const struct result *r, uint32_t packet)
{
    const struct h2t_wire *wire = r->model.wire;
    return (struct place){wire->files ? capture_file(r->capture, h2t_file_of(wire, packet))
                                      : r->capture_name,
                          h2t_packet_in_file(wire, packet)};
}
