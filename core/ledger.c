/* SPDX-License-Identifier: MIT */
#include "core/ledger.h"

#include "core/view.h"

static void free_ledger(void *ledger)
{
    struct h2t_ledger *l = ledger;
    if (!l)
        return;
    g_array_unref(l->entries[H2T_CLIENT]);
    g_array_unref(l->entries[H2T_SERVER]);
    g_free(l);
}

void h2t_ledgers_init(struct h2t_ledgers *ledgers, struct h2t_wire *wire)
{
    wire->ledgers = g_ptr_array_new_with_free_func(free_ledger);
    *ledgers = (struct h2t_ledgers){.all = wire->ledgers};
}

uint32_t h2t_ledger_detail(enum h2t_frame_kind kind, uint32_t code, uint32_t last_stream)
{
    switch (kind) {
    case H2T_PING:
    case H2T_GOAWAY:
        return code ^ (last_stream * 0x9e3779b1u);
    case H2T_RST_STREAM:
    case H2T_WINDOW_UPDATE:
        return code;
    default:
        return 0;
    }
}

static struct h2t_ledger *ledger_at(struct h2t_ledgers *ledgers, uint32_t conn)
{
    if (conn >= ledgers->all->len)
        g_ptr_array_set_size(ledgers->all, (gint)conn + 1);
    if (!ledgers->all->pdata[conn]) {
        struct h2t_ledger *l = g_new0(struct h2t_ledger, 1);
        for (int dir = 0; dir < 2; dir++)
            l->entries[dir] = g_array_new(false, false, sizeof(struct h2t_entry));
        ledgers->all->pdata[conn] = l;
    }
    return ledgers->all->pdata[conn];
}

static bool counts(enum h2t_frame_kind kind)
{
    /* PUSH_PROMISE: Go's client forbids it, and Wireshark's view of it has no length */
    return kind == H2T_GAP ||
           (kind >= H2T_DATA && kind <= H2T_WINDOW_UPDATE && kind != H2T_PUSH_PROMISE);
}

void h2t_ledgers_frame(struct h2t_ledgers *ledgers, const struct h2t_frame *f)
{
    if (f->conn >= H2T_MAX_CONNS || !counts(f->kind))
        return;
    struct h2t_ledger *l = ledger_at(ledgers, f->conn);
    l->cut = l->cut || ledgers->n_entries >= H2T_MAX_ENTRIES;
    if (l->cut)
        return;
    struct h2t_entry entry = {
        .ns = f->mark.ns,
        .packet = f->mark.packet,
        .stream = f->stream,
        .len = f->len,
        .detail = h2t_ledger_detail(f->kind, f->code, f->last_stream),
        .kind = (uint8_t)f->kind,
    };
    g_array_append_val(l->entries[f->dir], entry);
    ledgers->n_entries++;
}

void h2t_ledgers_swap(struct h2t_ledgers *ledgers, uint32_t conn)
{
    struct h2t_ledger *l = conn < ledgers->all->len ? ledgers->all->pdata[conn] : NULL;
    if (!l)
        return;
    GArray *client = l->entries[H2T_CLIENT];
    l->entries[H2T_CLIENT] = l->entries[H2T_SERVER];
    l->entries[H2T_SERVER] = client;
}

const struct h2t_ledger *h2t_ledger_of(const struct h2t_wire *wire, uint32_t conn)
{
    return wire->ledgers && conn < wire->ledgers->len ? wire->ledgers->pdata[conn] : NULL;
}

const struct h2t_entry *h2t_sighting_entry(const struct h2t_model *m, uint32_t i)
{
    const struct h2t_sighting *s = &g_array_index(m->trace->sightings, struct h2t_sighting, i);
    const struct h2t_framer *f = h2t_framer_at(m, s->framer);
    enum h2t_dir sender = s->dir == H2T_WROTE ? f->side : (enum h2t_dir) !f->side;
    const struct h2t_ledger *l = h2t_ledger_of(m->wire, f->conn);
    uint32_t entry = h2t_logged_at(f, s->dir, s->frame)->entry;
    return &g_array_index(l->entries[sender], struct h2t_entry, entry);
}
