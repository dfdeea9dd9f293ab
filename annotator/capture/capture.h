/* SPDX-License-Identifier: MIT */
/*
 * One view of every capture: a run of pcapng blocks, each as its bytes and, where it is a packet,
 * as a packet.
 *
 * pcapng comes as it is. Classic pcap (through libpcap) comes as the pcapng it is converted to.
 * Compressed input (gzip, zstd, lz4, by content) comes decompressed. Standard input, and what
 * cannot be rewound, is spooled to an unlinked temporary file, so that every capture can be walked
 * twice.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "core/base.h"

/* pcapng block types that matter here (draft-ietf-opsawg-pcapng section 4). */
enum block_type {
    BLOCK_IDB = 1,
    BLOCK_PB = 2, /* obsolete Packet Block */
    BLOCK_SPB = 3,
    BLOCK_EPB = 6,
    BLOCK_DSB = 10,
    BLOCK_SHB = 0x0A0D0D0A,
};

struct block {
    const uint8_t
        *data; /* the whole block, from its type to its second length; valid until the next call */
    size_t len;
    uint32_t type;
    uint32_t file;    /* of a capture in several: counts from 0 */
    uint32_t section; /* counts from 0, over all files */
    bool big_endian;  /* of this section */
    bool damaged;     /* not a block: the rest of the file from the first unreadable place on, in
                         pieces, to be copied */
    size_t options;   /* offset of the option list in data; 0: this type has none or is unknown */
    bool annotatable; /* a packet whose option list is well formed: comments can be added */
    /* A packet (EPB, SPB, PB), or any other block that Wireshark shows as a frame: */
    uint32_t packet;    /* Wireshark's frame.number; 0: not a frame */
    bool is_packet;     /* has packet bytes: the fields below are set */
    uint32_t interface; /* index in the capture over all sections */
    uint16_t link_type; /* LINKTYPE_ value */
    int64_t ns;         /* since the epoch; H2T_NEVER for SPB */
    uint32_t caplen, wirelen;
    const uint8_t *bytes;
    bool selected; /* passes the -f filter (always true without one) */
};

struct capture;

/* Opens `path` ("-": standard input). NULL and a message when it cannot be read or is no capture.
 */
struct capture *capture_open(const char *path, GError **error);
void capture_close(struct capture **capture);

/* Several files that are one capture, as rings and rotations leave them, in the order of their
 * first packets. Packets, sections and interfaces count on from file to file. */
struct capture *capture_open_all(const char *const *paths, GError **error);

/* The name of one of its files, in that order; NULL after the last. */
const char *capture_file(const struct capture *capture, uint32_t file);

/* Does the file begin as a capture does? false for "-" and what cannot be read. */
bool capture_detect(const char *path);

/* Analyse only what this pcap filter expression selects. Compiled for each link type of the
 * capture; packets of a link type that it has no meaning for are not selected. At most once, before
 * the walk. false when it fits none of the interfaces before the first packet: libpcap's message,
 * with the expression. */
bool capture_filter(struct capture *capture, const char *expression, GError **error);

/* The next block. false at the end, or with *error set when the machine fails. */
bool capture_next(struct capture *capture, struct block *block, GError **error);

/* Back to the first block. */
bool capture_rewind(struct capture *capture, GError **error);

/* What is odd about this input, once known (after a full walk): one line, or NULL. "byte N: cut
 * short in the middle of a block: …". The first odd thing only. Owned by the capture. */
const char *capture_damage(const struct capture *capture);

/* True if the input was classic pcap (its pcapng form is ours). */
bool capture_converted(const struct capture *capture);

/* True if `path` names the very file that is being read (same device and inode). */
bool capture_is_file(const struct capture *capture, const char *path);

/* Bytes read so far of the input file and its size, for a progress line; size 0: unknown. */
void capture_progress(const struct capture *capture, uint64_t *done, uint64_t *size);

#endif
