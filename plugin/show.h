/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes into the tree of their packet, on every pass. Every field comes from the note's text, so
 * that a sidecar and the comments of an annotated file show the same; what only the model knows
 * (links, durations of phases) is added where there is a model.
 */
#ifndef HTTPTRACE_SHOW_H
#define HTTPTRACE_SHOW_H

#include "plugin/comments.h"
#include "plugin/fields.h"
#include "plugin/session.h"

struct show {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree, *root; /* root: ours, made with the first thing that is shown */
    int proto;
    const struct session *session;
    bool complete;    /* the whole capture was seen */
    wmem_map_t *said; /* what the packet belongs to, as far as it was shown; NULL: nothing */
};

/* Does anybody read this field? What nobody reads need not be made. */
bool show_wants(const struct show *s, int hf);

/* One note; `note` is NULL if only its text is known. */
void show_note(struct show *s, const char *text, const struct h2t_note *note);

/* The packet has a frame of this stream, an index of the model that an attempt is joined to. What
 * its notes said is not said again. */
void show_stream(struct show *s, uint32_t stream);

/* What is below `tree` is about this request. */
void show_request(struct show *s, proto_tree *tree, const char *id);

/* The packet has a part of a frame of this stream. */
void show_part(struct show *s, uint32_t stream);

/* The packet is on this connection of the trace. */
void show_conn(struct show *s, uint32_t tconn);

/* Our part of the packet's tree. */
proto_tree *show_root(struct show *s);

#endif
