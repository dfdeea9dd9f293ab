/* SPDX-License-Identifier: MIT */
#include "tests/random/gen.h"
#include "tests/unit/pcapng_build.h"

#include <string.h>

#define MAX_VALUE 64u

/* Nothing that reads them may think they are ours; some look like it. */
static const char *const foreign_comments[] = {
    "",
    "seen by the probe",
    "zwei\nZeilen",
    "h2a",
    "h2a:",
    "h2a: not ours",
    "h2a request req=r1",
    "h2a keys ~ce73b816",
    "h2a keys ~CE73B817",
    "h2a  keys ~ce73b817",
    "h2a keys ~ce73b817 ",
    "H2A keys ~ce73b817",
    "h2a! keys ~ce73b817",
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
        foreign_comments[gen_between(g, 0, (uint32_t)G_N_ELEMENTS(foreign_comments) - 1)];
    if (ours && gen_chance(g, 50))
        text = ours[gen_between(g, 0, g_strv_length((char **)ours) - 1)];
    if (gen_chance(g, 5)) /* a NUL inside */
        build_option(out, g->big, 1, "a\0b", 3, gen_padding(g));
    else
        build_option(out, g->big, 1, text, strlen(text), gen_padding(g));
}

enum value { RANDOM, TEXT, BEGINS }; /* BEGINS: with a byte that tells what follows */

struct kind {
    uint16_t code, min, max;
    enum value value;
    uint8_t begin;
};

/* draft-ietf-opsawg-pcapng, sections 4.1 to 4.7; custom options (3.5.1) have a number in front. */
#define CUSTOM                                                                                     \
    {2988, 4, 30, TEXT, 0}, {2989, 4, 30, RANDOM, 0}, {19372, 4, 30, TEXT, 0},                     \
    {                                                                                              \
        19373, 4, 30, RANDOM, 0                                                                    \
    }
#define UNKNOWN                                                                                    \
    {77, 0, 40, RANDOM, 0}, {1000, 0, 3, RANDOM, 0}, {0x8001, 0, 9, RANDOM, 0},                    \
    {                                                                                              \
        0xFFFF, 0, 9, RANDOM, 0                                                                    \
    }

static const struct kind section_kinds[] = {
    {2, 0, 40, TEXT, 0}, /* shb_hardware */
    {3, 0, 40, TEXT, 0}, /* shb_os */
    {4, 0, 40, TEXT, 0}, /* shb_userappl */
    CUSTOM,
    UNKNOWN,
};

static const struct kind interface_kinds[] = {
    {2, 1, 15, TEXT, 0},    /* if_name */
    {3, 0, 40, TEXT, 0},    /* if_description */
    {4, 8, 8, RANDOM, 0},   /* if_IPv4addr */
    {5, 17, 17, RANDOM, 0}, /* if_IPv6addr */
    {6, 6, 6, RANDOM, 0},   /* if_MACaddr */
    {7, 8, 8, RANDOM, 0},   /* if_EUIaddr */
    {8, 8, 8, RANDOM, 0},   /* if_speed */
    {10, 4, 4, RANDOM, 0},  /* if_tzone */
    {11, 2, 40, BEGINS, 0}, /* if_filter: a string */
    {12, 0, 40, TEXT, 0},   /* if_os */
    {13, 1, 1, RANDOM, 0},  /* if_fcslen */
    {15, 0, 40, TEXT, 0},   /* if_hardware */
    {16, 8, 8, RANDOM, 0},  /* if_txspeed */
    {17, 8, 8, RANDOM, 0},  /* if_rxspeed */
    {18, 1, 20, TEXT, 0},   /* if_iana_tzname */
    CUSTOM,
    UNKNOWN,
};

