/* SPDX-License-Identifier: MIT */
/*
 * TCP segments to connections, each with two ordered byte streams (RFC 9293 section 3.4). No I/O.
 *
 * Connections are numbered as Wireshark 4.4 numbers tcp.stream. Retransmitted bytes are delivered
 * once; where copies disagree the first wins. Bytes that never come are a gap: reported once the
 * peer has acknowledged past them or the budget of held bytes is spent, then delivery goes on
 * behind it.
 */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "annotator/wire/packet.h"

struct tcp_callbacks {
    /* A new connection. The number returned by tcp_input is the next one; its decoder state pointer
     * is returned here (NULL is fine) and handed to the other callbacks. `client_known` false: no
     * SYN was seen, the client was told by port and may be wrong until bytes are seen. */
    void *(*open)(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark);
    /* SYN, SYN_ACK, FIN, RST as frames (kind, dir, conn, mark), in packet order, once each: not for
     * retransmissions or for a second copy of the packet from another interface. FIN comes after
     * the bytes before it were delivered. */
    void (*control)(void *user, void *state, const struct h2t_frame *frame);
    /* Next bytes of a direction. `mark`: the packet that made them available. */
    void (*data)(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                 struct h2t_mark mark);
    /* `len` bytes of a direction are missing (0: unknown, the capture began in mid-connection). */
    void (*gap)(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark);
    /* No more of this connection: closed and its 4-tuple used again, retired under a limit
     * (`overflow`), or the end of capture. */
    void (*close)(void *user, void *state, bool overflow);
    /* Every packet of the connection, before anything else is told of it. */
    void (*packet)(void *user, uint32_t conn, struct h2t_mark mark);
};

struct tcp;
struct tcp *tcp_new(const struct tcp_callbacks *callbacks, void *user);
/* Closes what is open (with the callbacks), then frees. */
void tcp_free(struct tcp **tcp);

/* One segment. Copies what must wait. Returns its connection number, H2T_NONE past H2T_MAX_CONNS.
 * With `number_only` (filtered out by -f, or quoted in ICMP) it only takes part in the numbering.
 */
uint32_t tcp_input(struct tcp *tcp, const struct segment *segment, bool number_only);

struct tcp_stats {
    uint64_t segments, duplicates, retransmitted, gaps, gap_bytes, overflows;
};
const struct tcp_stats *tcp_stats(const struct tcp *tcp);

#endif
