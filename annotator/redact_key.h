/* SPDX-License-Identifier: MIT */
/* The key of --redact. */
#ifndef ANNOTATOR_REDACT_KEY_H
#define ANNOTATOR_REDACT_KEY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define REDACT_KEY_MIN 16u
#define REDACT_KEY_MAX 4096u

struct redact_key {
    uint8_t bytes[REDACT_KEY_MAX];
    size_t len;
};

/* The file's bytes, REDACT_KEY_MIN to REDACT_KEY_MAX of them; without a `path`, random ones. */
bool redact_key_load(struct redact_key *key, const char *path, GError **error);
/* Wipes it. */
void redact_key_fini(struct redact_key *key);

#endif
