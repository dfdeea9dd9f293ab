/* SPDX-License-Identifier: MIT */
/* A fuzz target without libFuzzer: replay FILE|FOLDER... gives it each file once. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned replayed;

static void one_file(const char *path)
{
    char *content;
    gsize len;
    if (!g_file_get_contents(path, &content, &len, NULL)) {
        fprintf(stderr, "%s: cannot read\n", path);
        exit(2);
    }
    /* as it is and no longer: g_file_get_contents adds a NUL */
    uint8_t *exact = g_malloc(MAX(len, 1));
    if (len)
        memcpy(exact, content, len);
    g_free(content);
    LLVMFuzzerTestOneInput(exact, len);
    g_free(exact);
    replayed++;
}

static void folder(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    if (!dir) {
        one_file(path);
        return;
    }
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        one_file(inside);
    }
    g_dir_close(dir);
}

int main(int argc, char **argv)
{
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        folder(argv[i]);
    printf("%u inputs\n", replayed);
    return replayed ? 0 : 2; /* a corpus that is not there is no test */
}
