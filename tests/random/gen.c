/* SPDX-License-Identifier: MIT */
#include "tests/random/gen.h"
#include "annotator/capture/order.h"
#include "tests/unit/pcapng_build.h"

#include <string.h>

#define MAX_INTERFACES 5
#define MAX_RANDOM_PACKET 200
#define BASE_SECONDS 1700000000
#define NS_PER_SECOND 1000000000
#define BINARY 0x80u /* if_tsresol: of 2, not of 10 */
#define ETHERNET 1
#define RAW_IP 101

bool gen_chance(struct gen *g, int percent)
{
    return g_rand_int_range(g->rand, 0, 100) < percent;
}

uint32_t gen_between(struct gen *g, uint32_t low, uint32_t high)
{
    return low + (uint32_t)g_rand_int_range(g->rand, 0, (gint32)(high - low + 1));
}

void gen_fill(struct gen *g, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)g_rand_int(g->rand);
}

uint8_t gen_padding(struct gen *g)
{
    return gen_chance(g, 80) ? 0 : (uint8_t)gen_between(g, 1, 255);
}

/* ---- Sections and interfaces ---------------------------------------------------------------- */

static void end_section(struct gen *g)
{
    if (!g->open || !g->stated)
        return;
    guint header = order_get32(g->out->data + g->section + 4, g->big);
    uint32_t len = g->out->len - g->section - header;
    uint8_t *field = g->out->data + g->section + 16;
    order_put32(field + (g->big ? 4 : 0), len, g->big);
    order_put32(field + (g->big ? 0 : 4), 0, g->big);
}

/* None, more than a packet has, or one that cuts. */
static uint32_t snaplen(struct gen *g)
{
    static const uint32_t some[] = {0, 0, 0, 262144, 262144, 262144, 65535, 1500, 96};
    return some[gen_between(g, 0, G_N_ELEMENTS(some) - 1)];
}

static uint8_t resolution(struct gen *g)
{
    if (gen_chance(g, 10)) /* a 2^30th of a second is about a nanosecond, as in some hardware */
        return (uint8_t)(BINARY | gen_between(g, 24, 30));
    return gen_chance(g, 40) ? 6 : (uint8_t)gen_between(g, 6, 9);
}

static void put_interface(struct gen *g, uint16_t link_type)
{
    struct gen_interface interface = {
        .link_type = link_type,
        .snaplen = g->plan->uniform ? g->snaplen : snaplen(g),
        .resolution = resolution(g),
        .offset = gen_chance(g, 80) ? 0 : (int64_t)gen_between(g, 0, 7200) - 3600,
    };
    GByteArray *list = g_byte_array_new(), *more = gen_options(g, GEN_INTERFACE);
    if (interface.resolution != 6 || gen_chance(g, 20))
        build_option(list, g->big, 9, &interface.resolution, 1, gen_padding(g));
    if (interface.offset != 0) {
        build_16(list, g->big, 14);
        build_16(list, g->big, 8);
        build_64(list, g->big, (uint64_t)interface.offset);
    }
    if (more->len)
        g_byte_array_append(list, more->data, more->len);
    build_idb(g->out, g->big, link_type, interface.snaplen, list);
    g_byte_array_free(list, TRUE);
    g_byte_array_free(more, TRUE);
    g_array_append_val(g->interfaces, interface);
}

static void begin_section(struct gen *g)
{
    end_section(g);
    if (!g->open || !g->plan->uniform)
        g->big = gen_chance(g, 50);
    g->stated = gen_chance(g, 50);
    g->section = g->out->len;
    g->open = true;
    GByteArray *options = gen_options(g, GEN_SECTION);
    build_shb(g->out, g->big, -1, options);
    g_byte_array_free(options, TRUE);
    g_array_set_size(g->interfaces, 0);
}

static const struct gen_interface *interface_at(const struct gen *g, uint32_t i)
{
    return &g_array_index(g->interfaces, struct gen_interface, i);
}

/* An interface with this link type: one that is there, or a new one. */
static uint32_t interface_for(struct gen *g, uint16_t link_type)
{
    uint32_t start = gen_between(g, 0, g->interfaces->len);
    for (uint32_t i = 0; i < g->interfaces->len; i++) {
        uint32_t at = (start + i) % g->interfaces->len;
        if (interface_at(g, at)->link_type == link_type)
            return at;
    }
    put_interface(g, link_type);
    return g->interfaces->len - 1;
}

