/* SPDX-License-Identifier: MIT */
#include "tests/unit/pcapng_gen.h"
#include "annotator/capture/order.h"
#include "tests/unit/pcapng_build.h"

#include <string.h>

#define MAX_INTERFACES 5
#define MAX_RANDOM_PACKET 200
#define BASE_SECONDS 1700000000

struct gen {
    const struct pcapng_gen_plan *plan;
    GRand *rand;
    GByteArray *out;
    bool big;
    GArray *interfaces; /* struct gen_interface, of this section */
    size_t next;        /* in plan->packets */
    bool open;          /* a section was begun */
    bool stated;        /* its length is to be written at its end */
    guint section;      /* offset of its header */
};

struct gen_interface {
    uint16_t link_type;
    uint32_t snaplen;
    unsigned decimals; /* if_tsresol is 10^-decimals */
    int64_t offset;    /* if_tsoffset */
};

static bool chance(struct gen *g, int percent)
{
    return g_rand_int_range(g->rand, 0, 100) < percent;
}

/* low to high, both included */
static uint32_t between(struct gen *g, uint32_t low, uint32_t high)
{
    return low + (uint32_t)g_rand_int_range(g->rand, 0, (gint32)(high - low + 1));
}

static void fill(struct gen *g, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)g_rand_int(g->rand);
}

/* Padding should be zero, and is not always. */
static uint8_t padding(struct gen *g)
{
    return chance(g, 80) ? 0 : (uint8_t)between(g, 1, 255);
}

/* ---- Options -------------------------------------------------------------------------------- */

/* Nothing that reads them may think they are ours; some look like it. */
static const char *const foreign_comments[] = {
    "",
    "seen by the probe",
    "zwei\nZeilen",
    "h2a",
    "h2a:",
    "h2a: not ours",
    "h2a request req=r1",
    "h2annotate: a note by hand",
    "[h2a] #0000",
    " h2a:request",
    "caf\xc3\xa9",
    "\xff\xfe broken",
};

static void put_comment(struct gen *g, GByteArray *out)
{
    const char *const *ours = g->plan->ours;
    const char *text =
        foreign_comments[between(g, 0, (uint32_t)G_N_ELEMENTS(foreign_comments) - 1)];
    if (ours && chance(g, 50))
        text = ours[between(g, 0, g_strv_length((char **)ours) - 1)];
    if (chance(g, 5)) /* a NUL inside */
        build_option(out, g->big, 1, "a\0b", 3, padding(g));
    else
        build_option(out, g->big, 1, text, strlen(text), padding(g));
}

/* Packet options (section 4.3) of a fixed length, and what other codes may be. */
static const struct {
    uint16_t code, min, max;
} packet_options[] = {
    {2, 4, 4},      {3, 5, 5},      {4, 8, 8},     {5, 8, 8},      {6, 4, 4},
    {7, 9, 9},      {2988, 4, 30},  {2989, 4, 30}, {19372, 4, 30}, {19373, 4, 30},
    {0x8001, 0, 9}, {0xFFFF, 0, 9}, {77, 0, 40},   {1000, 0, 3},
};

static void put_packet_option(struct gen *g, GByteArray *out)
{
    uint8_t value[64];
    size_t i = between(g, 0, (uint32_t)G_N_ELEMENTS(packet_options) - 1);
    size_t len = between(g, packet_options[i].min, packet_options[i].max);
    fill(g, value, sizeof value);
    if (packet_options[i].code == 3)
        value[0] = 2; /* hash: CRC-32 */
    if (packet_options[i].code == 7)
        value[0] = 1; /* verdict: of Linux' eBPF TC, 8 bytes */
    if (packet_options[i].code == 2988 || packet_options[i].code == 19372)
        memset(value, 'u', sizeof value); /* custom, UTF-8 */
    build_option(out, g->big, packet_options[i].code, value, len, padding(g));
}

/* What some writers put behind the last option. Readers pass over it, so it is odd, not broken. */
static void put_odd_end(struct gen *g, GByteArray *out)
{
    if (chance(g, 50)) {
        build_end(out, g->big);
        build_comment(out, g->big, "behind the end");
    } else {
        build_option(out, g->big, 0, "late", 4, 0);
    }
}

