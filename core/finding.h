/* SPDX-License-Identifier: MIT */
/* One finding for people. Its comment (notes.h) has all that is said of it; the line is the same in
 * another form, so that what a packet's comment says and what is printed are one. */
#ifndef H2T_FINDING_H
#define H2T_FINDING_H

#include "model.h"

static inline const struct h2t_finding *h2t_finding_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->findings->all, struct h2t_finding, i);
}

/* Appends the names of the requests that it is about, "r1,r2,+3": `max` of them, then how many
 * more. Nothing if none is known. */
void h2t_finding_requests(const struct h2t_model *m, const struct h2t_finding *f, uint32_t max,
                          GString *out);

/* The comment of a finding at the packet where it happened, overwriting `out`; also of one that
 * happened in no packet. */
void h2t_finding_text(const struct h2t_model *m, uint32_t finding, GString *out);

/* From such a comment one line without its newline, overwriting `out`, as compilers write theirs:
 *   CAPTURE:PACKET: SEVERITY: ID: what happened (r1,r2): wire: …: trace: …: fix: …
 * Packet 0 is left out. false: the comment is no finding's, or that of the packet that proves it.
 * What comes from outside is escaped. */
bool h2t_finding_line(const char *capture, uint32_t packet, const char *text, GString *out);

#endif
