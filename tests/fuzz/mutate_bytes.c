/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/mutate_bytes.h"

#include <string.h>

#define MAX_PIECE 32u
#define MAX_WORDS 512u

static GRand *dice;
static GString *words[MAX_WORDS];
static unsigned n_words;

void mutate_seed(uint32_t seed)
{
    if (!dice)
        dice = g_rand_new();
    g_rand_set_seed(dice, seed);
}

size_t mutate_roll(size_t n)
{
    return (size_t)g_rand_int_range(dice, 0, (gint32)n);
}

void mutate_done(void)
{
    g_clear_pointer(&dice, g_rand_free);
    while (n_words)
        g_string_free(words[--n_words], TRUE);
}

/* ---- Dictionaries --------------------------------------------------------------------------- */

/* What stands between the first and the last quote of a line; \xHH, \\ and \" are escapes. */
static GString *read_word(const char *line)
{
    const char *at = strchr(line, '"'), *end = strrchr(line, '"');
    if (*line == '#' || !at || at == end)
        return NULL;
    GString *word = g_string_new(NULL);
    while (++at < end) {
        if (*at == '\\' && at[1] == 'x' && end - at > 3) {
            g_string_append_c(
                word, (char)(g_ascii_xdigit_value(at[2]) << 4 | g_ascii_xdigit_value(at[3])));
            at += 3;
        } else {
            at += *at == '\\';
            g_string_append_c(word, *at);
        }
    }
    return word;
}

bool mutate_dictionary(const char *path)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line && n_words < MAX_WORDS; line++) {
        GString *word = read_word(*line);
        if (word)
            words[n_words++] = word;
    }
    return true;
}

/* ---- Changes -------------------------------------------------------------------------------- */

/* The new size; the old one where there is no room. */
static size_t insert(uint8_t *data, size_t size, size_t max, size_t at, const void *bytes,
                     size_t len)
{
    if (size + len > max || !len)
        return size;
    memmove(data + at + len, data + at, size - at);
    memcpy(data + at, bytes, len);
    return size + len;
}

static size_t take_out(uint8_t *data, size_t size, size_t at, size_t len)
{
    memmove(data + at, data + at + len, size - at - len);
    return size - len;
}

enum { INSERT, TAKE_OUT, TWICE, MOVE, SET, FLIP, ADD, WORD, N_CHANGES };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
    static const uint8_t odd[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '\\', '\n', '0', ' '};
    uint8_t byte = odd[mutate_roll(sizeof odd)];
    if (!size)
        return insert(data, 0, max, 0, &byte, 1);
    size_t at = mutate_roll(size), len = 1 + mutate_roll(MIN(size - at, MAX_PIECE));
    const GString *word = n_words ? words[mutate_roll(n_words)] : NULL;
    switch (mutate_roll(word ? N_CHANGES : WORD)) {
    case INSERT:
        return insert(data, size, max, at, &byte, 1);
    case TAKE_OUT:
        return take_out(data, size, at, len);
    case TWICE: {
        g_autofree uint8_t *copy = g_memdup2(data + at, len);
        return insert(data, size, max, mutate_roll(size), copy, len);
    }
    case MOVE:
        memmove(data + mutate_roll(size - len + 1), data + at, len);
        return size;
    case SET:
        data[at] = byte;
        return size;
    case ADD:
        data[at] = (uint8_t)(data[at] + mutate_roll(9) - 4);
        return size;
    case WORD:
        return insert(data, size, max, at, word->str, word->len);
    default:
        data[at] ^= (uint8_t)(1u << mutate_roll(8));
        return size;
    }
}
