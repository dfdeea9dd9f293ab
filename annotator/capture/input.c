/* SPDX-License-Identifier: MIT */
#include "annotator/capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct input {
    char *name;
    int fd;
    int spool;        /* -1: `fd` itself can be read again */
    uint64_t origin;  /* offset of the first byte: standard input may stand in mid-file */
    uint64_t pos;     /* bytes read since the start */
    uint64_t spooled; /* bytes that the spool file holds */
    uint64_t size;    /* 0: unknown */
    bool ended;       /* the last byte was reached, which is the one at `size` */
    dev_t dev;
    ino_t ino;
};

static void set_errno_error(GError **error, const char *name, const char *doing)
{
    int saved = errno;
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: %s%s", name, doing, g_strerror(saved));
}

static bool check_kind(const struct input *input, const struct stat *st, GError **error)
{
    if (!S_ISDIR(st->st_mode))
        return true;
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: is a directory, wanted a capture file",
                input->name);
    return false;
}

static int spool_open(GError **error)
{
    const char *dir = g_getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    /* Not every file system knows O_TMPFILE. */
    char *path = g_build_filename(dir, "h2annotate-XXXXXX", NULL);
    fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        set_errno_error(error, dir, "cannot create a temporary file: ");
    else
        g_unlink(path);
    g_free(path);
    return fd;
}

/* A regular file is read where it lies, everything else through a spool file. */
static bool make_rewindable(struct input *input, const struct stat *st, GError **error)
{
    off_t at = S_ISREG(st->st_mode) ? lseek(input->fd, 0, SEEK_CUR) : -1;
    if (at < 0) {
        input->spool = spool_open(error);
        return input->spool >= 0;
    }
    input->origin = (uint64_t)at;
    input->size = st->st_size > at ? (uint64_t)(st->st_size - at) : 0;
    posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

static bool input_prepare(struct input *input, GError **error)
{
    struct stat st;
    if (input->fd < 0 || fstat(input->fd, &st) < 0) {
        set_errno_error(error, input->name, "");
        return false;
    }
    input->dev = st.st_dev;
    input->ino = st.st_ino;
    return check_kind(input, &st, error) && make_rewindable(input, &st, error);
}

struct input *input_open(const char *path, GError **error)
{
    bool standard = strcmp(path, "-") == 0;
    struct input *input = g_new0(struct input, 1);
    input->name = g_strdup(standard ? "standard input" : path);
    input->spool = -1;
    input->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (!input_prepare(input, error))
        input_close(&input);
    return input;
}

void input_close(struct input **input)
{
    if (!*input)
        return;
    if ((*input)->fd > STDIN_FILENO)
        close((*input)->fd);
    if ((*input)->spool >= 0)
        close((*input)->spool);
    g_free((*input)->name);
    g_free(*input);
    *input = NULL;
}

static ssize_t read_at(const struct input *input, int fd, void *buf, size_t len, uint64_t at,
                       GError **error)
{
    ssize_t n;
    do
        n = pread(fd, buf, len, (off_t)at);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        set_errno_error(error, input->name, "cannot read: ");
    return n;
}

static bool spool_append(struct input *input, const uint8_t *buf, size_t len, GError **error)
{
    while (len > 0) {
        ssize_t n = pwrite(input->spool, buf, len, (off_t)input->spooled);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            set_errno_error(error, input->name, "cannot keep a copy in the temporary folder: ");
            return false;
        }
        buf += n;
        len -= (size_t)n;
        input->spooled += (uint64_t)n;
    }
    return true;
}

static ssize_t read_pipe(struct input *input, void *buf, size_t len, GError **error)
{
    if (input->ended)
        return 0;
    ssize_t n;
    do
        n = read(input->fd, buf, len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        set_errno_error(error, input->name, "cannot read: ");
    if (n > 0 && !spool_append(input, buf, (size_t)n, error))
        return -1;
    if (n == 0) {
        input->ended = true;
        input->size = input->spooled;
    }
    return n;
}

static ssize_t shorter(const struct input *input, GError **error)
{
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE,
                "%s: became shorter while it was read: %" PRIu64 " bytes are left of %" PRIu64,
                input->name, input->pos, input->size);
    return -1;
}

/* Where the file ends the first time it does for good: a capture may still be written to, and both
 * walks must see the same. */
static ssize_t read_file(struct input *input, void *buf, size_t len, GError **error)
{
    if (input->ended)
        len = MIN(len, input->size - input->pos);
    ssize_t n = read_at(input, input->fd, buf, len, input->origin + input->pos, error);
    if (n != 0)
        return n;
    if (input->pos < input->size)
        return shorter(input, error);
    input->ended = true;
    input->size = input->pos;
    return 0;
}

ssize_t input_read(struct input *input, void *buf, size_t len, GError **error)
{
    ssize_t n;
    if (input->spool < 0)
        n = read_file(input, buf, len, error);
    else if (input->pos < input->spooled)
        n = read_at(input, input->spool, buf, MIN(len, input->spooled - input->pos), input->pos,
                    error);
    else
        n = read_pipe(input, buf, len, error);
    if (n > 0)
        input->pos += (uint64_t)n;
    return n;
}

void input_rewind(struct input *input)
{
    input->pos = 0;
}

const char *input_name(const struct input *input)
{
    return input->name;
}

bool input_is_file(const struct input *input, const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && st.st_dev == input->dev && st.st_ino == input->ino;
}

void input_progress(const struct input *input, uint64_t *done, uint64_t *size)
{
    *done = input->pos;
    *size = input->size;
}
