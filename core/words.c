/* SPDX-License-Identifier: MIT */
#include "core/words.h"

#include <string.h>

/* Length and three characters tell the words of a format apart; the factors were tried out. */
static unsigned slot_of(const char *name, size_t len)
{
    unsigned first = (uint8_t)name[0], middle = (uint8_t)name[len / 2];
    unsigned last = (uint8_t)name[len - 1];
    return ((unsigned)len + first + middle * 37 + last * 67) % H2T_WORDS_SLOTS;
}

static uint64_t load8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static uint32_t load4(const char *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* A call of memcmp() costs more than the rest of the search. The first and the last 8 bytes (or 4)
 * overlap to cover what is between. */
static bool same(const char *a, const char *b, size_t len)
{
    if (len > 16)
        return !memcmp(a, b, len);
    if (len >= 8)
        return load8(a) == load8(b) && load8(a + len - 8) == load8(b + len - 8);
    if (len >= 4)
        return load4(a) == load4(b) && load4(a + len - 4) == load4(b + len - 4);
    return a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1];
}

void h2t_words_add(struct h2t_words *words, const char *name, int value)
{
    size_t len = strlen(name);
    g_assert(len > 0 && words->n < H2T_WORDS_SLOTS / 2);
    unsigned i = slot_of(name, len);
    while (words->slots[i].name)
        i = (i + 1) % H2T_WORDS_SLOTS;
    words->slots[i].name = name;
    words->slots[i].len = len;
    words->slots[i].value = value;
    words->n++;
}

int h2t_words_find(const struct h2t_words *words, const char *name, size_t len)
{
    if (len == 0)
        return -1;
    for (unsigned i = slot_of(name, len); words->slots[i].name; i = (i + 1) % H2T_WORDS_SLOTS)
        if (words->slots[i].len == len && same(words->slots[i].name, name, len))
            return words->slots[i].value;
    return -1;
}
