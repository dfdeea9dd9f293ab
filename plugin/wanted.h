/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of other dissectors that we read. They are there on the first pass over the packets
 * only, and only while we have asked for them, which makes Wireshark build a tree.
 */
#ifndef HTTPTRACE_WANTED_H
#define HTTPTRACE_WANTED_H

#include "plugin/compat.h"

enum wanted {
    WANT_TCP_STREAM, /* begins where the TCP header does */
    WANT_TCP_LEN,
    WANT_TCP_SEGMENT,
    WANT_ICMP,
    WANT_ICMPV6,
    WANT_TLS_SEGMENT,
    WANT_TLS_HANDSHAKE,
    WANT_TLS_TYPE,
    WANT_TLS_SNI,
    WANT_TLS_ALPN,
    WANT_TLS_VERSION,
    WANT_TLS_SUPPORTED,
    WANT_TLS_ALERT,
    WANT_H2_FRAME,
    WANT_H2_BLOCK, /* begins where the decoded header fields do, in a buffer of their own */
    WANT_HTTP1,
    WANT_DNS_ID, /* the first field of the message */
    WANT_DNS_NAME,
    WANT_DNS_TYPE,
    N_WANTED
};

/* Looks the fields up; when all dissectors are registered. */
void wanted_init(int ids[N_WANTED]);

/* The list for set_postdissector_wanted_hfids, which takes it over. */
GArray *wanted_list(const int ids[N_WANTED]);

/* What a packet has of a field, in the order of dissection. */
struct found {
    field_info *const *fi;
    unsigned n;
};
struct found wanted_find(proto_tree *tree, int id);

/* The first one's number; false if there is none. */
bool wanted_uint(proto_tree *tree, int id, uint32_t *value);
uint32_t found_uint(const field_info *fi);

/* A string field's value; lives as long as the packet. */
const char *found_text(const field_info *fi);

/* The field's own bytes, at most `max`, in a string that lives as long as `scope`. */
const char *found_bytes(wmem_allocator_t *scope, const field_info *fi, int max);

/* `n` bytes at `at` behind the field's beginning are there. */
bool found_has(const field_info *fi, int at, int n);

/* Does `inner` begin inside of `outer`? */
bool found_within(const field_info *inner, const field_info *outer);

#endif
