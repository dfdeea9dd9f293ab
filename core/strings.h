/* SPDX-License-Identifier: MIT */
/* Strings that live as long as their store. */
#ifndef H2T_STRINGS_H
#define H2T_STRINGS_H

#include <glib.h>

struct h2t_strings;

struct h2t_strings *h2t_strings_new(void);
void h2t_strings_free(struct h2t_strings **strings);

/* At most H2T_MAX_STRING bytes of `text`, kept once: equal texts are one pointer. What is behind a
 * NUL is not kept. NULL stays NULL. */
const char *h2t_intern(struct h2t_strings *strings, const char *text, size_t len);

/* All of it, each time anew: for texts of which hardly two are equal. */
const char *h2t_strings_add(struct h2t_strings *strings, const char *text, size_t len);

#endif
