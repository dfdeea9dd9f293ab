/* SPDX-License-Identifier: MIT */
/* Frames of a log and frames of the wire, as words: "H1" HEADERS of stream 1, "D1" DATA, "S0"
 * SETTINGS, "W0" WINDOW_UPDATE, "--" a gap. */
#include "core/align.h"

#include "core/ledger.h"

#include <string.h>

static enum h2t_frame_kind kind_of(char letter)
{
    static const char letters[] = "DHSW-";
    static const enum h2t_frame_kind kinds[] = {H2T_DATA, H2T_HEADERS, H2T_SETTINGS,
                                                H2T_WINDOW_UPDATE, H2T_GAP};
    return kinds[strchr(letters, letter) - letters];
}

static GArray *log_of(const char *words)
{
    GArray *log = g_array_new(FALSE, TRUE, sizeof(struct h2t_logged));
    for (; *words; words += words[2] ? 3 : 2) {
        struct h2t_logged l = {.stream = (uint32_t)(words[1] - '0'), .entry = 77};
        l.kind = (uint8_t)kind_of(words[0]);
        g_array_append_val(log, l);
    }
    return log;
}

static GArray *wire_of(const char *words)
{
    GArray *wire = g_array_new(FALSE, TRUE, sizeof(struct h2t_entry));
    for (; *words; words += words[2] ? 3 : 2) {
        struct h2t_entry e = {.stream = (uint32_t)(words[1] - '0')};
        e.kind = (uint8_t)kind_of(words[0]);
        g_array_append_val(wire, e);
    }
    return wire;
}

/* `wanted`: the place on the wire of each of the log's frames, "." for none; NULL: refuted. */
static void expect(const char *log_words, bool log_late, const char *wire_words, bool wire_late,
                   const char *wanted)
{
    g_autoptr(GArray) log = log_of(log_words);
    g_autoptr(GArray) wire = wire_of(wire_words);
    struct h2t_alignment a = h2t_align(log, log_late, wire, wire_late, true);
    g_assert_cmpint(a.refuted, ==, wanted == NULL);
    if (!wanted)
        return;
    g_assert_cmpuint(log->len, ==, strlen(wanted));
    for (uint32_t i = 0; i < log->len; i++) {
        uint32_t entry = g_array_index(log, struct h2t_logged, i).entry;
        uint32_t place = wanted[i] == '.' ? H2T_NONE : (uint32_t)(wanted[i] - '0');
        g_assert_cmpuint(entry, ==, place);
    }
}

static void test_whole(void)
{
    expect("S0 W0 H1 D1", false, "S0 W0 H1 D1", false, "0123");
    expect("S0 H1 D1 H3", false, "S0 H1", false, "01..");
    expect("S0 H1", false, "S0 H1 D1 H3", false, "01");
    expect("S0 H1", false, "S0 H3", false, NULL);
    expect("S0 H1 D1", false, "S0 D1 H1", false, NULL);
    expect("S0", false, "", false, ".");
    expect("", false, "S0", false, "");
}

static void test_late(void)
{
    expect("S0 H1 D1 W0 H3 D3", false, "D1 W0 H3 D3", true, "..0123");
    expect("W0 H3 D3", true, "S0 H1 D1 W0 H3 D3", false, "345");
    expect("W0 H3 D3", true, "D1 W0 H3", true, "12.");
    expect("S0 H1 D1 W0 H3", false, "W0 D1 H3", true, NULL);
    expect("S0 H1", false, "H9 D9", true, "..");
    expect("D1 D1", true, "D1 D1 D1", true, ".."); /* nothing tells which */
}

static void test_gaps(void)
{
    expect("S0 H1 D1 H3 D3 H5", false, "S0 H1 -- H5", false, "01...3");
    expect("S0 H1 D1 H3 D3 H5", false, "S0 -- D3 H5", false, "0...23");
    expect("S0 H1 D1 H3", false, "S0 -- D1 -- H3", false, "0..4");
    expect("S0 H1 D1 H3", false, "S0 H1 D1 H3 --", false, "0123");
    expect("S0 H1 D1 H3", false, "-- --", false, "....");
}

/* However many gaps there are, and frames to be sought behind them. */
static void test_much(void)
{
    GArray *log = g_array_new(FALSE, TRUE, sizeof(struct h2t_logged));
    GArray *wire = g_array_new(FALSE, TRUE, sizeof(struct h2t_entry));
    g_array_set_size(log, 100000);
    for (uint32_t i = 0; i < 100000; i++) {
        struct h2t_entry e = {.kind = i % 2 ? H2T_HEADERS : H2T_GAP, .stream = 1};
        g_array_append_val(wire, e);
    }
    g_assert_false(h2t_align(log, false, wire, true, false).refuted);
    g_array_unref(log);
    g_array_unref(wire);
}

static void test_ledger_limit(void)
{
    struct h2t_wire wire = {0};
    struct h2t_ledgers ledgers;
    h2t_ledgers_init(&ledgers, &wire);
    ledgers.n_entries = H2T_MAX_ENTRIES - 1;
    for (uint32_t i = 0; i < 3; i++)
        h2t_ledgers_frame(&ledgers, &(struct h2t_frame){.kind = H2T_DATA, .conn = 2});
    g_assert_null(h2t_ledger_of(&wire, 1));
    g_assert_null(h2t_ledger_of(&wire, 3));
    const struct h2t_ledger *l = h2t_ledger_of(&wire, 2);
    g_assert_true(l->cut);
    g_assert_cmpuint(l->entries[H2T_CLIENT]->len, ==, 1);
    h2t_ledgers_swap(&ledgers, 2);
    g_assert_cmpuint(l->entries[H2T_SERVER]->len, ==, 1);
    h2t_ledgers_swap(&ledgers, 7);
    g_ptr_array_unref(wire.ledgers);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/align/whole", test_whole);
    g_test_add_func("/align/late", test_late);
    g_test_add_func("/align/gaps", test_gaps);
    g_test_add_func("/align/much", test_much);
    g_test_add_func("/ledger/limit", test_ledger_limit);
    return g_test_run();
}
