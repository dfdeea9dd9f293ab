/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "-z httptrace,findings": at the end, all findings of the capture, one a line, as h2annotate
 * prints them; in one pass as in two. */
#ifndef HTTPTRACE_FINDINGS_H
#define HTTPTRACE_FINDINGS_H

#include "plugin/comments.h"
#include "plugin/session.h"

/* What there is to print: of the model, else of the comments of an annotated file. `capture` names
 * the file; NULL: it is not known. */
struct findings_source {
    const struct h2t_model *model; /* NULL: none */
    const struct comments *comments;
    const char *capture;
};

/* `ask` is called when all packets were seen. */
void findings_register(struct findings_source (*ask)(void));

#endif
