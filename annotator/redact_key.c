/* SPDX-License-Identifier: MIT */
#include "annotator/redact_key.h"

#include "core/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { RANDOM_LEN = 32 };

static bool fail(const char *path, const char *what, GError **error)
{
    g_set_error(error, H2T_ERROR, H2T_ERROR_FILE, "%s: %s: %s", path, what, g_strerror(errno));
    return false;
}

static bool make(struct redact_key *key, GError **error)
{
    key->len = RANDOM_LEN;
    return getrandom(key->bytes, RANDOM_LEN, 0) == RANDOM_LEN ||
           fail("--redact", "no random numbers", error);
}

static bool read_file(struct redact_key *key, const char *path, int fd, GError **error)
{
    uint8_t more;
    ssize_t n = 1;
    while (n > 0 && key->len < sizeof key->bytes) {
        n = read(fd, key->bytes + key->len, sizeof key->bytes - key->len);
        if (n < 0)
            return fail(path, "cannot read", error);
        key->len += (size_t)n;
    }
    if (key->len >= REDACT_KEY_MIN && (n == 0 || read(fd, &more, 1) == 0))
        return true;
    g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT,
                "%s: has %s bytes, wanted a key of %u to %u, such as head -c 32 /dev/urandom gives",
                path, key->len < REDACT_KEY_MIN ? "too few" : "too many", REDACT_KEY_MIN,
                REDACT_KEY_MAX);
    return false;
}

bool redact_key_load(struct redact_key *key, const char *path, GError **error)
{
    key->len = 0;
    if (!path)
        return make(key, error);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(path, "cannot open", error);
    bool done = read_file(key, path, fd, error);
    close(fd);
    return done;
}

void redact_key_fini(struct redact_key *key)
{
    explicit_bzero(key, sizeof *key);
}
