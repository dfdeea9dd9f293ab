/* SPDX-License-Identifier: MIT */
/* Tokens for hosts, addresses, paths, and for the words of a text that may be some: see redact.h.
 */
#ifndef H2T_REDACT_WORDS_H
#define H2T_REDACT_WORDS_H

#include "addr.h"
#include "strings.h"

struct h2t_redactor;

/* `strings` is where tokens are kept. */
struct h2t_redactor *h2t_redactor_new(struct h2t_strings *strings, const uint8_t *key, size_t len);
void h2t_redactor_free(struct h2t_redactor **redactor);

/* A host that is to be hidden in texts. NULL is none. */
void h2t_redactor_learn(struct h2t_redactor *redactor, const char *host);

/* NULL stays NULL. A host may have a port, which stays. */
const char *h2t_redact_host(struct h2t_redactor *redactor, const char *host);
const char *h2t_redact_path(struct h2t_redactor *redactor, const char *path);
const char *h2t_redact_url(struct h2t_redactor *redactor, const char *url);
const char *h2t_redact_text(struct h2t_redactor *redactor, const char *text);

/* An address of 2001:db8::/32, which nobody has (RFC 3849). Of family 0: nothing changes. */
void h2t_redact_addr(struct h2t_redactor *redactor, struct h2t_addr *addr);

#endif
