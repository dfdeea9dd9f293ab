/* SPDX-License-Identifier: MIT */
/*
 * Which dial made which connection, and which DNS question belongs to which lookup.
 *
 * Dial hooks do not name the connection. With the recorder's DialContext the local address does;
 * without it, a dial is joined only if exactly one SYN to its remote address lies between
 * ConnectStart and ConnectDone, and no other dial could have sent it. Where no connection tells how
 * far the clocks are apart, the dials do (dial_clock.h).
 */
#ifndef H2T_JOIN_DIALS_H
#define H2T_JOIN_DIALS_H

#include "model.h"

void h2t_join_dials(struct h2t_model *m);   /* fills dial->conn, ->match, conn->dial */
void h2t_join_lookups(struct h2t_model *m); /* fills query->lookup */

#endif
