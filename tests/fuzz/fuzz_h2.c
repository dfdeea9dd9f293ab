/* SPDX-License-Identifier: MIT */
/* HTTP/2 of both directions, cut up and with gaps as the input says. As long as nothing is missing,
 * it does not matter how it was cut up. */
#include "annotator/wire/h2.h"
#include "tests/fuzz/fuzz.h"

struct watch {
    GString *log;
    bool lost;
};

static void on_frame(void *user, const struct h2t_frame *frame)
{
    struct watch *watch = user;
    g_assert_true(frame->kind == H2T_GAP ||
                  (frame->kind >= H2T_PREFACE && frame->kind <= H2T_WINDOW_UPDATE));
    g_assert_cmpuint(frame->n_settings, <=, H2_MAX_SETTINGS);
    g_assert_cmpuint(frame->stream, <=, 0x7fffffff);
    watch->lost |= frame->kind == H2T_GAP;
    if (!watch->lost)
        fuzz_log_frame(watch->log, frame);
}

static void input(struct h2 *h2, const struct piece *piece, uint32_t packet, size_t step)
{
    struct h2t_mark mark = {.packet = packet};
    if (piece->control & PIECE_GAP)
        h2_gap(h2, piece_dir(piece), mark);
    for (size_t at = 0; at < piece->len; at += step)
        h2_input(h2, piece_dir(piece), piece->data + at, MIN(step, piece->len - at), mark);
}

/* True if nothing was missing. */
static bool talk(struct bytes all, size_t step, GString *log)
{
    struct watch watch = {.log = log};
    struct pieces pieces = {.rest = all};
    struct h2 *h2 = h2_new(on_frame, &watch);
    for (uint32_t packet = 1; pieces_next(&pieces); packet++) {
        watch.lost |= pieces.now.control & PIECE_GAP;
        input(h2, &pieces.now, packet, step);
    }
    h2_free(&h2);
    return !watch.lost;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes all = {data, size};
    GString *whole = g_string_new(NULL), *bytewise = g_string_new(NULL);
    bool complete = talk(all, UINT16_MAX, whole);
    g_assert_cmpint(talk(all, 1, bytewise), ==, complete);
    g_assert_cmpstr(whole->str, ==, bytewise->str);
    g_string_free(whole, TRUE);
    g_string_free(bytewise, TRUE);
    return 0;
}
