/* SPDX-License-Identifier: MIT */
#include "annotator/scribe.h"

#include "noted.h"

#define N_NOTES 6000u /* many pages */
#define CROWD 1500u   /* notes on one packet: more than a page has */

/* The notes of a small model again and again: on packets 10, 20, …, and CROWD of them on one. */
static GArray *many_notes(const struct world *w)
{
    g_autoptr(GArray) few = h2t_notes(&w->m);
    GArray *many = g_array_new(false, false, sizeof(struct h2t_note));
    uint32_t packet = 0;
    for (uint32_t i = 0; i < N_NOTES; i++) {
        struct h2t_note note = g_array_index(few, struct h2t_note, i % few->len);
        bool crowded = i > N_NOTES / 2 && i < N_NOTES / 2 + CROWD;
        packet += crowded || i % 3 ? 0 : 10;
        note.packet = packet;
        g_array_append_val(many, note);
    }
    return many;
}

static void assert_texts(const struct world *w, const GArray *notes, uint32_t first,
                         GString *const *texts, unsigned n)
{
    g_autoptr(GString) wanted = g_string_new(NULL);
    for (unsigned i = 0; i < n; i++) {
        h2t_note_text(&w->m, &g_array_index(notes, struct h2t_note, first + i), false, wanted);
        g_assert_cmpstr(texts[i]->str, ==, wanted->str);
        g_string_append(texts[i], " changed"); /* the reader may */
    }
}

static uint32_t packet_of(const GArray *notes, uint32_t i)
{
    return g_array_index(notes, struct h2t_note, i).packet;
}

static void test_all(const void *own_thread)
{
    struct world w = typical(0);
    g_autoptr(GArray) notes = many_notes(&w);
    struct scribe *scribe = scribe_new(&w.m, notes, own_thread != NULL);
    uint32_t next = 0, last = packet_of(notes, N_NOTES - 1);
    for (uint32_t packet = 1; packet <= last + 1; packet++) {
        unsigned n, wanted = 0;
        while (next + wanted < N_NOTES && packet_of(notes, next + wanted) == packet)
            wanted++;
        GString *const *texts = scribe_texts(scribe, packet, &n);
        g_assert_cmpuint(n, ==, wanted);
        assert_texts(&w, notes, next, texts, n);
        next += n;
    }
    g_assert_cmpuint(next, ==, N_NOTES);
    scribe_free(&scribe);
    world_free(&w);
}

/* Packets that are not asked for, whole pages of them. */
static void test_passed_over(const void *own_thread)
{
    struct world w = typical(0);
    g_autoptr(GArray) notes = many_notes(&w);
    struct scribe *scribe = scribe_new(&w.m, notes, own_thread != NULL);
    unsigned n;
    scribe_texts(scribe, packet_of(notes, 3), &n);
    g_assert_cmpuint(n, ==, 3);
    GString *const *texts = scribe_texts(scribe, packet_of(notes, N_NOTES - 3), &n);
    g_assert_cmpuint(n, ==, 3);
    assert_texts(&w, notes, N_NOTES - 3, texts, n);
    for (uint32_t packet = G_MAXUINT32 - 2; packet < G_MAXUINT32; packet++) {
        scribe_texts(scribe, packet, &n);
        g_assert_cmpuint(n, ==, 0);
    }
    scribe_free(&scribe);
    world_free(&w);
}

/* The writing of the capture failed: the thread must not wait for ever. */
static void test_abandoned(const void *own_thread)
{
    struct world w = typical(0);
    g_autoptr(GArray) notes = many_notes(&w), none = g_array_new(false, false, 1);
    struct scribe *scribe = scribe_new(&w.m, notes, own_thread != NULL);
    unsigned n;
    scribe_texts(scribe, packet_of(notes, 0), &n);
    g_assert_cmpuint(n, ==, 3);
    scribe_free(&scribe);
    scribe = scribe_new(&w.m, none, own_thread != NULL);
    scribe_texts(scribe, 1, &n);
    g_assert_cmpuint(n, ==, 0);
    scribe_free(&scribe);
    world_free(&w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/scribe/all", NULL, test_all);
    g_test_add_data_func("/scribe/all-thread", "", test_all);
    g_test_add_data_func("/scribe/passed-over", NULL, test_passed_over);
    g_test_add_data_func("/scribe/passed-over-thread", "", test_passed_over);
    g_test_add_data_func("/scribe/abandoned", NULL, test_abandoned);
    g_test_add_data_func("/scribe/abandoned-thread", "", test_abandoned);
    return g_test_run();
}
