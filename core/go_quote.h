/* SPDX-License-Identifier: MIT */
/* Strings as Go quotes them, strconv.Quote: "\x8e\n\u00e9\"". */
#ifndef H2T_GO_QUOTE_H
#define H2T_GO_QUOTE_H

#include <glib.h>
#include <stdbool.h>

/* `text` begins with the opening quote; overwrites `out` with the bytes up to the closing one. What
 * stands behind that does not matter. false: no such string. */
bool h2t_go_unquote(const char *text, size_t len, GString *out);

#endif
