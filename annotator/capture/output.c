/* SPDX-License-Identifier: MIT */
#include "annotator/capture/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGING_LEN (1u << 20) /* measured as the fastest, before writev and copy_file_range */
#define MAX_LINKS 40           /* as the kernel follows */
#define MAX_OUTPUTS 4          /* temporary files at one time */

/* The only file-scope state: a signal handler has no argument to find them by. A slot is written
 * while it is not in use, so that the handler never sees half a path. */
static char temporary[MAX_OUTPUTS][PATH_MAX];
static volatile sig_atomic_t temporary_in_use[MAX_OUTPUTS];

struct output {
    char *name;   /* for messages */
    char *target; /* NULL: written to directly */
    int slot;     /* of the temporary file, -1: none */
    int fd;
    int failed; /* errno of the first error */
    bool settled;
    size_t len;
    uint8_t staging[STAGING_LEN];
};

static void set_errno_error(GError **error, const struct output *out, const char *doing)
{
    int saved = errno;
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: %s: %s", out->name, doing,
                g_strerror(saved));
}

static struct output *fail(struct output *out, GError **error, const char *doing)
{
    set_errno_error(error, out, doing);
    output_abort(&out);
    return NULL;
}

/* The file that `path` names in the end, which need not exist. NULL and errno. */
static char *follow_links(const char *path)
{
    char *at = g_strdup(path);
    for (int i = 0; i < MAX_LINKS; i++) {
        char next[PATH_MAX];
        ssize_t n = readlink(at, next, sizeof next - 1);
        if (n < 0)
            return at; /* not a link: EINVAL, or nothing there: ENOENT; others tell on creating */
        next[n] = '\0';
        char *dir = g_path_get_dirname(at);
        g_free(at);
        at = g_path_is_absolute(next) ? g_strdup(next) : g_build_filename(dir, next, NULL);
        g_free(dir);
    }
    g_free(at);
    errno = ELOOP;
    return NULL;
}

static int free_slot(void)
{
    for (int i = 0; i < MAX_OUTPUTS; i++)
        if (!temporary_in_use[i])
            return i;
    g_assert_not_reached();
}

static void forget_temporary(struct output *out)
{
    if (out->slot >= 0)
        temporary_in_use[out->slot] = 0;
    out->slot = -1;
}

/* mkostemp makes files for the owner only; there is no way to read the umask but to set it. */
static bool set_mode(int fd, mode_t mode)
{
    mode_t mask = umask(077);
    umask(mask);
    return fchmod(fd, mode & 0777 & ~mask) == 0;
}

/* The path's X become what is free. A signal waits until the handler can know the file. */
static int make_temporary(int slot)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int fd = mkostemp(temporary[slot], O_CLOEXEC);
    int saved = errno;
    temporary_in_use[slot] = fd >= 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = saved;
    return fd;
}

static bool open_temporary(struct output *out, mode_t mode)
{
    int slot = free_slot();
    char *dir = g_path_get_dirname(out->target), *base = g_path_get_basename(out->target);
    /* Cut, so that a name as long as names can be gets a temporary file as well. */
    int n = snprintf(temporary[slot], PATH_MAX, "%s/.%.200s.XXXXXX", dir, base);
    g_free(dir);
    g_free(base);
    if (n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    out->fd = make_temporary(slot);
    if (out->fd < 0)
        return false;
    out->slot = slot;
    return set_mode(out->fd, mode);
}

/* True for what a rename must not replace: standard output under any of its names, and everything
 * that is there and no regular file. */
static bool is_direct(const char *path, bool *is_stdout)
{
    struct stat st, standard;
    *is_stdout = strcmp(path, "-") == 0;
    if (*is_stdout)
        return true;
    if (stat(path, &st) < 0)
        return false;
    *is_stdout = fstat(STDOUT_FILENO, &standard) == 0 && st.st_dev == standard.st_dev &&
                 st.st_ino == standard.st_ino;
    return *is_stdout || !S_ISREG(st.st_mode);
}

static bool open_direct(struct output *out, const char *path, bool is_stdout)
{
    out->fd = is_stdout ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return out->fd >= 0;
}

struct output *output_open(const char *path, mode_t mode, GError **error)
{
    bool is_stdout;
    bool direct = is_direct(path, &is_stdout);
    struct output *out = g_malloc(sizeof *out);
    out->name = g_strdup(is_stdout ? "standard output" : path);
    out->target = NULL;
    out->slot = out->fd = -1;
    out->failed = 0;
    out->settled = false;
    out->len = 0;
    if (direct)
        return open_direct(out, path, is_stdout) ? out : fail(out, error, "cannot write");
    out->target = follow_links(path);
    if (!out->target || !open_temporary(out, mode))
        return fail(out, error, "cannot create");
    return out;
}

static bool write_fully(struct output *out, const uint8_t *data, size_t len)
{
    while (len > 0 && !out->failed) {
        ssize_t n = write(out->fd, data, len);
        if (n >= 0) {
            data += n;
            len -= (size_t)n;
        } else if (errno != EINTR) {
            out->failed = errno;
        }
    }
    return !out->failed;
}

static bool flush(struct output *out)
{
    size_t len = out->len;
    out->len = 0;
    return write_fully(out, out->staging, len);
}

bool output_write(struct output *out, const void *data, size_t len)
{
    if (out->failed)
        return false;
    if (len > STAGING_LEN - out->len && !flush(out))
        return false;
    if (len >= STAGING_LEN)
        return write_fully(out, data, len);
    memcpy(out->staging + out->len, data, len);
    out->len += len;
    return true;
}

/* What is no file cannot be waited for: EINVAL, EROFS. */
static bool wait_for_disk(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
}

/* After the rename there is no way back, so an error here is not one of the output. */
static void sync_folder(const char *target)
{
    char *dir = g_path_get_dirname(target);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    g_free(dir);
}

/* All bytes are at their place and the descriptor is closed; errno says why not. */
static bool finish(struct output *out, bool sync)
{
    if (!flush(out)) {
        errno = out->failed;
        return false;
    }
    if (sync && !wait_for_disk(out->fd))
        return false;
    if (out->fd == STDOUT_FILENO)
        return true;
    int fd = out->fd;
    out->fd = -1;
    return close(fd) == 0;
}

bool output_settle(struct output *out, bool sync, GError **error)
{
    out->settled = out->settled || finish(out, sync);
    if (!out->settled)
        set_errno_error(error, out, "cannot write");
    return out->settled;
}

bool output_commit(struct output **out, bool sync, GError **error)
{
    struct output *o = g_steal_pointer(out);
    if (!output_settle(o, sync, error)) {
        output_abort(&o);
        return false;
    }
    if (o->target && rename(temporary[o->slot], o->target) < 0) {
        fail(o, error, "cannot write");
        return false;
    }
    forget_temporary(o);
    if (sync && o->target)
        sync_folder(o->target);
    output_abort(&o);
    return true;
}

void output_abort(struct output **out)
{
    struct output *o = g_steal_pointer(out);
    if (!o)
        return;
    if (o->fd >= 0 && o->fd != STDOUT_FILENO)
        close(o->fd);
    if (o->slot >= 0)
        unlink(temporary[o->slot]);
    forget_temporary(o);
    g_free(o->name);
    g_free(o->target);
    explicit_bzero(o, sizeof *o); /* what it wrote may be secret */
    g_free(o);
}

void output_unlink_on_signal(void)
{
    for (int i = 0; i < MAX_OUTPUTS; i++)
        if (temporary_in_use[i])
            unlink(temporary[i]);
}
