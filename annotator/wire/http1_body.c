/* SPDX-License-Identifier: MIT */
#include "http1_body.h"

#include <string.h>

enum stage {
    STAGE_LENGTH,     /* `left` bytes of body */
    STAGE_CHUNK_SIZE, /* RFC 9112 section 7.1 */
    STAGE_CHUNK_EXTENSION,
    STAGE_CHUNK_DATA,
    STAGE_CHUNK_END, /* the line end after the data */
    STAGE_TRAILERS,
    STAGE_CLOSE, /* body until the connection closes */
};

/* RFC 9112 section 6.3, rules 4, 6 and 8; a request has no body until close. */
enum http1_progress http1_body_begin(struct http1_body *body, const struct http1_head *head,
                                     enum h2t_dir dir)
{
    *body = (struct http1_body){.left = head->coded ? 0 : head->length};
    if (head->chunked)
        body->stage = STAGE_CHUNK_SIZE;
    else if (body->left > 0)
        body->stage = STAGE_LENGTH;
    else if (dir == H2T_SERVER && (head->coded || !head->has_length))
        body->stage = STAGE_CLOSE;
    else
        return HTTP1_ENDED;
    return HTTP1_MORE;
}

static size_t pass(struct http1_body *body, size_t len)
{
    size_t n = (size_t)MIN(len, body->left);
    body->left -= n;
    return n;
}

/* The line's end and what is before it. */
static size_t pass_line(const uint8_t *data, size_t len, bool *ended)
{
    const uint8_t *lf = memchr(data, '\n', len);
    *ended = lf;
    return lf ? (size_t)(lf - data) + 1 : len;
}

static void end_chunk_size(struct http1_body *body)
{
    body->stage = body->left > 0 ? STAGE_CHUNK_DATA : STAGE_TRAILERS;
    body->n_line = 0;
}

static enum http1_progress chunk_size(struct http1_body *body, char c)
{
    int digit = g_ascii_xdigit_value(c);
    if (digit >= 0 && body->left <= G_MAXINT64 >> 4) {
        body->left = body->left << 4 | (unsigned)digit;
        body->n_line = 1;
    } else if (body->n_line == 0 || !strchr("; \t\r\n", c) || !c)
        return HTTP1_BROKEN;
    else if (c == '\n')
        end_chunk_size(body);
    else
        body->stage = STAGE_CHUNK_EXTENSION;
    return HTTP1_MORE;
}

static enum http1_progress chunk_end(struct http1_body *body, char c)
{
    if (c == '\n')
        body->stage = STAGE_CHUNK_SIZE;
    return c == '\n' || c == '\r' ? HTTP1_MORE : HTTP1_BROKEN;
}

/* Nothing of trailers is wanted but their end. */
static enum http1_progress trailers(struct http1_body *body, char c)
{
    if (++body->trailers > H2T_MAX_HEAD)
        return HTTP1_BROKEN;
    if (c == '\n' && body->n_line == 0)
        return HTTP1_ENDED;
    if (c == '\n')
        body->n_line = 0;
    else if (c != '\r')
        body->n_line++;
    return HTTP1_MORE;
}

enum http1_progress http1_body_input(struct http1_body *body, const uint8_t *data, size_t len,
                                     size_t *used)
{
    bool ended;
    *used = 1;
    switch ((enum stage)body->stage) {
    case STAGE_LENGTH:
        *used = pass(body, len);
        return body->left == 0 ? HTTP1_ENDED : HTTP1_MORE;
    case STAGE_CHUNK_SIZE:
        return chunk_size(body, (char)*data);
    case STAGE_CHUNK_EXTENSION:
        *used = pass_line(data, len, &ended);
        if (ended)
            end_chunk_size(body);
        return HTTP1_MORE;
    case STAGE_CHUNK_DATA:
        *used = pass(body, len);
        if (body->left == 0)
            body->stage = STAGE_CHUNK_END;
        return HTTP1_MORE;
    case STAGE_CHUNK_END:
        return chunk_end(body, (char)*data);
    case STAGE_TRAILERS:
        return trailers(body, (char)*data);
    default: /* STAGE_CLOSE */
        *used = len;
        return HTTP1_MORE;
    }
}

enum http1_progress http1_body_skip(struct http1_body *body, uint32_t len)
{
    bool counted = body->stage == STAGE_LENGTH || body->stage == STAGE_CHUNK_DATA;
    if (body->stage == STAGE_CLOSE)
        return HTTP1_MORE;
    if (!counted || len == 0 || len > body->left)
        return HTTP1_BROKEN;
    body->left -= len;
    if (body->left > 0)
        return HTTP1_MORE;
    if (body->stage == STAGE_LENGTH)
        return HTTP1_ENDED;
    body->stage = STAGE_CHUNK_END;
    return HTTP1_MORE;
}

bool http1_body_until_close(const struct http1_body *body)
{
    return body->stage == STAGE_CLOSE;
}
