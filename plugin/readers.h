/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who reads what we show. Filters, colour rules, columns and, from Wireshark 4.2 on, tshark's "-e"
 * name the fields that they read before each packet; a visible tree is shown as a whole. tshark 4.0
 * makes it visible for "-e", too, and prints only the fields named so: that is in its arguments.
 */
#ifndef HTTPTRACE_READERS_H
#define HTTPTRACE_READERS_H

#include "plugin/compat.h"

/* Looks at the arguments of the program; when all fields are registered. `proto`: ours. */
void readers_init(int proto);

/* Does anybody read this field, or a field of this protocol? */
bool readers_want(proto_tree *tree, int id);

/* Is this the first pass over the packets and the only one that prints: tshark, which prints each
 * packet before it reads the next one? Asked on the first pass; false: it is not known. */
bool readers_print_at_once(const packet_info *pinfo, proto_tree *tree);

#endif
