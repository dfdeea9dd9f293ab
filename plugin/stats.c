/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/stats.h"

#include "plugin/tap.h"

#include <string.h>

/* ---- Tree ----------------------------------------------------------------------------------- */

static const char root_what[] = "Notes", root_hooks[] = "Hooks", root_ends[] = "Ends of streams",
                  root_errors[] = "Errors", root_findings[] = "Findings",
                  root_conns[] = "Requests by connection";

static struct {
    int what, hooks, ends, errors, findings, conns;
} roots;

static void tree_init(stats_tree *st)
{
    roots.what = stats_tree_create_node(st, root_what, 0, STAT_DT_INT, TRUE);
    roots.hooks = stats_tree_create_node(st, root_hooks, 0, STAT_DT_INT, TRUE);
    roots.ends = stats_tree_create_node(st, root_ends, 0, STAT_DT_INT, TRUE);
    roots.errors = stats_tree_create_node(st, root_errors, 0, STAT_DT_INT, TRUE);
    roots.findings = stats_tree_create_node(st, root_findings, 0, STAT_DT_INT, TRUE);
    roots.conns = stats_tree_create_node(st, root_conns, 0, STAT_DT_INT, TRUE);
}

/* Counts one `name` below a root. */
static void count(stats_tree *st, const char *root_name, int root, const char *name)
{
    tick_stat_node(st, root_name, 0, TRUE);
    tick_stat_node(st, name, root, FALSE);
}

/* "7", or "7 of process 1234". */
static const char *conn_name(wmem_allocator_t *pool, const struct tap_note *n)
{
    return n->pid ? wmem_strdup_printf(pool, "%s of process %s", n->conn, n->pid) : n->conn;
}

/* By rule, and below that by connection. */
static void count_finding(stats_tree *st, wmem_allocator_t *pool, const struct tap_note *n)
{
    tick_stat_node(st, root_findings, 0, TRUE);
    int rule = tick_stat_node(st, n->finding, roots.findings, TRUE);
    const char *conn =
        n->conn ? wmem_strdup_printf(pool, "connection %s", conn_name(pool, n)) : "no connection";
    tick_stat_node(st, conn, rule, FALSE);
}

static void tree_note(stats_tree *st, wmem_allocator_t *pool, const struct tap_note *n)
{
    count(st, root_what, roots.what, n->what);
    for (unsigned i = 0; i < wmem_array_get_count(n->hooks); i++)
        count(st, root_hooks, roots.hooks, *(const char **)wmem_array_index(n->hooks, i));
    if (n->end)
        count(st, root_ends, roots.ends, n->end);
    if (n->error)
        count(st, root_errors, roots.errors, n->error);
    if (n->finding)
        count_finding(st, pool, n);
    if (n->conn && !strcmp(n->what, "request"))
        count(st, root_conns, roots.conns, conn_name(pool, n));
}

static tap_packet_status tree_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt,
                                     const void *data, tap_flags_t flags)
{
    const struct tap_packet *packet = data;
    (void)edt, (void)flags;
    for (unsigned i = 0; i < packet->n; i++)
        tree_note(st, pinfo->pool, &packet->notes[i]);
    return packet->n ? TAP_PACKET_REDRAW : TAP_PACKET_DONT_REDRAW;
}

/* ---- Table by connection -------------------------------------------------------------------- */

enum column {
    COL_CONN,
    COL_REQUESTS,
    COL_REUSED,
    COL_RETRIED,
    COL_ERRORS,
    COL_LONGEST,
    COL_ALL,
    N_COLUMNS
};

static stat_tap_table_item columns[N_COLUMNS] = {
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Connection", "%-25s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Requests", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Reused", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Retried", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Errors", "%u"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Longest (s)", "%.6f"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "All (s)", "%.6f"},
};

