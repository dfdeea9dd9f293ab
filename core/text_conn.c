/* SPDX-License-Identifier: MIT */
/* Notes about connections: each kind has one function that adds its keys. */
#include "core/text_line.h"

#include "core/addr.h"
#include "core/comment.h"
#include "core/names.h"
#include "core/view.h"

static const struct h2t_dial *dial_of(const struct text_line *l, const struct h2t_conn *c)
{
    return c->dial == H2T_NONE ? NULL : h2t_dial_at(l->m, c->dial);
}

static void begin_conn(const struct text_line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    if (c->tconn != H2T_NONE) {
        text_add_process(l, h2t_tconn_at(l->m, c->tconn)->process);
        text_add_conn(l, c->tconn);
    } else if (d && d->request != H2T_NONE) {
        text_add_process(l, h2t_request_at(l->m, d->request)->process);
    }
    if (d && d->request != H2T_NONE)
        h2t_comment_add(l->out, "dialled-for", h2t_request_at(l->m, d->request)->id);
}

/* The program's addresses, where the capture has others. */
static void add_addresses(const struct text_line *l, const struct h2t_conn *c)
{
    const struct h2t_tconn *t = h2t_tconn_at(l->m, c->tconn);
    char text[H2T_ADDR_LEN];
    if (t->local.family && h2t_addr_cmp(&t->local, &c->tuple.client))
        h2t_comment_add(l->out, "local", h2t_addr_text(&t->local, text));
    if (t->remote.family && h2t_addr_cmp(&t->remote, &c->tuple.server))
        h2t_comment_add(l->out, "remote", h2t_addr_text(&t->remote, text));
}

static void connect_line(const struct text_line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    bool bound = c->tconn != H2T_NONE;
    if (bound)
        h2t_comment_add(l->out, "match", h2t_match_name(h2t_tconn_at(l->m, c->tconn)->bound));
    if (d)
        h2t_comment_add(l->out, "dial-match", h2t_match_name(d->match));
    if (bound && h2t_is_translated(h2t_tconn_at(l->m, c->tconn)))
        add_addresses(l, c);
    h2t_comment_add_int(l->out, "requests",
                        bound ? h2t_tconn_at(l->m, c->tconn)->attempts->len : 0);
    if (d) {
        text_add_offset(l, d->connect_start, c->syn);
        text_add_hook(l, "ConnectStart", d->connect_start, c->syn);
    }
    if (d && d->connect_done == H2T_NEVER)
        h2t_comment_add(l->out, "ConnectDone", "never");
    if (d)
        text_add_text(l, "error", d->err, MAX_ERROR);
}

static void connected_line(const struct text_line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    if (d)
        text_add_hook(l, "ConnectDone", d->connect_done, c->syn_ack);
}

static void client_hello_line(const struct text_line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    text_add_text(l, "sni", c->sni, MAX_URL);
    text_add_text(l, "alpn-offered", c->alpn_offered ? c->alpn_offered : "none", MAX_URL);
    if (d)
        text_add_hook(l, "TLSHandshakeStart", d->tls_start, c->client_hello);
}

static const char *tls_name(uint16_t version)
{
    static const char *const names[] = {"1.0", "1.1", "1.2", "1.3"};
    return version >= 0x0301 && version <= 0x0304 ? names[version - 0x0301] : "unknown";
}

static void handshake_line(const struct text_line *l, const struct h2t_conn *c)
{
    const struct h2t_dial *d = dial_of(l, c);
    struct h2t_mark end = {.ns = H2T_NEVER};
    end.packet = l->note->packet;
    for (enum h2t_dir dir = H2T_CLIENT; dir <= H2T_SERVER; dir++)
        if (c->finished[dir].packet == end.packet)
            end = c->finished[dir];
    h2t_comment_add(l->out, "tls", tls_name(c->tls_version));
    text_add_text(l, "alpn", c->alpn, MAX_URL);
    if (d)
        text_add_hook(l, "TLSHandshakeDone", d->tls_done, end);
    if (d)
        text_add_text(l, "error", d->tls_err, MAX_ERROR);
}

static void goaway_line(const struct text_line *l, const struct h2t_conn *c)
{
    enum h2t_dir dir = l->note->dir;
    h2t_comment_add(l->out, "by", dir == H2T_CLIENT ? "client" : "server");
    text_add_code(l, "code", c->goaway_code[dir]);
    h2t_comment_add_int(l->out, "last-stream", c->goaway_last[dir]);
}

static void close_line(const struct text_line *l, const struct h2t_conn *c)
{
    enum h2t_dir dir = l->note->dir;
    h2t_comment_add(l->out, "by", dir == H2T_CLIENT ? "client" : "server");
    h2t_comment_add(l->out, "with", c->fin[dir].packet == l->note->packet ? "FIN" : "RST");
}

void text_conn(const struct text_line *l)
{
    static void (*const add[H2T_N_NOTES])(const struct text_line *, const struct h2t_conn *) = {
        [H2T_NOTE_CONNECT] = connect_line,
        [H2T_NOTE_CONNECTED] = connected_line,
        [H2T_NOTE_CLIENT_HELLO] = client_hello_line,
        [H2T_NOTE_HANDSHAKE] = handshake_line,
        [H2T_NOTE_GOAWAY] = goaway_line,
        [H2T_NOTE_CLOSE] = close_line,
    };
    const struct h2t_conn *c = h2t_conn_at(l->m, l->note->ref);
    begin_conn(l, c);
    add[l->note->what](l, c);
}
