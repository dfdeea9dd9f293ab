/* SPDX-License-Identifier: MIT */
/*
 * A sidecar, then any frames on its connections, as the plugin gets them from whatever Wireshark
 * dissected: facts, what can be said at once, and the join, twice while it grows and at the end.
 */
#include "core/facts.h"
#include "core/join.h"
#include "core/live.h"
#include "core/notes.h"
#include "core/ns.h"
#include "core/rules.h"
#include "core/view.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/load.h"

#define OP_LEN 8u
#define JOIN_EVERY 64u

struct session {
    struct h2t_model m;
    struct h2t_facts *facts;
    struct h2t_live *live;
    uint32_t packet;
    int64_t ns; /* since the connection's first event in the trace */
};

/* The trace connection whose addresses the connection has. */
static const struct h2t_tconn *partner(const struct session *s, uint32_t conn)
{
    const GArray *tconns = s->m.trace->tconns;
    return tconns->len ? &g_array_index(tconns, struct h2t_tconn, conn % tconns->len) : NULL;
}

static struct h2t_mark mark_of(const struct session *s, uint32_t conn)
{
    const struct h2t_tconn *t = partner(s, conn);
    int64_t base = t && t->first != H2T_NEVER ? t->first : INT64_C(1700000000000000000);
    return (struct h2t_mark){.packet = s->packet, .ns = h2t_ns_add(base, s->ns)};
}

static void open_conn(struct session *s, uint32_t conn)
{
    const struct h2t_tconn *t = partner(s, conn);
    struct h2t_tuple tuple = {{{0}, 0, 0}, {{0}, 0, 0}};
    if (t)
        tuple = (struct h2t_tuple){.client = t->local, .server = t->remote};
    h2t_facts_open(s->facts, conn, &tuple, mark_of(s, conn));
}

static void dns(struct session *s, uint32_t conn, const uint8_t op[OP_LEN])
{
    static const char *const names[] = {"localhost", "a.example", ""};
    struct h2t_dns told = {.name = names[op[4] % 3],
                           .id = op[5] & 3,
                           .type = op[5] >> 2 & 1 ? 28 : 1,
                           .rcode = op[6] & 3,
                           .response = op[2] & 1,
                           .mark = mark_of(s, conn)};
    h2t_facts_dns(s->facts, &told);
}

static void check_live(struct session *s)
{
    const GArray *notes = h2t_live_notes(s->live, s->packet);
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(struct h2t_note));
    if (notes->len)
        g_array_append_vals(sorted, notes->data, notes->len);
    check_notes(&s->m, sorted, s->packet);
}

/* As the plugin's session does it. */
static void see(struct session *s, const struct h2t_frame *frame, const struct h2t_segment *segment)
{
    uint32_t stream = h2t_facts_open_stream(s->facts, frame->conn, frame->stream);
    h2t_facts_packet(s->facts, frame->conn, frame->mark);
    h2t_facts_segment(s->facts, frame->conn, segment);
    h2t_facts_frame(s->facts, frame);
    if (stream == H2T_NONE)
        stream = h2t_facts_open_stream(s->facts, frame->conn, frame->stream);
    h2t_live_frame(s->live, frame, stream);
    check_live(s);
}

