/* SPDX-License-Identifier: MIT */
#include "annotator/capture/interface.h"
#include "annotator/capture/option_list.h"

#define NS_PER_SECOND 1000000000u
#define TSRESOL_BINARY 0x80u
#define TSRESOL_DEFAULT 6u /* microseconds */

enum idb_option { IF_TSRESOL = 9, IF_TSOFFSET = 14 };

struct interface interface_parse(const uint8_t *block, size_t len, bool big)
{
    struct interface interface = {
        .link_type = order_get16(block + 8, big),
        .snaplen = order_get32(block + 12, big),
        .tsresol = TSRESOL_DEFAULT,
    };
    struct option_list list;
    struct option option;
    option_list_init(&list, block + 16, len - IDB_MIN_LEN, big);
    while (option_list_next(&list, &option)) {
        if (option.code == IF_TSRESOL && option.len == 1)
            interface.tsresol = option.value[0];
        if (option.code == IF_TSOFFSET && option.len == 8)
            interface.tsoffset = (int64_t)order_get64(option.value, big);
    }
    return interface;
}

static uint64_t power_of_10(unsigned n)
{
    uint64_t value = 1;
    while (n-- > 0)
        value *= 10;
    return value;
}

/* stamp * 10^-n seconds. False when the result is past 64 bits. */
static bool decimal_ns(uint64_t stamp, unsigned n, uint64_t *ns)
{
    if (n <= 9)
        return !__builtin_mul_overflow(stamp, power_of_10(9 - n), ns);
    *ns = n - 9 > 19 ? 0 : stamp / power_of_10(n - 9); /* 10^20 is more than any stamp */
    return true;
}

/* stamp * 2^-n seconds. The fraction is multiplied in halves: n may be up to 127. */
static bool binary_ns(uint64_t stamp, unsigned n, uint64_t *ns)
{
    uint64_t seconds = n < 64 ? stamp >> n : 0;
    uint64_t fraction = n == 0 ? 0 : n < 64 ? stamp & (UINT64_MAX >> (64 - n)) : stamp;
    uint64_t low = (fraction & UINT32_MAX) * NS_PER_SECOND;
    uint64_t high = (fraction >> 32) * NS_PER_SECOND + (low >> 32); /* product >> 32 */
    uint64_t part = n < 32 ? low >> n : n - 32 < 64 ? high >> (n - 32) : 0;
    return !__builtin_mul_overflow(seconds, NS_PER_SECOND, ns) &&
           !__builtin_add_overflow(*ns, part, ns);
}

int64_t interface_time(const struct interface *interface, uint64_t stamp)
{
    unsigned n = interface->tsresol & ~TSRESOL_BINARY;
    uint64_t since;
    int64_t offset, ns;
    bool fits = interface->tsresol & TSRESOL_BINARY ? binary_ns(stamp, n, &since)
                                                    : decimal_ns(stamp, n, &since);
    if (!fits || since > INT64_MAX ||
        __builtin_mul_overflow(interface->tsoffset, (int64_t)NS_PER_SECOND, &offset) ||
        __builtin_add_overflow((int64_t)since, offset, &ns))
        return H2T_NEVER;
    return ns;
}
