/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_hello.h"

#include "hex_bytes.h"

#include <string.h>

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RETRY "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
/* legacy version, random, session id of 4, two suites, one compression method */
#define CLIENT                                                                                     \
    "0303" RANDOM "04 aabbccdd"                                                                    \
    "0004 1301 c02f"                                                                               \
    "01 00"
#define SERVER                                                                                     \
    "0303" RANDOM "04 aabbccdd"                                                                    \
    "c02f 00"

typedef bool (*parse_fn)(const uint8_t *body, size_t len, struct tls_hello *out);

static bool parse(parse_fn fn, const char *hex, struct tls_hello *out)
{
    GByteArray *bytes = hex_bytes(hex);
    uint8_t *exact = g_memdup2(bytes->data, bytes->len);
    bool ok = fn(exact, bytes->len, out);

    g_free(exact);
    g_byte_array_unref(bytes);
    return ok;
}

static void test_client_plain(void)
{
    GByteArray *bytes = hex_bytes(CLIENT);
    struct tls_hello hello;

    g_assert_true(tls_hello_client(bytes->data, bytes->len, &hello));
    g_assert_cmphex(hello.version, ==, 0x0303);
    g_assert_true(hello.random == bytes->data + 2);
    assert_hex(hello.session_id, hello.session_id_len, "aabbccdd");
    g_assert_cmpstr(hello.sni, ==, "");
    g_assert_cmpstr(hello.alpn, ==, "");
    g_assert_null(hello.ticket);
    g_assert_false(hello.early_data || hello.psk || hello.encrypt_then_mac || hello.retry);
    g_byte_array_unref(bytes);
}

struct client_case {
    const char *extensions;
    uint16_t version;
    const char *sni, *alpn;
};

static const struct client_case clients[] = {
    {"0000", 0x0303, "", ""},
    {"000d 0000 0009 0007 00 0004 61 2e 62 63", 0x0303, "a.bc", ""},
    {"000d 0000 0009 0007 00 0004 61 00 ff 0a", 0x0303, "a???", ""},
    {"000d 0000 0009 0007 01 0004 61 2e 62 63", 0x0303, "", ""}, /* not a host name */
    {"0012 0010 000e 000c 02 6832 08 687474702f312e31", 0x0303, "", "h2,http/1.1"},
    {"0009 0010 0005 0003 02 0a0a", 0x0303, "", "??"},
    {"000b 002b 0007 06 0303 0304 0302", 0x0304, "", ""},
    {"000b 002b 0007 06 fafa 0304 0303", 0x0304, "", ""}, /* GREASE */
    {"0007 002b 0003 02 fafa", 0x0303, "", ""},
    {"0004 ff01 0000", 0x0303, "", ""}, /* unknown ones are passed over */
};

static void test_client_extensions(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(clients); i++) {
        char *hex = g_strconcat(CLIENT, clients[i].extensions, NULL);
        struct tls_hello hello;

        g_assert_true(parse(tls_hello_client, hex, &hello));
        g_assert_cmphex(hello.version, ==, clients[i].version);
        g_assert_cmpstr(hello.sni, ==, clients[i].sni);
        g_assert_cmpstr(hello.alpn, ==, clients[i].alpn);
        g_free(hex);
    }
}

static void test_client_flags(void)
{
    struct tls_hello hello;

    g_assert_true(parse(tls_hello_client, CLIENT "0008 002a 0000 0016 0000", &hello));
    g_assert_true(hello.early_data && hello.encrypt_then_mac);
    g_assert_true(parse(tls_hello_client, CLIENT "0007 0023 0003 010203", &hello));
    g_assert_cmpuint(hello.ticket_len, ==, 3);
    g_assert_true(parse(tls_hello_client, CLIENT "0004 0023 0000", &hello));
    g_assert_null(hello.ticket);
}

/* Names that do not fit are left out whole. */
static void test_long_names(void)
{
    GString *hex = g_string_new(CLIENT "0206 0010 0202 0200"); /* two ALPN names of 255 bytes */
    struct tls_hello hello;

    for (int name = 0; name < 2; name++) {
        g_string_append(hex, "ff");
        for (int i = 0; i < 255; i++)
            g_string_append_printf(hex, "%02x", 'a' + name);
    }
    g_assert_true(parse(tls_hello_client, hex->str, &hello));
    g_assert_cmpuint(strlen(hello.alpn), ==, 255);
    g_assert_cmpint(hello.alpn[254], ==, 'a');

    g_string_assign(hex, CLIENT "0109 0000 0105 0103 00 0100"); /* a server name of 256 */
    for (int i = 0; i < 256; i++)
        g_string_append(hex, "61");
    g_assert_true(parse(tls_hello_client, hex->str, &hello));
    g_assert_cmpstr(hello.sni, ==, "");
    g_string_free(hex, TRUE);
}

