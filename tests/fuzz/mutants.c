/* SPDX-License-Identifier: MIT */
/*
 * mutants SEED COUNT OUT FOLDER...: changed captures and sidecars, for programs that cannot be
 * built for libFuzzer. Writes OUT/N.capture and OUT/N.trace for N from SEED on, each from one of
 * the FOLDERs of testdata, in turn. The same seed gives the same files.
 */
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/mutate_bytes.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CHANGES 8
#define ROOM 4096u /* that a file may grow by */

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* ---- Sidecars: lines, and in them values ---------------------------------------------------- */

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

static size_t change_value(uint8_t *line, size_t len, size_t max)
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
    size_t colons = 0, at, end;
    for (size_t i = 0; i < len; i++)
        colons += line[i] == ':';
    if (!colons || !find_value(line, len, mutate_roll(colons), &at, &end))
        return LLVMFuzzerMutate(line, len, max);
    const char *value = values[mutate_roll(G_N_ELEMENTS(values))];
    g_autofree char *other = NULL;
    size_t from, to;
    if (mutate_roll(3) == 0 && find_value(line, len, mutate_roll(colons), &from, &to))
        value = other = g_strndup((const char *)line + from, to - from);
    if (len - (end - at) + strlen(value) > max)
        return len;
    len = mutate_take_out(line, len, at, end - at);
    return mutate_insert(line, len, max, at, value, strlen(value));
}

static size_t change_line(uint8_t *line, size_t len, size_t max, unsigned seed)
{
    return seed % 3 ? change_value(line, len, max) : LLVMFuzzerMutate(line, len, max);
}

static size_t mutate_lines(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static const struct format lines = {read_line, close_line, change_line};
    return mutate_chunks(&lines, data, size, max, seed);
}

/* Those of mutate_pcapng.c that keep lengths right: what is broken is soon read. */
static size_t mutate_blocks(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return LLVMFuzzerCustomMutator(data, size, max, seed / 3 * 3 + 1);
}

/* ---- Files ---------------------------------------------------------------------------------- */

static char *first_of(const char *folder, const char *pattern)
{
    g_autofree char *path = g_build_filename(folder, pattern, NULL);
    glob_t found;
    char *first = glob(path, 0, NULL, &found) ? NULL : g_strdup(found.gl_pathv[0]);
    globfree(&found);
    return first;
}

/* As it is, if there are no changes to be made. */
static void change_file(const char *from, const char *to, size_t changes,
                        size_t (*mutate)(uint8_t *, size_t, size_t, unsigned))
{
    GError *error = NULL;
    char *content;
    gsize len;
    if (!g_file_get_contents(from, &content, &len, &error)) {
        fprintf(stderr, "mutants: %s\n", error->message);
        exit(1);
    }
    size_t max = len + ROOM;
    content = g_realloc(content, max);
    while (changes--)
        len = mutate((uint8_t *)content, len, max, (unsigned)mutate_roll(1u << 30));
    if (!g_file_set_contents(to, content, (gssize)len, &error)) {
        fprintf(stderr, "mutants: %s\n", error->message);
        exit(1);
    }
    g_free(content);
}

static void one(uint32_t seed, const char *folder, const char *out)
{
    g_autofree char *capture = first_of(folder, "capture.*"), *trace = first_of(folder, "trace*"),
                    *to_capture = g_strdup_printf("%s/%u.capture", out, seed),
                    *to_trace = g_strdup_printf("%s/%u.trace", out, seed);
    if (!capture || !trace) {
        fprintf(stderr, "mutants: %s has no capture, or no trace\n", folder);
        exit(1);
    }
    mutate_seed(seed);
    size_t changes = 1 + mutate_roll(MAX_CHANGES), of_trace = mutate_roll(changes + 1);
    change_file(trace, to_trace, of_trace, mutate_lines);
    change_file(capture, to_capture, changes - of_trace, mutate_blocks);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: mutants SEED COUNT OUT FOLDER...\n");
        return 2;
    }
    uint32_t seed = (uint32_t)strtoul(argv[1], NULL, 10), n = (uint32_t)strtoul(argv[2], NULL, 10);
    for (uint32_t i = 0; i < n; i++)
        one(seed + i, argv[4 + (seed + i) % (uint32_t)(argc - 4)], argv[3]);
    mutate_done();
    return 0;
}
