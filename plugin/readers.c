/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/readers.h"

#include <string.h>

#define ARGUMENTS "/proc/self/cmdline"
#define OURS "httptrace"
#define EXPERT "_ws.expert" /* what a finding says there hangs below an item of ours */

static GHashTable *named; /* fields of "-e", and our protocol if any is ours; NULL: not known */
static bool twice;        /* there may be a "-2" among the arguments */
static int ours;          /* our protocol */
static int columns;       /* protocol of what filters may ask of columns; -1: there is none */

static void add(const char *name)
{
    const header_field_info *field = proto_registrar_get_byname(name);
    if (field)
        g_hash_table_add(named, GINT_TO_POINTER(field->id));
    if (g_str_has_prefix(name, OURS))
        g_hash_table_add(named, GINT_TO_POINTER(ours));
}

/* The name that an argument, with the one behind it, gives to "-e"; NULL: it is another option. */
static const char *name_of(const char *option, const char *value)
{
    if (!strcmp(option, "-e"))
        return value;
    return g_str_has_prefix(option, "-e") ? option + 2 : NULL;
}

/* "-ne httptrace.req" */
static bool is_hidden(const char *option, const char *value)
{
    g_autofree char *both = g_strconcat(option, value, NULL);
    return strstr(both, "e" OURS) || strstr(both, "e" EXPERT);
}

/* false: there is more that is printed than "-e" names. */
static bool take(const char *option, const char *value)
{
    const char *name = name_of(option, value);
    twice |= !name && option[0] == '-' && strchr(option, '2');
    if (!name)
        return !is_hidden(option, value) && !g_str_has_prefix(option, "-z");
    add(name);
    return !g_str_has_prefix(name, EXPERT);
}

void readers_init(int proto)
{
    g_autofree char *all = NULL;
    gsize len;
    ours = proto;
    columns = proto_get_id_by_filter_name("_ws.col");
    if (!g_file_get_contents(ARGUMENTS, &all, &len, NULL))
        return;
    bool known = true;
    named = g_hash_table_new(NULL, NULL);
    for (const char *option = all; option < all + len && known;) {
        const char *value = option + strlen(option) + 1;
        known = take(option, value < all + len ? value : "");
        option = value;
    }
    if (!known || !g_hash_table_size(named))
        g_clear_pointer(&named, g_hash_table_unref);
}

bool readers_want(proto_tree *tree, int id)
{
    if (!proto_field_is_referenced(tree, id))
        return false;
    return !named || proto_registrar_get_nth((guint)id)->ref_type != HF_REF_TYPE_NONE ||
           g_hash_table_contains(named, GINT_TO_POINTER(id));
}

/* Then columns are made on the first pass, but for taps and filters that ask for columns. */
static bool prints_columns(const packet_info *pinfo, proto_tree *tree)
{
    bool asked = columns >= 0 && tree && proto_field_is_referenced(tree, columns);
    return pinfo->cinfo && !asked && !(union_of_tap_listener_flags() & TL_REQUIRES_COLUMNS);
}

bool readers_print_at_once(const packet_info *pinfo, proto_tree *tree)
{
    return (named && !twice) || prints_columns(pinfo, tree);
}
