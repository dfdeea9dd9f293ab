/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/mutate.h"

#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

static bool read_line(const uint8_t *data, size_t len, struct chunk *chunk)
{
    const uint8_t *end = len ? memchr(data, '\n', len) : NULL;
    if (end)
        *chunk = (struct chunk){.len = (size_t)(end - data) + 1, .body = (size_t)(end - data)};
    return end != NULL;
}

static size_t close_line(uint8_t *data, size_t head, size_t body)
{
    data[head + body] = '\n';
    return head + body + 1;
}

/* 0 to n - 1. The seed is all the chance that a mutation has. */
static size_t roll(unsigned *seed, size_t n)
{
    *seed = *seed * 1664525u + 1013904223u; /* Numerical Recipes' */
    return (*seed >> 8) % n;
}

/* The value behind the n-th colon, up to the next comma or bracket; false: there is none. */
static bool find_value(const uint8_t *line, size_t len, size_t n, size_t *at, size_t *end)
{
    for (*at = 0; *at < len; ++*at)
        if (line[*at] == ':' && !n--)
            break;
    if (*at >= len)
        return false;
    for (*end = ++*at; *end < len && !strchr(",}]", line[*end]);)
        ++*end;
    return true;
}

/* Another one of the line, or one that seldom is there. */
static char *make_value(const uint8_t *line, size_t len, size_t colons, unsigned *seed)
{
    static const char *const values[] = {"null",
                                         "0",
                                         "-1",
                                         "1",
                                         "4294967296",
                                         "true",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "18446744073709551616",
                                         "1e400",
                                         "0.5",
                                         "\"\"",
                                         "[]",
                                         "{}",
                                         "\"\\u0000\\u202e%s%n\"",
                                         "\"r1\"",
                                         "\"[::1]:1\"",
                                         "\"1970-01-01T00:00:00Z\"",
                                         "\"GotConn\"",
                                         "\"\xff\""};
    size_t from, to;
    if (roll(seed, 3) == 0 && find_value(line, len, roll(seed, colons), &from, &to))
        return g_strndup((const char *)line + from, to - from);
    return g_strdup(values[roll(seed, G_N_ELEMENTS(values))]);
}

static size_t change_value(uint8_t *line, size_t len, size_t max, unsigned seed)
{
    size_t colons = 0, at, end;
    for (size_t i = 0; i < len; i++)
        colons += line[i] == ':';
    if (!colons || !find_value(line, len, roll(&seed, colons), &at, &end))
        return LLVMFuzzerMutate(line, len, max);
    g_autofree char *value = make_value(line, len, colons, &seed);
    return mutate_replace(line, len, max, at, end - at, value, strlen(value));
}

static size_t change_line(uint8_t *line, size_t len, size_t max, unsigned seed)
{
    return seed % 3 ? change_value(line, len, max, seed / 3) : LLVMFuzzerMutate(line, len, max);
}

size_t mutate_lines(uint8_t *data, size_t part, size_t size, size_t max, unsigned seed)
{
    static const struct format lines = {read_line, close_line, change_line};
    size_t behind = size - part;
    g_autofree uint8_t *tail = g_memdup2(data + part, behind);
    size_t len = mutate_chunks(&lines, data, part, max - behind, seed);
    if (behind)
        memcpy(data + len, tail, behind);
    return len + behind;
}
