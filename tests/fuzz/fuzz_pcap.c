/* SPDX-License-Identifier: MIT */
/*
 * A capture of any kind through capture_open: classic pcap by libpcap, compressed files by
 * libarchive. Two walks give the same bytes, and what a classic pcap becomes is a whole pcapng.
 */
#include "annotator/capture/capture.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define MAX_OUT (64u << 20) /* a compressed bomb is walked no further */

static GByteArray *walk(struct capture *capture, bool *whole)
{
    GByteArray *out = g_byte_array_new();
    struct block block;
    GError *error = NULL;
    *whole = true;
    while (out->len < MAX_OUT && capture_next(capture, &block, &error)) {
        g_byte_array_append(out, block.data, (guint)block.len);
        *whole &= !block.damaged;
        if (block.is_packet)
            fuzz_touch(block.bytes, block.caplen);
    }
    g_clear_error(&error);
    return out;
}

static void look(struct capture *capture)
{
    GError *error = NULL;
    bool whole, again;
    GByteArray *first = walk(capture, &whole);
    if (capture_damage(capture))
        fuzz_assert_line(capture_damage(capture));
    if (capture_converted(capture))
        g_assert_true(whole);
    g_assert_true(capture_rewind(capture, &error));
    GByteArray *second = walk(capture, &again);
    g_assert_cmpuint(first->len, ==, second->len);
    g_assert_true(!first->len || !memcmp(first->data, second->data, first->len));
    g_byte_array_unref(first);
    g_byte_array_unref(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    GError *error = NULL;
    int fd = fuzz_file((struct bytes){data, size}, path, sizeof path);
    struct capture *capture = capture_open(path, &error);
    if (capture)
        look(capture);
    else
        fuzz_assert_line(error->message);
    g_clear_error(&error);
    capture_close(&capture);
    fuzz_file_close(fd);
    return 0;
}
