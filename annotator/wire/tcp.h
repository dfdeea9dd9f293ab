/* SPDX-License-Identifier: MIT */
/*
 * TCP segments to connections, each with two ordered byte streams (RFC 9293 section 3.4). No I/O.
 *
 * Connections are numbered as Wireshark 4.4 numbers tcp.stream (the rule is in tcp_table.h).
 * Retransmitted bytes are delivered once; where copies disagree the first wins. Bytes that never
 * come are a gap: reported once the peer has acknowledged past them or the budget of held bytes is
 * spent, then delivery goes on behind it (tcp_flow.h).
 *
 * At most H2T_MAX_OPEN_CONNS connections have decoder state at one time. Of those that ended (FIN
 * both ways, or RST) the last 1024 keep it, for late packets. A new connection past the limit
 * retires an ended one, else the one that was silent longest.
 */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "annotator/wire/packet.h"

/* For one packet, in this order: `close` of the connection whose 4-tuple is used again and of those
 * retired, `open`, `packet`, then `control` for SYN, what the packet's ACK gives up (`gap`,
 * `data`), and what its own bytes make available, `control` for FIN last. RST comes at once, after
 * what was held of its sender. A segment may also make others' held bytes be given up. */
struct tcp_callbacks {
    /* A connection has its first packet that is not `number_only`. `conn` is its tcp.stream; most
     * often the next one, but others may be left out or come late. Its decoder state pointer is
     * returned here (NULL is fine) and handed to the other callbacks. The client is who sent the
     * SYN. When no SYN or SYN_ACK is told before the first bytes, the client was told by port (the
     * higher one, else the first sender) and may be wrong: bytes can show it to the caller, who
     * then turns `dir` round. */
    void *(*open)(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark);
    /* SYN, SYN_ACK, FIN, RST as frames (kind, dir, conn, mark), once a side: not for
     * retransmissions or for a second copy of the packet from another interface. FIN comes after
     * the bytes before it were delivered; its mark is its own packet, which may be an earlier one
     * than theirs. */
    void (*control)(void *user, void *state, const struct h2t_frame *frame);
    /* Next bytes of a direction. `mark`: the packet that made them available. */
    void (*data)(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                 struct h2t_mark mark);
    /* `len` bytes of a direction are missing (0: unknown, the capture began in mid-connection). */
    void (*gap)(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark);
    /* No more of this connection but `packet`: closed and its 4-tuple used again, retired under a
     * limit (`overflow`, if it had not ended), or the end of capture. What is still held is
     * delivered before. */
    void (*close)(void *user, void *state, bool overflow);
    /* Every packet of the connection that is not `number_only`, before anything else is told of it
     * but `open`. Also for packets after `close`, and for copies. */
    void (*packet)(void *user, uint32_t conn, const struct segment *segment);
};

struct tcp;
struct tcp *tcp_new(const struct tcp_callbacks *callbacks, void *user);
/* Closes what is open (with the callbacks), then frees. */
void tcp_free(struct tcp **tcp);

/* One segment. Copies what must wait. Returns its connection number, H2T_NONE past H2T_MAX_CONNS
 * (then no callback is made). With `number_only` (filtered out by -f) it only takes part in the
 * numbering, and so do those quoted in ICMP and malformed ones. */
uint32_t tcp_input(struct tcp *tcp, const struct segment *segment, bool number_only);

struct tcp_stats {
    uint64_t segments;      /* all, and number_only too */
    uint64_t duplicates;    /* the same packet within 1 ms, as `tcpdump -i any` sees it; pure ACKs
                               and RSTs are never counted: those alike answer several segments */
    uint64_t retransmitted; /* segments with bytes that were seen before; keep-alives are not */
    uint64_t conflicts;     /* of these, bytes differed from what was held */
    uint64_t gaps, gap_bytes;
    uint64_t overflows; /* times that H2T_MAX_OPEN_CONNS or a budget of held bytes cut something */
};
const struct tcp_stats *tcp_stats(const struct tcp *tcp);

#endif
