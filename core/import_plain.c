/* SPDX-License-Identifier: MIT */
#include "core/import_plain.h"

#include "core/line_stamp.h"

#include <string.h>

#define LONGEST 4096u /* bytes of a line that can be one of these */
#define HOST_LEN 253u

/* The text behind `words`, whatever their case; NULL: they are not there. */
static const char *behind(const char *text, size_t len, const char *words)
{
    size_t n = strlen(words);
    for (size_t at = 0; at + n <= len; at++)
        if (!g_ascii_strncasecmp(text + at, words, n))
            return text + at + n;
    return NULL;
}

static bool is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* "reused: true", "Reused=false", "connection reused true". */
static bool read_reused(const char *text, size_t len, struct h2t_event *e)
{
    const char *end = text + len, *at = behind(text, len, "reused");
    if (!at || at == end || !strchr(":= ?", *at))
        return false;
    while (at < end && strchr(":= ?", *at))
        at++;
    size_t left = (size_t)(end - at);
    bool yes = left >= 4 && !g_ascii_strncasecmp(at, "true", 4);
    bool no = left >= 5 && !g_ascii_strncasecmp(at, "false", 5);
    size_t n = yes ? 4 : 5;
    if ((!yes && !no) || (left > n && is_word_char(at[n])))
        return false;
    e->kind = H2T_EV_GOT_CONN;
    e->reused = (struct h2t_truth){.is = yes, .set = true};
    return true;
}

/* A name, up to what ends it; an address is no question of DNS. One label alone may be any word,
 * except in Go's own form. */
static bool read_host(const char *at, const char *end, bool any, struct h2t_event *e)
{
    at += at < end && *at == '{';
    struct h2t_text host = {at, 0};
    bool letter = false;
    for (; at < end && (g_ascii_isalnum(*at) || strchr(".-_", *at)); at++)
        letter = letter || g_ascii_isalpha(*at);
    host.len = (size_t)(at - host.at);
    if (!letter || host.len > HOST_LEN || (!any && !memchr(host.at, '.', host.len)) ||
        (at < end && !strchr(" \t\r\n\"'},;", *at)))
        return false;
    e->kind = H2T_EV_DNS_START;
    e->host = host;
    return true;
}

static bool read_dns_start(const char *text, size_t len, struct h2t_event *e)
{
    static const char *const words[] = {"{Host:",       "DNSStart: ",     "DNS start: ",
                                        "DNS lookup: ", "DNSStartInfo: ", "DNS start info: "};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        const char *at = behind(text, len, words[i]);
        if (at && read_host(at, text + len, i == 0, e))
            return true;
    }
    return false;
}

static bool read_dns_done(const char *text, size_t len, struct h2t_event *e)
{
    const char *addrs = behind(text, len, "{Addrs:[");
    if (!addrs || !behind(addrs, (size_t)(text + len - addrs), " Coalesced:"))
        return false;
    e->kind = H2T_EV_DNS_DONE;
    return true;
}

bool h2t_plain_read(const char *text, size_t len, struct h2t_event *e)
{
    memset(e, 0, offsetof(struct h2t_event, at));
    if (len > LONGEST)
        return false;
    if (!read_reused(text, len, e) && !read_dns_start(text, len, e) && !read_dns_done(text, len, e))
        return false;
    struct h2t_line_stamp stamp = h2t_line_stamp(text, len);
    e->nameless = true;
    e->ns = stamp.ns;
    e->collected = stamp.collected;
    e->zoneless = stamp.zoneless;
    e->yearless = stamp.yearless;
    return true;
}
