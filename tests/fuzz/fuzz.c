/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PIECE_HEAD 3u

struct bytes fuzz_part(struct bytes *rest, const char *mark)
{
    struct bytes part = *rest;
    const uint8_t *at = rest->len ? memmem(rest->data, rest->len, mark, strlen(mark)) : NULL;
    if (at)
        part.len = (size_t)(at - rest->data);
    size_t taken = part.len + (at ? strlen(mark) : 0);
    rest->data += taken;
    rest->len -= taken;
    return part;
}

bool pieces_next(struct pieces *p)
{
    pieces_fini(p);
    if (p->rest.len < PIECE_HEAD)
        return false;
    const uint8_t *head = p->rest.data;
    size_t stated = (size_t)head[1] << 8 | head[2];
    p->now.control = head[0];
    p->now.len = MIN(stated, p->rest.len - PIECE_HEAD);
    p->now.data = g_malloc(MAX(p->now.len, 1));
    memcpy(p->now.data, head + PIECE_HEAD, p->now.len);
    p->rest.data += PIECE_HEAD + p->now.len;
    p->rest.len -= PIECE_HEAD + p->now.len;
    return true;
}

void pieces_fini(struct pieces *p)
{
    g_clear_pointer(&p->now.data, g_free);
}

void fuzz_touch(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + bytes[i]);
}

void fuzz_assert_line(const char *text)
{
    g_assert_nonnull(text);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        g_assert_true(g_unichar_isprint(g_utf8_get_char(p)));
}

int fuzz_file(struct bytes content, char *path, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    if (content.len)
        g_assert_cmpint(write(fd, content.data, content.len), ==, (gssize)content.len);
    g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
    int n = snprintf(path, size, "/proc/self/fd/%d", fd);
    g_assert_true(n > 0 && (size_t)n < size);
    return fd;
}

void fuzz_file_close(int fd)
{
    close(fd);
}

static void log_text(GString *log, const char *name, const char *text)
{
    if (text)
        g_string_append_printf(log, " %s=%s", name, text);
}

static void log_fields(GString *log, const struct h2t_fields *f)
{
    log_text(log, "method", f->method);
    log_text(log, "scheme", f->scheme);
    log_text(log, "authority", f->authority);
    log_text(log, "path", f->path);
    log_text(log, "id", f->request_id);
    log_text(log, "parent", f->traceparent);
    g_string_append_printf(log, " %u%s", f->status, f->complete ? "" : " ?");
}

void fuzz_log_frame(GString *log, const struct h2t_frame *f)
{
    g_string_append_printf(log, "%d %d stream %u len %u flags %u%s code %u last %u", f->dir,
                           f->kind, f->stream, f->len, f->flags, f->end_stream ? " end" : "",
                           f->code, f->last_stream);
    if (f->fields)
        log_fields(log, f->fields);
    if (f->hello) {
        g_string_append_printf(log, " %u %u %d", f->hello->version, f->hello->cipher,
                               f->hello->resumed);
        log_text(log, "sni", f->hello->sni);
        log_text(log, "alpn", f->hello->alpn);
    }
    for (unsigned i = 0; i < f->n_settings; i++)
        g_string_append_printf(log, " %u=%u", f->settings[i].id, f->settings[i].value);
    g_string_append_c(log, '\n');
}
