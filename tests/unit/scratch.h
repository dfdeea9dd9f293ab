/* SPDX-License-Identifier: MIT */
/* Files in a temporary folder of this test program, gone at its end. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

/* g_assert_cmpmem takes lengths as int. */
#define assert_bytes(a, a_len, b, b_len)                                                           \
    do {                                                                                           \
        g_assert_cmpuint(a_len, ==, b_len);                                                        \
        g_assert_true((a_len) == 0 || memcmp(a, b, a_len) == 0);                                   \
    } while (0)

static char *scratch_folder;

static inline void scratch_init(void)
{
    scratch_folder = g_dir_make_tmp("h2annotate-test-XXXXXX", NULL);
    g_assert_nonnull(scratch_folder);
}

static inline void scratch_fini(void)
{
    const char *name;
    GDir *dir = g_dir_open(scratch_folder, 0, NULL);
    while ((name = g_dir_read_name(dir))) {
        char *path = g_build_filename(scratch_folder, name, NULL);
        g_remove(path);
        g_free(path);
    }
    g_dir_close(dir);
    g_rmdir(scratch_folder);
    g_free(scratch_folder);
}

/* To be freed by the caller. */
static inline char *scratch_path(const char *name)
{
    return g_build_filename(scratch_folder, name, NULL);
}

static inline char *scratch_write(const char *name, const void *data, size_t len)
{
    char *path = scratch_path(name);
    g_assert_true(g_file_set_contents(path, data, (gssize)len, NULL));
    return path;
}

/* Entries in the folder: temporary files that were left behind count. */
static inline unsigned scratch_count(void)
{
    unsigned n = 0;
    GDir *dir = g_dir_open(scratch_folder, 0, NULL);
    while (g_dir_read_name(dir))
        n++;
    g_dir_close(dir);
    return n;
}

#endif
