/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets that only carry a part of something: the packet that completes it names them, with the
 * place of each part in the reassembled bytes. Those of a TLS record are others than those of the
 * frames in it: a packet with a part of a record has a part of what the record completes first.
 */
#include "plugin/observe_impl.h"

static const enum wanted kinds[] = {WANT_TCP_SEGMENT, WANT_TLS_SEGMENT};

static bool overlap(const field_info *a, const field_info *b)
{
    return a->ds_tvb == b->ds_tvb && a->start < b->start + b->length &&
           b->start < a->start + a->length;
}

void look_at_stream(const struct look *l, const field_info *frame, uint32_t stream)
{
    if (!stream) /* the connection's own */
        return;
    places_frame(&l->o->session->places, l->mark.packet, stream);
    for (unsigned k = 0; l->o->want_parts && k < G_N_ELEMENTS(kinds); k++) {
        struct found segments = look_find(l, kinds[k]);
        for (unsigned i = 0; i < segments.n; i++) {
            uint32_t packet = found_uint(segments.fi[i]);
            if (packet < l->mark.packet && overlap(segments.fi[i], frame))
                places_part(&l->o->session->places, packet, stream);
        }
    }
}

void observe_parts(const struct look *l)
{
    for (unsigned k = 0; l->o->want_parts && k < G_N_ELEMENTS(kinds); k++) {
        struct found segments = look_find(l, kinds[k]);
        for (unsigned i = 0; i < segments.n; i++)
            places_into(&l->o->session->places, found_uint(segments.fi[i]), l->mark.packet);
    }
}
