/* SPDX-License-Identifier: MIT */
/* A key log, then the bytes of one TLS connection in pieces. */
#include "annotator/wire/tls.h"
#include "tests/fuzz/fuzz.h"

static void on_frame(void *user, const struct h2t_frame *frame)
{
    GString *log = user;
    g_assert_true(frame->kind >= H2T_CLIENT_HELLO && frame->kind <= H2T_ALERT);
    fuzz_log_frame(log, frame);
    g_string_truncate(log, 0);
}

static void on_plain(void *user, enum h2t_dir dir, const uint8_t *data, size_t len,
                     struct h2t_mark mark)
{
    (void)user, (void)dir, (void)mark;
    g_assert_cmpuint(len, >, 0);
    fuzz_touch(data, len);
}

static void on_gap(void *user, enum h2t_dir dir, struct h2t_mark mark)
{
    (void)user, (void)dir, (void)mark;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tls_callbacks callbacks = {on_frame, on_plain, on_gap};
    struct bytes rest = {data, size};
    struct bytes keys = fuzz_part(&rest, FUZZ_PART);
    struct pieces pieces = {.rest = rest};
    struct keylog *keylog = keylog_new();
    GString *log = g_string_new(NULL);
    keylog_add(keylog, (const char *)keys.data, keys.len);
    struct tls *tls = tls_new(keylog, &callbacks, log);
    for (uint32_t packet = 1; pieces_next(&pieces); packet++) {
        struct h2t_mark mark = {.packet = packet};
        if (pieces.now.control & PIECE_GAP)
            tls_gap(tls, piece_dir(&pieces.now), mark);
        tls_input(tls, piece_dir(&pieces.now), pieces.now.data, pieces.now.len, mark);
    }
    tls_decrypted(tls);
    tls_no_keys(tls);
    tls_free(&tls);
    g_string_free(keylog_used(keylog), TRUE);
    keylog_free(&keylog);
    g_string_free(log, TRUE);
    return 0;
}
