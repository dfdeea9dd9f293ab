/* SPDX-License-Identifier: MIT */
/*
 * Packets in, frames out to the facts: the only place that knows in which order the layers are
 * stacked (packet, TCP, TLS, HTTP/2 or HTTP/1.1; DNS over UDP).
 */
#ifndef WIRE_PIPE_H
#define WIRE_PIPE_H

#include "annotator/wire/keylog.h"
#include "annotator/wire/tcp.h"
#include "core/facts.h"

struct pipe;

/* Both must outlive the pipe. Key log lines may be added while packets go through. */
struct pipe *pipe_new(struct keylog *keylog, struct h2t_facts *facts);

/* Closes every connection, so that the facts are complete, then frees. */
void pipe_free(struct pipe **pipe);

/* The next packet of the capture. Not `selected`: it only takes part in the numbering of
 * connections. */
struct wire_packet {
    uint16_t link_type;
    const uint8_t *bytes;
    uint32_t caplen, wirelen;
    struct h2t_mark mark;
    bool selected;
};
void pipe_input(struct pipe *pipe, const struct wire_packet *packet);

struct pipe_stats {
    uint64_t tcp, udp, other, unknown_link;
    struct tcp_stats segments;
};
struct pipe_stats pipe_stats(const struct pipe *pipe);

#endif
