/* SPDX-License-Identifier: MIT */
/* A capture in several files, for who opens one of them: packets by their numbers there. */
#ifndef H2T_FILES_H
#define H2T_FILES_H

#include "model.h"

/* Index in wire->files; 0 if there is one file. */
uint32_t h2t_file_of(const struct h2t_wire *wire, uint32_t packet);

/* The packet's number in its file. */
uint32_t h2t_packet_in_file(const struct h2t_wire *wire, uint32_t packet);

/* The name of the file that `packet` is in, if `home` is in another, else NULL. A home of 0, no
 * packet, is in none. */
const char *h2t_other_file(const struct h2t_wire *wire, uint32_t home, uint32_t packet);

/* Text with "packet N" in it, as it is to be read in the file of `home`: "packet M" of the same
 * file, or "packet M of NAME". Overwrites `out`. */
void h2t_files_text(const struct h2t_wire *wire, uint32_t home, const char *text, GString *out);

#endif