static void frame(struct session *s, uint32_t conn, const uint8_t op[OP_LEN])
{
    static const char *const ids[] = {NULL, "a", "b", "26-1", "26-2"};
    static const char *const paths[] = {NULL, "/", "/a", "/b?c"};
    struct h2t_setting setting = {.id = op[4], .value = op[5]};
    struct h2t_hello hello = {.version = 0x0304, .sni = paths[op[6] & 3], .alpn = "h2"};
    static const char *const methods[] = {"GET", "CONNECT"};
    struct h2t_fields fields = {.method = op[2] & 2 ? methods[op[6] >> 7] : NULL,
                                .path = paths[op[4] & 3],
                                .request_id = ids[op[5] % G_N_ELEMENTS(ids)],
                                .traceparent = ids[op[6] % G_N_ELEMENTS(ids)],
                                .status = (uint16_t)(op[2] & 4 ? op[6] * 10 : 0),
                                .complete = op[2] & 8};
    struct h2t_frame f = {.kind = op[0] % (H2T_MESSAGE_END + 1),
                          .dir = op[2] & 1 ? H2T_SERVER : H2T_CLIENT,
                          .conn = conn,
                          .stream = op[3],
                          .mark = mark_of(s, conn),
                          .len = op[4],
                          .flags = op[6],
                          .end_stream = op[2] & 16,
                          .code = op[5],
                          .last_stream = op[6] == 255 ? 0x7fffffff : op[6],
                          .settings = &setting,
                          .n_settings = 1};
    if (f.kind == H2T_HEADERS || f.kind == H2T_PUSH_PROMISE || f.kind == H2T_REQUEST ||
        f.kind == H2T_RESPONSE)
        f.fields = &fields;
    if (f.kind == H2T_CLIENT_HELLO || f.kind == H2T_SERVER_HELLO)
        f.hello = &hello;
    const struct h2t_tuple *t = &h2t_conn_at(&s->m, conn)->tuple;
    struct h2t_segment segment = {.src = f.dir == H2T_SERVER ? t->server : t->client,
                                  .seq = op[4] * 16u,
                                  .ack = op[5] * 16u,
                                  .len = op[6],
                                  .has_ack = op[2] & 32,
                                  .rst = f.kind == H2T_RST,
                                  .mark = f.mark};
    see(s, &f, &segment);
}

/* Kind of frame or what else, connection, flags, stream, three values, time. */
static void step(struct session *s, const uint8_t op[OP_LEN])
{
    uint32_t conn = op[1] & 15;
    s->packet += !(op[1] & 0x80);
    s->packet = MAX(s->packet, 1);
    s->ns += op[7] * INT64_C(50000);
    bool open = conn < s->m.wire->conns->len && h2t_conn_at(&s->m, conn)->first.packet;
    if (!open)
        open_conn(s, conn);
    switch (op[0]) {
    case 250:
        dns(s, conn, op);
        break;
    case 251:
        h2t_facts_swap(s->facts, conn);
        break;
    case 252:
        h2t_facts_overflow(s->facts, conn);
        break;
    case 253:
        h2t_facts_decrypted(s->facts, conn);
        break;
    case 254:
        h2t_facts_no_keys(s->facts, conn);
        break;
    default:
        frame(s, conn, op);
    }
}

/* Each has evidence and whom it is about, and stands in packets that there are. */
static void check_findings(const struct h2t_model *m, uint32_t last)
{
    for (uint32_t i = 0; i < m->findings->all->len; i++) {
        const struct h2t_finding *f = &g_array_index(m->findings->all, struct h2t_finding, i);
        g_assert_true(f->wire || f->trace);
        g_assert_cmpuint(f->at.packet, <=, last);
        g_assert_cmpuint(f->proof.packet, <=, last);
        g_assert_cmpuint(f->first + f->n, <=, m->findings->affected->len);
    }
}

static void join(struct session *s)
{
    h2t_facts_settle(s->facts);
    h2t_join(&s->m);
    check_join(&s->m);
    h2t_diagnose(&s->m);
    check_findings(&s->m, s->packet);
    GArray *notes = h2t_notes(&s->m);
    check_notes(&s->m, notes, s->packet);
    g_array_unref(notes);
}

static void run(struct session *s, struct bytes ops)
{
    unsigned n = 0;
    for (; ops.len >= OP_LEN; ops.data += OP_LEN, ops.len -= OP_LEN) {
        step(s, ops.data);
        if (++n % JOIN_EVERY == 0)
            join(s);
    }
    join(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    struct bytes sidecars = fuzz_part(&rest, FUZZ_PART);
    struct session s = {.m = {.trace = load_sidecars(sidecars, 1u << 20)}};
    if (!s.m.trace)
        return 0;
    s.facts = h2t_facts_new();
    h2t_facts_keep_ledgers(s.facts);
    s.m.wire = h2t_facts_wire(s.facts);
    s.live = h2t_live_new(&s.m);
    run(&s, rest);
    h2t_live_free(&s.live);
    s.m.wire = h2t_facts_finish(&s.facts);
    h2t_join(&s.m);
    check_wire(s.m.wire, s.packet);
    check_join(&s.m);
    h2t_findings_free(&s.m.findings);
    h2t_wire_free(&s.m.wire);
    h2t_trace_free(&s.m.trace);
    return 0;
}
