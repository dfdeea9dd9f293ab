/* SPDX-License-Identifier: MIT */
/* What the join came to, in numbers: for the summary, the report and --strict. */
#ifndef ANNOTATOR_TALLY_H
#define ANNOTATOR_TALLY_H

#include "core/model.h"

struct tally {
    uint32_t conns, traced, encrypted; /* of the capture; encrypted: TLS that no key opened */
    uint32_t streams, joined;
    uint32_t attempts;
    uint32_t by_match[H2T_N_MATCHES];
    uint32_t attempt_reasons[H2T_N_REASONS], stream_reasons[H2T_N_REASONS];
};

struct tally tally_model(const struct h2t_model *m);

/* Something of the trace, or of a connection that the trace knows, has no counterpart, or only
 * times tell it. */
bool tally_incomplete(const struct tally *tally);

#endif
