/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share: cutting their input up.
 *
 * Each target is one file, fuzz_NAME.c, with libFuzzer's function. Built with clang and H2T_FUZZ it
 * runs under libFuzzer, else replay.c gives it files. An assertion that fails is a find, as is what
 * the sanitizers say.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "core/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes of somebody else's. */
struct bytes {
    const uint8_t *data;
    size_t len;
};

/* What stands before the next `mark`, which is taken off as well; all, if there is none. A mark
 * keeps its place when bytes are inserted, as a length at the front would not. */
struct bytes fuzz_part(struct bytes *rest, const char *mark);
#define FUZZ_PART "\n====\n"
#define FUZZ_FILE "\n----\n" /* between files of one kind */

/* A piece of traffic: a control byte, two bytes of length, the bytes. */
struct piece {
    uint8_t control;
    uint8_t *data; /* a copy, so that ASan sees a byte too many; pieces_fini frees it */
    size_t len;
};
struct pieces {
    struct bytes rest;
    struct piece now;
};
bool pieces_next(struct pieces *pieces);
void pieces_fini(struct pieces *pieces);

enum {
    PIECE_SERVER = 0x01, /* else the client's */
    PIECE_GAP = 0x02,    /* bytes are missing before it */
    PIECE_FIN = 0x04,    /* nothing comes after it */
};

static inline enum h2t_dir piece_dir(const struct piece *piece)
{
    return piece->control & PIECE_SERVER ? H2T_SERVER : H2T_CLIENT;
}

/* Reads every byte, so that ASan sees those that are not there. */
void fuzz_touch(const void *data, size_t len);

/* `text` is one line of printable characters. */
void fuzz_assert_line(const char *text);

/* A file in memory; its path, of `size` >= 32 bytes. fuzz_file_close when done. */
int fuzz_file(struct bytes content, char *path, size_t size);
void fuzz_file_close(int fd);

/* One frame as a line of text, without its packet: to compare two runs. */
void fuzz_log_frame(GString *log, const struct h2t_frame *frame);

#endif
