/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the observers of the protocols share; only observe*.c include it. */
#ifndef HTTPTRACE_OBSERVE_IMPL_H
#define HTTPTRACE_OBSERVE_IMPL_H

#include "plugin/observe.h"
#include "plugin/sequence.h"

/* What must be remembered of a connection between its packets. */
struct observed {
    struct h2t_tuple tuple;
    struct sequence side[2]; /* by h2t_dir */
    bool opened, settled;    /* settled: its client is known for sure */
    bool tls, finished, decrypted, no_keys;
    uint16_t tls_version, cipher;
    bool blind[2];                    /* bytes were lost: what follows may not be decoded */
    uint32_t pending[2];              /* stream of HEADERS that want CONTINUATION */
    uint32_t pending_len[2];          /* their length so far */
    bool pending_end[2];              /* and their END_STREAM */
    uint32_t n_requests, n_responses; /* HTTP/1.1 */
    bool answering;                   /* the next response's head was told */
};

/* One packet being looked at. */
struct look {
    struct observe *o;
    packet_info *pinfo;
    proto_tree *tree;
    struct observed *c;
    uint32_t conn;
    enum h2t_dir dir;
    struct h2t_mark mark;
    bool decoded; /* the packet completes something above TCP or TLS */
};

static inline struct found look_find(const struct look *l, enum wanted what)
{
    return wanted_find(l->tree, l->o->ids[what]);
}

/* Fills in what all frames of the packet share, unless it is there. */
void look_tell(const struct look *l, struct h2t_frame frame);

/* The packet was sent by the client, whatever was thought before. */
void look_is_client(struct look *l, bool client);

/* There is something plain above TCP or TLS. */
void look_plain(struct look *l);

/* Family 0: neither IPv4 nor IPv6. */
struct h2t_addr observe_addr(const address *a, uint32_t port);

/* A frame or message of this stream ends here; earlier packets may have parts of it. */
void look_at_stream(const struct look *l, const field_info *frame, uint32_t stream);

/* Earlier packets whose last bytes are made whole by this one's. */
void observe_parts(const struct look *l);

void observe_tls(struct look *l, uint32_t payload);
void observe_h2(struct look *l);
void observe_http1(struct look *l);

/* The payload of a TCP segment in which no message ends; `payload` is its place in the buffer of
 * the TCP header. */
void observe_http1_begun(struct look *l, int payload, int len);
void observe_dns(struct observe *o, packet_info *pinfo, proto_tree *tree, struct h2t_mark mark);

#endif
