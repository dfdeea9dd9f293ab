/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/discover.h"

#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS "/proc/self/fd"

/* Is it open for reading only, as captures are, and a file with a name like one? */
static bool looks_like_capture(int fd, const char *path)
{
    static const char *const parts[] = {".pcap", ".cap", ".ntar"};
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    if (path[0] != '/' || flags < 0 || (flags & O_ACCMODE) != O_RDONLY)
        return false;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        return false;
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strstr(slash, parts[i]))
            return true;
    return false;
}

/* Remembers `path` if it is the first; false if it is a second one. */
static bool add(char **found, const char *path)
{
    if (!*found)
        *found = g_strdup(path);
    return !strcmp(*found, path);
}

char *discover_capture(void)
{
    GDir *dir = g_dir_open(FDS, 0, NULL);
    const char *name;
    char *found = NULL;
    bool only = true;
    while (dir && only && (name = g_dir_read_name(dir))) {
        g_autofree char *link = g_build_filename(FDS, name, NULL);
        g_autofree char *path = g_file_read_link(link, NULL);
        if (path && looks_like_capture(atoi(name), path))
            only = add(&found, path);
    }
    if (dir)
        g_dir_close(dir);
    if (!only)
        g_clear_pointer(&found, g_free);
    return found;
}

static char *beside(const char *stem)
{
    static const char *const endings[] = {".trace.json", ".trace.jsonl"};
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        char *path = g_strconcat(stem, endings[i], NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return path;
        g_free(path);
    }
    return NULL;
}

char **discover_sidecars(void)
{
    g_autofree char *stem = discover_capture();
    char *found = stem ? beside(stem) : NULL;
    char *slash = stem ? strrchr(stem, '/') : NULL, *dot;
    while (!found && slash && (dot = strrchr(slash, '.'))) { /* a.pcapng.gz, a.pcapng, a */
        *dot = '\0';
        found = beside(stem);
    }
    if (!found)
        return NULL;
    char **list = g_new0(char *, 2);
    list[0] = found;
    return list;
}
