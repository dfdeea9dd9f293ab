/* SPDX-License-Identifier: MIT */
/* All that one run found out and did: what the summary and the report are made from. */
#ifndef ANNOTATOR_RESULT_H
#define ANNOTATOR_RESULT_H

#include "annotator/decode.h"
#include "annotator/rewrite.h"
#include "annotator/tally.h"

struct result {
    const char *capture_name, *output_name;
    const struct capture *capture; /* for the names of its files */
    struct decoded decoded;
    struct h2t_model model;
    struct tally tally;
    struct rewrite written;
    GArray *answers;    /* enum gate_answer for each finding; NULL: not asked */
    const char *damage; /* of the capture; NULL: none */
    bool converted;     /* the capture was classic pcap */
    bool keys_inside;   /* the output has decryption secrets in it */
    bool redacted;      /* hosts, addresses and paths of the model are tokens */
    uint64_t bad_key_lines;
};

/* A packet as Wireshark shows it: its file, and its number in there. */
struct place {
    const char *file;
    uint32_t packet;
};
struct place result_place(const struct result *result, uint32_t packet);

#endif
