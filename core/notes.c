/* SPDX-License-Identifier: MIT */
#include "core/notes.h"

#include "core/view.h"

static void put(GArray *notes, enum h2t_what what, struct h2t_mark mark, uint32_t ref,
                enum h2t_dir dir)
{
    struct h2t_note note = {mark.packet, ref, (uint8_t)what, (uint8_t)dir};
    if (mark.packet)
        g_array_append_val(notes, note);
}

/* The handshake is over with the later Finished; in TLS 1.3 that is the client's, in 1.2 either's.
 */
static struct h2t_mark handshake_end(const struct h2t_conn *c)
{
    struct h2t_mark client = c->finished[H2T_CLIENT], server = c->finished[H2T_SERVER];
    return client.packet > server.packet ? client : server;
}

static void note_conn(GArray *notes, const struct h2t_conn *c, uint32_t ref)
{
    put(notes, H2T_NOTE_CONNECT, c->syn, ref, H2T_CLIENT);
    put(notes, H2T_NOTE_CONNECTED, c->syn_ack, ref, H2T_SERVER);
    put(notes, H2T_NOTE_CLIENT_HELLO, c->client_hello, ref, H2T_CLIENT);
    put(notes, H2T_NOTE_HANDSHAKE, handshake_end(c), ref, H2T_CLIENT);
    for (enum h2t_dir dir = H2T_CLIENT; dir <= H2T_SERVER; dir++) {
        put(notes, H2T_NOTE_GOAWAY, c->goaway[dir], ref, dir);
        put(notes, H2T_NOTE_CLOSE, c->fin[dir], ref, dir);
        if (c->rst[dir].packet != c->fin[dir].packet)
            put(notes, H2T_NOTE_CLOSE, c->rst[dir], ref, dir);
    }
}

static void note_stream(GArray *notes, const struct h2t_stream *s, uint32_t ref)
{
    put(notes, H2T_NOTE_REQUEST, s->headers, ref, H2T_CLIENT);
    if (s->request_end.packet != s->headers.packet)
        put(notes, H2T_NOTE_REQUEST_END, s->request_end, ref, H2T_CLIENT);
    put(notes, H2T_NOTE_RESPONSE, s->response, ref, H2T_SERVER);
    put(notes, s->end == H2T_END_RESET ? H2T_NOTE_RESET : H2T_NOTE_END, s->finish, ref, H2T_SERVER);
}

static int compare(gconstpointer a, gconstpointer b)
{
    const struct h2t_note *x = a, *y = b;
    if (x->packet != y->packet)
        return x->packet < y->packet ? -1 : 1;
    if (x->what != y->what)
        return x->what - y->what;
    if (x->ref != y->ref)
        return x->ref < y->ref ? -1 : 1;
    return x->dir - y->dir;
}

void h2t_notes_sort(GArray *notes)
{
    uint32_t n = 0;
    g_array_sort(notes, compare);
    for (uint32_t i = 0; i < notes->len; i++) {
        const struct h2t_note *note = &g_array_index(notes, struct h2t_note, i);
        if (n && !compare(note, &g_array_index(notes, struct h2t_note, n - 1)))
            continue;
        g_array_index(notes, struct h2t_note, n++) = *note;
    }
    g_array_set_size(notes, n);
}

/* Of what was appended from `from` on, only what is on `packet`. */
static void keep_packet(GArray *notes, uint32_t from, uint32_t packet)
{
    uint32_t n = from;
    for (uint32_t i = from; i < notes->len; i++) {
        struct h2t_note note = g_array_index(notes, struct h2t_note, i);
        if (note.packet == packet)
            g_array_index(notes, struct h2t_note, n++) = note;
    }
    g_array_set_size(notes, n);
}

void h2t_notes_of_conn(const struct h2t_model *m, uint32_t conn, uint32_t packet, GArray *notes)
{
    uint32_t from = notes->len;
    note_conn(notes, h2t_conn_at(m, conn), conn);
    keep_packet(notes, from, packet);
}

void h2t_notes_of_stream(const struct h2t_model *m, uint32_t stream, uint32_t packet, GArray *notes)
{
    uint32_t from = notes->len;
    note_stream(notes, h2t_stream_at(m, stream), stream);
    keep_packet(notes, from, packet);
}

/* A finding stands where it happened and where it is proven. */
static void note_findings(GArray *notes, const struct h2t_findings *findings)
{
    for (uint32_t i = 0; i < findings->all->len; i++) {
        const struct h2t_finding *f = &g_array_index(findings->all, struct h2t_finding, i);
        put(notes, H2T_NOTE_FINDING, f->at, i, H2T_CLIENT);
        if (f->proof.packet != f->at.packet)
            put(notes, H2T_NOTE_FINDING, f->proof, i, H2T_SERVER);
    }
}

GArray *h2t_notes(const struct h2t_model *m)
{
    GArray *notes = g_array_new(false, false, sizeof(struct h2t_note));
    if (m->findings)
        note_findings(notes, m->findings);
    for (uint32_t i = 0; i < m->wire->queries->len; i++) {
        const struct h2t_query *q = h2t_query_at(m, i);
        if (q->lookup == H2T_NONE)
            continue;
        put(notes, H2T_NOTE_DNS_QUERY, q->query, i, H2T_CLIENT);
        put(notes, H2T_NOTE_DNS_ANSWER, q->answer, i, H2T_SERVER);
    }
    for (uint32_t i = 0; i < m->wire->conns->len; i++) {
        const struct h2t_conn *c = h2t_conn_at(m, i);
        if (c->tconn != H2T_NONE || c->dial != H2T_NONE)
            note_conn(notes, c, i);
    }
    for (uint32_t i = 0; i < m->wire->streams->len; i++) {
        const struct h2t_stream *s = h2t_stream_at(m, i);
        if (s->attempt != H2T_NONE)
            note_stream(notes, s, i);
    }
    g_array_sort(notes, compare);
    return notes;
}
