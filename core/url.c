/* SPDX-License-Identifier: MIT */
#include "core/url.h"

#include <string.h>

/* Bytes before the first `stop` or `or_stop`. */
static size_t until(const char *text, size_t len, char stop, char or_stop)
{
    size_t i = 0;
    while (i < len && text[i] != stop && text[i] != or_stop)
        i++;
    return i;
}

/* Where the authority begins; `len` if there is none. */
static size_t authority_of(const char *url, size_t len)
{
    const char *colon = len ? memchr(url, ':', len) : NULL;
    if (!colon || len - (size_t)(colon - url) < 3 || memcmp(colon, "://", 3))
        return len;
    return (size_t)(colon - url) + 3;
}

const char *h2t_url_keep(struct h2t_strings *strings, struct h2t_text url)
{
    if (!url.at)
        return NULL;
    size_t len = until(url.at, url.len, '?', '#');
    size_t host = authority_of(url.at, len);
    size_t host_end = host + until(url.at + host, len - host, '/', '/');
    const char *user_end = host < host_end ? memrchr(url.at + host, '@', host_end - host) : NULL;
    if (!user_end)
        return h2t_intern(strings, url.at, len);
    char kept[H2T_MAX_STRING];
    size_t skipped = (size_t)(user_end + 1 - url.at) - host;
    g_assert(len <= sizeof kept);
    memcpy(kept, url.at, host);
    memcpy(kept + host, user_end + 1, len - host - skipped);
    return h2t_intern(strings, kept, len - skipped);
}

/* What ends the URL whose "://" stands at `colon`: the quote that it began with, or a space. */
static char end_of_url(const char *text, const char *colon)
{
    while (colon > text && g_ascii_isalnum(colon[-1]))
        colon--;
    return colon > text && colon[-1] == '"' ? '"' : ' ';
}

const char *h2t_url_keep_error(struct h2t_strings *strings, struct h2t_text error)
{
    const char *at = error.at, *colon = at ? memmem(at, error.len, "://", 3) : NULL;
    if (!colon)
        return h2t_intern(strings, at, error.len);
    const char *end = at + error.len;
    g_autoptr(GString) kept = g_string_sized_new(error.len);
    for (; colon; colon = memmem(at, (size_t)(end - at), "://", 3)) {
        char stop = end_of_url(at, colon);
        const char *url_end = colon + until(colon, (size_t)(end - colon), stop, stop);
        g_string_append_len(kept, at, colon - at);
        g_string_append_len(kept, colon, (gssize)until(colon, (size_t)(url_end - colon), '?', '#'));
        at = url_end;
    }
    g_string_append_len(kept, at, end - at);
    return h2t_intern(strings, kept->str, kept->len);
}

bool h2t_url_split(const char *url, struct h2t_text *authority, struct h2t_text *path)
{
    size_t len = url ? strlen(url) : 0, host = authority_of(url, len);
    if (host == len)
        return false;
    size_t host_len = until(url + host, len - host, '/', '/');
    *authority = (struct h2t_text){url + host, host_len};
    *path = (struct h2t_text){url + host + host_len, len - host - host_len};
    return true;
}

uint64_t h2t_url_path_hash(const char *url)
{
    struct h2t_text host, path;
    if (!h2t_url_split(url, &host, &path))
        return 0;
    return path.len ? h2t_hash(path.at, path.len) : h2t_hash("/", 1);
}

uint64_t h2t_path_hash(struct h2t_text path)
{
    return h2t_hash(path.at, until(path.at, path.len, '?', '?'));
}
