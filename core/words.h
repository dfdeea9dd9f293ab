/* SPDX-License-Identifier: MIT */
/* A fixed set of names to small numbers, for the innermost loop of reading. */
#ifndef H2T_WORDS_H
#define H2T_WORDS_H

#include "model.h"

#include <string.h>

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

/* A call of memcmp() costs more than all else here: the first and the last 8 bytes (or 4) overlap
 * to cover what is between. `len` is not 0. */
static inline bool h2t_words_same(const char *a, const char *b, size_t len)
{
    if (len > 16)
        return !memcmp(a, b, len);
    if (len >= 8)
        return !memcmp(a, b, 8) && !memcmp(a + len - 8, b + len - 8, 8);
    if (len >= 4)
        return !memcmp(a, b, 4) && !memcmp(a + len - 4, b + len - 4, 4);
    return a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1];
}

#endif
