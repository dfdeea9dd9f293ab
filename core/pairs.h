/* SPDX-License-Identifier: MIT */
/*
 * A line of text with key=value in it, as an object's members: logfmt (slog's text handler,
 * logrus), klog's InfoS, and what people print with package log:
 *
 *     time=2026-11-23T15:46:12.227Z level=INFO msg=GotConn req=r1 local=127.0.0.1:40000
 *     I1125 12:00:00.000000       1 main.go:10] "GotConn" req="r1" local="127.0.0.1:40000"
 *     2026/11/23 15:44:00.123456 main.go:10: GotConn: req=r1, local=127.0.0.1:40000
 *
 * What stands before the first pair, and is neither time nor place, is a member "msg".
 */
#ifndef H2T_PAIRS_H
#define H2T_PAIRS_H

#include "json.h"
#include "line_stamp.h"

struct h2t_pairs {
    GString *unquoted;
    GStringChunk *values; /* those that were quoted, with escapes in them */
};

void h2t_pairs_init(struct h2t_pairs *pairs);
void h2t_pairs_fini(struct h2t_pairs *pairs);

/* Visits the line as h2t_json_walk would visit the object; all values are strings. Their texts live
 * as long as the line, until the next walk. *stamp is the time before them. */
void h2t_pairs_walk(struct h2t_pairs *pairs, const char *text, size_t len, h2t_json_fn fn,
                    void *user, struct h2t_line_stamp *stamp);

#endif
