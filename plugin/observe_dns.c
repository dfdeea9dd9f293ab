/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS over UDP: the question of each message. */
#include "plugin/observe_impl.h"

#define PORT 53
#define HEADER 4 /* bytes of id and flags, RFC 1035 section 4.1.1 */
#define RESPONSE 0x8000
#define RCODE 0x000f

void observe_dns(struct observe *o, packet_info *pinfo, proto_tree *tree, struct h2t_mark mark)
{
    struct found id = wanted_find(tree, o->ids[WANT_DNS_ID]);
    struct found name = wanted_find(tree, o->ids[WANT_DNS_NAME]);
    bool from_server = pinfo->srcport == PORT;
    uint32_t type = 0;
    if (!id.n || !name.n || !found_has(id.fi[0], 0, HEADER) ||
        (!from_server && pinfo->destport != PORT))
        return;
    uint16_t flags = tvb_get_ntohs(id.fi[0]->ds_tvb, id.fi[0]->start + 2);
    wanted_uint(tree, o->ids[WANT_DNS_TYPE], &type);
    g_autofree char *lower = g_ascii_strdown(found_text(name.fi[0]), -1);
    struct h2t_dns dns = {.client = from_server ? observe_addr(&pinfo->dst, pinfo->destport)
                                                : observe_addr(&pinfo->src, pinfo->srcport),
                          .name = lower,
                          .id = tvb_get_ntohs(id.fi[0]->ds_tvb, id.fi[0]->start),
                          .type = (uint16_t)type,
                          .rcode = flags & RCODE,
                          .response = flags & RESPONSE,
                          .mark = mark};
    if (dns.response != from_server || !dns.client.family)
        return;
    o->session->grown = true;
    h2t_facts_dns(o->session->facts, &dns);
}
