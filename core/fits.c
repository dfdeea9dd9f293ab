/* SPDX-License-Identifier: MIT */
#include "core/fits.h"

#include "core/addr.h"
#include "core/align.h"
#include "core/ledger.h"
#include "core/ns.h"
#include "core/view.h"

/* One direction: what the Framer logged, and what the wire has of it. */
static struct h2t_alignment align(const struct h2t_framer *f, const struct h2t_conn *c,
                                  const struct h2t_ledger *l, enum h2t_logged_dir dir,
                                  enum h2t_dir side, bool keep)
{
    enum h2t_dir sender = dir == H2T_WROTE ? side : (enum h2t_dir) !side;
    return h2t_align(f->frames[dir], !f->from_start, l->entries[sender], !c->preface.packet, keep);
}

static int64_t entry_ns(const struct h2t_ledger *l, enum h2t_dir sender, uint32_t entry)
{
    return g_array_index(l->entries[sender], struct h2t_entry, entry).ns;
}

static void bound(struct h2t_fit *fit, const struct h2t_framer *f, const struct h2t_logged *logged,
                  enum h2t_logged_dir dir, int64_t packet)
{
    if (logged->ns == H2T_NEVER || packet == H2T_NEVER)
        return;
    fit->timed = true;
    if (dir == H2T_WROTE)
        fit->hi = MIN(fit->hi, h2t_ns_sub(packet, logged->ns));
    else /* the stamp may be cut */
        fit->lo = MAX(fit->lo, h2t_ns_sub(packet, h2t_ns_add(logged->ns, f->unit - 1)));
}

/* Their times, once the entries are known. */
static void bounds(const struct h2t_model *m, struct h2t_fit *fit, enum h2t_dir side)
{
    const struct h2t_framer *f = h2t_framer_at(m, fit->framer);
    const struct h2t_ledger *l = h2t_ledger_of(m->wire, fit->conn);
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++) {
        enum h2t_dir sender = dir == H2T_WROTE ? side : (enum h2t_dir) !side;
        for (uint32_t i = 0; i < f->frames[dir]->len; i++) {
            const struct h2t_logged *logged = &g_array_index(f->frames[dir], struct h2t_logged, i);
            if (logged->entry != H2T_NONE)
                bound(fit, f, logged, dir, entry_ns(l, sender, logged->entry));
        }
    }
}

/* At http2debug=1 the k-th block of header fields is the k-th request. */
static void bound_requests(struct h2t_fit *fit, const struct h2t_framer *f,
                           const struct h2t_ledger *l, const struct h2t_conn *c)
{
    const GArray *entries = l->entries[H2T_CLIENT];
    uint32_t k = 0, highest = 0;
    for (uint32_t i = 0; c->preface.packet && i < entries->len && k < f->requests->len; i++) {
        const struct h2t_entry *e = &g_array_index(entries, struct h2t_entry, i);
        if (e->kind == H2T_GAP)
            return;
        if (e->kind != H2T_HEADERS || e->stream <= highest)
            continue;
        highest = e->stream;
        int64_t ns = g_array_index(f->requests, struct h2t_logged_request, k++).ns;
        if (ns != H2T_NEVER && e->ns != H2T_NEVER)
            fit->hi = MIN(fit->hi, h2t_ns_sub(e->ns, ns));
    }
}

static bool same_end(const struct h2t_addr *logged, const struct h2t_addr *wire)
{
    return logged->family && !h2t_addr_cmp(logged, wire);
}

static bool is_open(const struct h2t_conn *c)
{
    return !c->fin[H2T_CLIENT].packet && !c->fin[H2T_SERVER].packet && !c->rst[H2T_CLIENT].packet &&
           !c->rst[H2T_SERVER].packet;
}

/* The side is known from the first HEADERS at the latest. Without any there is nothing to hold
 * together. */
bool h2t_fit(const struct h2t_model *m, uint32_t framer, uint32_t conn, struct h2t_fit *out)
{
    const struct h2t_framer *f = h2t_framer_at(m, framer);
    const struct h2t_conn *c = h2t_conn_at(m, conn);
    const struct h2t_ledger *l = h2t_ledger_of(m->wire, conn);
    *out = (struct h2t_fit){.framer = framer, .conn = conn, .lo = INT64_MIN, .hi = INT64_MAX};
    if (!l || !f->has_side || f->crowd || c->proto != H2T_PROTO_H2)
        return false;
    struct h2t_alignment wrote = {0};
    if (!f->level1)
        wrote = align(f, c, l, H2T_WROTE, f->side, true);
    out->looked = wrote.looked;
    if (wrote.refuted)
        return false;
    struct h2t_alignment read = align(f, c, l, H2T_READ, f->side, true);
    out->looked += read.looked;
    out->n = wrote.n + read.n;
    out->first_entry = wrote.first_entry;
    out->last_entry = wrote.last_entry;
    out->exact = !wrote.wire_left && (!read.log_left || is_open(c));
    out->named = same_end(f->side == H2T_CLIENT ? &f->local : &f->remote, &c->tuple.client);
    if (read.refuted || !out->n)
        return false;
    bounds(m, out, f->side);
    if (f->level1)
        bound_requests(out, f, l, c);
    return out->lo <= out->hi;
}

void h2t_fit_keep(const struct h2t_model *m, uint32_t framer, uint32_t conn)
{
    const struct h2t_framer *f = h2t_framer_at(m, framer);
    const struct h2t_ledger *l = h2t_ledger_of(m->wire, conn);
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++)
        align(f, h2t_conn_at(m, conn), l, dir, f->side, true);
}

/* Nothing is unsent as long as the capture may lack it. */
static bool is_complete(const struct h2t_conn *c, const struct h2t_ledger *l, enum h2t_dir side)
{
    return !l->cut && !c->gap[side].packet && !c->overflow && !is_open(c);
}

uint32_t h2t_fit_unsent(const struct h2t_model *m, uint32_t framer)
{
    const struct h2t_framer *f = h2t_framer_at(m, framer);
    const GArray *wrote = f->frames[H2T_WROTE];
    uint32_t i = wrote->len;
    if (f->conn == H2T_NONE || f->level1 ||
        !is_complete(h2t_conn_at(m, f->conn), h2t_ledger_of(m->wire, f->conn), f->side))
        return i;
    while (i > 0 && g_array_index(wrote, struct h2t_logged, i - 1).entry == H2T_NONE)
        i--;
    return i ? i : wrote->len; /* nothing was seen at all: no statement */
}
