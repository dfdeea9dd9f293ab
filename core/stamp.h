/* SPDX-License-Identifier: MIT */
/* Times as sidecars write them, to nanoseconds since the Unix epoch. false: not a time, or one
 * outside of 1970 to 2261. */
#ifndef H2T_STAMP_H
#define H2T_STAMP_H

#include "model.h"

/* RFC 3339 section 5.6 with any number of fraction digits; those past the ninth are dropped. The
 * colon in the zone may be missing. */
bool h2t_stamp_text(const char *text, size_t len, int64_t *ns);

/* The same, faster for one that ends in Z and is within the second of the one before. */
struct h2t_second {
    char text[20]; /* "2026-11-25T14:35:18." */
    int64_t ns;
};
bool h2t_stamp_next(struct h2t_second *second, const char *text, size_t len, int64_t *ns);

/* Seconds, milli-, micro- or nanoseconds: the magnitude tells (1e11, 1e14, 1e17 are the borders:
 * seconds up to the year 5138, each of the others from 1973 on). Integers are taken exactly. */
bool h2t_stamp_integer(int64_t number, int64_t *ns);
bool h2t_stamp_double(double number, int64_t *ns);

/* A duration as Go prints it: "1h2m3.5s", "20.338844ms". Not negative. */
bool h2t_stamp_duration(const char *text, size_t len, int64_t *ns);

/* The same with a sign before it, or none: "-3h", "+12.5ms". */
bool h2t_stamp_offset(const char *text, int64_t *ns);

#endif
