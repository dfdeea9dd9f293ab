/* SPDX-License-Identifier: MIT */
/*
 * Preloaded: makes one system call go wrong. FAULT is "CALL:N:WHAT": at the N-th CALL that concerns
 * a place (read, pread, write, pwrite, fsync, close: of a file whose path, or of a pipe whose name,
 * begins with FAULT_PLACE; mkostemp, rename: any) WHAT happens:
 *   a number  the call fails with this errno, and does nothing
 *   TERM INT STOP  the call is made, then this signal comes
 *   short     it and all later ones take one byte only
 *   again     it and every second later one fail with EINTR
 * The file FAULT_LOG then names the place.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum act { PASS, FAIL, SIGNAL, SHORT };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned seen;

/* Not through the calls that may be failed here. */
static void tell(const char *place)
{
    const char *path = getenv("FAULT_LOG");
    long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (fd < 0)
        return;
    syscall(SYS_write, fd, place, strlen(place));
    syscall(SYS_close, fd);
}

static enum act count(unsigned n, const char *what, const char *place)
{
    pthread_mutex_lock(&lock);
    unsigned now = ++seen;
    pthread_mutex_unlock(&lock);
    if (now < n)
        return PASS;
    if (now == n)
        tell(place);
    if (!strcmp(what, "short"))
        return SHORT;
    if (!strcmp(what, "again") && (now - n) % 2 == 0) {
        errno = EINTR;
        return FAIL;
    }
    if (now > n || !strcmp(what, "again"))
        return PASS;
    errno = atoi(what);
    return errno ? FAIL : SIGNAL;
}

static enum act meet(const char *call, const char *place)
{
    const char *fault = getenv("FAULT");
    size_t len = strlen(call);
    if (!fault || strncmp(fault, call, len) || fault[len] != ':')
        return PASS;
    char *what;
    unsigned n = (unsigned)strtoul(fault + len + 1, &what, 10);
    return *what == ':' ? count(n, what + 1, place) : PASS;
}

static enum act meet_fd(const char *call, int fd)
{
    char link[64], place[PATH_MAX];
    const char *wanted = getenv("FAULT_PLACE");
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, place, sizeof place - 1);
    errno = saved;
    if (n < 0 || !wanted)
        return PASS;
    place[n] = '\0';
    return strncmp(place, wanted, strlen(wanted)) ? PASS : meet(call, place);
}

static void come(enum act act)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{":TERM", SIGTERM}, {":INT", SIGINT}, {":STOP", SIGSTOP}};
    for (size_t i = 0; act == SIGNAL && i < sizeof signals / sizeof *signals; i++)
        if (strstr(getenv("FAULT"), signals[i].name))
            kill(getpid(), signals[i].number);
}

#define REAL(type, name, ...)                                                                      \
    static type (*real)(__VA_ARGS__);                                                              \
    if (!real)                                                                                     \
        *(void **)&real = dlsym(RTLD_NEXT, name);

#define TRANSFER(symbol, call, params, args, ...)                                                  \
    ssize_t symbol params;                                                                         \
    ssize_t symbol params                                                                          \
    {                                                                                              \
        REAL(ssize_t, #symbol, __VA_ARGS__)                                                        \
        enum act act = meet_fd(call, fd);                                                          \
        if (act == FAIL)                                                                           \
            return -1;                                                                             \
        if (act == SHORT && len > 1)                                                               \
            len = 1;                                                                               \
        ssize_t n = real args;                                                                     \
        come(act);                                                                                 \
        return n;                                                                                  \
    }

#define SIMPLE(symbol, met, params, args, ...)                                                     \
    int symbol params;                                                                             \
    int symbol params                                                                              \
    {                                                                                              \
        REAL(int, #symbol, __VA_ARGS__)                                                            \
        enum act act = met;                                                                        \
        if (act == FAIL)                                                                           \
            return -1;                                                                             \
        int n = real args;                                                                         \
        come(act);                                                                                 \
        return n;                                                                                  \
    }

TRANSFER(read, "read", (int fd, void *buf, size_t len), (fd, buf, len), int, void *, size_t)
TRANSFER(write, "write", (int fd, const void *buf, size_t len), (fd, buf, len), int, const void *,
         size_t)
TRANSFER(pread, "pread", (int fd, void *buf, size_t len, off_t at), (fd, buf, len, at), int, void *,
         size_t, off_t)
TRANSFER(pread64, "pread", (int fd, void *buf, size_t len, off_t at), (fd, buf, len, at), int,
         void *, size_t, off_t)
TRANSFER(pwrite, "pwrite", (int fd, const void *buf, size_t len, off_t at), (fd, buf, len, at), int,
         const void *, size_t, off_t)
TRANSFER(pwrite64, "pwrite", (int fd, const void *buf, size_t len, off_t at), (fd, buf, len, at),
         int, const void *, size_t, off_t)
SIMPLE(fsync, meet_fd("fsync", fd), (int fd), (fd), int)
SIMPLE(close, meet_fd("close", fd), (int fd), (fd), int)
SIMPLE(rename, meet("rename", to), (const char *from, const char *to), (from, to), const char *,
       const char *)
SIMPLE(mkostemp, meet("mkostemp", path), (char *path, int flags), (path, flags), char *, int)
SIMPLE(mkostemp64, meet("mkostemp", path), (char *path, int flags), (path, flags), char *, int)
