/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/places.h"

#include "core/sorted.h"

#define MAX_CHAIN                                                                                  \
    64u /* packets from a part to the one whose frame it is of: 64 KiB of segments                 \
         */

struct place {
    int64_t ns;
    uint32_t conn; /* + 1; 0: none */
    uint32_t part; /* stream; 0: none */
    uint32_t into; /* packet; 0: none */
};

void places_init(struct places *p)
{
    *p = (struct places){.packets = g_array_new(FALSE, TRUE, sizeof(struct place)),
                         .frames = g_array_new(FALSE, FALSE, sizeof(struct place_frame))};
}

void places_fini(struct places *p)
{
    if (!p->packets)
        return;
    g_array_unref(p->packets);
    g_array_unref(p->frames);
    *p = (struct places){0};
}

static struct place *make(struct places *p, uint32_t packet)
{
    if (packet >= p->packets->len)
        g_array_set_size(p->packets, packet + 1);
    return &g_array_index(p->packets, struct place, packet);
}

/* NULL: nothing is known of it. */
static const struct place *find(const struct places *p, uint32_t packet)
{
    return p->packets && packet < p->packets->len ? &g_array_index(p->packets, struct place, packet)
                                                  : NULL;
}

void places_packet(struct places *p, struct h2t_mark mark, uint32_t conn)
{
    struct place *place = make(p, mark.packet);
    place->ns = mark.ns;
    place->conn = conn + 1;
}

void places_frame(struct places *p, uint32_t packet, uint32_t stream)
{
    struct place_frame frame = {packet, stream}, last = {0};
    if (p->frames->len)
        last = g_array_index(p->frames, struct place_frame, p->frames->len - 1);
    bool again = last.packet == packet && last.stream == stream;
    if (packet >= last.packet && !again)
        g_array_append_val(p->frames, frame);
}

void places_part(struct places *p, uint32_t packet, uint32_t stream)
{
    struct place *place = make(p, packet);
    if (!place->part)
        place->part = stream;
}

void places_into(struct places *p, uint32_t packet, uint32_t later)
{
    if (later > packet)
        make(p, packet)->into = later;
}

int64_t places_ns(const struct places *p, uint32_t packet)
{
    const struct place *place = find(p, packet);
    return place && place->conn ? place->ns : H2T_NEVER;
}

uint32_t places_conn(const struct places *p, uint32_t packet)
{
    const struct place *place = find(p, packet);
    return place && place->conn ? place->conn - 1 : H2T_NONE;
}

const struct place_frame *places_frames(const struct places *p, uint32_t packet, unsigned *n)
{
    *n = 0;
    if (!p->frames)
        return NULL;
    unsigned first = h2t_sorted_first(p->frames, offsetof(struct place_frame, packet), packet);
    while (first + *n < p->frames->len &&
           g_array_index(p->frames, struct place_frame, first + *n).packet == packet)
        (*n)++;
    return *n ? &g_array_index(p->frames, struct place_frame, first) : NULL;
}

uint32_t places_part_of(const struct places *p, uint32_t packet)
{
    const struct place *place = find(p, packet);
    for (unsigned i = 0; place && i < MAX_CHAIN; i++) {
        unsigned n;
        if (place->part)
            return place->part;
        if (!place->into)
            break;
        const struct place_frame *frames = places_frames(p, place->into, &n);
        if (frames)
            return frames->stream;
        place = find(p, place->into);
    }
    return 0;
}
