/* SPDX-License-Identifier: MIT */
/* What holds in every model, whatever was in the input. */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include "core/model.h"

void check_trace(const struct h2t_trace *trace);
/* `packets` is the number of the capture's last packet. */
void check_wire(const struct h2t_wire *wire, uint64_t packets);
/* After h2t_join: whoever points to the other side is pointed to. */
void check_join(const struct h2t_model *m);
/* The notes, and each one's text: it is a comment of ours, with no key twice. */
void check_notes(const struct h2t_model *m, const GArray *notes, uint64_t packets);

#endif
