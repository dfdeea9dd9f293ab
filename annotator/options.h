/* SPDX-License-Identifier: MIT */
/* The command line as a struct. */
#ifndef ANNOTATOR_OPTIONS_H
#define ANNOTATOR_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Capture clock minus trace clock, as the user says it. */
struct offset {
    int64_t ns;
    bool set;
};

struct options {
    char *capture;        /* "-": standard input */
    GPtrArray *more;      /* char *: the other files of the same capture, with out_dir */
    char **sidecars;      /* NULL-terminated */
    GPtrArray *keylogs;   /* char * */
    GPtrArray *fail_on;   /* char *, each a list; see gate.h */
    GPtrArray *allow;     /* the same */
    char *output;         /* "-": standard output */
    char *out_dir;        /* or NULL: instead of output */
    char *report;         /* or NULL */
    char *junit;          /* or NULL */
    char *baseline;       /* or NULL */
    char *explain;        /* or NULL: a rule, nothing else is to be done */
    char *filter;         /* or NULL */
    char *redact_key;     /* or NULL: a file */
    GPtrArray *map_addrs; /* char *, as h2t_map_parse reads it */
    struct offset offset;
    int jobs;
    bool quiet, verbose, strict, embed_keys, redact, sync, remove, ignore_headers, expect_h2;
    bool help, version;
};

/* Reads argv, and the first bytes of the files, which tell captures from sidecars (if they tell of
 * no capture, the first argument is it); options may stand anywhere, "--" ends them. false with a
 * message (H2T_ERROR_USAGE) when it makes no sense. With --help, --version or --explain nothing
 * else is checked. */
bool options_parse(struct options *options, int argc, char **argv, GError **error);
void options_fini(struct options *options);

/* The text of --help; the caller frees it. */
char *options_help(void);

#endif
