/* SPDX-License-Identifier: MIT */
/*
 * The header fields of one request, as net/http logs them while it encodes them: a line for each,
 * :authority first, then the HEADERS that carry them (http2debug=2). The lines do not say of which
 * connection they are. What two connections log at once cannot be told apart: such a block has no
 * identity.
 */
#ifndef H2T_LOGGED_BLOCK_H
#define H2T_LOGGED_BLOCK_H

#include "event.h"

#define H2T_BLOCK_LINES                                                                            \
    256u /* a block that waits for its HEADERS for more lines never gets them                      \
          */

struct h2t_block {
    unsigned n_open; /* blocks that were begun and have had no HEADERS */
    bool tangled;    /* several were open at once */
    unsigned seen;   /* fields, by bit */
    bool twice;      /* one of them came again */
    int64_t ns;      /* of its first line */
    uint64_t line;   /* its number among the program's lines */
    const char *method, *scheme, *authority, *path, *traceparent;
    uint64_t path_hash, request_id;
};

/* `text` is "":path" = "/a"" of a line. True: a new block begins with it; what `block` had is then
 * in *before, and there was one if its n_open is not 0. */
bool h2t_block_field(struct h2t_block *block, struct h2t_strings *strings, struct h2t_text text,
                     int64_t ns, uint64_t line, struct h2t_block *before);

/* The HEADERS are written: ends the block. False: it is not to be known which block that is. */
bool h2t_block_end(struct h2t_block *block, struct h2t_block *out);

/* Nothing is missing and nothing foreign can be in it, though no HEADERS tell its end: net/http
 * writes user-agent last. */
bool h2t_block_is_whole(const struct h2t_block *block);

/* The request as far as it is known: method, url, traceparent, path and request_id. */
void h2t_block_fill(const struct h2t_block *block, struct h2t_strings *strings,
                    struct h2t_logged_request *request);

#endif
