/* SPDX-License-Identifier: MIT */
#include "annotator/wire/dns.h"

#include "annotator/wire/bytes.h"

#define HEADER 12u
#define MAX_NAME 253u /* RFC 1035 section 2.3.4: 255 with length octets, as text two less */
#define MAX_JUMPS 16u

/* Where a name is being read. */
struct cursor {
    const uint8_t *data;
    size_t len, at;
};

static char printable(uint8_t byte)
{
    return byte > ' ' && byte < 0x7f ? g_ascii_tolower((char)byte) : '?';
}

/* A label, to the end of `name`. The first two bits of its length are zero. */
static bool take_label(struct cursor *c, char *name, size_t *used)
{
    const uint8_t n = c->data[c->at];
    if (n >= 0x40 || c->len - c->at - 1 < n || *used + (*used > 0) + n > MAX_NAME)
        return false;
    if (*used > 0)
        name[(*used)++] = '.';
    for (size_t i = 1; i <= n; i++)
        name[(*used)++] = printable(c->data[c->at + i]);
    c->at += n + 1u;
    return true;
}

/* RFC 1035 section 4.1.4. A pointer must point backwards, as those of senders do; that and
 * MAX_JUMPS make an end of every chain. */
static bool take_pointer(struct cursor *c)
{
    if (c->len - c->at < 2)
        return false;
    const size_t to = get16(c->data + c->at) & 0x3fff;
    if (to >= c->at || to < HEADER)
        return false;
    c->at = to;
    return true;
}

/* The name at `*at`, which is then behind it. `name` has room for MAX_NAME and a NUL. */
static bool take_name(const uint8_t *data, size_t len, size_t *at, char *name)
{
    struct cursor c = {data, len, *at};
    size_t used = 0, behind = 0;
    unsigned jumps = 0;
    while (c.at < len && data[c.at] != 0) {
        const bool jump = data[c.at] >= 0xc0;
        if (jump && jumps++ == 0)
            behind = c.at + 2;
        if (jumps > MAX_JUMPS || !(jump ? take_pointer(&c) : take_label(&c, name, &used)))
            return false;
    }
    if (c.at >= len)
        return false;
    *at = jumps > 0 ? behind : c.at + 1;
    name[used] = 0;
    return true;
}

bool dns_parse(const uint8_t *data, size_t len, struct dns_message *out)
{
    enum { RESPONSE = 0x8000, RCODE = 15 };
    size_t at = HEADER;
    if (len < HEADER || get16(data + 4) != 1)
        return false;
    const uint16_t flags = get16(data + 2);
    if (!take_name(data, len, &at, out->name) || len - at < 4)
        return false;
    out->id = get16(data);
    out->type = get16(data + at);
    out->rcode = flags & RCODE;
    out->response = flags & RESPONSE;
    return true;
}
