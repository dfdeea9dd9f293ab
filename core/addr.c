/* SPDX-License-Identifier: MIT */
#include "core/addr.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = {
    [10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96, RFC 4291 2.5.5.2 */

int h2t_addr_cmp(const struct h2t_addr *a, const struct h2t_addr *b)
{
    if (a->family != b->family)
        return a->family - b->family;
    int order = memcmp(a->ip, b->ip, sizeof a->ip);
    return order ? order : a->port - b->port;
}

bool h2t_tuple_equal(const struct h2t_tuple *a, const struct h2t_tuple *b)
{
    return !h2t_addr_cmp(&a->client, &b->client) && !h2t_addr_cmp(&a->server, &b->server);
}

static uint64_t mix(uint64_t hash, const struct h2t_addr *a)
{
    uint64_t word[2];
    memcpy(word, a->ip, sizeof word);
    hash = (hash ^ word[0]) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 29) ^ word[1]) * 0xbf58476d1ce4e5b9u;
    return (hash ^ (hash >> 32) ^ a->port) * 0x94d049bb133111ebu;
}

guint h2t_tuple_hash(const struct h2t_tuple *t)
{
    uint64_t hash = mix(mix(0, &t->client), &t->server);
    return (guint)(hash ^ (hash >> 32));
}

struct h2t_addr h2t_addr_make(uint8_t family, const uint8_t *ip, uint16_t port)
{
    struct h2t_addr addr = {.family = family, .port = port};
    if (family == 6 && !memcmp(ip, mapped_prefix, sizeof mapped_prefix)) {
        addr.family = 4;
        memcpy(addr.ip, ip + sizeof mapped_prefix, 4);
        return addr;
    }
    memcpy(addr.ip, ip, family == 6 ? 16 : 4);
    return addr;
}

/* A port: 1 to 5 digits and nothing else. */
static bool parse_port(const char *text, uint16_t *port)
{
    unsigned value = 0;
    size_t n = 0;
    for (; n < 6 && g_ascii_isdigit(text[n]); n++)
        value = value * 10 + (unsigned)(text[n] - '0');
    *port = (uint16_t)value;
    return n > 0 && text[n] == '\0' && value <= UINT16_MAX;
}

bool h2t_addr_parse(const char *text, struct h2t_addr *out)
{
    char host[64];
    uint8_t ip[16];
    uint16_t port;
    memset(out, 0, sizeof *out);
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host || !parse_port(colon + 1, &port))
        return false;
    bool bracketed = text[0] == '[' && colon - text >= 2 && colon[-1] == ']';
    const char *begin = bracketed ? text + 1 : text, *end = bracketed ? colon - 1 : colon;
    const char *zone = memchr(begin, '%', (size_t)(end - begin));
    size_t len = (size_t)((zone ? zone : end) - begin);
    memcpy(host, begin, len);
    host[len] = '\0';
    int family = bracketed ? AF_INET6 : AF_INET;
    if (inet_pton(family, host, ip) != 1)
        return false;
    *out = h2t_addr_make(bracketed ? 6 : 4, ip, port);
    return true;
}

bool h2t_addr_parse_loose(const char *text, struct h2t_addr *out)
{
    if (h2t_addr_parse(text, out))
        return out->port != 0;
    bool bracketed = *text == '[' || !strchr(text, ':');
    g_autofree char *with_port = g_strdup_printf(bracketed ? "%s:0" : "[%s]:0", text);
    return h2t_addr_parse(with_port, out);
}

const char *h2t_addr_text(const struct h2t_addr *a, char buf[H2T_ADDR_LEN])
{
    char ip[INET6_ADDRSTRLEN] = "?";
    if (a->family)
        inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->ip, ip, sizeof ip);
    if (!a->family || !a->port)
        g_strlcpy(buf, ip, H2T_ADDR_LEN);
    else
        g_snprintf(buf, H2T_ADDR_LEN, a->family == 6 ? "[%s]:%u" : "%s:%u", ip, a->port);
    return buf;
}
