/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/wanted.h"

static const char *const names[N_WANTED] = {
    [WANT_TCP_STREAM] = "tcp.stream",
    [WANT_TCP_LEN] = "tcp.len",
    [WANT_TCP_SEGMENT] = "tcp.segment",
    [WANT_ICMP] = "icmp.type",
    [WANT_ICMPV6] = "icmpv6.type",
    [WANT_TLS_SEGMENT] = "tls.segment",
    [WANT_TLS_HANDSHAKE] = "tls.handshake",
    [WANT_TLS_TYPE] = "tls.handshake.type",
    [WANT_TLS_SNI] = "tls.handshake.extensions_server_name",
    [WANT_TLS_ALPN] = "tls.handshake.extensions_alpn_str",
    [WANT_TLS_VERSION] = "tls.handshake.version",
    [WANT_TLS_SUPPORTED] = "tls.handshake.extensions.supported_version",
    [WANT_TLS_ALERT] = "tls.alert_message.desc",
    [WANT_H2_FRAME] = "http2.stream",
    [WANT_H2_BLOCK] = "http2.header.length",
    [WANT_HTTP1] = "http",
    [WANT_DNS_ID] = "dns.id",
    [WANT_DNS_NAME] = "dns.qry.name",
    [WANT_DNS_TYPE] = "dns.qry.type",
};

void wanted_init(int ids[N_WANTED])
{
    for (unsigned i = 0; i < N_WANTED; i++)
        ids[i] = proto_registrar_get_id_byname(names[i]);
}

GArray *wanted_list(const int ids[N_WANTED])
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(int));
    for (unsigned i = 0; i < N_WANTED; i++)
        if (ids[i] > 0)
            g_array_append_val(list, ids[i]);
    return list;
}

struct found wanted_find(proto_tree *tree, int id)
{
    GPtrArray *all = id > 0 ? proto_get_finfo_ptr_array(tree, id) : NULL;
    return all ? (struct found){(field_info *const *)all->pdata, all->len} : (struct found){0};
}

uint32_t found_uint(const field_info *fi)
{
    /* no version's accessor changes the value, older ones do not say so */
    return fvalue_get_uinteger((fvalue_t *)(uintptr_t)FI_VALUE(fi));
}

const char *found_text(const field_info *fi)
{
    return fvalue_get_string((fvalue_t *)(uintptr_t)FI_VALUE(fi));
}

bool wanted_uint(proto_tree *tree, int id, uint32_t *value)
{
    struct found found = wanted_find(tree, id);
    if (!found.n)
        return false;
    *value = found_uint(found.fi[0]);
    return true;
}

bool found_has(const field_info *fi, int at, int n)
{
    return fi->ds_tvb && tvb_bytes_exist(fi->ds_tvb, fi->start + at, n);
}

const char *found_bytes(wmem_allocator_t *scope, const field_info *fi, int max)
{
    int len = MIN(fi->length, max);
    if (len < 0 || !found_has(fi, 0, len))
        return "";
    char *copy = wmem_alloc(scope, (size_t)len + 1); /* raw: identities are hashes of bytes */
    tvb_memcpy(fi->ds_tvb, copy, fi->start, (size_t)len);
    copy[len] = '\0';
    return copy;
}

bool found_within(const field_info *inner, const field_info *outer)
{
    return inner->ds_tvb == outer->ds_tvb && inner->start >= outer->start &&
           inner->start - outer->start < outer->length;
}
