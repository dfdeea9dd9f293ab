/* SPDX-License-Identifier: MIT */
#include "annotator/wire/pipe.h"

#include "annotator/wire/dns.h"
#include "annotator/wire/flow.h"
#include "annotator/wire/packet.h"

#define DNS_PORT 53

struct pipe {
    struct keylog *keylog;
    struct h2t_facts *facts;
    struct packet_parser *parser;
    struct tcp *tcp;
    struct flow_budget budget;
    struct pipe_stats stats;
};

static void *on_open(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark)
{
    struct pipe *pipe = user;
    h2t_facts_open(pipe->facts, conn, tuple, mark);
    return flow_new(conn, pipe->keylog, pipe->facts, &pipe->budget);
}

static void on_packet(void *user, uint32_t conn, const struct segment *s)
{
    struct pipe *pipe = user;
    struct h2t_segment told = {.src = s->src,
                               .seq = s->seq,
                               .ack = s->ack,
                               .len = s->wire_len,
                               .has_ack = s->flags & TCP_ACK,
                               .rst = s->flags & TCP_RST,
                               .mark = s->mark};
    h2t_facts_packet(pipe->facts, conn, s->mark);
    h2t_facts_segment(pipe->facts, conn, &told);
}

static void on_control(void *user, void *state, const struct h2t_frame *frame)
{
    (void)user;
    flow_control(state, frame);
}

static void on_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    (void)user;
    flow_data(state, dir, data, len, mark);
}

static void on_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    (void)user;
    flow_gap(state, dir, len, mark);
}

static void on_close(void *user, void *state, bool overflow)
{
    struct pipe *pipe = user;
    struct flow *flow = state;
    if (overflow)
        h2t_facts_overflow(pipe->facts, flow_conn(flow));
    flow_free(&flow);
}

struct pipe *pipe_new(struct keylog *keylog, struct h2t_facts *facts)
{
    static const struct tcp_callbacks callbacks = {.open = on_open,
                                                   .control = on_control,
                                                   .data = on_data,
                                                   .gap = on_gap,
                                                   .close = on_close,
                                                   .packet = on_packet};
    struct pipe *pipe = g_new0(struct pipe, 1);
    pipe->keylog = keylog;
    pipe->facts = facts;
    pipe->parser = packet_parser_new();
    pipe->tcp = tcp_new(&callbacks, pipe);
    return pipe;
}

void pipe_free(struct pipe **pipe)
{
    if (!*pipe)
        return;
    tcp_free(&(*pipe)->tcp);
    packet_parser_free(&(*pipe)->parser);
    g_clear_pointer(pipe, g_free);
}

static void dns(struct pipe *pipe, const struct datagram *datagram)
{
    struct dns_message message;
    bool from_server = datagram->src.port == DNS_PORT;
    if (!from_server && datagram->dst.port != DNS_PORT)
        return;
    if (!dns_parse(datagram->data, datagram->len, &message) || message.response != from_server)
        return;
    struct h2t_dns told = {.client = from_server ? datagram->dst : datagram->src,
                           .name = message.name,
                           .id = message.id,
                           .type = message.type,
                           .rcode = message.rcode,
                           .response = message.response,
                           .mark = datagram->mark};
    h2t_facts_dns(pipe->facts, &told);
}

void pipe_input(struct pipe *pipe, const struct wire_packet *in)
{
    struct packet packet;
    packet_parse(pipe->parser, in->link_type, in->bytes, in->caplen, in->wirelen, in->mark,
                 &packet);
    switch (packet.kind) {
    case PACKET_TCP:
        pipe->stats.tcp++;
        tcp_input(pipe->tcp, &packet.segment, !in->selected);
        break;
    case PACKET_TCP_QUOTED:
        pipe->stats.other++;
        tcp_input(pipe->tcp, &packet.segment, true);
        break;
    case PACKET_UDP:
        pipe->stats.udp++;
        if (in->selected)
            dns(pipe, &packet.datagram);
        break;
    case PACKET_UNKNOWN_LINK:
        pipe->stats.unknown_link++;
        break;
    case PACKET_OTHER:
        pipe->stats.other++;
        break;
    }
}

struct pipe_stats pipe_stats(const struct pipe *pipe)
{
    struct pipe_stats stats = pipe->stats;
    stats.segments = *tcp_stats(pipe->tcp);
    return stats;
}
