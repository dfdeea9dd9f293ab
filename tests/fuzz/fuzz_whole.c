/* SPDX-License-Identifier: MIT */
/* Sidecars, a key log and a capture: decoded, joined, noted, made into texts. The parts stand in
 * this order, with FUZZ_PART between them. */
#include "annotator/decode.h"
#include "core/join.h"
#include "core/notes.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/load.h"

static struct h2t_wire *read_capture(struct bytes content, struct bytes keys, uint64_t *packets)
{
    char path[32];
    struct decoded decoded = {0};
    GError *error = NULL;
    int fd = fuzz_file(content, path, sizeof path);
    struct keylog *keylog = keylog_new();
    keylog_add(keylog, (const char *)keys.data, keys.len);
    struct capture *capture = capture_open(path, &error);
    if (capture && !decode(capture, keylog, true, NULL, NULL, &decoded, &error))
        g_assert_null(decoded.wire);
    g_assert_true((decoded.wire != NULL) == (error == NULL));
    g_clear_error(&error);
    capture_close(&capture);
    keylog_free(&keylog);
    fuzz_file_close(fd);
    *packets = decoded.packets;
    return decoded.wire;
}

static void annotate(struct h2t_model *m, uint64_t packets)
{
    for (int pass = 0; pass < 2; pass++) {
        m->ignore_headers = pass == 0; /* a second join forgets the first */
        h2t_join(m);
        check_trace(m->trace);
        check_wire(m->wire, packets);
        check_join(m);
        GArray *notes = h2t_notes(m);
        check_notes(m, notes, packets);
        g_array_unref(notes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    struct bytes sidecars = fuzz_part(&rest, FUZZ_PART), keys = fuzz_part(&rest, FUZZ_PART);
    uint64_t packets;
    struct h2t_model m = {.wire = read_capture(rest, keys, &packets),
                          .trace = load_sidecars(sidecars, 1u << 20)};
    if (m.wire)
        check_wire(m.wire, packets);
    if (m.wire && m.trace)
        annotate(&m, packets);
    h2t_wire_free(&m.wire);
    h2t_trace_free(&m.trace);
    return 0;
}
