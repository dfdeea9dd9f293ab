/* SPDX-License-Identifier: MIT */
/*
 * Packet comments of ours, written and read. The grammar is docs/comment-format.md; what the keys
 * mean is there as well. A comment is printable ASCII on one line whatever its values are.
 */
#ifndef H2T_COMMENT_H
#define H2T_COMMENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- Writing: begin, then add in any order, then end. Each key once. --------------------------
 */

/* Overwrites `out`. The word says what the comment is about: lower-case letters and hyphens. */
void h2t_comment_begin(GString *out, const char *word);

/* Any bytes; what cannot stand raw is escaped. */
void h2t_comment_add(GString *out, const char *key, const char *value);
void h2t_comment_add_bytes(GString *out, const char *key, const char *value, size_t len);

/* A value that would take more than `max` bytes (>= 3) as written, quotes not counted, is cut
 * between characters and ends in "...", which counts. */
void h2t_comment_add_cut(GString *out, const char *key, const char *value, size_t max);

void h2t_comment_add_int(GString *out, const char *key, int64_t value);

/* A signed duration, rounded to microseconds: "-210us", "+1.204ms", "+3.000001s". */
void h2t_comment_add_duration(GString *out, const char *key, int64_t ns);

/* Adds the check value; with `variant` the tag becomes "h2a!". */
void h2t_comment_end(GString *out, bool variant);

/* A comment that h2t_comment_end has ended without `variant` becomes what it would be with it. */
void h2t_comment_vary(GString *comment);

/* ---- Reading: nothing is allocated, everything points into the text. ---------------------------
 */

/* The whole grammar fits, and the check value. */
bool h2t_comment_is_ours(const char *text, size_t len, bool *variant);

struct h2t_comment {
    const char *word;
    size_t word_len;
    const char *pairs, *end; /* what h2t_comment_next has not read */
    bool variant;
};

struct h2t_comment_pair {
    const char *key, *value; /* the value as written, quotes included */
    size_t key_len, len;
};

/* false if the comment is not ours. */
bool h2t_comment_parse(const char *text, size_t len, struct h2t_comment *out);

/* The next pair; false after the last. */
bool h2t_comment_next(struct h2t_comment *comment, struct h2t_comment_pair *pair);

/* The first pair with this key, from where the comment is now; the comment stays there. */
bool h2t_comment_find(const struct h2t_comment *comment, const char *key,
                      struct h2t_comment_pair *pair);

/* The value's bytes, quotes and escapes undone, overwriting `out`. They may be any bytes. */
void h2t_comment_value(const struct h2t_comment_pair *pair, GString *out);

/* false if the value is not such. */
bool h2t_comment_int(const struct h2t_comment_pair *pair, int64_t *value);
bool h2t_comment_duration(const struct h2t_comment_pair *pair, int64_t *ns);

#endif
