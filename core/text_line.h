/* SPDX-License-Identifier: MIT */
/* The line that a note becomes, while it is written: what its kinds share (text.c, text_conn.c and
 * text_stream.c; nobody else includes it). */
#ifndef H2T_TEXT_LINE_H
#define H2T_TEXT_LINE_H

#include "core/model.h"

#define MAX_URL 72u /* bytes: the line shall stay near 200 */
#define MAX_ERROR 80u

struct text_line {
    const struct h2t_model *m;
    const struct h2t_note *note;
    GString *out;
    uint32_t process; /* whose times they are */
};

/* When the hook fired, after `packet`, in the capture's clock. Nothing if one of them has no time.
 */
void text_add_hook(const struct text_line *l, const char *hook, int64_t at, struct h2t_mark packet);
/* Cut to `max` bytes; nothing if there is no text. */
void text_add_text(const struct text_line *l, const char *key, const char *value, size_t max);
/* An error code of HTTP/2, by its name if it has one. */
void text_add_code(const struct text_line *l, const char *key, uint32_t code);
/* Its pid, where there are several. */
void text_add_process(const struct text_line *l, uint32_t process);
void text_add_conn(const struct text_line *l, uint32_t tconn);
/* Where the clocks differ for sure, a reader must know what was added to the program's times. */
void text_add_offset(const struct text_line *l, int64_t at, struct h2t_mark packet);

/* The keys of a note about a connection, and about a stream. */
void text_conn(const struct text_line *l);
void text_stream(const struct text_line *l);

#endif
