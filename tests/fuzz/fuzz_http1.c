/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 of both directions, cut up and with gaps as the input says. As long as nothing is
 * missing, it does not matter how it was cut up. */
#include "annotator/wire/http1.h"
#include "tests/fuzz/fuzz.h"

struct watch {
    GString *log;
    bool lost, switched;
};

static void on_frame(void *user, const struct h2t_frame *frame)
{
    struct watch *watch = user;
    g_assert_true(frame->kind == H2T_GAP || frame->kind >= H2T_REQUEST);
    watch->lost |= frame->kind == H2T_GAP;
    if (!watch->lost)
        fuzz_log_frame(watch->log, frame);
}

static void input(struct watch *watch, struct http1 *http1, const struct piece *piece,
                  struct h2t_mark mark, size_t step)
{
    for (size_t at = 0; at < piece->len && !watch->switched; at += step) {
        size_t len = MIN(step, piece->len - at);
        size_t used = http1_input(http1, piece_dir(piece), piece->data + at, len, mark);
        g_assert_cmpuint(used, <=, len);
        watch->switched = http1_is_h2c(http1);
        if (!watch->switched)
            g_assert_cmpuint(used, ==, len);
    }
}

static void talk(struct bytes all, size_t step, struct watch *watch)
{
    struct pieces pieces = {.rest = all};
    struct http1 *http1 = http1_new(on_frame, watch);
    for (uint32_t packet = 1; !watch->switched && pieces_next(&pieces); packet++) {
        struct h2t_mark mark = {.packet = packet};
        enum h2t_dir dir = piece_dir(&pieces.now);
        if (pieces.now.control & PIECE_GAP) {
            watch->lost = true;
            http1_gap(http1, dir, pieces.now.control >> 4);
        }
        input(watch, http1, &pieces.now, mark, step);
        if (pieces.now.control & PIECE_FIN)
            http1_fin(http1, dir, mark);
    }
    pieces_fini(&pieces);
    http1_free(&http1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes all = {data, size};
    struct watch whole = {.log = g_string_new(NULL)}, bytewise = {.log = g_string_new(NULL)};
    http1_looks_like(data, size);
    talk(all, UINT16_MAX, &whole);
    talk(all, 1, &bytewise);
    g_assert_cmpint(whole.lost, ==, bytewise.lost);
    g_assert_cmpint(whole.switched, ==, bytewise.switched);
    g_assert_cmpstr(whole.log->str, ==, bytewise.log->str);
    g_string_free(whole.log, TRUE);
    g_string_free(bytewise.log, TRUE);
    return 0;
}
