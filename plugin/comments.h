/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comments that h2annotate wrote, of all packets that have any: learnt on the first pass. */
#ifndef HTTPTRACE_COMMENTS_H
#define HTTPTRACE_COMMENTS_H

#include "plugin/compat.h"

struct comments {
    GHashTable *by_packet; /* packet number → GPtrArray of strings; NULL: there are none */
    unsigned n;
};

void comments_fini(struct comments *c);

/* Keeps those of ours that the packet has. */
void comments_learn(struct comments *c, const packet_info *pinfo);

/* A packet's, NULL if it has none. */
const GPtrArray *comments_of(const struct comments *c, uint32_t packet);

#endif
