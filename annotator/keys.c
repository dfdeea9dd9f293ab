/* SPDX-License-Identifier: MIT */
#include "annotator/keys.h"

#include "core/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What was read and waits for the end of its line. */
struct page {
    char text[KEYS_MAX_LINE];
    size_t len;
};

static bool fail(const char *path, const char *what, GError **error)
{
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: %s: %s", path, what, g_strerror(errno));
    return false;
}

/* Whole lines, or the whole page if it is full without one. */
static void take(struct keylog *keylog, struct page *page)
{
    const char *last = memrchr(page->text, '\n', page->len);
    size_t len = last ? (size_t)(last + 1 - page->text) : page->len;
    if (!last && page->len < sizeof page->text)
        return;
    keylog_add(keylog, page->text, len);
    page->len -= len;
    memmove(page->text, page->text + len, page->len);
}

static bool read_all(struct keylog *keylog, int fd, struct page *page)
{
    for (;;) {
        ssize_t n = read(fd, page->text + page->len, sizeof page->text - page->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            keylog_add(keylog, page->text, page->len);
            return n == 0;
        }
        page->len += (size_t)n;
        take(keylog, page);
    }
}

bool keys_load(struct keylog *keylog, const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(path, "cannot open", error);
    struct page *page = g_new0(struct page, 1);
    bool done = read_all(keylog, fd, page) || fail(path, "cannot read", error);
    explicit_bzero(page, sizeof *page);
    g_free(page);
    close(fd);
    return done;
}
