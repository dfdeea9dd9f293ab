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

static size_t mutate_trace(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_lines(data, size, size, max, seed);
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
    change_file(trace, to_trace, of_trace, mutate_trace);
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
