/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_message.h"

#include "core/base.h"

#include <string.h>

void message_reader_reset(struct message_reader *reader)
{
    g_free(reader->held);
    *reader = (struct message_reader){0};
}

static bool is_read(uint8_t type)
{
    return type == MESSAGE_CLIENT_HELLO || type == MESSAGE_SERVER_HELLO ||
           type == MESSAGE_NEW_SESSION_TICKET || type == MESSAGE_ENCRYPTED_EXTENSIONS;
}

/* false: more bytes are needed. */
static bool read_header(struct message_reader *reader, struct cursor *in)
{
    while (reader->n_header < sizeof reader->header) {
        if (in->left == 0)
            return false;
        reader->header[reader->n_header++] = cursor_get8(in);
    }
    reader->len = get24(reader->header + 1);
    return true;
}

/* Room for `n` bytes: what came, not what the header promises. */
static void make_room(struct message_reader *reader, size_t n)
{
    if (n <= reader->size)
        return;
    reader->size = MIN(MAX(n, 2 * reader->size), (size_t)reader->len);
    reader->held = g_realloc(reader->held, reader->size);
}

static const uint8_t *read_body(struct message_reader *reader, struct cursor *in)
{
    size_t n = MIN(in->left, (size_t)(reader->len - reader->got));
    const uint8_t *p = cursor_take(in, n);

    if (!is_read(reader->header[0])) {
        reader->got += (uint32_t)n;
        return NULL;
    }
    if (n == reader->len) {
        reader->got = reader->len;
        return p;
    }
    make_room(reader, reader->got + n);
    if (n)
        memcpy(reader->held + reader->got, p, n);
    reader->got += (uint32_t)n;
    return reader->held;
}

bool message_next(struct message_reader *reader, struct cursor *in, struct message *out)
{
    if (reader->n_header == sizeof reader->header && reader->got == reader->len)
        message_reader_reset(reader); /* the one handed out by the last call */
    if (reader->bad || !read_header(reader, in))
        return false;
    if (reader->len > H2T_MAX_HANDSHAKE && is_read(reader->header[0])) {
        reader->bad = true;
        return false;
    }
    out->type = reader->header[0];
    out->len = reader->len;
    out->body = read_body(reader, in);
    return reader->got == reader->len;
}
