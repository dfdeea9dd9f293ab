/* SPDX-License-Identifier: MIT */
/*
 * The second walk over the capture: every block copied byte for byte, but for comments of ours,
 * which are taken out, and new ones, which are put in. The rule is docs/comment-format.md,
 * "Placement".
 */
#ifndef ANNOTATOR_REWRITE_H
#define ANNOTATOR_REWRITE_H

#include "annotator/capture/capture.h"
#include "annotator/capture/output.h"

struct rewrite {
    /* What to write: */
    const struct h2t_model *model; /* NULL: only take ours out */
    const GArray *notes;           /* struct h2t_note by packet, or NULL */
    const GString *keys;           /* to be embedded as a Decryption Secrets Block, or NULL */
    bool own_thread;               /* for the texts of comments */
    bool measure; /* a section may state its length: walk once more before, to know the new one */
    /* Of a capture in several files: the output for the next one, NULL if the machine fails. The
     * output before is complete. NULL: all goes to one. */
    struct output *(*next)(void *user, uint32_t file, GError **error);
    void *user;
    /* What came of it: */
    uint64_t annotated_packets, comments, removed;
    uint64_t unplaceable; /* notes whose packet cannot carry a comment */
};

/* Walks the capture from its beginning to its end. Stated section lengths are kept right.
 * false with a message if the machine fails. */
bool rewrite(struct rewrite *work, struct capture *capture, struct output *out, GError **error);

#endif
