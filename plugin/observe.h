/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what Wireshark dissected to frames for the core, packet by packet, on the first pass. A
 * frame belongs to the packet that completes it; of HTTP/1.1, whose head Wireshark shows with the
 * end of the body, to the one that brought the head's last byte.
 */
#ifndef HTTPTRACE_OBSERVE_H
#define HTTPTRACE_OBSERVE_H

#include "plugin/session.h"
#include "plugin/wanted.h"

struct observe {
    int ids[N_WANTED];
    struct session *session;
    GArray *conns; /* struct observed, by tcp.stream */
    bool want_parts;
};

void observe_init(struct observe *o, struct session *session);
void observe_fini(struct observe *o);
void observe_packet(struct observe *o, packet_info *pinfo, proto_tree *tree);

/* The end of the capture: what waited for missing bytes is told. More may come all the same. */
void observe_flush(struct observe *o);

#endif
