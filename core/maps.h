/* SPDX-License-Identifier: MIT */
/*
 * Which address of the trace is which of the capture, where something between the two translates
 * addresses: what the user says, and what connections teach that were found by other means.
 */
#ifndef H2T_MAPS_H
#define H2T_MAPS_H

#include "model.h"

/* "A=B": addresses of the trace and of the capture, each with or without a port, IPv6 with a port
 * in brackets. With a port on one side only, the other one's is any, or stays. false: it is not
 * that. */
bool h2t_map_parse(const char *text, struct h2t_addr_map *out);

/* The user says so. false if the text is not such. */
bool h2t_maps_state(struct h2t_trace *trace, const char *text);

/* Whatever the user said is forgotten; then `texts`, separated by semicolons, is said. The first
 * that is not such, or NULL; the caller frees it. */
char *h2t_maps_restate(struct h2t_trace *trace, const char *texts);

/* The address as the capture should have it; the same if nothing is known of it. */
struct h2t_addr h2t_map_apply(const struct h2t_trace *trace, const struct h2t_addr *addr,
                              bool server);

/* Forgets what was learned, and counts anew. */
void h2t_maps_forget(struct h2t_trace *trace);

/* Learns from the connections that are bound, and counts for each map those that have it. */
void h2t_maps_learn(struct h2t_model *m);

#endif
