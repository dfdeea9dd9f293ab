/* SPDX-License-Identifier: MIT */
#include "core/redact_words.h"

#include "core/base.h"
#include "core/url.h"

#include <string.h>

enum { TOKEN_LEN = 6, MAX_HOST = 256 }; /* bytes */

struct h2t_redactor {
    struct h2t_strings *strings; /* of the results */
    struct h2t_strings *words;   /* of `hosts` */
    GHashTable *hosts;           /* set of hosts without port, kept in `words` */
    const uint8_t *key;
    size_t key_len;
};

struct h2t_redactor *h2t_redactor_new(struct h2t_strings *strings, const uint8_t *key, size_t len)
{
    struct h2t_redactor *r = g_new0(struct h2t_redactor, 1);
    *r = (struct h2t_redactor){.strings = strings, .key = key, .key_len = len};
    r->words = h2t_strings_new();
    r->hosts = g_hash_table_new(NULL, NULL);
    return r;
}

void h2t_redactor_free(struct h2t_redactor **redactor)
{
    if (!*redactor)
        return;
    g_hash_table_unref((*redactor)->hosts);
    h2t_strings_free(&(*redactor)->words);
    g_clear_pointer(redactor, g_free);
}

/* ---- Tokens --------------------------------------------------------------------------------- */

/* `kind` keeps equal texts of two kinds apart. */
static void make_token(const struct h2t_redactor *r, char kind, struct h2t_text text,
                       uint8_t out[TOKEN_LEN])
{
    uint8_t digest[32];
    gsize len = sizeof digest;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, r->key, r->key_len);
    g_hmac_update(hmac, (const guchar *)&kind, 1);
    g_hmac_update(hmac, (const guchar *)text.at, (gssize)text.len);
    g_hmac_get_digest(hmac, digest, &len);
    g_hmac_unref(hmac);
    memcpy(out, digest, TOKEN_LEN);
}

static void append_token(const struct h2t_redactor *r, char kind, struct h2t_text text,
                         GString *out)
{
    uint8_t token[TOKEN_LEN];
    make_token(r, kind, text, token);
    g_string_append_printf(out, "%c-", kind);
    for (size_t i = 0; i < TOKEN_LEN; i++)
        g_string_append_printf(out, "%02x", token[i]);
}

void h2t_redact_addr(struct h2t_redactor *r, struct h2t_addr *addr)
{
    static const uint8_t prefix[] = {0x20, 0x01, 0x0d, 0xb8};
    if (!addr->family)
        return;
    struct h2t_text bytes = {(const char *)addr->ip, addr->family == 4 ? 4 : 16};
    uint8_t ip[16] = {0};
    memcpy(ip, prefix, sizeof prefix);
    make_token(r, 'a', bytes, ip + sizeof ip - TOKEN_LEN);
    *addr = h2t_addr_make(6, ip, addr->port);
}

/* ---- Hosts and paths ------------------------------------------------------------------------ */

/* Without ":8443". Of IPv6 without brackets all is host. */
static size_t without_port(struct h2t_text host)
{
    size_t end = host.len;
    while (end && g_ascii_isdigit(host.at[end - 1]))
        end--;
    bool port = end && end < host.len && host.at[end - 1] == ':';
    return port && !memchr(host.at, ':', end - 1) ? end - 1 : host.len;
}

static bool append_address(struct h2t_redactor *r, struct h2t_text host, GString *out)
{
    char text[H2T_ADDR_LEN];
    struct h2t_addr addr;
    if (host.len >= sizeof text)
        return false;
    memcpy(text, host.at, host.len);
    text[host.len] = '\0';
    bool port = h2t_addr_parse(text, &addr);
    if (!port && !h2t_addr_parse_loose(text, &addr))
        return false;
    bool bracket = !port && text[0] == '[';
    h2t_redact_addr(r, &addr);
    g_string_append_printf(out, bracket ? "[%s]" : "%s", h2t_addr_text(&addr, text));
    return true;
}

static void append_host(struct h2t_redactor *r, struct h2t_text host, GString *out)
{
    if (!host.len || append_address(r, host, out))
        return;
    size_t len = without_port(host);
    g_autofree char *lower = g_ascii_strdown(host.at, (gssize)len);
    append_token(r, 'h', (struct h2t_text){lower, len}, out);
    g_string_append_len(out, host.at + len, (gssize)(host.len - len));
}

static void append_path(struct h2t_redactor *r, struct h2t_text path, GString *out)
{
    bool plain = !path.len || (path.len == 1 && (*path.at == '/' || *path.at == '*'));
    if (plain) {
        g_string_append_len(out, path.at, (gssize)path.len);
        return;
    }
    g_string_append_c(out, '/');
    append_token(r, 'p', path, out);
}

static struct h2t_text text_of(const char *text)
{
    return (struct h2t_text){text, text ? strlen(text) : 0};
}

static bool append_url(struct h2t_redactor *r, const char *url, GString *out)
{
    struct h2t_text host, path;
    if (!h2t_url_split(url, &host, &path))
        return false;
    g_string_append_len(out, url, host.at - url);
    append_host(r, host, out);
    append_path(r, path, out);
    return true;
}

/* ---- Texts ---------------------------------------------------------------------------------- */

