/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/1.1: each http item begins with the head of a message. Wireshark shows it when the whole
 * message is there; which packet had the head's last byte, the segments tell. The whole may never
 * come: in clear text the head of a response is read where it stands. */
#include "plugin/observe_impl.h"

#include <string.h>

#define SWITCHING 101

/* The head as text, cut into lines by the reader. */
struct head {
    char *text;
    int len; /* with the empty line */
};

/* Of at most `len` bytes from `start` on. */
static bool read_head(const struct look *l, tvbuff_t *tvb, int start, int len, struct head *out)
{
    len = MIN(MIN(len, tvb_captured_length_remaining(tvb, start)), (int)H2T_MAX_HEAD);
    if (len <= 0)
        return false;
    char *text = wmem_alloc(l->pinfo->pool, (size_t)len + 1);
    tvb_memcpy(tvb, text, start, (size_t)len);
    text[len] = '\0';
    char *end = strstr(text, "\r\n\r\n");
    *out = (struct head){.text = text, .len = end ? (int)(end - text) + 4 : 0};
    if (end)
        *end = '\0';
    return end != NULL;
}

/* The packet that brought the byte before `end`: this one, unless a segment says otherwise. */
static struct h2t_mark mark_at(const struct look *l, const field_info *fi, int end)
{
    const enum wanted kinds[] = {WANT_TCP_SEGMENT, WANT_TLS_SEGMENT};
    struct h2t_mark mark = l->mark;
    for (unsigned k = 0; k < G_N_ELEMENTS(kinds); k++) {
        struct found segments = look_find(l, kinds[k]);
        for (unsigned i = 0; i < segments.n; i++) {
            const field_info *s = segments.fi[i];
            if (s->ds_tvb != fi->ds_tvb || end - 1 < s->start || end - 1 >= s->start + s->length)
                continue;
            mark.packet = found_uint(s);
            mark.ns = places_ns(&l->o->session->places, mark.packet);
            return mark;
        }
    }
    return mark;
}

static void take_header(char *line, struct h2t_fields *out)
{
    char *colon = strchr(line, ':');
    if (!colon)
        return;
    *colon = '\0';
    char *value = g_strstrip(colon + 1);
    if (!g_ascii_strcasecmp(line, "host"))
        out->authority = value;
    else if (!g_ascii_strcasecmp(line, "x-request-id"))
        out->request_id = value;
    else if (!g_ascii_strcasecmp(line, "traceparent"))
        out->traceparent = value;
}

static void take_headers(char *line, struct h2t_fields *out)
{
    while (line) {
        char *next = strstr(line, "\r\n");
        if (next) {
            *next = '\0';
            next += 2;
        }
        take_header(line, out);
        line = next;
    }
}

/* "GET /path HTTP/1.1" or "HTTP/1.1 200 OK"; what follows the line, or NULL if it is neither. */
static bool take_first_line(char *line, struct h2t_fields *out)
{
    char *space = strchr(line, ' ');
    if (!space)
        return false;
    if (!strncmp(line, "HTTP/1.", 7)) {
        out->status = (uint16_t)g_ascii_strtoull(space + 1, NULL, 10);
        return out->status >= 100;
    }
    char *target = space + 1, *version = strchr(target, ' ');
    if (!version || strncmp(version + 1, "HTTP/1.", 7))
        return false;
    *space = *version = '\0';
    out->method = line;
    out->path = target;
    return true;
}

static bool parse_head(struct head *head, struct h2t_fields *out)
{
    char *rest = strstr(head->text, "\r\n");
    *out = (struct h2t_fields){.complete = true};
    if (rest) {
        *rest = '\0';
        rest += 2;
    }
    if (!take_first_line(head->text, out))
        return false;
    take_headers(rest, out);
    return true;
}

static void tell_message(struct look *l, const field_info *fi, const struct h2t_fields *fields,
                         struct h2t_mark head)
{
    bool request = fields->method != NULL;
    bool interim = !request && fields->status < 200 && fields->status != SWITCHING;
    look_is_client(l, request);
    uint32_t stream = request ? ++l->c->n_requests : l->c->n_responses + 1;
    struct h2t_frame frame = {.kind = request ? H2T_REQUEST : H2T_RESPONSE,
                              .dir = l->dir,
                              .stream = stream,
                              .mark = head,
                              .fields = fields};
    if (request || !l->c->answering)
        look_tell(l, frame);
    look_at_stream(l, fi, stream);
    if (interim)
        return;
    l->c->answering &= request;
    l->c->n_responses += !request;
    look_tell(l, (struct h2t_frame){.kind = H2T_MESSAGE_END, .dir = l->dir, .stream = stream});
}

void observe_http1(struct look *l)
{
    struct found messages = look_find(l, WANT_HTTP1);
    struct h2t_fields fields;
    struct head head;
    for (unsigned i = 0; i < messages.n; i++) {
        const field_info *fi = messages.fi[i];
        if (!read_head(l, fi->ds_tvb, fi->start, fi->length, &head) || !parse_head(&head, &fields))
            continue;
        look_plain(l);
        tell_message(l, fi, &fields, mark_at(l, fi, fi->start + head.len));
    }
}

void observe_http1_begun(struct look *l, int payload, int len)
{
    struct observed *c = l->c;
    const field_info *header = look_find(l, WANT_TCP_STREAM).fi[0];
    struct h2t_fields fields;
    struct head head;
    if (l->dir != H2T_SERVER || l->decoded || c->tls || c->blind[H2T_SERVER] || c->answering ||
        c->n_responses >= c->n_requests)
        return;
    if (!read_head(l, header->ds_tvb, payload, len, &head) || !parse_head(&head, &fields) ||
        fields.status < 200)
        return;
    c->answering = true;
    look_plain(l);
    places_frame(&l->o->session->places, l->mark.packet, c->n_responses + 1);
    look_tell(l, (struct h2t_frame){.kind = H2T_RESPONSE,
                                    .dir = H2T_SERVER,
                                    .stream = c->n_responses + 1,
                                    .fields = &fields});
}
