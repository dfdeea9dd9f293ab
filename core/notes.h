/* SPDX-License-Identifier: MIT */
/*
 * Which packet gets a comment about what: one list for the annotator, which writes them, and the
 * plugin, which shows them. Only what the trace knows of is noted: bound connections and their
 * dials, joined streams, joined DNS questions, and the findings about them.
 */
#ifndef H2T_NOTES_H
#define H2T_NOTES_H

#include "model.h"

/* struct h2t_note, by packet, then in the order of enum h2t_what. The caller owns it. Needs
 * h2t_join. */
GArray *h2t_notes(const struct h2t_model *m);

/* Those of one connection or stream on one packet, appended to `notes`; it must be bound or joined.
 */
void h2t_notes_of_conn(const struct h2t_model *m, uint32_t conn, uint32_t packet, GArray *notes);
void h2t_notes_of_stream(const struct h2t_model *m, uint32_t stream, uint32_t packet,
                         GArray *notes);

/* Into the order of h2t_notes; what is there twice stays once. */
void h2t_notes_sort(GArray *notes);

/* The text of one note, overwriting `out`, in the form of docs/comment-format.md. `variant`: see
 * there. */
void h2t_note_text(const struct h2t_model *m, const struct h2t_note *note, bool variant,
                   GString *out);

#endif
