/* SPDX-License-Identifier: MIT */
/*
 * pcapng_gen SEED OUT [PACKETS [COMMENTS]]: a random, valid pcapng file.
 *
 * PACKETS is a capture whose packets appear in it, in order and with their times, among everything
 * else; "" for none. COMMENTS is a text file with comments of ours, one a line, to sprinkle in.
 */
#include "tests/random/pcapng_gen.h"

#include <stdio.h>
#include <stdlib.h>

#define N_BLOCKS 200

static void die(GError *error)
{
    fprintf(stderr, "pcapng_gen: %s\n", error->message);
    exit(1);
}

static char **load_lines(const char *path)
{
    GError *error = NULL;
    char *text;
    if (!g_file_get_contents(path, &text, NULL, &error))
        die(error);
    char **lines = g_strsplit(g_strchomp(text), "\n", -1);
    g_free(text);
    return lines;
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    struct pcapng_gen_plan plan = {.n_blocks = N_BLOCKS};
    if (argc < 3 || argc > 5) {
        fprintf(stderr, "usage: pcapng_gen SEED OUT [PACKETS [COMMENTS]]\n");
        return 2;
    }
    plan.seed = (uint32_t)strtoul(argv[1], NULL, 10);
    GArray *packets = NULL;
    char **lines = NULL;
    if (argc > 3 && *argv[3]) {
        packets = pcapng_gen_load_packets(argv[3], &error);
        if (!packets)
            die(error);
        plan.packets = (const struct pcapng_gen_packet *)packets->data;
        plan.n_packets = packets->len;
    }
    if (argc > 4)
        plan.ours = (const char *const *)(lines = load_lines(argv[4]));
    GByteArray *file = pcapng_gen(&plan);
    if (!g_file_set_contents(argv[2], (const char *)file->data, (gssize)file->len, &error))
        die(error);
    g_byte_array_free(file, TRUE);
    g_strfreev(lines);
    g_clear_pointer(&packets, g_array_unref);
    return 0;
}
