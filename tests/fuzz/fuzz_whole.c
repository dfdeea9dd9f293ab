/* SPDX-License-Identifier: MIT */
/* Sidecars, a key log and a capture, which may be in several files: decoded, joined, noted, made
 * into texts, redacted. The parts stand in this order, with FUZZ_PART between them. */
#include "annotator/decode.h"
#include "core/join.h"
#include "core/notes.h"
#include "core/redact.h"
#include "core/rules.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/load.h"

#define MAX_FILES 4u
#define PATH_ROOM 32u

/* A capture's files in memory. */
struct files {
    int fds[MAX_FILES];
    char paths[MAX_FILES][PATH_ROOM];
    const char *names[MAX_FILES + 1]; /* NULL-terminated */
    unsigned n;
};

static void put(struct files *files, struct bytes content)
{
    do {
        unsigned i = files->n++;
        struct bytes part = files->n < MAX_FILES ? fuzz_part(&content, FUZZ_FILE) : content;
        files->fds[i] = fuzz_file(part, files->paths[i], PATH_ROOM);
        files->names[i] = files->paths[i];
    } while (content.len && files->n < MAX_FILES);
}

static struct capture *open_files(const struct files *files, GError **error)
{
    return files->n > 1 ? capture_open_all(files->names, error)
                        : capture_open(files->names[0], error);
}

static struct h2t_wire *read_capture(struct bytes content, struct bytes keys, uint64_t *packets)
{
    struct decoded decoded = {0};
    struct files files = {0};
    GError *error = NULL;
    put(&files, content);
    struct keylog *keylog = keylog_new();
    keylog_add(keylog, (const char *)keys.data, keys.len);
    struct capture *capture = open_files(&files, &error);
    if (capture && !decode(capture, keylog, true, NULL, NULL, &decoded, &error))
        g_assert_null(decoded.wire);
    g_assert_true((decoded.wire != NULL) == (error == NULL));
    g_clear_error(&error);
    capture_close(&capture);
    keylog_free(&keylog);
    for (unsigned i = 0; i < files.n; i++)
        fuzz_file_close(files.fds[i]);
    *packets = decoded.packets;
    return decoded.wire;
}

static void note(struct h2t_model *m, uint64_t packets)
{
    GArray *notes = h2t_notes(m);
    check_notes(m, notes, packets);
    g_array_unref(notes);
}

static void redact(struct h2t_model *m, uint64_t packets)
{
    static const uint8_t key[16] = {1};
    h2t_diagnose(m);
    h2t_redact(m, key, sizeof key);
    note(m, packets);
    h2t_findings_free(&m->findings);
}

static void annotate(struct h2t_model *m, uint64_t packets)
{
    for (int pass = 0; pass < 2; pass++) {
        m->ignore_headers = pass == 0; /* a second join forgets the first */
        h2t_join(m);
        check_trace(m->trace);
        check_wire(m->wire, packets);
        check_join(m);
        note(m, packets);
    }
    redact(m, packets);
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
