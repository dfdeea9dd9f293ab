/* SPDX-License-Identifier: MIT */
/* The first walk over the capture: its packets through the pipe, its secrets into the key log,
 * facts out. */
#ifndef ANNOTATOR_DECODE_H
#define ANNOTATOR_DECODE_H

#include "annotator/capture/capture.h"
#include "annotator/wire/pipe.h"

struct decoded {
    struct h2t_wire *wire; /* the caller owns it */
    uint64_t packets;
    bool states_length; /* a section header states its section's length */
    bool has_keys;      /* the capture has secrets in it, of TLS or others, that are not ours */
    struct pipe_stats stats;
};

/* `ledgers`: keep one of each connection (core/ledger.h). `tick` is called now and then, for a
 * progress line; may be NULL. */
bool decode(struct capture *capture, struct keylog *keylog, bool ledgers, void (*tick)(void *),
            void *user, struct decoded *out, GError **error);

#endif
