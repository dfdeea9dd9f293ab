/* SPDX-License-Identifier: MIT */
#include "core/grpc.h"

static const char *const names[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

uint16_t h2t_grpc_read(struct h2t_text value)
{
    unsigned status = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!g_ascii_isdigit(value.at[i]))
            return 0;
        status = status * 10 + (unsigned)(value.at[i] - '0');
        if (status > UINT8_MAX)
            return 0;
    }
    return value.len ? (uint16_t)(status + 1) : 0;
}

const char *h2t_grpc_name(uint32_t status)
{
    return status < G_N_ELEMENTS(names) ? names[status] : NULL;
}
