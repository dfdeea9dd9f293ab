/* SPDX-License-Identifier: MIT */
/* Small pcapng files for tests of the capture reader, opened and walked. */
#ifndef TESTS_WALK_H
#define TESTS_WALK_H

#include "annotator/capture/capture.h"
#include "tests/unit/pcapng_build.h"
#include "tests/unit/scratch.h"

#define STAMP 1700000000123456u /* microseconds */

static inline struct capture *open_bytes(const GByteArray *bytes)
{
    GError *error = NULL;
    char *path = scratch_write("in.pcapng", bytes->data, bytes->len);
    struct capture *capture = capture_open(path, &error);
    g_assert_no_error(error);
    g_free(path);
    return capture;
}

static inline void put_packet(GByteArray *out, bool big, uint32_t type, uint32_t interface,
                              const char *bytes)
{
    uint32_t len = (uint32_t)strlen(bytes);
    build_packet(out, big,
                 &(struct build_packet){.type = type,
                                        .interface = interface,
                                        .stamp = STAMP,
                                        .bytes = bytes,
                                        .caplen = len,
                                        .wirelen = len + 1});
}

static inline GByteArray *start_file(bool big)
{
    GByteArray *out = g_byte_array_new();
    build_shb(out, big, -1, NULL);
    build_idb(out, big, 1, 0, NULL);
    return out;
}

static inline bool next(struct capture *capture, struct block *block)
{
    GError *error = NULL;
    bool more = capture_next(capture, block, &error);
    g_assert_no_error(error);
    return more;
}

/* Walks to the end: all bytes must come by, in order. The last packet number. */
static inline uint32_t walk_all(struct capture *capture, const GByteArray *bytes)
{
    struct block block;
    size_t at = 0;
    uint32_t packet = 0;
    while (next(capture, &block)) {
        assert_bytes(block.data, block.len, bytes->data + at, MIN(block.len, bytes->len - at));
        at += block.len;
        if (block.packet)
            g_assert_cmpuint(block.packet, ==, ++packet);
    }
    g_assert_cmpuint(at, ==, bytes->len);
    return packet;
}

static inline void expect_packet(const struct block *block, uint32_t number, const char *bytes)
{
    g_assert_true(block->is_packet);
    g_assert_cmpuint(block->packet, ==, number);
    assert_bytes(block->bytes, block->caplen, bytes, strlen(bytes));
    g_assert_cmpuint(block->wirelen, ==, strlen(bytes) + 1);
    g_assert_true(block->selected);
}

#endif
