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
    if (o->baseline && same_file(o->baseline, target))
        return fail(error, target, "is the --baseline that is read; wanted: another name");
    return true;
}

bool targets_check(const struct options *o, const struct capture *capture, GError **error)
{
    const struct {
        const char *path, *twice;
    } targets[] = {{o->output, NULL},
                   {o->report, "is both --report and another output"},
                   {o->junit, "is both --junit and another output"}};
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
