/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a finding's note says beyond its plain pairs: rule, severity, requests, the other packet
 * that has it, and the expert information. */
#ifndef HTTPTRACE_SHOW_FINDING_H
#define HTTPTRACE_SHOW_FINDING_H

#include "plugin/show.h"

#include "core/comment.h"

bool is_finding(const struct h2t_comment *comment);

/* `item` is the note's, `tree` what is below it. */
void show_finding(struct show *s, proto_item *item, proto_tree *tree,
                  const struct h2t_comment *comment);

#endif
