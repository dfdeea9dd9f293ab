/* SPDX-License-Identifier: MIT */
/* What may be kept of a URL, and its path. RFC 3986. */
#ifndef H2T_URL_H
#define H2T_URL_H

#include "event.h"

/* The URL without user information, query and fragment, kept in `strings`. */
const char *h2t_url_keep(struct h2t_strings *strings, struct h2t_text url);

/* The text of an error, of which each URL in it (net/url's Error begins with one, quoted) loses
 * query and fragment; at most H2T_MAX_STRING bytes, kept in `strings`. NULL stays NULL. */
const char *h2t_url_keep_error(struct h2t_strings *strings, struct h2t_text error);

/* The URL's authority and its path, which begins with "/" or is empty; both inside `url`. false: no
 * URL, or one without authority. */
bool h2t_url_split(const char *url, struct h2t_text *authority, struct h2t_text *path);

/* h2t_hash of the path of a URL without query; of "/" where it is empty; 0 where there is no
 * telling (no URL, or one without authority). */
uint64_t h2t_url_path_hash(const char *url);

/* h2t_hash of a request target, query cut off. */
uint64_t h2t_path_hash(struct h2t_text path);

#endif
