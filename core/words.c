/* SPDX-License-Identifier: MIT */
#include "core/words.h"

/* Length and three characters tell the words of a format apart; the factors were tried out. */
static unsigned slot_of(const char *name, size_t len)
{
    unsigned first = (uint8_t)name[0], middle = (uint8_t)name[len / 2];
    unsigned last = (uint8_t)name[len - 1];
    return ((unsigned)len + first + middle * 37 + last * 67) % H2T_WORDS_SLOTS;
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
        if (words->slots[i].len == len && h2t_words_same(words->slots[i].name, name, len))
            return words->slots[i].value;
    return -1;
}
