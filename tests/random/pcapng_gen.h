/* SPDX-License-Identifier: MIT */
/*
 * Random but valid pcapng files: every block type and option, known and unknown, both byte orders,
 * several sections and interfaces, all the ways an option list can begin and end. The same seed
 * gives the same file. Wireshark 4.0 and 4.4 read them to the end.
 */
#ifndef TESTS_PCAPNG_GEN_H
#define TESTS_PCAPNG_GEN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A packet to be used in place of random bytes. */
struct pcapng_gen_packet {
    uint16_t link_type;
    int64_t ns; /* since the epoch, not negative */
    uint32_t caplen, wirelen;
    const uint8_t *bytes;
};

struct pcapng_gen_plan {
    uint32_t seed;
    unsigned n_blocks; /* about so many; more if there are more packets */
    bool uniform;      /* what libpcap asks for: one byte order, link type and snap length */
    const char *const
        *ours; /* NULL-terminated texts of comments of ours to sprinkle in; may be NULL */
    const struct pcapng_gen_packet *packets; /* used once each, in order */
    size_t n_packets;
};

/* To be freed by the caller. */
GByteArray *pcapng_gen(const struct pcapng_gen_plan *plan);

/* The packets of a capture, struct pcapng_gen_packet with a copy of their bytes. NULL and a message
 * if it cannot be read. */
GArray *pcapng_gen_load_packets(const char *path, GError **error);

#endif
