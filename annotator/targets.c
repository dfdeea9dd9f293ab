/* SPDX-License-Identifier: MIT */
#include "annotator/targets.h"

#include "core/base.h"

#include <string.h>
#include <sys/stat.h>

static bool fail(GError **error, const char *path, const char *why)
{
    g_set_error(error, H2T_ERROR, H2T_ERROR_USAGE, "%s: %s", path, why);
    return false;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* A pipe or a device: what is written to it harms nobody. */
static bool is_special(const char *path)
{
    struct stat st;
    return !stat(path, &st) && !S_ISREG(st.st_mode);
}

/* "-", standard output, is fine once. */
static bool is_twice(const char *a, const char *b)
{
    return b && (!strcmp(a, b) || same_file(a, b));
}

static bool check_target(const struct options *o, const struct capture *capture, const char *target,
                         GError **error)
{
    if (!strcmp(target, "-"))
        return true;
    if (capture_is_file(capture, target))
        return fail(error, target, "is the capture that is read; wanted: another name");
    for (char **path = o->sidecars; *path; path++)
        if (same_file(*path, target))
            return fail(error, target, "is a sidecar that is read; wanted: another name");
    for (guint i = 0; i < o->keylogs->len; i++)
        if (same_file(o->keylogs->pdata[i], target))
            return fail(error, target, "is a key log that is read; wanted: another name");
    if (o->redact_key && same_file(o->redact_key, target))
        return fail(error, target, "is the --redact-key that is read; wanted: another name");
    if (o->baseline && same_file(o->baseline, target))
        return fail(error, target, "is the --baseline that is read; wanted: another name");
    return true;
}

static void cut_suffix(GString *name, const char *suffix)
{
    if (g_str_has_suffix(name->str, suffix))
        g_string_truncate(name, name->len - strlen(suffix));
}

char *target_in(const char *dir, const char *capture)
{
    static const char *const compressed[] = {".gz", ".zst", ".lz4"}, *const classic[] = {".pcap",
                                                                                         ".cap"};
    g_autofree char *base = g_path_get_basename(capture);
    g_autoptr(GString) name = g_string_new(base);
    for (size_t i = 0; i < G_N_ELEMENTS(compressed); i++)
        cut_suffix(name, compressed[i]);
    size_t len = name->len;
    for (size_t i = 0; i < G_N_ELEMENTS(classic); i++)
        cut_suffix(name, classic[i]);
    if (name->len < len)
        g_string_append(name, ".pcapng");
    return g_build_filename(dir, name->str, NULL);
}

/* Every file of the capture gets one of its own, and none is one that is read. */
static bool check_dir(const struct options *o, const struct capture *capture, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!g_file_test(o->out_dir, G_FILE_TEST_IS_DIR))
        return fail(error, o->out_dir, "is no directory, wanted: one for --out-dir");
    for (uint32_t i = 0; capture_file(capture, i); i++) {
        char *path = target_in(o->out_dir, capture_file(capture, i));
        if (!g_hash_table_add(seen, path))
            return fail(error, capture_file(capture, i), "has the name of another capture");
        if (!check_target(o, capture, path, error))
            return false;
    }
    return true;
}

bool targets_check(const struct options *o, const struct capture *capture, GError **error)
{
    const struct {
        const char *path, *twice;
    } targets[] = {{o->output, NULL},
                   {o->report, "is both --report and another output"},
                   {o->junit, "is both --junit and another output"}};
    if (o->out_dir && !check_dir(o, capture, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        if (!targets[i].path || is_special(targets[i].path))
            continue;
        if (!check_target(o, capture, targets[i].path, error))
            return false;
        for (size_t k = 0; k < i; k++)
            if (is_twice(targets[i].path, targets[k].path))
                return fail(error, targets[i].path, targets[i].twice);
    }
    return true;
}
