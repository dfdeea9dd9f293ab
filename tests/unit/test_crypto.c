/* SPDX-License-Identifier: MIT */
#include "annotator/wire/crypto.h"

#include "hex_bytes.h"

#include <string.h>

/* ---- Key derivation ------------------------------------------------------------------------- */

struct expand_case {
    const char *secret, *key, *iv;
};

/* RFC 8448 section 3: client and server handshake, server application data. */
static const struct expand_case rfc8448[] = {
    {"b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
     "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f"},
    {"b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
     "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30"},
    {"a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
     "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984"},
};

static void test_expand_label(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rfc8448); i++) {
        GByteArray *secret = hex_bytes(rfc8448[i].secret);
        uint8_t key[16], iv[12];

        g_assert_true(crypto_expand_label(CRYPTO_SHA256, secret->data, "key", key, sizeof key));
        g_assert_true(crypto_expand_label(CRYPTO_SHA256, secret->data, "iv", iv, sizeof iv));
        assert_hex(key, sizeof key, rfc8448[i].key);
        assert_hex(iv, sizeof iv, rfc8448[i].iv);
        g_byte_array_unref(secret);
    }
}

struct prf_case {
    enum crypto_hash hash;
    const char *secret, *seed, *out;
};

/* The vectors of the IETF TLS working group's list (2009), label "test label". */
static const struct prf_case prfs[] = {
    {CRYPTO_SHA256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
     "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf"
     "9"
     "af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110f"
     "f"
     "f70187347b66"},
    {CRYPTO_SHA384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
     "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c914"
     "6"
     "a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9"
     "1"
     "84259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85"
     "e"
     "0990703d73e56f"},
};

static void test_prf(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prfs); i++) {
        GByteArray *secret = hex_bytes(prfs[i].secret), *seed = hex_bytes(prfs[i].seed);
        size_t len = strlen(prfs[i].out) / 2;
        uint8_t *out = g_malloc(len);

        g_assert_true(crypto_prf(prfs[i].hash, secret->data, secret->len, "test label", seed->data,
                                 seed->len, out, len));
        assert_hex(out, len, prfs[i].out);
        g_free(out);
        g_byte_array_unref(secret);
        g_byte_array_unref(seed);
    }
}

/* ---- AEAD ----------------------------------------------------------------------------------- */

struct aead_case {
    enum crypto_cipher cipher;
    const char *key, *nonce, *aad, *sealed, *plain;
};

/* McGrew and Viega, "The Galois/Counter Mode of Operation", cases 4 and 16; RFC 8439 section 2.8.2.
 */
#define GCM_PLAIN                                                                                  \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6" \
    "b525b16aedf5aa0de657ba637b39"
static const struct aead_case aeads[] = {
    {CRYPTO_AES_128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84a"
     "a"
     "051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
     GCM_PLAIN},
    {CRYPTO_AES_256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838"
     "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
     GCM_PLAIN},
    {CRYPTO_CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da927"
     "2"
     "8b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b483"
     "1"
     "d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a20496620492"
     "0"
     "636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c20737"
     "5"
     "6e73637265656e20776f756c642062652069742e"},
};

static void test_aead(gconstpointer data)
{
    const struct aead_case *c = data;
    GByteArray *key = hex_bytes(c->key), *nonce = hex_bytes(c->nonce), *aad = hex_bytes(c->aad);
    GByteArray *sealed = hex_bytes(c->sealed);
    struct crypto_aead *aead = crypto_aead_new(c->cipher, key->data);
    size_t len = sealed->len - CRYPTO_TAG_LEN;
    uint8_t *out = g_malloc(len);

    g_assert_cmpuint(key->len, ==, crypto_key_len(c->cipher));
    for (int i = 0; i < 3; i++) { /* the same object again and again, also after failures */
        g_assert_true(crypto_aead_open(aead, nonce->data, aad->data, aad->len, sealed->data,
                                       sealed->len, out));
        assert_hex(out, len, c->plain);
        for (guint at = 0; at < sealed->len; at += 7) {
            sealed->data[at] ^= 1;
            g_assert_false(crypto_aead_open(aead, nonce->data, aad->data, aad->len, sealed->data,
                                            sealed->len, out));
            sealed->data[at] ^= 1;
        }
        g_assert_false(crypto_aead_open(aead, nonce->data, aad->data, aad->len - 1, sealed->data,
                                        sealed->len, out));
        g_assert_false(crypto_aead_open(aead, nonce->data, aad->data, aad->len, sealed->data,
                                        CRYPTO_TAG_LEN - 1, out));
    }
    crypto_aead_free(&aead);
    g_assert_null(aead);
    g_free(out);
    g_byte_array_unref(key);
    g_byte_array_unref(nonce);
    g_byte_array_unref(aad);
    g_byte_array_unref(sealed);
}

