/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS: hellos, what they chose, Finished, alerts; whether there were keys. */
#include "plugin/observe_impl.h"

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, ENCRYPTED_EXTENSIONS = 8, FINISHED = 20 };

#define MAX_NAME 256  /* bytes of a host name or ALPN that are kept */
#define RANDOM_AT 6   /* in a ServerHello with its header, RFC 8446 section 4.1.3 */
#define RANDOM_LEN 32 /* then the session identifier, with a byte of length */
#define SESSION_AT (RANDOM_AT + RANDOM_LEN)

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

/* It wants another ClientHello; the ServerHello is to come. */
static bool is_retry(const field_info *type)
{
    /* RFC 8446 section 4.1.3: SHA-256 of "HelloRetryRequest" */
    static const uint8_t retry[RANDOM_LEN] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
                                              0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
                                              0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
                                              0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
    return found_has(type, RANDOM_AT, RANDOM_LEN) &&
           !tvb_memeql(type->ds_tvb, type->start + RANDOM_AT, retry, RANDOM_LEN);
}

static uint16_t cipher(const field_info *type)
{
    if (!found_has(type, SESSION_AT, 1))
        return 0;
    int at = SESSION_AT + 1 + (tvb_get_ntohs(type->ds_tvb, type->start + SESSION_AT - 1) & 0xff);
    return found_has(type, at, 2) ? tvb_get_ntohs(type->ds_tvb, type->start + at) : 0;
}

/* The choice of ALPN comes with the hello or, in TLS 1.3, in the EncryptedExtensions. */
static void server_hello(struct look *l, uint16_t suite)
{
    struct h2t_hello hello = {.version = l->c->tls_version, .cipher = suite, .alpn = alpn(l)};
    look_tell(l, (struct h2t_frame){.kind = H2T_SERVER_HELLO, .dir = H2T_SERVER, .hello = &hello});
}

static void encrypted_extensions(struct look *l)
{
    if (look_find(l, WANT_TLS_ALPN).n)
        server_hello(l, l->c->cipher);
}

static void finished(struct look *l)
{
    l->c->finished = true;
    look_tell(l, (struct h2t_frame){.kind = H2T_HANDSHAKE_DONE, .dir = l->dir});
}

/* A message begins with its type. */
static void take_message(struct look *l, const field_info *type)
{
    switch (found_uint(type)) {
    case CLIENT_HELLO:
        client_hello(l);
        break;
    case SERVER_HELLO:
        l->c->tls_version = version(l);
        l->c->cipher = cipher(type);
        if (!is_retry(type))
            server_hello(l, l->c->cipher);
        break;
    case ENCRYPTED_EXTENSIONS:
        encrypted_extensions(l);
        break;
    case FINISHED:
        finished(l);
        break;
    default:
        break;
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
        take_message(l, types.fi[i]);
    for (unsigned i = 0; i < messages.n; i++) {
        if (is_readable(&types, messages.fi[i]))
            continue;
        finished(l);
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