/* ---- Packets -------------------------------------------------------------------------------- */

/* That of packets without meaning. */
static uint16_t link_type(const struct gen *g)
{
    return g->plan->uniform && g->plan->n_packets ? g->plan->packets[0].link_type : ETHERNET;
}

static uint64_t stamp_for(const struct gen_interface *interface, int64_t ns)
{
    uint64_t since = (uint64_t)(ns - interface->offset * NS_PER_SECOND);
    unsigned n = interface->resolution & ~BINARY;
    if (interface->resolution & BINARY)
        return (since / NS_PER_SECOND << n) + ((since % NS_PER_SECOND << n) / NS_PER_SECOND);
    for (; n < 9; n++)
        since /= 10;
    return since;
}

static uint32_t cut(uint32_t len, uint32_t snaplen)
{
    return snaplen ? MIN(len, snaplen) : len;
}

static void put_packet(struct gen *g, const struct pcapng_gen_packet *source)
{
    uint32_t id = interface_for(g, source->link_type);
    const struct gen_interface *interface = interface_at(g, id);
    GByteArray *options = gen_options(g, GEN_PACKET);
    struct build_packet packet = {
        .type = gen_chance(g, 85) ? 6 : 2,
        .interface = id,
        .stamp = stamp_for(interface, source->ns),
        .bytes = source->bytes,
        .caplen = cut(source->caplen, interface->snaplen),
        .wirelen = source->wirelen,
        .pad = gen_padding(g),
        .options = options,
    };
    build_packet(g->out, g->big, &packet);
    g_byte_array_free(options, TRUE);
}

static void put_random_packet(struct gen *g)
{
    uint8_t bytes[MAX_RANDOM_PACKET];
    struct pcapng_gen_packet packet = {.link_type = link_type(g), .bytes = bytes};
    packet.caplen = gen_chance(g, 10) ? 0 : gen_between(g, 1, MAX_RANDOM_PACKET);
    packet.wirelen = packet.caplen + (gen_chance(g, 70) ? 0 : gen_between(g, 1, 1000));
    packet.ns = (int64_t)(BASE_SECONDS + gen_between(g, 0, 1000)) * NS_PER_SECOND;
    gen_fill(g, bytes, sizeof bytes);
    put_packet(g, &packet);
}

/* Always of the first interface. */
static void put_simple_packet(struct gen *g)
{
    uint8_t bytes[MAX_RANDOM_PACKET];
    uint32_t len = gen_between(g, 0, MAX_RANDOM_PACKET);
    gen_fill(g, bytes, sizeof bytes);
    build_packet(g->out, g->big,
                 &(struct build_packet){.type = 3,
                                        .bytes = bytes,
                                        .caplen = cut(len, interface_at(g, 0)->snaplen),
                                        .wirelen = len,
                                        .pad = gen_padding(g)});
}

static void put_any(struct gen *g)
{
    if (gen_chance(g, 3))
        begin_section(g);
    if (gen_chance(g, 5) && g->interfaces->len < MAX_INTERFACES)
        put_interface(g, g->plan->uniform || gen_chance(g, 70) ? link_type(g) : RAW_IP);
    if (g->next < g->plan->n_packets && gen_chance(g, 60))
        put_packet(g, &g->plan->packets[g->next++]);
    else if (gen_chance(g, 20))
        put_random_packet(g);
    else if (!g->interfaces->len)
        put_interface(g, link_type(g));
    else if (gen_chance(g, 10))
        put_simple_packet(g);
    else
        gen_put_other(g);
}

GByteArray *pcapng_gen(const struct pcapng_gen_plan *plan)
{
    struct gen g = {
        .plan = plan,
        .rand = g_rand_new_with_seed(plan->seed),
        .out = g_byte_array_new(),
        .interfaces = g_array_new(FALSE, FALSE, sizeof(struct gen_interface)),
    };
    g.snaplen = snaplen(&g);
    begin_section(&g);
    for (unsigned i = 0; i < plan->n_blocks || g.next < plan->n_packets; i++)
        put_any(&g);
    end_section(&g);
    g_rand_free(g.rand);
    g_array_free(g.interfaces, TRUE);
    return g.out;
}
