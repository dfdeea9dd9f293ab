/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the tree of the first packet: where the trace comes from, what was matched, and why something
 * that a user expects may not show. Nothing if there is neither a trace nor a problem. */
#ifndef HTTPTRACE_SUMMARY_H
#define HTTPTRACE_SUMMARY_H

#include "plugin/show.h"
#include "plugin/sidecar.h"

struct summary {
    const struct sidecar *sidecar;
    struct session *session;
    const struct comments *comments;
};

void show_summary(struct show *s, const struct summary *summary);

#endif
