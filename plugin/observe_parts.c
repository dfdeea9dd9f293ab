/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets that only carry a part of a frame: the packet that completes it names them, with the
 * place of each part in the reassembled bytes. Of TLS these bytes are others than the frame's:
 * there all parts belong to the frame that the packet completes first.
 */
#include "plugin/observe_impl.h"

static void keep_part(struct observe *o, uint32_t packet, uint32_t stream)
{
    if (packet >= o->parts->len)
        g_array_set_size(o->parts, packet + 1);
    uint32_t *part = &g_array_index(o->parts, uint32_t, packet);
    if (!*part)
        *part = stream + 1;
}

static bool overlap(const field_info *a, const field_info *b)
{
    return a->start < b->start + b->length && b->start < a->start + a->length;
}

bool observe_has_parts(const struct look *l)
{
    return l->o->want_parts &&
           (look_find(l, WANT_TCP_SEGMENT).n || look_find(l, WANT_TLS_SEGMENT).n);
}

void observe_parts(const struct look *l, const field_info *frame, uint32_t stream)
{
    const enum wanted kinds[] = {WANT_TCP_SEGMENT, WANT_TLS_SEGMENT};
    for (unsigned k = 0; k < G_N_ELEMENTS(kinds); k++) {
        struct found segments = look_find(l, kinds[k]);
        for (unsigned i = 0; i < segments.n; i++) {
            const field_info *segment = segments.fi[i];
            uint32_t packet = found_uint(segment);
            bool elsewhere = segment->ds_tvb != frame->ds_tvb;
            if (packet < l->mark.packet && (elsewhere || overlap(segment, frame)))
                keep_part(l->o, packet, stream);
        }
    }
}

uint32_t observe_part_of(const struct observe *o, uint32_t packet)
{
    if (!o->parts || packet >= o->parts->len)
        return H2T_NONE;
    uint32_t part = g_array_index(o->parts, uint32_t, packet);
    return part ? part - 1 : H2T_NONE;
}