static void test_server(void)
{
    struct tls_hello hello;

    g_assert_true(parse(tls_hello_server, SERVER, &hello));
    g_assert_cmphex(hello.version, ==, 0x0303);
    g_assert_cmphex(hello.cipher, ==, 0xc02f);
    g_assert_cmpuint(hello.session_id_len, ==, 4);
    g_assert_false(hello.psk || hello.retry || hello.encrypt_then_mac);
    g_assert_true(parse(tls_hello_server, SERVER "000d 0010 0005 0003 02 6832 0016 0000", &hello));
    g_assert_cmpstr(hello.alpn, ==, "h2");
    g_assert_true(hello.encrypt_then_mac);
    g_assert_true(parse(tls_hello_server, SERVER "000c 002b 0002 0304 0029 0002 0000", &hello));
    g_assert_cmphex(hello.version, ==, 0x0304);
    g_assert_true(hello.psk);
    g_assert_true(parse(tls_hello_server, "0303" RETRY "00 1301 00", &hello));
    g_assert_true(hello.retry);
}

static void test_encrypted_extensions(void)
{
    struct tls_hello hello;

    g_assert_true(parse(tls_hello_encrypted_extensions, "0000", &hello));
    g_assert_cmpstr(hello.alpn, ==, "");
    g_assert_false(hello.early_data);
    g_assert_true(parse(tls_hello_encrypted_extensions,
                        "0011 0000 0000 0010 0005 0003 02 6832 002a 0000", &hello));
    g_assert_cmpstr(hello.alpn, ==, "h2");
    g_assert_true(hello.early_data);
    g_assert_false(parse(tls_hello_encrypted_extensions, "", &hello));
    g_assert_false(parse(tls_hello_encrypted_extensions, "0001", &hello));
    g_assert_false(parse(tls_hello_encrypted_extensions, "0004 0010 0001", &hello));
}

static void test_ticket(void)
{
    GByteArray *bytes = hex_bytes("00000e10 0003 aabbcc");
    const uint8_t *ticket;
    size_t len;

    g_assert_true(tls_hello_ticket(bytes->data, bytes->len, &ticket, &len));
    assert_hex(ticket, len, "aabbcc");
    g_assert_false(tls_hello_ticket(bytes->data, bytes->len - 1, &ticket, &len));
    g_assert_false(tls_hello_ticket(bytes->data, 3, &ticket, &len));
    bytes->data[5] = 0;
    g_assert_false(tls_hello_ticket(bytes->data, bytes->len, &ticket, &len));
    g_byte_array_unref(bytes);
}

struct length_case {
    parse_fn fn;
    const char *hex;
    size_t min; /* without extensions a hello is whole */
};

#define ALL                                                                                        \
    "0024 0000 0009 0007 00 0004 61 2e 62 63 0010 0005 0003 02 6832 002b 0005 04 0303 0304 ff01 "  \
    "0001"                                                                                         \
    "00"

/* Every message cut short is refused. */
static void test_cut(void)
{
    static const struct length_case cases[] = {
        {tls_hello_client, CLIENT ALL, 47},
        {tls_hello_server, SERVER "000d 0010 0005 0003 02 6832 0016 0000", 42},
        {tls_hello_encrypted_extensions, "0011 0000 0000 0010 0005 0003 02 6832 002a 0000", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *bytes = hex_bytes(cases[i].hex);
        for (size_t len = 0; len <= bytes->len; len++) {
            uint8_t *exact = g_memdup2(bytes->data, len);
            struct tls_hello hello;
            bool whole = len == bytes->len || (cases[i].min && len == cases[i].min);
            g_assert_cmpint(cases[i].fn(exact, len, &hello), ==, whole);
            g_free(exact);
        }
        g_byte_array_unref(bytes);
    }
}

/* Lengths inside that point past their frame. */
static void test_damaged(void)
{
    static const char *const clients_bad[] = {"000d 0000 0009 0008 00 0004 61 2e 62 63",
                                              "000d 0000 0009 0007 00 0005 61 2e 62 63",
                                              "000d 0000 000a 0007 00 0004 61 2e 62 63",
                                              "0009 0010 0005 0003 03 6832",
                                              "0009 0010 0005 0004 02 6832",
                                              "000b 002b 0007 07 0303 0304 0302",
                                              "000b 002b 0007 05 0303 0304 0302",
                                              "0005 002b 0000 00"};
    struct tls_hello hello;

    for (size_t i = 0; i < G_N_ELEMENTS(clients_bad); i++) {
        char *hex = g_strconcat(CLIENT, clients_bad[i], NULL);
        g_assert_false(parse(tls_hello_client, hex, &hello));
        g_free(hex);
    }
    g_assert_false(parse(tls_hello_server, SERVER "0005 002b 0001 03", &hello));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tls-hello/client", test_client_plain);
    g_test_add_func("/tls-hello/client-extensions", test_client_extensions);
    g_test_add_func("/tls-hello/client-flags", test_client_flags);
    g_test_add_func("/tls-hello/long-names", test_long_names);
    g_test_add_func("/tls-hello/server", test_server);
    g_test_add_func("/tls-hello/encrypted-extensions", test_encrypted_extensions);
    g_test_add_func("/tls-hello/ticket", test_ticket);
    g_test_add_func("/tls-hello/cut", test_cut);
    g_test_add_func("/tls-hello/damaged", test_damaged);
    return g_test_run();
}