/* ---- CBC and HMAC --------------------------------------------------------------------------- */

#define IV "c8c9cacbcccdcecf"
#define SHORT "51e38165e6078909ca0b461cb15edf019ba61107bdf821a5f7bf41a5865c9329"

struct cbc_case {
    const char *what, *record;
    bool encrypt_then_mac, fits;
};

/* "hello, triple DES" as record 5, made with the openssl command and Python's hmac: key 00..17, MAC
 * key 64..77. */
static const struct cbc_case cbcs[] = {
    {"mac-then-encrypt", IV SHORT "88b55a4b42b98b7c", false, true},
    {"long-padding", IV SHORT "b6e69448dfa9e50688621e79914554411a886b45aef07665", false, true},
    {"uneven-padding", IV SHORT "b6e69448dfa9e50688621e79914554412364ad80e2831c26", false, false},
    {"padding-too-long",
     IV
     "f47283fb9b2aaf80f671e0979a30cac94017317c3140f61ecdb014e24ed519d1a9bcbae71baa8f33c7c1d7f9196"
     "64b0d",
     false, false},
    {"encrypt-then-mac",
     IV "51e38165e6078909ca0b461cb15edf017abe36d6b300f8428d716c126c3ae3a59ffd7fba32d2a754ef1f62ce",
     true, true},
    {"wrong-way", IV SHORT "88b55a4b42b98b7c", true, false},
    {"not-blocks", IV SHORT "88b55a4b42b98b", false, false},
    {"no-mac", IV SHORT, false, false},
    {"only-iv", IV, false, false},
    {"empty", "", false, false},
    {"empty-encrypt-then-mac", "", true, false},
};

static void test_cbc(gconstpointer data)
{
    static const char plain[] = "hello, triple DES";
    const struct cbc_case *c = data;
    GByteArray *record = hex_bytes(c->record);
    uint8_t key[24], mac_key[20], *out = g_malloc(record->len);
    size_t out_len;
    struct crypto_cbc *cbc;

    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof mac_key; i++)
        mac_key[i] = (uint8_t)(100 + i);
    cbc = crypto_cbc_new(CRYPTO_3DES_CBC, key, CRYPTO_SHA1, mac_key);
    g_assert_nonnull(cbc);
    for (uint8_t seq = 4; seq < 7; seq++) { /* only 5 is right */
        uint8_t header[CRYPTO_MAC_HEADER_LEN] = {[7] = seq, [8] = 23, [9] = 3, [10] = 3};
        bool fits = crypto_cbc_open(cbc, c->encrypt_then_mac, header, record->data, record->len,
                                    out, &out_len);
        g_assert_cmpint(fits, ==, c->fits && seq == 5);
        g_assert_true(!fits || (out_len == strlen(plain) && memcmp(out, plain, out_len) == 0));
    }
    crypto_cbc_free(&cbc);
    g_assert_null(cbc);
    g_free(out);
    g_byte_array_unref(record);
}

static void test_wipe(void)
{
    uint8_t secret[8] = "secret!";

    crypto_wipe(secret, sizeof secret);
    assert_hex(secret, sizeof secret, "0000000000000000");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/crypto/expand-label", test_expand_label);
    g_test_add_func("/crypto/prf", test_prf);
    g_test_add_data_func("/crypto/aead/aes128", &aeads[0], test_aead);
    g_test_add_data_func("/crypto/aead/aes256", &aeads[1], test_aead);
    g_test_add_data_func("/crypto/aead/chacha", &aeads[2], test_aead);
    for (size_t i = 0; i < G_N_ELEMENTS(cbcs); i++) {
        char *path = g_strdup_printf("/crypto/cbc/%s", cbcs[i].what);
        g_test_add_data_func(path, &cbcs[i], test_cbc);
        g_free(path);
    }
    g_test_add_func("/crypto/wipe", test_wipe);
    return g_test_run();
}
