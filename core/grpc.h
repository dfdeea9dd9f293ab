/* SPDX-License-Identifier: MIT */
/* The status of a gRPC call, which its trailers carry: grpc-status (gRPC over HTTP2, "Responses").
 */
#ifndef H2T_GRPC_H
#define H2T_GRPC_H

#include "event.h"

/* From the value of grpc-status, 0 to 255: the status plus 1. 0: it is no status. */
uint16_t h2t_grpc_read(struct h2t_text value);

/* As in google.golang.org/grpc/codes; NULL: the number has no name. */
const char *h2t_grpc_name(uint32_t status);

#endif
