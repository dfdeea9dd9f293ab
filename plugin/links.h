/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the model knows beyond a note's text: where the rest of the request is, how long its phases
 * took, its trace id. */
#ifndef HTTPTRACE_LINKS_H
#define HTTPTRACE_LINKS_H

#include "plugin/show.h"

void show_links(const struct show *s, proto_tree *tree, const struct h2t_note *note);

#endif
