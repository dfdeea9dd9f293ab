/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tcp_table.h"

#include <string.h>

#include "annotator/wire/bytes.h"
#include "annotator/wire/slots.h"
#include "core/index.h"

struct tcp_table {
    struct tcp_entry *entries;
    uint32_t n, room;
    struct slots tuples;
    GByteArray *addrs; /* IPv6 addresses, 16 bytes each */
    struct slots addr_slots;
    uint32_t n_conns, max_conns;
    uint64_t seed;
};

struct tcp_table *tcp_table_new(uint32_t max_conns, uint64_t seed)
{
    struct tcp_table *table = g_new0(struct tcp_table, 1);
    table->max_conns = max_conns;
    table->seed = seed;
    table->addrs = g_byte_array_new();
    slots_init(&table->tuples);
    slots_init(&table->addr_slots);
    return table;
}

void tcp_table_free(struct tcp_table **table)
{
    if (!*table)
        return;
    slots_fini(&(*table)->tuples);
    slots_fini(&(*table)->addr_slots);
    g_byte_array_unref((*table)->addrs);
    g_free((*table)->entries);
    g_free(*table);
    *table = NULL;
}

static uint32_t hash_pair(uint64_t seed, uint64_t a, uint64_t b)
{
    return (uint32_t)h2t_index_mix(h2t_index_mix(a ^ seed) + b);
}

static bool same_addr(const void *items, uint32_t index, const void *key)
{
    return memcmp((const uint8_t *)items + (size_t)index * 16, key, 16) == 0;
}

/* Where the address stands, after adding it if `add`; else H2T_NONE. */
static uint32_t addr_index(struct tcp_table *table, const uint8_t ip[16], bool add)
{
    const uint32_t hash = hash_pair(table->seed, get64(ip), get64(ip + 8));
    uint32_t index = slots_find(&table->addr_slots, hash, same_addr, table->addrs->data, ip);
    if (index == H2T_NONE && add) {
        index = table->addrs->len / 16;
        g_byte_array_append(table->addrs, ip, 16);
        slots_add(&table->addr_slots, hash, index);
    }
    return index;
}

static bool room_for_conn(const struct tcp_table *table)
{
    return table->n_conns < table->max_conns;
}

/* Of a 4-tuple with one IPv4 end (it was mapped to IPv6) both are looked up as IPv6. */
static uint32_t ip_key(struct tcp_table *table, const struct h2t_addr *a, bool ipv6)
{
    if (!ipv6)
        return get32(a->ip);
    uint8_t ip[16] = {[10] = 0xff, 0xff};
    memcpy(a->family == 6 ? ip : ip + 12, a->ip, a->family == 6 ? 16 : 4);
    return addr_index(table, ip, room_for_conn(table));
}

static bool same_tuple(const void *items, uint32_t index, const void *key)
{
    const struct tcp_entry *a = (const struct tcp_entry *)items + index, *b = key;
    return a->ip[0] == b->ip[0] && a->ip[1] == b->ip[1] && a->port[0] == b->port[0] &&
           a->port[1] == b->port[1] && (a->flags & TCP_ENTRY_IPV6) == (b->flags & TCP_ENTRY_IPV6);
}

static uint32_t hash_tuple(const struct tcp_table *table, const struct tcp_entry *e)
{
    return hash_pair(table->seed, (uint64_t)e->ip[0] << 32 | e->ip[1],
                     (uint64_t)(e->flags & TCP_ENTRY_IPV6) << 32 | (uint32_t)e->port[0] << 16 |
                         e->port[1]);
}

static uint32_t entry_add(struct tcp_table *table, const struct tcp_entry *key, uint32_t hash)
{
    if (table->n == table->room) {
        table->room += table->room / 2 + 64;
        table->entries = g_renew(struct tcp_entry, table->entries, table->room);
    }
    table->entries[table->n] = *key;
    slots_add(&table->tuples, hash, table->n);
    return table->n++;
}

