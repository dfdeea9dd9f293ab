/* SPDX-License-Identifier: MIT */
/* Whom a finding is about, by names that are the same in the next run: not by packet, port or
 * request number. */
#ifndef ANNOTATOR_WHOM_H
#define ANNOTATOR_WHOM_H

#include "core/model.h"

/* Of one request. NULL: not known. */
struct whom {
    char *method;
    char *host; /* with its port, as in the URL */
    char *path; /* without query */
};

/* As the trace has it, else the wire. */
struct whom whom_affected(const struct h2t_model *m, const struct h2t_affected *a);

/* Bytes of a host without its port, which tests choose at random. */
size_t whom_len_without_port(const char *host);

void whom_clear(struct whom *whom);

/* The server of the finding's connection: the name in its ClientHello, else "ip:port". NULL: it is
 * about no connection. The caller frees it. */
char *whom_host(const struct h2t_model *m, const struct h2t_finding *f);

#endif