/* Words of Go's own errors, and of ours, that have what others are hidden for. */
static bool is_known_word(struct h2t_text word)
{
    static const char *const known[] = {"net/http",       "golang.org/x/net/http2",
                                        "HTTP/1.x",       "HTTP/1.0",
                                        "HTTP/1.1",       "HTTP/2.0",
                                        "HTTP/2",         "http/1.0",
                                        "http/1.1",       "crypto/tls",
                                        "Client.Timeout", "http.Transport",
                                        "http.Client",    "Request.Cancel",
                                        "Request.Body",   "Request.GetBody",
                                        "tcp.stream"};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i]) == word.len && !memcmp(known[i], word.at, word.len))
            return true;
    return false;
}

/* "12", "-1.5ms", "0x1a", "50%" */
static bool is_number(struct h2t_text word)
{
    size_t points = 0, i = word.len && strchr("+-~", *word.at) ? 1 : 0, first = i;
    while (i < word.len && (g_ascii_isxdigit(word.at[i]) || strchr(".x", word.at[i])))
        points += word.at[i++] == '.';
    while (i < word.len && strchr("numsh%", word.at[i]))
        i++;
    return word.len > first && g_ascii_isdigit(word.at[first]) && points <= 1 && i == word.len;
}

/* "ErrCode:NO_ERROR" is, "db1:5432" is not. */
static bool is_plain(struct h2t_text word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!g_ascii_isalnum(word.at[i]) && !strchr("-_+#&!?:", word.at[i]))
            return false;
    return without_port(word) == word.len;
}

static bool is_host(struct h2t_redactor *r, struct h2t_text word)
{
    size_t len = without_port(word);
    if (len > MAX_HOST || !len)
        return false;
    g_autofree char *lower = g_ascii_strdown(word.at, (gssize)len);
    return g_hash_table_contains(r->hosts, h2t_intern(r->words, lower, len));
}

static void append_word(struct h2t_redactor *r, struct h2t_text word, GString *out)
{
    g_autofree char *copy = g_strndup(word.at, word.len);
    if (is_known_word(word) || is_number(word))
        g_string_append_len(out, word.at, (gssize)word.len);
    else if (is_host(r, word))
        append_host(r, word, out);
    else if (append_url(r, copy, out) || append_address(r, word, out))
        return;
    else if (is_plain(word))
        g_string_append_len(out, word.at, (gssize)word.len);
    else
        (*copy == '/' ? append_path : append_host)(r, word, out);
}

/* "10.0.0.1:40000->10.0.0.2:443" is two words. */
static bool is_arrow(const char *at, const char *end)
{
    return end - at >= 2 && at[0] == '-' && at[1] == '>';
}

static bool separates(const char *at, const char *end)
{
    return strchr(" \t\r\n\"'`()<>{},;=|", *at) || is_arrow(at, end);
}

/* Without the punctuation behind it. A bracket belongs to it only as one of two. */
static size_t without_end(struct h2t_text word)
{
    bool bracket = memchr(word.at, '[', word.len);
    size_t len = word.len;
    while (len && strchr(bracket ? ":.!?" : ":.!?]", word.at[len - 1]))
        len--;
    return len;
}

static struct h2t_text next_word(const char *at, const char *end)
{
    struct h2t_text word = {at, 0};
    while (at + word.len < end && !separates(at + word.len, end))
        word.len++;
    if (word.len && *at == '[' && !memchr(at, ']', word.len))
        word.len = 0;
    return (struct h2t_text){at, without_end(word)};
}

static void append_text(struct h2t_redactor *r, struct h2t_text text, GString *out)
{
    const char *end = text.at + text.len;
    for (const char *at = text.at; at < end;) {
        struct h2t_text word = next_word(at, end);
        if (word.len)
            append_word(r, word, out);
        at += word.len;
        size_t between = MIN((size_t)(end - at), is_arrow(at, end) ? 2 : 1);
        g_string_append_len(out, at, (gssize)between);
        at += between;
    }
}

/* ---- Strings of the model ------------------------------------------------------------------- */

void h2t_redactor_learn(struct h2t_redactor *r, const char *host)
{
    size_t len = without_port(text_of(host));
    if (!len || len > MAX_HOST)
        return;
    g_autofree char *lower = g_ascii_strdown(host, (gssize)len);
    g_hash_table_add(r->hosts, (gpointer)h2t_intern(r->words, lower, len));
}

static const char *keep(const struct h2t_redactor *r, const GString *text)
{
    return h2t_intern(r->strings, text->str, text->len);
}

const char *h2t_redact_host(struct h2t_redactor *r, const char *host)
{
    if (!host)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    append_host(r, text_of(host), out);
    return keep(r, out);
}

const char *h2t_redact_path(struct h2t_redactor *r, const char *path)
{
    if (!path)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    append_path(r, text_of(path), out);
    return keep(r, out);
}

const char *h2t_redact_url(struct h2t_redactor *r, const char *url)
{
    if (!url)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    if (!append_url(r, url, out))
        append_path(r, text_of(url), out);
    return keep(r, out);
}

const char *h2t_redact_text(struct h2t_redactor *r, const char *text)
{
    if (!text)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    append_text(r, text_of(text), out);
    return keep(r, out);
}
