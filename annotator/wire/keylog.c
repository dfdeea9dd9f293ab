/* SPDX-License-Identifier: MIT */
#include "annotator/wire/keylog.h"

#include "core/index.h"

#include <string.h>

struct secret {
    struct secret *next;
    uint8_t kind, len;
    uint8_t bytes[KEYLOG_MAX_SECRET];
};

struct session {
    uint8_t random[KEYLOG_RANDOM_LEN];
    gint used; /* atomic */
    struct secret *secrets;
};

struct link {
    uint64_t key; /* first: the hash table's; of the session */
    uint8_t random[KEYLOG_RANDOM_LEN];
};

struct keylog {
    GPtrArray *sessions;    /* struct session, as they came */
    struct h2t_index index; /* of them, by client random */
    GHashTable *links;      /* set of struct link */
    uint64_t seed;          /* of all hashes: else randoms could be chosen that collide */
    GMutex links_lock;
    size_t max_sessions;
    uint64_t bad_lines, dropped;
};

/* A part of the text between blanks. */
struct word {
    const char *text;
    size_t len;
};

static const char *const labels[N_SECRETS] = {
    [SECRET_MASTER] = "CLIENT_RANDOM",
    [SECRET_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    [SECRET_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    [SECRET_CLIENT_TRAFFIC_0] = "CLIENT_TRAFFIC_SECRET_0",
    [SECRET_SERVER_TRAFFIC_0] = "SERVER_TRAFFIC_SECRET_0",
    [SECRET_CLIENT_EARLY] = "CLIENT_EARLY_TRAFFIC_SECRET",
};

/* ---- Life ----------------------------------------------------------------------------------- */

static uint64_t random_hash(const struct keylog *keylog, const uint8_t *random)
{
    return h2t_hash_keyed(keylog->seed, (const char *)random, KEYLOG_RANDOM_LEN);
}

static void session_free(gpointer data)
{
    struct session *session = data;

    while (session->secrets) {
        struct secret *secret = session->secrets;
        session->secrets = secret->next;
        explicit_bzero(secret, sizeof *secret);
        g_free(secret);
    }
    g_free(session);
}

struct keylog *keylog_new_limited(size_t max_sessions)
{
    struct keylog *keylog = g_new0(struct keylog, 1);

    keylog->sessions = g_ptr_array_new_with_free_func(session_free);
    keylog->seed = h2t_index_seed();
    keylog->links = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_mutex_init(&keylog->links_lock);
    keylog->max_sessions = max_sessions;
    return keylog;
}

struct keylog *keylog_new(void)
{
    return keylog_new_limited(H2T_MAX_SESSIONS);
}

void keylog_free(struct keylog **keylog)
{
    if (!*keylog)
        return;
    g_ptr_array_free((*keylog)->sessions, TRUE);
    h2t_index_fini(&(*keylog)->index);
    g_hash_table_destroy((*keylog)->links);
    g_mutex_clear(&(*keylog)->links_lock);
    g_free(*keylog);
    *keylog = NULL;
}

/* ---- Adding --------------------------------------------------------------------------------- */

static struct secret *session_secret(const struct session *session, enum secret_kind kind)
{
    struct secret *secret = session->secrets;

    while (secret && secret->kind != kind)
        secret = secret->next;
    return secret;
}

static struct session *find_session(const struct keylog *keylog, const uint8_t *random)
{
    struct h2t_probe p;

    for (uint32_t i = h2t_index_first(&keylog->index, random_hash(keylog, random), &p);
         i != H2T_NONE; i = h2t_index_next(&keylog->index, &p)) {
        struct session *session = keylog->sessions->pdata[i];
        if (!memcmp(session->random, random, KEYLOG_RANDOM_LEN))
            return session;
    }
    return NULL;
}

/* The session of a client random, made if need be; NULL past the limit. */
static struct session *session_of(struct keylog *keylog, const uint8_t *random)
{
    struct session *session = find_session(keylog, random);

    if (session)
        return session;
    if (keylog->sessions->len >= keylog->max_sessions)
        return NULL;
    session = g_new0(struct session, 1);
    memcpy(session->random, random, sizeof session->random);
    h2t_index_add(&keylog->index, random_hash(keylog, random), keylog->sessions->len);
    g_ptr_array_add(keylog->sessions, session);
    return session;
}

/* true: it was new. */
static bool add_secret(struct keylog *keylog, const uint8_t *random, enum secret_kind kind,
                       const uint8_t *bytes, size_t len)
{
    struct session *session = session_of(keylog, random);
    struct secret *secret;

    if (!session) {
        keylog->dropped++;
        return false;
    }
    if (session_secret(session, kind))
        return false;
    secret = g_new0(struct secret, 1);
    secret->kind = (uint8_t)kind;
    secret->len = (uint8_t)len;
    memcpy(secret->bytes, bytes, len);
    secret->next = session->secrets;
    session->secrets = secret;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the next word off the front of `line`; empty at its end. */
static struct word next_word(struct word *line)
{
    struct word word;

    while (line->len && is_blank(*line->text))
        line->text++, line->len--;
    word = (struct word){line->text, 0};
    while (line->len && !is_blank(*line->text))
        line->text++, line->len--, word.len++;
    return word;
}

/* The bytes of a word of hex digits into `out`; 0 if it is not one or they are more than `max`. */
static size_t unhex(struct word word, uint8_t *out, size_t max)
{
    if (word.len % 2 || word.len / 2 > max)
        return 0;
    for (size_t i = 0; i < word.len / 2; i++) {
        int high = g_ascii_xdigit_value(word.text[2 * i]);
        int low = g_ascii_xdigit_value(word.text[2 * i + 1]);
        if (high < 0 || low < 0)
            return 0;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return word.len / 2;
}

static bool is_label(struct word word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!g_ascii_isalnum(word.text[i]) && word.text[i] != '_')
            return false;
    return true;
}

static enum secret_kind kind_of(struct word label)
{
    enum secret_kind kind = 0;

    while (kind < N_SECRETS &&
           (strlen(labels[kind]) != label.len || memcmp(labels[kind], label.text, label.len) != 0))
        kind++;
    return kind;
}

static bool length_fits(enum secret_kind kind, size_t len)
{
    return len == 48 || (len == 32 && kind != SECRET_MASTER); /* SHA-384, SHA-256 */
}

static bool add_line(struct keylog *keylog, struct word line)
{
    uint8_t random[KEYLOG_RANDOM_LEN], bytes[KEYLOG_MAX_SECRET];
    struct word label = next_word(&line), first = next_word(&line), second = next_word(&line);
    enum secret_kind kind = kind_of(label);
    size_t len;
    bool added;

    if (label.len == 0 || label.text[0] == '#')
        return false;
    if (kind == N_SECRETS) {
        keylog->bad_lines += !is_label(label);
        return false;
    }
    len = unhex(second, bytes, sizeof bytes);
    if (unhex(first, random, sizeof random) != sizeof random || !length_fits(kind, len) ||
        next_word(&line).len) {
        keylog->bad_lines++;
        return false;
    }
    added = add_secret(keylog, random, kind, bytes, len);
    explicit_bzero(bytes, sizeof bytes);
    return added;
}

size_t keylog_add(struct keylog *keylog, const char *text, size_t len)
{
    size_t added = 0;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* byte order mark of a Windows editor */
        text += 3, len -= 3;
    while (len) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) : len;
        added += add_line(keylog, (struct word){text, line});
        line += end != NULL;
        text += line;
        len -= line;
    }
    return added;
}

uint64_t keylog_bad_lines(const struct keylog *keylog)
{
    return keylog->bad_lines;
}

uint64_t keylog_dropped(const struct keylog *keylog)
{
    return keylog->dropped;
}

/* ---- Finding -------------------------------------------------------------------------------- */

const uint8_t *keylog_find(struct keylog *keylog, const uint8_t client_random[KEYLOG_RANDOM_LEN],
                           enum secret_kind kind, size_t *len)
{
    struct session *session = find_session(keylog, client_random);
    struct secret *secret = session ? session_secret(session, kind) : NULL;

    if (!secret)
        return NULL;
    g_atomic_int_set(&session->used, 1);
    *len = secret->len;
    return secret->bytes;
}

void keylog_link(struct keylog *keylog, uint64_t session,
                 const uint8_t client_random[KEYLOG_RANDOM_LEN])
{
    struct link *link = g_new0(struct link, 1);

    link->key = h2t_index_mix(session ^ keylog->seed);
    memcpy(link->random, client_random, sizeof link->random);
    g_mutex_lock(&keylog->links_lock);
    if (g_hash_table_size(keylog->links) < keylog->max_sessions)
        g_hash_table_add(keylog->links, g_steal_pointer(&link));
    g_mutex_unlock(&keylog->links_lock);
    g_free(link);
}

bool keylog_linked(struct keylog *keylog, uint64_t session,
                   uint8_t client_random[KEYLOG_RANDOM_LEN])
{
    uint64_t key = h2t_index_mix(session ^ keylog->seed);
    const struct link *link;

    g_mutex_lock(&keylog->links_lock);
    link = g_hash_table_lookup(keylog->links, &key);
    if (link)
        memcpy(client_random, link->random, sizeof link->random);
    g_mutex_unlock(&keylog->links_lock);
    return link != NULL;
}

/* ---- The used ones -------------------------------------------------------------------------- */

/* Bytes of one line with its two blanks and its newline. */
static size_t line_len(const struct secret *secret)
{
    return strlen(labels[secret->kind]) + 2u * (KEYLOG_RANDOM_LEN + secret->len) + 3u;
}

static size_t session_len(const struct session *session)
{
    size_t len = 0;

    for (const struct secret *secret = session->secrets; secret; secret = secret->next)
        len += line_len(secret);
    return len;
}

static void append_hex(GString *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        g_string_append_c(out, digits[bytes[i] >> 4]);
        g_string_append_c(out, digits[bytes[i] & 15]);
    }
}

static void append_session(GString *out, const struct session *session)
{
    for (enum secret_kind kind = 0; kind < N_SECRETS; kind++) {
        const struct secret *secret = session_secret(session, kind);
        if (!secret)
            continue;
        g_string_append(out, labels[kind]);
        g_string_append_c(out, ' ');
        append_hex(out, session->random, sizeof session->random);
        g_string_append_c(out, ' ');
        append_hex(out, secret->bytes, secret->len);
        g_string_append_c(out, '\n');
    }
}

GString *keylog_used(const struct keylog *keylog)
{
    size_t len = 0;
    GString *out;

    for (guint i = 0; i < keylog->sessions->len; i++) {
        struct session *session = g_ptr_array_index(keylog->sessions, i);
        if (g_atomic_int_get(&session->used))
            len += session_len(session);
    }
    out = g_string_sized_new(len); /* once: growing would leave copies of secrets behind */
    for (guint i = 0; i < keylog->sessions->len; i++) {
        struct session *session = g_ptr_array_index(keylog->sessions, i);
        if (g_atomic_int_get(&session->used))
            append_session(out, session);
    }
    return out;
}
