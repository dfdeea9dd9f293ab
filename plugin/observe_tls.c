/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS: hellos, what they chose, Finished, alerts; whether there were keys. */
#include "plugin/observe_impl.h"

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, ENCRYPTED_EXTENSIONS = 8, FINISHED = 20 };

#define MAX_NAME 256 /* bytes of a host name or ALPN that are kept */

/* ALPN names, joined by ",". */
static const char *alpn(const struct look *l)
{
    struct found names = look_find(l, WANT_TLS_ALPN);
    if (!names.n)
        return NULL;
    wmem_strbuf_t *all = wmem_strbuf_new(l->pinfo->pool, "");
    for (unsigned i = 0; i < names.n; i++)
        wmem_strbuf_append_printf(all, "%s%s", i ? "," : "",
                                  found_bytes(l->pinfo->pool, names.fi[i], MAX_NAME));
    return wmem_strbuf_get_str(all);
}

static uint16_t version(const struct look *l)
{
    uint32_t v = 0;
    if (!wanted_uint(l->tree, l->o->ids[WANT_TLS_SUPPORTED], &v))
        wanted_uint(l->tree, l->o->ids[WANT_TLS_VERSION], &v);
    return (uint16_t)v;
}

static void client_hello(struct look *l)
{
    struct found sni = look_find(l, WANT_TLS_SNI);
    look_is_client(l, true);
    struct h2t_hello hello = {.version = version(l), .alpn = alpn(l)};
    if (sni.n)
        hello.sni = found_bytes(l->pinfo->pool, sni.fi[0], MAX_NAME);
    look_tell(l, (struct h2t_frame){.kind = H2T_CLIENT_HELLO, .dir = l->dir, .hello = &hello});
}

/* The choice of ALPN comes with the hello or, in TLS 1.3, in the EncryptedExtensions. */
static void server_hello(struct look *l, uint16_t chosen)
{
    struct h2t_hello hello = {.version = chosen, .alpn = alpn(l)};
    look_tell(l, (struct h2t_frame){.kind = H2T_SERVER_HELLO, .dir = H2T_SERVER, .hello = &hello});
}

static void encrypted_extensions(struct look *l)
{
    uint16_t chosen = l->c->tls_version;
    if (look_find(l, WANT_TLS_ALPN).n)
        server_hello(l, chosen);
}

static void take_message(struct look *l, uint32_t type)
{
    if (type == CLIENT_HELLO) {
        client_hello(l);
    } else if (type == SERVER_HELLO) {
        l->c->tls_version = version(l);
        server_hello(l, l->c->tls_version);
    } else if (type == ENCRYPTED_EXTENSIONS) {
        encrypted_extensions(l);
    } else if (type == FINISHED) {
        l->c->finished = true;
        look_tell(l, (struct h2t_frame){.kind = H2T_HANDSHAKE_DONE, .dir = l->dir});
    }
}

/* A handshake message that has no type is encrypted: up to TLS 1.2, that is the Finished. */
static bool is_readable(const struct found *types, const field_info *message)
{
    for (unsigned i = 0; i < types->n; i++)
        if (found_within(types->fi[i], message))
            return true;
    return false;
}

static void no_keys(struct look *l)
{
    l->c->no_keys = true;
    h2t_facts_no_keys(l->o->session->facts, l->conn);
}

static void take_messages(struct look *l, struct found messages)
{
    struct found types = look_find(l, WANT_TLS_TYPE);
    l->c->tls |= messages.n > 0;
    for (unsigned i = 0; i < types.n; i++)
        take_message(l, found_uint(types.fi[i]));
    for (unsigned i = 0; i < messages.n; i++) {
        if (is_readable(&types, messages.fi[i]))
            continue;
        take_message(l, FINISHED);
        no_keys(l);
    }
}

void observe_tls(struct look *l, uint32_t payload)
{
    struct found messages = look_find(l, WANT_TLS_HANDSHAKE);
    struct found alerts = look_find(l, WANT_TLS_ALERT);
    if (messages.n)
        take_messages(l, messages);
    for (unsigned i = 0; i < alerts.n; i++)
        look_tell(l, (struct h2t_frame){
                         .kind = H2T_ALERT, .dir = l->dir, .code = found_uint(alerts.fi[i])});
    /* What the client sends after the ServerHello begins with a Finished that keys open. */
    if (payload && l->dir == H2T_CLIENT && l->c->tls_version && !l->c->finished && !l->c->no_keys &&
        !messages.n)
        no_keys(l);
}
