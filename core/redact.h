/* SPDX-License-Identifier: MIT */
/*
 * Hides who was asked for what: hosts, addresses and paths become tokens, by HMAC-SHA-256 of a key
 * that who reads the tokens does not have, so that a list of likely names does not help. The same
 * text has the same token, as long as the key is the same.
 *
 *     https://shop.example:8443/cart/7    https://h-5d0c1b7f9a31:8443/p-02c6f0aa91be
 *     10.0.0.7:443                        [2001:db8::5d0c:1b7f:9a31]:443
 *
 * "/" and "*" stay. In texts (errors, evidence) a word is hidden if it is a host that the model
 * knows, or has a point, a slash or whatever else plain words and numbers do not have; what is
 * plain stays: it may be anything.
 */
#ifndef H2T_REDACT_H
#define H2T_REDACT_H

#include "model.h"

/* All strings and addresses of the model that are ever shown, but for identifiers of requests
 * (req, traceparent), methods, ALPN and names of files. For when all is joined and diagnosed. */
void h2t_redact(struct h2t_model *m, const uint8_t *key, size_t len);

#endif
