/* SPDX-License-Identifier: MIT */
/*
 * Connections whose addresses the capture does not have, and that no header ties: behind a
 * translation of addresses, a proxy that passes bytes on, a port mapping. Their requests, as many
 * on both sides, have times that must nest in each other's; TLS tells the name and the protocol. A
 * pair is taken if it is the only one possible for both of its connections.
 */
#ifndef H2T_BIND_TIMING_H
#define H2T_BIND_TIMING_H

#include "model.h"

/* Could these be one, by what TLS says of protocols and names, and the bytes of HTTP's version? A
 * proxy that speaks HTTP itself has two connections with the same headers, often in two versions.
 */
bool h2t_may_be_one(const struct h2t_model *m, uint32_t tconn, uint32_t conn);

/* Binds what is left after h2t_bind's other ways, and fills clocks that are not known. */
void h2t_bind_by_timing(struct h2t_model *m);

#endif