static GByteArray *random_options(struct gen *g, bool of_packet)
{
    GByteArray *out = g_byte_array_new();
    if (chance(g, 30))
        return out;
    unsigned n = chance(g, 20) ? 0 : between(g, 1, 5);
    for (unsigned i = 0; i < n; i++)
        if (chance(g, 40) || !of_packet)
            put_comment(g, out);
        else
            put_packet_option(g, out);
    if (n == 0 || chance(g, 75))
        build_end(out, g->big);
    else if (of_packet && chance(g, 10))
        put_odd_end(g, out);
    return out;
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

static void put_interface(struct gen *g, uint16_t link_type)
{
    struct gen_interface interface = {
        .link_type = link_type,
        .snaplen = chance(g, 50) ? 0 : 262144,
        .decimals = chance(g, 40) ? 6 : between(g, 6, 9),
        .offset = chance(g, 80) ? 0 : (int64_t)between(g, 0, 7200) - 3600,
    };
    GByteArray *options = g_byte_array_new();
    uint8_t resolution = (uint8_t)interface.decimals;
    build_option(options, g->big, 2, "eth7", 4, padding(g));
    if (interface.decimals != 6 || chance(g, 20))
        build_option(options, g->big, 9, &resolution, 1, padding(g));
    if (interface.offset != 0) {
        build_16(options, g->big, 14);
        build_16(options, g->big, 8);
        build_64(options, g->big, (uint64_t)interface.offset);
    }
    build_end(options, g->big);
    build_idb(g->out, g->big, link_type, interface.snaplen, options);
    g_byte_array_free(options, TRUE);
    g_array_append_val(g->interfaces, interface);
}

static void begin_section(struct gen *g)
{
    end_section(g);
    g->big = chance(g, 50);
    g->stated = chance(g, 50);
    g->section = g->out->len;
    g->open = true;
    GByteArray *options = random_options(g, false);
    build_shb(g->out, g->big, -1, options);
    g_byte_array_free(options, TRUE);
    g_array_set_size(g->interfaces, 0);
    put_interface(g, 1);
}

static const struct gen_interface *interface_at(struct gen *g, uint32_t i)
{
    return &g_array_index(g->interfaces, struct gen_interface, i);
}

/* An interface with this link type: one that is there, or a new one. */
static uint32_t interface_for(struct gen *g, uint16_t link_type)
{
    uint32_t start = between(g, 0, g->interfaces->len - 1);
    for (uint32_t i = 0; i < g->interfaces->len; i++) {
        uint32_t at = (start + i) % g->interfaces->len;
        if (interface_at(g, at)->link_type == link_type)
            return at;
    }
    put_interface(g, link_type);
    return g->interfaces->len - 1;
}

/* ---- Packets -------------------------------------------------------------------------------- */

static uint64_t stamp_for(const struct gen_interface *interface, int64_t ns)
{
    uint64_t stamp = (uint64_t)(ns - interface->offset * 1000000000);
    for (unsigned i = interface->decimals; i < 9; i++)
        stamp /= 10;
    return stamp;
}

static void put_packet(struct gen *g, const struct pcapng_gen_packet *source)
{
    uint32_t interface = interface_for(g, source->link_type);
    GByteArray *options = random_options(g, true);
    struct build_packet packet = {
        .type = chance(g, 85) ? 6 : 2,
        .interface = interface,
        .stamp = stamp_for(interface_at(g, interface), source->ns),
        .bytes = source->bytes,
        .caplen = source->caplen,
        .wirelen = source->wirelen,
        .pad = padding(g),
        .options = options,
    };
    build_packet(g->out, g->big, &packet);
    g_byte_array_free(options, TRUE);
}

static void put_random_packet(struct gen *g)
{
    uint8_t bytes[MAX_RANDOM_PACKET];
    struct pcapng_gen_packet packet = {.link_type = 1, .bytes = bytes};
    packet.caplen = chance(g, 10) ? 0 : between(g, 1, MAX_RANDOM_PACKET);
    packet.wirelen = packet.caplen + (chance(g, 70) ? 0 : between(g, 1, 1000));
    packet.ns = (int64_t)(BASE_SECONDS + between(g, 0, 1000)) * 1000000000;
    fill(g, bytes, sizeof bytes);
    put_packet(g, &packet);
}

static void put_simple_packet(struct gen *g)
{
    uint8_t bytes[MAX_RANDOM_PACKET];
    uint32_t len = between(g, 0, MAX_RANDOM_PACKET);
    fill(g, bytes, sizeof bytes);
    build_packet(g->out, g->big,
                 &(struct build_packet){
                     .type = 3, .bytes = bytes, .caplen = len, .wirelen = len, .pad = padding(g)});
}

/* ---- Other blocks --------------------------------------------------------------------------- */

/* Takes `body`; options follow it. */
static void put_with_options(struct gen *g, uint32_t type, GByteArray *body)
{
    GByteArray *options = random_options(g, false);
    if (options->len > 0)
        g_byte_array_append(body, options->data, options->len);
    build_block(g->out, g->big, type, body->data, body->len);
    g_byte_array_free(options, TRUE);
    g_byte_array_free(body, TRUE);
}

static void put_name_resolution(struct gen *g)
{
    GByteArray *body = g_byte_array_new();
    build_option(body, g->big, 1, "\x7f\0\0\1localhost", 14, padding(g));
    build_end(body, g->big);
    put_with_options(g, 4, body);
}

static void put_statistics(struct gen *g)
{
    GByteArray *body = g_byte_array_new();
    build_32(body, g->big, between(g, 0, g->interfaces->len - 1));
    build_64(body, g->big, 0);
    build_option(body, g->big, 4, "\0\0\0\0\0\0\0\7", 8, 0); /* isb_ifrecv */
    put_with_options(g, 5, body);
}

static void put_secrets(struct gen *g)
{
    static const char keys[] = "# no keys here\n";
    GByteArray *body = g_byte_array_new();
    build_32(body, g->big, chance(g, 70) ? 0x544C534B : 0x57474B4C); /* TLS, WireGuard */
    build_32(body, g->big, sizeof keys - 1);
    g_byte_array_append(body, (const uint8_t *)keys, sizeof keys); /* one byte of padding */
    put_with_options(g, 10, body);
}

static void put_journal(struct gen *g)
{
    static const char entry[] = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=hi\n";
    build_block(g->out, g->big, 9, entry, sizeof entry - 1);
}

static void put_custom(struct gen *g)
{
    uint8_t data[40];
    GByteArray *body = g_byte_array_new();
    build_32(body, g->big, 32473); /* reserved for examples, RFC 5612 */
    fill(g, data, sizeof data);
    g_byte_array_append(body, data, between(g, 0, sizeof data));
    build_block(g->out, g->big, chance(g, 50) ? 0xBAD : 0x40000BAD, body->data, body->len);
    g_byte_array_free(body, TRUE);
}

static void put_sysdig_event(struct gen *g)
{
    static const uint32_t types[] = {0x204, 0x208, 0x216, 0x217, 0x221, 0x222};
    GByteArray *body = g_byte_array_new();
    build_16(body, g->big, 0);                   /* CPU */
    build_64(body, g->big, 1700000000000000000); /* time stamp */
    build_64(body, g->big, 1);                   /* thread */
    build_32(body, g->big, 30);                  /* event length */
    build_16(body, g->big, 1);                   /* event type */
    build_32(body, g->big, 0);                   /* parameters */
    build_32(body, g->big, 0);
    build_block(g->out, g->big, types[between(g, 0, G_N_ELEMENTS(types) - 1)], body->data,
                body->len);
    g_byte_array_free(body, TRUE);
}

static void put_unknown(struct gen *g)
{
    static const uint32_t types[] = {7, 8, 0x99, 0x101, 0x80000001, 0x80000099, 0xFFFFFFFF};
    uint8_t body[60];
    fill(g, body, sizeof body);
    build_block(g->out, g->big, types[between(g, 0, G_N_ELEMENTS(types) - 1)], body,
                between(g, 0, 15) * 4);
}

static void put_any(struct gen *g)
{
    static void (*const kinds[])(struct gen *) = {
        put_random_packet, put_random_packet, put_simple_packet, put_name_resolution,
        put_statistics,    put_secrets,       put_journal,       put_custom,
        put_sysdig_event,  put_unknown,
    };
    if (chance(g, 3))
        begin_section(g);
    else if (chance(g, 5) && g->interfaces->len < MAX_INTERFACES)
        put_interface(g, chance(g, 70) ? 1 : 101);
    else if (g->next < g->plan->n_packets && chance(g, 60))
        put_packet(g, &g->plan->packets[g->next++]);
    else
        kinds[between(g, 0, G_N_ELEMENTS(kinds) - 1)](g);
}

GByteArray *pcapng_gen(const struct pcapng_gen_plan *plan)
{
    struct gen g = {
        .plan = plan,
        .rand = g_rand_new_with_seed(plan->seed),
        .out = g_byte_array_new(),
        .interfaces = g_array_new(FALSE, FALSE, sizeof(struct gen_interface)),
    };
    begin_section(&g);
    for (unsigned i = 0; i < plan->n_blocks || g.next < plan->n_packets; i++)
        put_any(&g);
    end_section(&g);
    g_rand_free(g.rand);
    g_array_free(g.interfaces, TRUE);
    return g.out;
}
