/* SPDX-License-Identifier: MIT */
#include "http1_asked.h"

#include <string.h>

void http1_asked_init(struct http1_asked *asked)
{
    *asked = (struct http1_asked){.heard = true};
}

static enum http1_asked_kind kind_of(const char *method)
{
    if (strcmp(method, "HEAD") == 0)
        return HTTP1_ASKED_HEAD;
    return strcmp(method, "CONNECT") == 0 ? HTTP1_ASKED_CONNECT : HTTP1_ASKED_OTHER;
}

static enum http1_asked_place push(struct http1_asked *asked, uint32_t stream, const char *method)
{
    if (asked->n == HTTP1_MAX_PIPELINE)
        return HTTP1_PLACE_FULL;
    if (asked->n == 0 && !asked->reading)
        asked->stream = stream - 1;
    asked->kinds[(asked->first + asked->n++) % HTTP1_MAX_PIPELINE] = (uint8_t)kind_of(method);
    return HTTP1_PLACE_KNOWN;
}

/* Behind a loss. A server that is not lost goes on with what it was asked before. */
static enum http1_asked_place push_again(struct http1_asked *asked, uint32_t stream,
                                         const char *method, bool answered)
{
    if (asked->lost)
        asked->n = 0;
    if (!answered || asked->n > 0 || asked->reading)
        return HTTP1_PLACE_UNKNOWN;
    asked->unsure = false;
    return push(asked, stream, method);
}

enum http1_asked_place http1_asked_add(struct http1_asked *asked, uint32_t stream,
                                       const char *method)
{
    bool answered = asked->heard && !asked->pipelines;
    asked->heard = false;
    if (asked->stray)
        return HTTP1_PLACE_NONE;
    if (asked->lost || asked->unsure)
        return push_again(asked, stream, method, answered);
    asked->early |= asked->n > 0 || asked->reading;
    return push(asked, stream, method);
}

void http1_asked_heard(struct http1_asked *asked)
{
    asked->heard = true;
    asked->pipelines |= asked->early;
    asked->early = false;
}

bool http1_asked_none(const struct http1_asked *asked)
{
    return asked->n == 0;
}

enum http1_asked_kind http1_asked_take(struct http1_asked *asked)
{
    enum http1_asked_kind kind = asked->kinds[asked->first];
    asked->first = (asked->first + 1) % HTTP1_MAX_PIPELINE;
    asked->n--;
    asked->stream++;
    asked->reading = true;
    return kind;
}

void http1_asked_done(struct http1_asked *asked)
{
    asked->reading = false;
}

void http1_asked_stray(struct http1_asked *asked)
{
    asked->lost = true;
    asked->stray = !asked->unsure;
}

void http1_asked_skipped(struct http1_asked *asked, bool ended)
{
    asked->heard = true;
    asked->early = false;
    if (ended)
        asked->reading = false;
}

void http1_asked_lose_client(struct http1_asked *asked)
{
    asked->stray = false;
    asked->unsure = true;
    if (asked->lost)
        asked->n = 0;
}

bool http1_asked_lose_server(struct http1_asked *asked)
{
    bool one = asked->n == 1 && !asked->reading && (asked->lost || !asked->unsure);
    for (uint32_t i = 0; i < asked->n; i++)
        if (asked->kinds[(asked->first + i) % HTTP1_MAX_PIPELINE] == HTTP1_ASKED_CONNECT)
            return false;
    if (!one)
        asked->n = 0;
    asked->reading = asked->early = asked->stray = false;
    asked->heard = asked->lost = true;
    return true;
}

bool http1_asked_missed(struct http1_asked *asked)
{
    bool waited = asked->n > 0;
    asked->n = 0;
    asked->heard = true;
    return waited;
}

bool http1_asked_found(struct http1_asked *asked)
{
    asked->heard = true;
    if (asked->n == 0)
        return false;
    asked->lost = false;
    return true;
}

void http1_asked_doubt(struct http1_asked *asked)
{
    asked->n = 0;
    asked->reading = asked->stray = false;
    asked->lost = true;
}
