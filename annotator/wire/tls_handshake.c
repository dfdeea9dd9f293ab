/* SPDX-License-Identifier: MIT */
/* Handshake messages to milestones and key changes. */
#include "annotator/wire/tls_impl.h"

#include <string.h>

static const char *text_or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static uint64_t hash_or_none(const uint8_t *data, size_t len)
{
    return len ? h2t_hash((const char *)data, len) : 0;
}

static void tell_hello(struct tls *tls, enum h2t_dir dir, const struct h2t_hello *hello)
{
    struct h2t_frame frame = {.hello = hello};

    frame.kind = dir == H2T_CLIENT ? H2T_CLIENT_HELLO : H2T_SERVER_HELLO;
    tls_tell(tls, dir, &frame);
}

static void tell_server_hello(struct tls *tls, const char *alpn)
{
    struct h2t_hello hello = {.version = tls->version,
                              .cipher = tls->cipher,
                              .alpn = text_or_null(alpn),
                              .resumed = tls->resumed};

    tell_hello(tls, H2T_SERVER, &hello);
}

/* ---- ClientHello ---------------------------------------------------------------------------- */

static void take_client_hello(struct tls *tls, const struct tls_hello *hello)
{
    struct h2t_hello told = {.version = hello->version,
                             .sni = text_or_null(hello->sni),
                             .alpn = text_or_null(hello->alpn)};

    tls->client_hello = true;
    memcpy(tls->client_random, hello->random, sizeof tls->client_random);
    tls->session_id = hash_or_none(hello->session_id, hello->session_id_len);
    tls->ticket = hash_or_none(hello->ticket, hello->ticket_len);
    tls->early.offered = hello->early_data;
    tell_hello(tls, H2T_CLIENT, &told);
}

static void client_hello(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    struct tls_hello hello;

    if (tls->client_hello) /* the same once more, after a HelloRetryRequest */
        return;
    if (tls_hello_client(message->body, message->len, &hello))
        take_client_hello(tls, &hello);
    else
        tls_give_up(tls, dir);
}

/* ---- ServerHello ---------------------------------------------------------------------------- */

static const struct tls_suite *usable_suite(const struct tls_hello *hello)
{
    const struct tls_suite *suite = tls_suite_find(hello->cipher);
    bool tls13 = hello->version == 0x0304, tls12 = hello->version == 0x0303;

    if (!suite || hello->compression != 0 || (suite->tls13 ? !tls13 : !tls12))
        return NULL;
    return suite;
}

/* A server that goes on with a TLS 1.2 session gives the client's own identifier back, also when a
 * ticket was the reason (RFC 5077 section 3.4). */
static bool is_resumed(const struct tls *tls, const struct tls_hello *hello)
{
    if (hello->version == 0x0304)
        return hello->psk;
    return tls->session_id != 0 && tls->session_id == tls->new_session;
}

static void keep_choice(struct tls *tls, const struct tls_hello *hello)
{
    memcpy(tls->server_random, hello->random, sizeof tls->server_random);
    tls->version = hello->version;
    tls->cipher = hello->cipher;
    tls->suite = usable_suite(hello);
    tls->encrypt_then_mac = hello->encrypt_then_mac;
    tls->new_session = hash_or_none(hello->session_id, hello->session_id_len);
    tls->resumed = is_resumed(tls, hello);
}

/* From here on both sides protect what they send. */
static void start_tls13(struct tls *tls)
{
    struct keys *client = &tls->side[H2T_CLIENT].keys;

    tls_keys_advance(tls, H2T_SERVER);
    if (client->epoch != EPOCH_PLAIN)
        return;
    if (tls->early.offered)
        client->epoch = EPOCH_EARLY;
    else
        tls_keys_advance(tls, H2T_CLIENT);
}

