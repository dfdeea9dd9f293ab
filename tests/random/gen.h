/* SPDX-License-Identifier: MIT */
/* What the files of the generator share: dice, the section that is being made, and its parts. */
#ifndef TESTS_RANDOM_GEN_H
#define TESTS_RANDOM_GEN_H

#include "tests/random/pcapng_gen.h"

struct gen {
    const struct pcapng_gen_plan *plan;
    GRand *rand;
    GByteArray *out;
    bool big;
    uint32_t snaplen;   /* with plan->uniform, of every interface */
    GArray *interfaces; /* struct gen_interface, of this section */
    size_t next;        /* in plan->packets */
    bool open;          /* a section was begun */
    bool stated;        /* its length is to be written at its end */
    guint section;      /* offset of its header */
};

struct gen_interface {
    uint16_t link_type;
    uint32_t snaplen;
    uint8_t resolution; /* if_tsresol */
    int64_t offset;     /* if_tsoffset */
};

/* ---- Dice ----------------------------------------------------------------------------------- */

bool gen_chance(struct gen *g, int percent);
/* low to high, both included */
uint32_t gen_between(struct gen *g, uint32_t low, uint32_t high);
void gen_fill(struct gen *g, uint8_t *bytes, size_t len);
/* Padding should be zero, and is not always. */
uint8_t gen_padding(struct gen *g);

/* ---- Options: gen_options.c ----------------------------------------------------------------- */

enum gen_options { GEN_SECTION, GEN_INTERFACE, GEN_PACKET, GEN_NAMES, GEN_STATISTICS, GEN_OTHER };

/* A list that may be empty, or lack its end. To be freed by the caller. */
GByteArray *gen_options(struct gen *g, enum gen_options of);

/* ---- Blocks: gen_blocks.c ------------------------------------------------------------------- */

/* One that is no packet of an interface. There is an interface. */
void gen_put_other(struct gen *g);

#endif
