/* SPDX-License-Identifier: MIT */
/* One DNS message over UDP (RFC 1035 section 4.1). */
#ifndef WIRE_DNS_H
#define WIRE_DNS_H

#include "core/base.h"

struct dns_message {
    uint16_t id, type; /* of the first question */
    uint8_t rcode;
    bool response;
    char name[256]; /* of the first question: lower case, dots, no final dot; bytes that are not
                       printable ASCII as '?' */
};

/* false: not a DNS message with one question. Whether it is a query of the standard kind, or of
 * class IN, is not asked. Past `name` nothing is looked at. */
bool dns_parse(const uint8_t *data, size_t len, struct dns_message *out);

#endif
