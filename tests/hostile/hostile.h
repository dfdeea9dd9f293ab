/* SPDX-License-Identifier: MIT */
/* Inputs that want more than they should get, of any size: each function writes one to standard
 * output, with `n` of what makes it hostile. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <glib.h>
#include <stdint.h>

typedef void (*hostile_fn)(uint64_t n);

struct hostile_kind {
    const char *name;
    hostile_fn write;
    const char *n_is;
};

/* Each table ends with a NULL name. */
extern const struct hostile_kind hostile_blocks[];   /* pcapng */
extern const struct hostile_kind hostile_tcp[];      /* packets and TCP */
extern const struct hostile_kind hostile_tls[];      /* TLS and key logs */
extern const struct hostile_kind hostile_http[];     /* HTTP/1.1 and HTTP/2 */
extern const struct hostile_kind hostile_sidecars[]; /* traces and logs */

#endif
