/* SPDX-License-Identifier: MIT */
#include "core/notes.h"

#include "core/ledger.h"
#include "core/view.h"

#include <stdlib.h>

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

/* ---- Order ---------------------------------------------------------------------------------- */

#define RADIX_BITS 8
#define RADIX (1u << RADIX_BITS)
#define FEW 24u /* sorted by insertion */

static unsigned digit(const struct h2t_note *note, int shift)
{
    return (note->packet >> shift) % RADIX;
}

static void sort_few(struct h2t_note *notes, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        struct h2t_note note = notes[i];
        uint32_t at = i;
        for (; at && compare(&notes[at - 1], &note) > 0; at--)
            notes[at] = notes[at - 1];
        notes[at] = note;
    }
}

/* Moves each note to the place of its digit: from next[d] on, before end[d]. In place. */
static void deal(struct h2t_note *notes, int shift, uint32_t next[RADIX], const uint32_t end[RADIX])
{
    for (unsigned d = 0; d < RADIX; d++)
        while (next[d] < end[d]) {
            struct h2t_note note = notes[next[d]];
            for (unsigned of = digit(&note, shift); of != d; of = digit(&note, shift)) {
                struct h2t_note other = notes[next[of]];
                notes[next[of]++] = note;
                note = other;
            }
            notes[next[d]++] = note;
        }
}

/* By packet first, digit by digit from the upper ones: there are as many notes as packets or more,
 * and a sort that merges needs their memory again. */
static void sort(struct h2t_note *notes, uint32_t n, int shift)
{
    uint32_t next[RADIX], end[RADIX] = {0}, sum = 0;
    if (n <= FEW) {
        sort_few(notes, n);
        return;
    }
    if (shift < 0) { /* all on one packet */
        qsort(notes, n, sizeof *notes, compare);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        end[digit(&notes[i], shift)]++;
    for (unsigned d = 0; d < RADIX; d++) {
        next[d] = sum;
        end[d] = sum += end[d];
    }
    deal(notes, shift, next, end);
    for (uint32_t d = 0, from = 0; d < RADIX; from = end[d++])
        sort(notes + from, end[d] - from, shift - RADIX_BITS);
}

static void sort_notes(GArray *notes)
{
    sort((struct h2t_note *)(void *)notes->data, notes->len, 32 - RADIX_BITS);
}

void h2t_notes_sort(GArray *notes)
{
    uint32_t n = 0;
    sort_notes(notes);
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

/* Lines of a debug log, on the packets with their frames. */
static void note_frames(GArray *notes, const struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->trace->sightings->len; i++) {
        struct h2t_mark mark = {.ns = H2T_NEVER};
        const struct h2t_entry *e = h2t_sighting_entry(m, i);
        mark.packet = e->packet;
        put(notes, H2T_NOTE_FRAME, mark, i, H2T_CLIENT);
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
    if (h2t_has_framers(m))
        note_frames(notes, m);
    sort_notes(notes);
    return notes;
}