static void server_hello(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    struct tls_hello hello;

    if (tls->version)
        return;
    if (!tls_hello_server(message->body, message->len, &hello)) {
        tls_give_up(tls, dir);
        return;
    }
    if (hello.retry) {
        tls->retry = true;
        tls_early_verdict(tls, false);
        return;
    }
    keep_choice(tls, &hello);
    tell_server_hello(tls, hello.alpn);
    if (is_tls13(tls))
        start_tls13(tls);
}

/* ---- The rest ------------------------------------------------------------------------------- */

static void new_session_ticket(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    const uint8_t *ticket;
    size_t len;

    (void)dir;
    if (tls_hello_ticket(message->body, message->len, &ticket, &len))
        tls->new_ticket = hash_or_none(ticket, len);
}

static void encrypted_extensions(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    struct tls_hello hello;

    (void)dir;
    if (!tls_hello_encrypted_extensions(message->body, message->len, &hello))
        return;
    if (hello.alpn[0])
        tell_server_hello(tls, hello.alpn);
    tls_early_verdict(tls, hello.early_data);
}

/* Only sent when the server took the early data (RFC 8446 section 4.5). */
static void end_of_early_data(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    (void)message;
    tls_early_verdict(tls, true);
    tls_keys_advance(tls, dir);
}

static void finished(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    (void)message;
    tls_tell(tls, dir, &(struct h2t_frame){.kind = H2T_HANDSHAKE_DONE});
    tls_keys_advance(tls, dir);
}

static void key_update(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    (void)message;
    if (is_tls13(tls))
        tls_keys_advance(tls, dir);
}

/* What is awaited where; anything else is passed over. TLS 1.2's Finished is told by its place. */
static const struct {
    uint8_t type, dir, epoch;
    void (*take)(struct tls *tls, enum h2t_dir dir, const struct message *message);
} awaited[] = {
    {MESSAGE_CLIENT_HELLO, H2T_CLIENT, EPOCH_PLAIN, client_hello},
    {MESSAGE_SERVER_HELLO, H2T_SERVER, EPOCH_PLAIN, server_hello},
    {MESSAGE_NEW_SESSION_TICKET, H2T_SERVER, EPOCH_PLAIN, new_session_ticket},
    {MESSAGE_ENCRYPTED_EXTENSIONS, H2T_SERVER, EPOCH_HANDSHAKE, encrypted_extensions},
    {MESSAGE_END_OF_EARLY_DATA, H2T_CLIENT, EPOCH_EARLY, end_of_early_data},
    {MESSAGE_FINISHED, H2T_CLIENT, EPOCH_HANDSHAKE, finished},
    {MESSAGE_FINISHED, H2T_SERVER, EPOCH_HANDSHAKE, finished},
    {MESSAGE_KEY_UPDATE, H2T_CLIENT, EPOCH_TRAFFIC, key_update},
    {MESSAGE_KEY_UPDATE, H2T_SERVER, EPOCH_TRAFFIC, key_update},
};

static void take_message(struct tls *tls, enum h2t_dir dir, const struct message *message)
{
    enum epoch epoch = tls->side[dir].keys.epoch;

    for (size_t i = 0; i < G_N_ELEMENTS(awaited); i++)
        if (awaited[i].type == message->type && awaited[i].dir == dir &&
            awaited[i].epoch == epoch) {
            awaited[i].take(tls, dir, message);
            return;
        }
}

/* Is it a run of whole messages? */
static bool is_whole(const uint8_t *data, size_t len)
{
    struct cursor in = cursor_make(data, len);

    while (in.left && !in.bad) {
        cursor_get8(&in); /* type */
        cursor_vector24(&in);
    }
    return !in.bad;
}

void tls_handshake(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len)
{
    struct side *side = &tls->side[dir];
    struct cursor in = cursor_make(data, len);
    struct message message;

    if (side->mid_message && !is_whole(data, len))
        return;
    side->mid_message = false;
    while (!side->dead && message_next(&side->messages, &in, &message))
        take_message(tls, dir, &message);
    if (side->messages.bad)
        tls_give_up(tls, dir);
}
