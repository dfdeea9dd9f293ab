/* SPDX-License-Identifier: MIT */
/*
 * Bytes in pieces of any size to lines of text, or to JSON objects: one a line; or the elements of
 * one array; or, if a brace is all that the first line has, objects over many lines. The latter two
 * are told apart by counting braces outside of strings, without parsing the whole. A byte order
 * mark and blank lines are passed over.
 */
#ifndef H2T_LINES_H
#define H2T_LINES_H

#include "base.h"

enum h2t_lines_state {
    H2T_LINE_WHOLE,
    H2T_LINE_LAST,     /* the file ended before the line or the element did */
    H2T_LINE_TOO_LONG, /* more than H2T_MAX_LINE: no text */
};

/* `line` counts from 1 and is where the text begins. The text lives until the function returns. */
typedef void (*h2t_lines_fn)(void *user, const char *text, size_t len, uint64_t line,
                             enum h2t_lines_state state);

enum h2t_lines_mode { H2T_LINES_BEGIN, H2T_LINES_BRACKET, H2T_LINES_LINE, H2T_LINES_ELEMENT };

struct h2t_lines {
    h2t_lines_fn fn;
    void *user;
    GByteArray *held; /* the beginning of a line or element, from earlier pieces */
    enum h2t_lines_mode mode;
    uint64_t line, first_line; /* now, and where the held text began */
    unsigned n_mark;           /* bytes of a byte order mark */
    uint64_t depth;            /* of braces, in an element */
    bool in_string, escaped, too_long;
    bool begun; /* the first line is over */
};

void h2t_lines_init(struct h2t_lines *lines, h2t_lines_fn fn, void *user);
void h2t_lines_fini(struct h2t_lines *lines);

void h2t_lines_feed(struct h2t_lines *lines, const char *bytes, size_t len);
/* The file is over; another one may be fed. */
void h2t_lines_end(struct h2t_lines *lines);

#endif