/* The entry of the 4-tuple; H2T_NONE: it is not there and there is no room. */
static uint32_t entry_of(struct tcp_table *table, const struct segment *s, unsigned side,
                         bool *fresh)
{
    const struct h2t_addr *low = side == 0 ? &s->src : &s->dst;
    const struct h2t_addr *high = side == 0 ? &s->dst : &s->src;
    const bool ipv6 = low->family == 6 || high->family == 6;
    const struct tcp_entry key = {.ip = {ip_key(table, low, ipv6), ip_key(table, high, ipv6)},
                                  .port = {low->port, high->port},
                                  .open = H2T_NONE,
                                  .flags = ipv6 ? TCP_ENTRY_IPV6 : 0};
    if (ipv6 && (key.ip[0] == H2T_NONE || key.ip[1] == H2T_NONE))
        return H2T_NONE;
    const uint32_t hash = hash_tuple(table, &key);
    const uint32_t index = slots_find(&table->tuples, hash, same_tuple, table->entries, &key);
    *fresh = index == H2T_NONE;
    if (index != H2T_NONE || !room_for_conn(table))
        return index;
    return entry_add(table, &key, hash);
}

static uint8_t base_flag(unsigned side)
{
    return (uint8_t)(TCP_ENTRY_BASE << side);
}

/* A SYN that is no copy of the one that began the conversation. */
static bool begins_another(const struct tcp_entry *e, const struct segment *s, unsigned side)
{
    return (s->flags & TCP_SYN) && (e->flags & base_flag(side)) &&
           (s->seq != e->base[side] || (e->flags & (TCP_ENTRY_FIN | TCP_ENTRY_RST)));
}

static void set_base(struct tcp_entry *e, unsigned side, uint32_t seq)
{
    if (e->flags & base_flag(side))
        return;
    e->base[side] = seq;
    e->flags |= base_flag(side);
}

static void note_base(struct tcp_entry *e, const struct segment *s, unsigned side)
{
    if (s->quoted)
        return;
    set_base(e, side, s->flags & TCP_SYN ? s->seq : s->seq - 1);
    if (s->flags & TCP_ACK)
        set_base(e, side ^ 1, s->ack - 1);
}

static void note_end(struct tcp_entry *e, const struct segment *s, bool first_syn)
{
    if (s->malformed)
        return;
    if (first_syn)
        e->flags &= (uint8_t) ~(TCP_ENTRY_FIN | TCP_ENTRY_RST);
    if ((s->flags & TCP_FIN) && (s->flags & TCP_ACK))
        e->flags |= TCP_ENTRY_FIN;
    if (s->flags & TCP_RST)
        e->flags |= TCP_ENTRY_RST;
}

static unsigned client_side(const struct segment *s, unsigned side)
{
    if (s->flags & TCP_SYN)
        return s->flags & TCP_ACK ? side ^ 1 : side;
    return s->src.port >= s->dst.port ? side : side ^ 1;
}

static void note_client(struct tcp_entry *e, const struct segment *s, unsigned side)
{
    e->flags &= (uint8_t)~TCP_ENTRY_CLIENT;
    if (client_side(s, side) == 1)
        e->flags |= TCP_ENTRY_CLIENT;
}

uint32_t tcp_table_count(struct tcp_table *table, const struct segment *s, unsigned *side,
                         bool *fresh)
{
    *side = h2t_addr_cmp(&s->src, &s->dst) <= 0 ? 0 : 1;
    *fresh = false;
    const uint32_t index = entry_of(table, s, *side, fresh);
    if (index == H2T_NONE)
        return H2T_NONE;
    struct tcp_entry *e = &table->entries[index];
    *fresh |= begins_another(e, s, *side);
    if (*fresh) {
        e->conn = room_for_conn(table) ? table->n_conns++ : H2T_NONE;
        e->flags &= TCP_ENTRY_IPV6;
    }
    const bool first_syn =
        (s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && !(e->flags & base_flag(*side));
    if (*fresh || (first_syn && !(e->flags & TCP_ENTRY_OPENED)))
        note_client(e, s, *side);
    note_base(e, s, *side);
    note_end(e, s, first_syn);
    return index;
}

struct tcp_entry *tcp_table_at(struct tcp_table *table, uint32_t index)
{
    g_assert(index < table->n);
    return &table->entries[index];
}

unsigned tcp_entry_client(const struct tcp_entry *entry)
{
    return entry->flags & TCP_ENTRY_CLIENT ? 1 : 0;
}

size_t tcp_table_size(const struct tcp_table *table)
{
    return sizeof *table + table->room * sizeof *table->entries + slots_size(&table->tuples) +
           slots_size(&table->addr_slots) + table->addrs->len;
}
