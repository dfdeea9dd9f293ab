/* SPDX-License-Identifier: MIT */
/* Addresses and 4-tuples: compare, hash, read, write. */
#ifndef H2T_ADDR_H
#define H2T_ADDR_H

#include "model.h"

/* Order of addresses: family, ip, port. Returns <0, 0, >0. */
int h2t_addr_cmp(const struct h2t_addr *a, const struct h2t_addr *b);

bool h2t_tuple_equal(const struct h2t_tuple *a, const struct h2t_tuple *b);
guint h2t_tuple_hash(const struct h2t_tuple *t);

/* From "1.2.3.4:80", "[::1]:80", "[fe80::1%eth0]:80" (zone dropped), "[::ffff:1.2.3.4]:80" (becomes
 * IPv4), Go's net.Addr.String(). false, and family 0, for anything else. */
bool h2t_addr_parse(const char *text, struct h2t_addr *out);

/* The same with or without a port; IPv6 without one also without brackets. Port 0: none. */
bool h2t_addr_parse_loose(const char *text, struct h2t_addr *out);

/* From raw bytes, network order; `family` 4 or 6. An IPv4-mapped address becomes IPv4. */
struct h2t_addr h2t_addr_make(uint8_t family, const uint8_t *ip, uint16_t port);

#define H2T_ADDR_LEN 56 /* "[ipv6]:port" and its NUL */
/* Writes "ip:port", IPv6 in brackets; just "ip" without a port; "?" for family 0. Returns buf. */
const char *h2t_addr_text(const struct h2t_addr *a, char buf[H2T_ADDR_LEN]);

#endif
