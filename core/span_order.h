/* SPDX-License-Identifier: MIT */
/*
 * Sub-spans in the order of a file. Exporters write a span when it ends; so where a program's file
 * has kept that order, a span that ends before the one in front of it tells that the clock was set
 * back in between. Databases do not keep it, and of those nothing is said.
 */
#ifndef H2T_SPAN_ORDER_H
#define H2T_SPAN_ORDER_H

#include "span_records.h"

/* Does nearly every span of a request end after the one before it? Records are sorted by owner, and
 * those of one owner as they came. */
bool h2t_spans_in_order(const struct h2t_span_store *store);

/* Was the clock set back within [from, to), the records of one owner? For files in order. */
bool h2t_spans_set_back(const struct h2t_span_store *store, guint from, guint to);

#endif
