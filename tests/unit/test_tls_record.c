/* SPDX-License-Identifier: MIT */
/* The two readers under TLS: bytes to records, handshake bytes to messages. */
#include "annotator/wire/tls_message.h"
#include "annotator/wire/tls_record.h"

#include "core/base.h"

#include <string.h>

/* ---- Records -------------------------------------------------------------------------------- */

static void append_record(GByteArray *out, uint8_t type, size_t len)
{
    uint8_t header[] = {type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};

    g_byte_array_append(out, header, sizeof header);
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)(200 + i % 50); /* nothing that looks like a header */
        g_byte_array_append(out, &byte, 1);
    }
}

/* Reads all of it in pieces; the lengths of the records as text. */
static char *lengths(const GByteArray *bytes, size_t piece, bool *bad)
{
    struct record_reader reader = {0};
    GString *out = g_string_new(NULL);
    enum record_status status = RECORD_MORE;

    for (size_t at = 0; at < bytes->len && status != RECORD_BAD; at += piece) {
        struct cursor in = cursor_make(bytes->data + at, MIN(piece, bytes->len - at));
        struct record record;
        while ((status = record_next(&reader, &in, &record)) == RECORD_READY)
            g_string_append_printf(out, "%u:%u ", record.type, (unsigned)record.len);
        record_reader_idle(&reader);
    }
    *bad = status == RECORD_BAD;
    g_assert_true(*bad || reader.held == NULL); /* nothing is kept between records */
    record_reader_reset(&reader);
    return g_string_free(out, FALSE);
}

static void check_records(const GByteArray *bytes, const char *wanted, bool wanted_bad)
{
    static const size_t pieces[] = {1, 2, 5, 6, 1448, 16389, 1u << 20};

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        bool bad;
        char *found = lengths(bytes, pieces[i], &bad);
        g_assert_cmpstr(found, ==, wanted);
        g_assert_cmpint(bad, ==, wanted_bad);
        g_free(found);
    }
}

static void test_records(void)
{
    GByteArray *bytes = g_byte_array_new();

    append_record(bytes, 22, 10);
    append_record(bytes, 23, 0);
    append_record(bytes, 23, 16384);
    append_record(bytes, 23, 1);
    append_record(bytes, 21, H2T_MAX_TLS_RECORD);
    check_records(bytes, "22:10 23:0 23:16384 23:1 21:18432 ", false);
    append_record(bytes, 23, H2T_MAX_TLS_RECORD + 1);
    check_records(bytes, "22:10 23:0 23:16384 23:1 21:18432 ", true);
    g_byte_array_unref(bytes);
}

