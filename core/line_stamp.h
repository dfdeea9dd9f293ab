/* SPDX-License-Identifier: MIT */
/*
 * The time that stands before the message of a line of text:
 *
 *     2026/11/23 15:44:00[.123456]        package log: local time, of which the zone is not told
 *     I1123 15:44:00.123456  17 f.go:9]   klog: the same, without the year
 *     time=2026-11-23T15:44:00.123Z …     slog's text, and lines with a level behind the time
 *     2026-11-23T15:44:00.123456789Z      else a collector's, which tells the zone of the others
 */
#ifndef H2T_LINE_STAMP_H
#define H2T_LINE_STAMP_H

#include "event.h"

struct h2t_line_stamp {
    int64_t ns;        /* the line's own, H2T_NEVER: none */
    int64_t collected; /* when somebody had read it, H2T_NEVER: not told */
    bool zoneless;     /* `ns` is local time, as if it were UTC */
    bool yearless;     /* and in any year */
    size_t from;       /* where the first of the stamps begins; `len`: there is none */
    size_t to;         /* where the last one is over; `len` as above */
};

/* `text` is what stands before the message. */
struct h2t_line_stamp h2t_line_stamp(const char *text, size_t len);

#endif