static const struct kind packet_kinds[] = {
    {2, 4, 4, RANDOM, 0}, /* epb_flags */
    {3, 5, 5, BEGINS, 2}, /* epb_hash: CRC-32 */
    {4, 8, 8, RANDOM, 0}, /* epb_dropcount */
    {5, 8, 8, RANDOM, 0}, /* epb_packetid */
    {6, 4, 4, RANDOM, 0}, /* epb_queue */
    {7, 9, 9, BEGINS, 1}, /* epb_verdict: of Linux' eBPF TC */
    {8, 8, 8, RANDOM, 0}, /* epb_processid_threadid */
    CUSTOM,
    UNKNOWN,
};

static const struct kind name_kinds[] = {
    {2, 1, 30, TEXT, 0},    /* ns_dnsname */
    {3, 4, 4, RANDOM, 0},   /* ns_dnsIP4addr */
    {4, 16, 16, RANDOM, 0}, /* ns_dnsIP6addr */
    CUSTOM,
    UNKNOWN,
};

static const struct kind statistics_kinds[] = {
    {2, 8, 8, RANDOM, 0}, /* isb_starttime */
    {3, 8, 8, RANDOM, 0}, /* isb_endtime */
    {4, 8, 8, RANDOM, 0}, /* isb_ifrecv */
    {5, 8, 8, RANDOM, 0}, /* isb_ifdrop */
    {6, 8, 8, RANDOM, 0}, /* isb_filteraccept */
    {7, 8, 8, RANDOM, 0}, /* isb_osdrop */
    {8, 8, 8, RANDOM, 0}, /* isb_usrdeliv */
    CUSTOM,
    UNKNOWN,
};

static const struct kind other_kinds[] = {CUSTOM, UNKNOWN};

static const struct {
    const struct kind *kinds;
    unsigned n;
} lists[] = {
    [GEN_SECTION] = {section_kinds, G_N_ELEMENTS(section_kinds)},
    [GEN_INTERFACE] = {interface_kinds, G_N_ELEMENTS(interface_kinds)},
    [GEN_PACKET] = {packet_kinds, G_N_ELEMENTS(packet_kinds)},
    [GEN_NAMES] = {name_kinds, G_N_ELEMENTS(name_kinds)},
    [GEN_STATISTICS] = {statistics_kinds, G_N_ELEMENTS(statistics_kinds)},
    [GEN_OTHER] = {other_kinds, G_N_ELEMENTS(other_kinds)},
};

static void put_option(struct gen *g, const struct kind *kind, GByteArray *out)
{
    uint8_t value[MAX_VALUE];
    size_t len = gen_between(g, kind->min, kind->max);
    if (kind->value == RANDOM)
        gen_fill(g, value, sizeof value);
    else
        memset(value, 'u', sizeof value);
    if (kind->value == BEGINS)
        value[0] = kind->begin;
    build_option(out, g->big, kind->code, value, len, gen_padding(g));
}

/* Each kind once in a block; `used` has a bit for those that it has. */
static void put_any(struct gen *g, enum gen_options of, uint32_t *used, GByteArray *out)
{
    unsigned i = gen_between(g, 0, lists[of].n - 1);
    if (!(*used & 1u << i))
        put_option(g, &lists[of].kinds[i], out);
    *used |= 1u << i;
}

/* What some writers put behind the last option. Readers pass over it, so it is odd, not broken. */
static void put_odd_end(struct gen *g, GByteArray *out)
{
    if (gen_chance(g, 50)) {
        build_end(out, g->big);
        build_comment(out, g->big, "behind the end");
    } else {
        build_option(out, g->big, 0, "late", 4, 0);
    }
}

GByteArray *gen_options(struct gen *g, enum gen_options of)
{
    GByteArray *out = g_byte_array_new();
    if (gen_chance(g, 30))
        return out;
    unsigned n = gen_chance(g, 20) ? 0 : gen_between(g, 1, 6);
    uint32_t used = 0;
    for (unsigned i = 0; i < n; i++)
        if (gen_chance(g, 40))
            put_comment(g, out);
        else
            put_any(g, of, &used, out);
    if (n == 0 || gen_chance(g, 75))
        build_end(out, g->big);
    else if (of == GEN_PACKET && gen_chance(g, 10))
        put_odd_end(g, out);
    return out;
}
