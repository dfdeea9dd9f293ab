/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_hello.h"

#include "annotator/wire/tls_cursor.h"

#include <string.h>

enum extension {
    EXT_SERVER_NAME = 0,        /* RFC 6066 section 3 */
    EXT_ALPN = 16,              /* RFC 7301 */
    EXT_ENCRYPT_THEN_MAC = 22,  /* RFC 7366 */
    EXT_SESSION_TICKET = 35,    /* RFC 5077 */
    EXT_PRE_SHARED_KEY = 41,    /* RFC 8446 section 4.2 */
    EXT_EARLY_DATA = 42,        /* RFC 8446 section 4.2 */
    EXT_SUPPORTED_VERSIONS = 43 /* RFC 8446 section 4.2 */
};

/* The random of a HelloRetryRequest, RFC 8446 section 4.1.3. */
static const uint8_t retry_random[TLS_RANDOM_LEN] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* Appends a name to `out`, which has TLS_MAX_NAME bytes; all of it or nothing. */
static void append_name(char *out, struct cursor name)
{
    size_t n = strlen(out), comma = n ? 1 : 0;

    if (name.left == 0 || n + comma + name.left >= TLS_MAX_NAME)
        return;
    if (comma)
        out[n++] = ',';
    for (size_t i = 0; i < name.left; i++)
        out[n + i] = g_ascii_isgraph(name.p[i]) ? (char)name.p[i] : '?';
    out[n + name.left] = '\0';
}

static void read_server_name(struct cursor *body, struct tls_hello *out)
{
    struct cursor list = cursor_vector16(body);

    while (list.left) {
        uint8_t type = cursor_get8(&list);
        struct cursor name = cursor_vector16(&list);
        if (type == 0 && out->sni[0] == '\0')
            append_name(out->sni, name);
    }
    body->bad |= list.bad;
}

static void read_alpn(struct cursor *body, struct tls_hello *out)
{
    struct cursor list = cursor_vector16(body);

    while (list.left)
        append_name(out->alpn, cursor_vector8(&list));
    body->bad |= list.bad;
}

/* A version of the form 0x?A?A is noise on purpose (RFC 8701). */
static bool is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static void read_offered_versions(struct cursor *body, struct tls_hello *out)
{
    struct cursor list = cursor_vector8(body);
    uint16_t highest = 0;

    while (list.left) {
        uint16_t version = cursor_get16(&list);
        if (!is_grease(version))
            highest = MAX(highest, version);
    }
    if (highest)
        out->version = highest;
    body->bad |= list.bad;
}

static void read_extension(uint16_t type, struct cursor *body, bool client, struct tls_hello *out)
{
    switch (type) {
    case EXT_SERVER_NAME:
        if (client)
            read_server_name(body, out);
        break;
    case EXT_ALPN:
        read_alpn(body, out);
        break;
    case EXT_ENCRYPT_THEN_MAC:
        out->encrypt_then_mac = true;
        break;
    case EXT_SESSION_TICKET:
        out->ticket_len = body->left;
        out->ticket = body->left ? body->p : NULL;
        break;
    case EXT_PRE_SHARED_KEY:
        out->psk = true;
        break;
    case EXT_EARLY_DATA:
        out->early_data = true;
        break;
    case EXT_SUPPORTED_VERSIONS:
        if (client)
            read_offered_versions(body, out);
        else
            out->version = cursor_get16(body);
        break;
    default:
        break;
    }
}

/* Extensions may be missing altogether (RFC 5246 section 7.4.1.2). */
static void read_extensions(struct cursor *in, bool client, struct tls_hello *out)
{
    struct cursor list;

    if (in->left == 0)
        return;
    list = cursor_vector16(in);
    while (list.left) {
        uint16_t type = cursor_get16(&list);
        struct cursor body = cursor_vector16(&list);
        read_extension(type, &body, client, out);
        list.bad |= body.bad;
    }
    in->bad |= list.bad;
}

static void read_start(struct cursor *in, struct tls_hello *out)
{
    struct cursor session_id;

    *out = (struct tls_hello){.version = cursor_get16(in)};
    out->random = cursor_take(in, TLS_RANDOM_LEN);
    session_id = cursor_vector8(in);
    out->session_id = session_id.p;
    out->session_id_len = session_id.left;
}

bool tls_hello_client(const uint8_t *body, size_t len, struct tls_hello *out)
{
    struct cursor in = cursor_make(body, len);

    read_start(&in, out);
    cursor_vector16(&in); /* cipher suites */
    cursor_vector8(&in);  /* compression methods */
    read_extensions(&in, true, out);
    return !in.bad;
}

bool tls_hello_server(const uint8_t *body, size_t len, struct tls_hello *out)
{
    struct cursor in = cursor_make(body, len);

    read_start(&in, out);
    out->cipher = cursor_get16(&in);
    out->compression = cursor_get8(&in);
    read_extensions(&in, false, out);
    if (in.bad)
        return false;
    out->retry = memcmp(out->random, retry_random, sizeof retry_random) == 0;
    return true;
}

bool tls_hello_encrypted_extensions(const uint8_t *body, size_t len, struct tls_hello *out)
{
    struct cursor in = cursor_make(body, len);

    *out = (struct tls_hello){0};
    if (len == 0)
        return false;
    read_extensions(&in, false, out);
    return !in.bad;
}

bool tls_hello_ticket(const uint8_t *body, size_t len, const uint8_t **ticket, size_t *ticket_len)
{
    struct cursor in = cursor_make(body, len), data;

    cursor_take(&in, 4); /* lifetime */
    data = cursor_vector16(&in);
    *ticket = data.p;
    *ticket_len = data.left;
    return data.left > 0;
}
