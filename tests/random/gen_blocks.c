/* SPDX-License-Identifier: MIT */
/* Blocks that are no packets of an interface. */
#include "tests/random/gen.h"
#include "tests/unit/pcapng_build.h"

#include <string.h>

static void append(GByteArray *out, const void *bytes, size_t len)
{
    if (len)
        g_byte_array_append(out, bytes, (guint)len);
}

static void put_padded(struct gen *g, GByteArray *out, const void *bytes, size_t len)
{
    uint8_t pad = gen_padding(g);
    append(out, bytes, len);
    while (len++ % 4)
        append(out, &pad, 1);
}

/* Takes `body`; options follow it. */
static void put_with_options(struct gen *g, uint32_t type, GByteArray *body, enum gen_options of)
{
    GByteArray *options = gen_options(g, of);
    append(body, options->data, options->len);
    build_block(g->out, g->big, type, body->data, body->len);
    g_byte_array_free(options, TRUE);
    g_byte_array_free(body, TRUE);
}

/* Section 4.5: an address, and names that end with NUL. */
static void put_name_resolution(struct gen *g)
{
    static const struct {
        uint16_t type, len;
    } records[] = {{1, 4}, {2, 16}, {3, 6}, {4, 8}, {0x8001, 3}};
    static const char names[] = "localhost\0also.example";
    GByteArray *body = g_byte_array_new();
    for (unsigned n = gen_between(g, 0, 4); n; n--) {
        unsigned i = gen_between(g, 0, G_N_ELEMENTS(records) - 1);
        uint8_t value[16 + sizeof names];
        gen_fill(g, value, sizeof value);
        memcpy(value + records[i].len, names, sizeof names);
        size_t len = records[i].len + (gen_chance(g, 50) ? sizeof "localhost" : sizeof names);
        build_option(body, g->big, records[i].type, value, len, gen_padding(g));
    }
    build_end(body, g->big);
    put_with_options(g, 4, body, GEN_NAMES);
}

static void put_statistics(struct gen *g)
{
    GByteArray *body = g_byte_array_new();
    build_32(body, g->big, gen_between(g, 0, g->interfaces->len - 1));
    build_64(body, g->big, 0);
    put_with_options(g, 5, body, GEN_STATISTICS);
}

static void put_secrets(struct gen *g)
{
    static const char keys[] = "# no keys here\n";
    static const uint32_t kinds[] = {0x544C534B, 0x544C534B, 0x57474B4C, 0x5A4E574B, 0x5A415053};
    GByteArray *body = g_byte_array_new();
    size_t len = gen_between(g, 0, 1) * (sizeof keys - 1);
    build_32(body, g->big, kinds[gen_between(g, 0, G_N_ELEMENTS(kinds) - 1)]);
    build_32(body, g->big, (uint32_t)len);
    put_padded(g, body, keys, len);
    put_with_options(g, 10, body, GEN_OTHER);
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
    gen_fill(g, data, sizeof data);
    put_padded(g, body, data, gen_between(g, 0, sizeof data));
    build_block(g->out, g->big, gen_chance(g, 50) ? 0xBAD : 0x40000BAD, body->data, body->len);
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
    build_block(g->out, g->big, types[gen_between(g, 0, G_N_ELEMENTS(types) - 1)], body->data,
                body->len);
    g_byte_array_free(body, TRUE);
}

static void put_unknown(struct gen *g)
{
    static const uint32_t types[] = {7, 8, 0x99, 0x101, 0x80000001, 0x80000099, 0xFFFFFFFF};
    uint8_t body[60];
    gen_fill(g, body, sizeof body);
    build_block(g->out, g->big, types[gen_between(g, 0, G_N_ELEMENTS(types) - 1)], body,
                gen_between(g, 0, 15) * 4);
}

void gen_put_other(struct gen *g)
{
    static void (*const kinds[])(struct gen *) = {
        put_name_resolution, put_statistics,   put_secrets, put_journal,
        put_custom,          put_sysdig_event, put_unknown,
    };
    kinds[gen_between(g, 0, G_N_ELEMENTS(kinds) - 1)](g);
}