static void table_init(stat_tap_table_ui *ui)
{
    static const char title[] = "Go connections";
    stat_tap_table *table = stat_tap_find_table(ui, title);
    if (table) {
        if (ui->stat_tap_reset_table_cb)
            ui->stat_tap_reset_table_cb(table);
        return;
    }
    table = stat_tap_init_table(title, N_COLUMNS, 0, NULL);
    stat_tap_add_table(ui, table);
}

static void table_reset(stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++)
        for (unsigned column = COL_REQUESTS; column < N_COLUMNS; column++) {
            stat_tap_table_item_type *item = stat_tap_get_field_data(table, row, column);
            memset(&item->value, 0, sizeof(item->value));
            stat_tap_set_field_data(table, row, column, item);
        }
}

static void table_free_item(stat_tap_table *table, guint row, guint column,
                            stat_tap_table_item_type *item)
{
    (void)table, (void)row;
    if (column == COL_CONN)
        g_free((char *)(uintptr_t)item->value.string_value);
}

/* The row of a connection, made if it is new. */
static unsigned row_of(stat_tap_table *table, const char *conn)
{
    stat_tap_table_item_type items[N_COLUMNS] = {{.type = TABLE_ITEM_STRING}};
    for (unsigned row = 0; row < table->num_elements; row++)
        if (!strcmp(stat_tap_get_field_data(table, row, COL_CONN)->value.string_value, conn))
            return row;
    items[COL_CONN].value.string_value = g_strdup(conn);
    for (unsigned column = COL_REQUESTS; column < N_COLUMNS; column++)
        items[column].type = columns[column].type;
    unsigned row = table->num_elements;
    stat_tap_init_table_row(table, row, N_COLUMNS, items);
    return row;
}

static void bump(stat_tap_table *table, unsigned row, enum column column, bool by)
{
    stat_tap_table_item_type *item = stat_tap_get_field_data(table, row, column);
    item->value.uint_value += by;
    stat_tap_set_field_data(table, row, column, item);
}

static void add_time(stat_tap_table *table, unsigned row, int64_t ns)
{
    stat_tap_table_item_type *longest = stat_tap_get_field_data(table, row, COL_LONGEST);
    stat_tap_table_item_type *all = stat_tap_get_field_data(table, row, COL_ALL);
    double time = (double)ns / 1e9;
    longest->value.float_value = MAX(longest->value.float_value, time);
    all->value.float_value += time;
    stat_tap_set_field_data(table, row, COL_LONGEST, longest);
    stat_tap_set_field_data(table, row, COL_ALL, all);
}

static tap_packet_status table_packet(void *user, packet_info *pinfo, epan_dissect_t *edt,
                                      const void *data, tap_flags_t flags)
{
    const struct tap_packet *packet = data;
    stat_data_t *stat = user;
    stat_tap_table *table = g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);
    (void)edt, (void)flags;
    for (unsigned i = 0; i < packet->n; i++) {
        const struct tap_note *n = &packet->notes[i];
        if (!n->conn)
            continue;
        unsigned row = row_of(table, conn_name(pinfo->pool, n));
        bool request = !strcmp(n->what, "request");
        bump(table, row, COL_REQUESTS, request);
        bump(table, row, COL_REUSED, request && n->reused);
        bump(table, row, COL_RETRIED, n->retried);
        bump(table, row, COL_ERRORS, n->error != NULL);
        if (n->total_ns != H2T_NEVER)
            add_time(table, row, n->total_ns);
    }
    return TAP_PACKET_REDRAW;
}

void stats_register(void)
{
    static stat_tap_table_ui table = {.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                      .title = "Go connections (httptrace)",
                                      .tap_name = "httptrace",
                                      .cli_string = "httptrace,conns",
                                      .stat_tap_init_cb = table_init,
                                      .packet_func = table_packet,
                                      .stat_tap_reset_table_cb = table_reset,
                                      .stat_tap_free_table_item_cb = table_free_item,
                                      .nfields = N_COLUMNS,
                                      .fields = columns};
    stats_tree_register_plugin("httptrace", "httptrace", "Go httptrace", 0, tree_packet, tree_init,
                               NULL);
    register_stat_tap_table_ui(&table);
}
