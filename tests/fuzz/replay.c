/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target without libFuzzer: replay [-n RUNS] [-s SEED] [-d DICTIONARY] [-k KEEP]
 * FILE|FOLDER...
 *
 * Gives it each file once. With -n, then RUNS more inputs, each of them a file that was changed in
 * some places; the same ones every time, for the same SEED. With -k an input is written to KEEP
 * before it is tried, so that the last one is there to be seen.
 */
#include "tests/fuzz/mutate_bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CHANGES 6u
#define ROOM 1024u /* that an input may grow by */

/* mutate_pcapng.c or mutate_pieces.c, where the target has one. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
    __attribute__((weak));

static GPtrArray *inputs; /* GBytes */

static void load_file(const char *path)
{
    char *content;
    gsize len;
    if (!g_file_get_contents(path, &content, &len, NULL)) {
        fprintf(stderr, "%s: cannot read\n", path);
        exit(2);
    }
    g_ptr_array_add(inputs, g_bytes_new_take(content, len));
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void load(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    if (!dir) {
        load_file(path);
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name); /* the same inputs every time */
    for (guint i = 0; i < names->len; i++)
        load_file(names->pdata[i]);
}

/* As long as it is and no longer: ASan sees a byte too many. */
static void try(const uint8_t *data, size_t len, const char *keep)
{
    uint8_t *exact = g_malloc(MAX(len, 1));
    if (len)
        memcpy(exact, data, len);
    if (keep && !g_file_set_contents(keep, (const char *)exact, (gssize)len, NULL))
        fprintf(stderr, "%s: cannot write\n", keep);
    LLVMFuzzerTestOneInput(exact, len);
    g_free(exact);
}

static void try_changed(const char *keep)
{
    gsize len;
    const uint8_t *data = g_bytes_get_data(inputs->pdata[mutate_roll(inputs->len)], &len);
    size_t max = len + ROOM;
    uint8_t *changed = g_malloc(max);
    if (len)
        memcpy(changed, data, len);
    for (size_t n = 1 + mutate_roll(MAX_CHANGES); n; n--)
        len = LLVMFuzzerCustomMutator && mutate_roll(4)
                  ? LLVMFuzzerCustomMutator(changed, len, max, (unsigned)mutate_roll(1u << 30))
                  : LLVMFuzzerMutate(changed, len, max);
    try(changed, len, keep);
    g_free(changed);
}

int main(int argc, char **argv)
{
    uint32_t runs = 0, seed = 1;
    const char *keep = NULL;
    int letter;
    while ((letter = getopt(argc, argv, "n:s:d:k:")) != -1) {
        if (letter == 'n')
            runs = (uint32_t)strtoul(optarg, NULL, 10);
        else if (letter == 's')
            seed = (uint32_t)strtoul(optarg, NULL, 10);
        else if (letter == 'k')
            keep = optarg;
        else if (letter != 'd' || !mutate_dictionary(optarg))
            return 2;
    }
    inputs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (int i = optind; i < argc; i++)
        load(argv[i]);
    if (!inputs->len)
        return 2; /* a corpus that is not there is no test */
    try((const uint8_t *)"", 0, keep);
    for (guint i = 0; i < inputs->len; i++) {
        gsize len;
        const uint8_t *data = g_bytes_get_data(inputs->pdata[i], &len);
        try(data, len, keep);
    }
    mutate_seed(seed);
    for (uint32_t i = 0; i < runs; i++)
        try_changed(keep);
    printf("%u inputs, %u changed ones\n", inputs->len, runs);
    mutate_done();
    g_ptr_array_unref(inputs);
    return 0;
}