static void test_bad_headers(void)
{
    static const uint8_t headers[][5] = {
        {19, 3, 3, 0, 1}, {25, 3, 3, 0, 1}, {22, 2, 3, 0, 1}, {22, 3, 3, 0xff, 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        GByteArray *bytes = g_byte_array_new();
        append_record(bytes, 22, 3);
        g_byte_array_append(bytes, headers[i], sizeof headers[i]);
        check_records(bytes, "22:3 ", true);
        g_byte_array_unref(bytes);
    }
}

static const struct record_wanted wanted = {RECORD_DATA, RECORD_DATA, 17};

/* The record after some noise; the wrong ones before it are taken back. */
static void test_seek(gconstpointer data)
{
    size_t piece = GPOINTER_TO_SIZE(data);
    GByteArray *bytes = g_byte_array_new();
    struct record_reader reader = {0};
    struct record record;
    unsigned rejected = 0;
    bool found = false;

    g_byte_array_append(bytes, (const uint8_t *)"\x17\x03\x17\x03\x03\x00\x05noise",
                        12); /* short */
    g_byte_array_append(bytes, (const uint8_t *)"\x17\x03\x03\x00\x20",
                        5); /* a guess that is wrong */
    append_record(bytes, 22, 30);
    append_record(bytes, 23, 999);
    append_record(bytes, 23, 50);
    for (size_t at = 0; at < bytes->len && !found; at += piece) {
        struct cursor in = cursor_make(bytes->data + at, MIN(piece, bytes->len - at));
        while (!found && record_seek(&reader, &in, &wanted, &record) == RECORD_READY) {
            found = record.len == 999;
            if (!found)
                record_reject(&reader, &record), rejected++;
        }
        if (found && piece == bytes->len) { /* the next one follows as usual */
            g_assert_cmpint(record_next(&reader, &in, &record), ==, RECORD_READY);
            g_assert_cmpuint(record.len, ==, 50);
        }
    }
    g_assert_true(found);
    g_assert_cmpuint(rejected, ==, 1);
    record_reader_reset(&reader);
    g_byte_array_unref(bytes);
}

/* Noise is not held. */
static void test_seek_noise(void)
{
    GByteArray *bytes = g_byte_array_new();
    struct record_reader reader = {0};
    struct record record;
    struct cursor in;

    g_byte_array_set_size(bytes, 1u << 20);
    memset(bytes->data, 0x17, bytes->len);
    in = cursor_make(bytes->data, bytes->len);
    g_assert_cmpint(record_seek(&reader, &in, &wanted, &record), ==, RECORD_MORE);
    g_assert_cmpuint(in.left, ==, 0);
    g_assert_cmpuint(reader.end - reader.start, <=, 1);
    g_assert_cmpuint(reader.size, <=, RECORD_HEADER_LEN + H2T_MAX_TLS_RECORD);
    record_reader_reset(&reader);
    g_byte_array_unref(bytes);
}

/* ---- Messages ------------------------------------------------------------------------------- */

static void append_message(GByteArray *out, uint8_t type, size_t promised, size_t given)
{
    uint8_t header[] = {type, (uint8_t)(promised >> 16), (uint8_t)(promised >> 8),
                        (uint8_t)promised};

    g_byte_array_append(out, header, sizeof header);
    for (size_t i = 0; i < given; i++) {
        uint8_t byte = (uint8_t)i;
        g_byte_array_append(out, &byte, 1);
    }
}

static void check_body(const struct message *message, GString *out)
{
    g_string_append_printf(out, "%u:%u%s ", message->type, (unsigned)message->len,
                           message->body ? "" : "-");
    for (size_t i = 0; message->body && i < message->len; i++)
        g_assert_cmpuint(message->body[i], ==, i & 0xff);
}

static char *messages(const GByteArray *bytes, size_t piece, struct message_reader *reader)
{
    GString *out = g_string_new(NULL);

    for (size_t at = 0; at < bytes->len; at += piece) {
        size_t n = MIN(piece, bytes->len - at);
        uint8_t *exact = g_memdup2(bytes->data + at, n);
        struct cursor in = cursor_make(exact, n);
        struct message message;
        while (message_next(reader, &in, &message))
            check_body(&message, out);
        g_free(exact);
    }
    return g_string_free(out, FALSE);
}

static void test_messages(void)
{
    GByteArray *bytes = g_byte_array_new();

    append_message(bytes, MESSAGE_CLIENT_HELLO, 300, 300);
    append_message(bytes, 14, 0, 0);       /* ServerHelloDone */
    append_message(bytes, 11, 5000, 5000); /* Certificate: nobody reads it */
    append_message(bytes, MESSAGE_ENCRYPTED_EXTENSIONS, 2, 2);
    append_message(bytes, MESSAGE_SERVER_HELLO, 0, 0);
    append_message(bytes, MESSAGE_FINISHED, 32, 32);
    for (size_t piece = 1; piece < 8000; piece = piece * 3 + 1) {
        struct message_reader reader = {0};
        char *found = messages(bytes, piece, &reader);
        g_assert_cmpstr(found, ==, "1:300 14:0- 11:5000- 8:2 2:0 20:32- ");
        g_assert_null(reader.held);
        g_free(found);
    }
    g_byte_array_unref(bytes);
}

/* A message that is read may have H2T_MAX_HANDSHAKE bytes, one that is not, more. */
static void test_message_limit(void)
{
    for (size_t extra = 0; extra < 2; extra++) {
        GByteArray *bytes = g_byte_array_new();
        struct message_reader reader = {0};
        char *found;

        append_message(bytes, 11, H2T_MAX_HANDSHAKE + 1, H2T_MAX_HANDSHAKE + 1);
        append_message(bytes, MESSAGE_CLIENT_HELLO, H2T_MAX_HANDSHAKE + extra,
                       H2T_MAX_HANDSHAKE + extra);
        append_message(bytes, MESSAGE_FINISHED, 0, 0);
        found = messages(bytes, 16384, &reader);
        g_assert_cmpstr(found, ==, extra ? "11:262145- " : "11:262145- 1:262144 20:0- ");
        g_assert_cmpint(reader.bad, ==, extra != 0);
        message_reader_reset(&reader);
        g_free(found);
        g_byte_array_unref(bytes);
    }
}

/* Memory follows what came, not what was promised. */
static void test_message_promise(void)
{
    GByteArray *bytes = g_byte_array_new();
    struct message_reader reader = {0};

    append_message(bytes, MESSAGE_CLIENT_HELLO, H2T_MAX_HANDSHAKE, 100);
    g_free(messages(bytes, 10, &reader));
    g_assert_cmpuint(reader.size, <=, 200);
    message_reader_reset(&reader);
    g_byte_array_unref(bytes);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tls-record/records", test_records);
    g_test_add_func("/tls-record/bad-headers", test_bad_headers);
    g_test_add_data_func("/tls-record/seek/1", GSIZE_TO_POINTER(1), test_seek);
    g_test_add_data_func("/tls-record/seek/7", GSIZE_TO_POINTER(7), test_seek);
    g_test_add_data_func("/tls-record/seek/whole", GSIZE_TO_POINTER(1116), test_seek);
    g_test_add_func("/tls-record/seek-noise", test_seek_noise);
    g_test_add_func("/tls-message/messages", test_messages);
    g_test_add_func("/tls-message/limit", test_message_limit);
    g_test_add_func("/tls-message/promise", test_message_promise);
    return g_test_run();
}
