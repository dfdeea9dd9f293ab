/* SPDX-License-Identifier: MIT */
/* A fixed set of names to small numbers, for the innermost loop of reading. */
#ifndef H2T_WORDS_H
#define H2T_WORDS_H

#include "model.h"

#define H2T_WORDS_SLOTS 256u /* a power of two */

struct h2t_words {
    struct {
        const char *name;
        size_t len;
        int value;
    } slots[H2T_WORDS_SLOTS];
    unsigned n;
};

/* `name` must live as long as the words. At most half of the slots may be used. */
void h2t_words_add(struct h2t_words *words, const char *name, int value);

/* -1: not among them. */
int h2t_words_find(const struct h2t_words *words, const char *name, size_t len);

#endif
