/* SPDX-License-Identifier: MIT */
/*
 * What the blocks of a pcapng section mean: its interfaces, and which blocks are packets. Works on
 * whole blocks in memory; no I/O.
 *
 * What Wireshark 4.0 and 4.4 number as frames (each made as a file and counted with tshark):
 *   Enhanced (6), Simple (3) and obsolete (2) Packet Blocks;
 *   systemd journal export blocks (9);
 *   sysdig events 0x204, 0x216, 0x221, but not their flag forms 0x208, 0x217, 0x222;
 *   custom blocks, 0xBAD and 0x40000BAD, of any enterprise number, Netflix BBLog's too.
 * Not frames: every other type, known (name resolution, statistics, secrets, IRIG 7, ARINC 8),
 * local (top bit) or unknown.
 * Wireshark stops reading at a block that contradicts itself: a packet of an interface that is not
 * there, more packet bytes than block, an option that overruns the block, a secrets or name
 * resolution block too short for what it says. Numbers after such a place are ours alone, as it
 * shows no frames there; the block itself gets none.
 */
#ifndef CAPTURE_SECTION_H
#define CAPTURE_SECTION_H

#include "annotator/capture/capture.h"

struct section {
    GArray *interfaces; /* struct interface; index is the block's interface id */
    uint32_t base;      /* interfaces of earlier sections */
    uint32_t packets;   /* frames so far, all sections */
    uint32_t number;    /* counts from 0 */
    bool started;       /* a Section Header Block was seen */
    bool big;
};

void section_init(struct section *section);
void section_fini(struct section *section);

/* Back to before the first block. */
void section_reset(struct section *section);

/* Takes a Section Header Block that was checked to be one. */
void section_start(struct section *section, bool big);

/* Fills in what `block` means; data, len and type are set, the rest is zero. NULL, or what is wrong
 * with it, to be freed by the caller. */
char *section_understand(struct section *section, struct block *block);

#endif
