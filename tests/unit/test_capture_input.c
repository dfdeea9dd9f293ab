/* SPDX-License-Identifier: MIT */
/* Where captures come from: files, compressed files, pipes; and what is none. */
#include "annotator/capture/capture.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <unistd.h>

/* The same file four times: an SHB, an IDB and one packet "hello". Made with gzip -9 -n, zstd -19
 * and lz4 -9. */
static const uint8_t plain[] = {
    0x0a, 0x0d, 0x0d, 0x0a, 0x1c, 0x00, 0x00, 0x00, 0x4d, 0x3c, 0x2b, 0x1a, 0x01, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1c, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14,
    0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x24, 0x0a, 0x06, 0x00, 0x00, 0x40, 0x1e, 0x18, 0x05, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00,
    0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00};
static const uint8_t gzip[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xe3, 0xe2, 0xe5, 0xe5,
    0x92, 0x61, 0x60, 0x60, 0xf0, 0xb5, 0xd1, 0x96, 0x62, 0x04, 0xd2, 0xff, 0xa1, 0x00,
    0x24, 0x06, 0xe2, 0x8b, 0x40, 0x69, 0x06, 0x28, 0x9b, 0x0d, 0x88, 0x35, 0xa0, 0x7c,
    0x15, 0x2e, 0x20, 0xcf, 0x41, 0x4e, 0x82, 0x15, 0xc8, 0x06, 0xe1, 0x8c, 0xd4, 0x9c,
    0x9c, 0x7c, 0xa8, 0x3c, 0x00, 0xd6, 0xb3, 0x50, 0x3b, 0x58, 0x00, 0x00, 0x00};
static const uint8_t zstd[] = {
    0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x58, 0xed, 0x01, 0x00, 0x32, 0x84, 0x0c, 0x15, 0xd0, 0x67,
    0x0c, 0x00, 0x00, 0x00, 0x00, 0xab, 0xbf, 0x42, 0x1e, 0xbb, 0x1e, 0x61, 0x77, 0x0f, 0xfe,
    0x93, 0xcd, 0x46, 0xa6, 0x3f, 0xfa, 0xe1, 0x7b, 0xcd, 0xfd, 0xfa, 0xeb, 0x30, 0xeb, 0xc1,
    0x9e, 0xff, 0x1f, 0xfd, 0x60, 0xf1, 0xe7, 0x5f, 0xe2, 0x9f, 0x24, 0x29, 0xf6, 0x97, 0x0d,
    0x61, 0x03, 0x03, 0x04, 0x04, 0x2f, 0xe2, 0x3d, 0xc1, 0x12, 0x7c, 0xbd, 0xd1, 0x58};
static const uint8_t lz4[] = {
    0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0x47, 0x00, 0x00, 0x00, 0xf3, 0x02, 0x0a, 0x0d,
    0x0d, 0x0a, 0x1c, 0x00, 0x00, 0x00, 0x4d, 0x3c, 0x2b, 0x1a, 0x01, 0x00, 0x00, 0x00, 0xff,
    0x01, 0x00, 0x00, 0x14, 0x00, 0x00, 0x10, 0x00, 0x13, 0x14, 0x08, 0x00, 0x13, 0x00, 0x0c,
    0x00, 0x53, 0x06, 0x00, 0x00, 0x00, 0x28, 0x10, 0x00, 0xc0, 0x24, 0x0a, 0x06, 0x00, 0x00,
    0x40, 0x1e, 0x18, 0x05, 0x00, 0x00, 0x00, 0x04, 0x00, 0xc0, 0x68, 0x65, 0x6c, 0x6c, 0x6f,
    0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x4e, 0xbf, 0xf5, 0x49};

static void expect_hello(struct capture *capture)
{
    GError *error = NULL;
    struct block block;
    size_t at = 0;
    while (capture_next(capture, &block, &error)) {
        assert_bytes(block.data, block.len, plain + at, MIN(block.len, sizeof plain - at));
        at += block.len;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(at, ==, sizeof plain);
    g_assert_null(capture_damage(capture));
}

static void expect_twice(const char *path)
{
    GError *error = NULL;
    struct capture *capture = capture_open(path, &error);
    g_assert_no_error(error);
    expect_hello(capture);
    g_assert_true(capture_rewind(capture, &error));
    expect_hello(capture);
    capture_close(&capture);
}

static void check_file(const uint8_t *data, size_t len)
{
    char *path = scratch_write("file", data, len); /* the name tells nothing */
    expect_twice(path);
    g_free(path);
}

static void test_files(void)
{
    check_file(plain, sizeof plain);
    check_file(gzip, sizeof gzip);
    check_file(zstd, sizeof zstd);
    check_file(lz4, sizeof lz4);
}

/* gzip files may be put behind each other. */
static void test_gzip_members(void)
{
    uint8_t both[2 * sizeof gzip];
    GError *error = NULL;
    struct block block;
    size_t total = 0;
    memcpy(both, gzip, sizeof gzip);
    memcpy(both + sizeof gzip, gzip, sizeof gzip);
    char *path = scratch_write("two.gz", both, sizeof both);
    struct capture *capture = capture_open(path, &error);
    while (capture_next(capture, &block, &error))
        total += block.len;
    g_assert_cmpuint(total, ==, 2 * sizeof plain);
    capture_close(&capture);
    g_free(path);
}

/* Standard input is `fd` from now on. The return value puts it back. */
static int become_stdin(int fd)
{
    int before = dup(STDIN_FILENO);
    g_assert_cmpint(dup2(fd, STDIN_FILENO), ==, STDIN_FILENO);
    close(fd);
    return before;
}

static void restore_stdin(int before)
{
    if (before < 0) {
        close(STDIN_FILENO);
        return;
    }
    dup2(before, STDIN_FILENO);
    close(before);
}

static int pipe_with(const void *data, size_t len)
{
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    g_assert_cmpint(write(ends[1], data, len), ==, (ssize_t)len);
    close(ends[1]);
    return ends[0];
}

static void test_pipe(void)
{
    int before = become_stdin(pipe_with(plain, sizeof plain));
    expect_twice("-");
    restore_stdin(before);
    before = become_stdin(pipe_with(zstd, sizeof zstd));
    expect_twice("-");
    restore_stdin(before);
}

/* A pipe under a name, as <(command) makes it; rewound before its end was seen. */
static void test_named_pipe(void)
{
    GError *error = NULL;
    struct block block;
    int fd = pipe_with(gzip, sizeof gzip);
    char *path = g_strdup_printf("/dev/fd/%d", fd);
    struct capture *capture = capture_open(path, &error);
    g_assert_no_error(error);
    g_assert_true(capture_next(capture, &block, &error));
    g_assert_true(capture_rewind(capture, &error));
    expect_hello(capture);
    capture_close(&capture);
    close(fd);
    g_free(path);
}

/* A regular file on standard input begins where it stands, and is read again from there. */
static void test_stdin_file(void)
{
    uint8_t data[3 + sizeof plain] = "xyz";
    memcpy(data + 3, plain, sizeof plain);
    char *path = scratch_write("offset", data, sizeof data);
    int fd = open(path, O_RDONLY);
    g_assert_cmpint(lseek(fd, 3, SEEK_SET), ==, 3);
    int before = become_stdin(fd);
    expect_twice("-");
    restore_stdin(before);
    g_free(path);
}

/* A pipe's copy goes to $TMPDIR. */
static void test_no_spool(void)
{
    GError *error = NULL;
    char *saved = g_strdup(g_getenv("TMPDIR"));
    g_setenv("TMPDIR", "/nonexistent", TRUE);
    int before = become_stdin(pipe_with(plain, sizeof plain));
    g_assert_null(capture_open("-", &error));
    g_assert_error(error, H2T_ERROR, H2T_ERROR_FILE);
    g_assert_cmpstr(error->message, ==,
                    "/nonexistent: cannot create a temporary file: No such file or directory");
    g_clear_error(&error);
    restore_stdin(before);
    if (saved)
        g_setenv("TMPDIR", saved, TRUE);
    else
        g_unsetenv("TMPDIR");
    g_free(saved);
}

/* ---- What is no capture --------------------------------------------------------------------- */

static void expect_refused(const char *path, const char *message)
{
    GError *error = NULL;
    g_assert_null(capture_open(path, &error));
    g_assert_nonnull(error);
    char *wanted = g_strconcat(path, ": ", message, NULL);
    g_assert_cmpstr(error->message, ==, wanted);
    g_free(wanted);
    g_clear_error(&error);
}

static void expect_bytes_refused(const void *data, size_t len, const char *message)
{
    char *path = scratch_write("refused", data, len);
    expect_refused(path, message);
    g_free(path);
}

static void test_refused_paths(void)
{
    char *missing = scratch_path("missing"), *below = scratch_path("file/below");
    expect_refused(missing, "No such file or directory");
    expect_refused(below, "Not a directory");
    expect_refused(scratch_folder, "is a directory, wanted a capture file");
    g_free(missing);
    g_free(below);
}

static void test_permission(void)
{
    if (geteuid() == 0) {
        g_test_skip("root may read everything");
        return;
    }
    char *path = scratch_write("secret", plain, sizeof plain);
    g_assert_cmpint(g_chmod(path, 0), ==, 0);
    expect_refused(path, "Permission denied");
    g_free(path);
}

static void test_refused_bytes(void)
{
    expect_bytes_refused("", 0, "is empty, wanted a pcapng or pcap file");
    expect_bytes_refused("\n\r\r", 3, "is too short for a pcapng or pcap file");
    expect_bytes_refused("{\"ts\":1}", 8, "begins with 0x7b227473, wanted a pcapng or pcap file");
    expect_bytes_refused(plain, 20,
                         "byte 0: cut short in the middle of a block: 20 bytes of 28 are there");
    expect_bytes_refused("\n\r\r\n\x1c\0\0\0????", 12,
                         "byte 0: section header with byte-order magic 0x3f3f3f3f, wanted "
                         "0x1a2b3c4d");
}

/* An endless device is recognised as no capture before all of it is copied. */
static void test_endless(void)
{
    expect_refused("/dev/zero", "begins with 0x00000000, wanted a pcapng or pcap file");
}

/* ---- Damaged compressed files --------------------------------------------------------------- */

static void check_cut(const uint8_t *data, size_t len)
{
    GError *error = NULL;
    char *path = scratch_write("cut", data, len);
    struct capture *capture = capture_open(path, &error);
    if (capture) {
        struct block block;
        while (capture_next(capture, &block, &error))
            continue;
        g_assert_no_error(error);
        g_assert_nonnull(strstr(capture_damage(capture), "compressed data is damaged"));
    } else {
        g_assert_nonnull(strstr(error->message, "compressed data is damaged"));
    }
    g_clear_error(&error);
    capture_close(&capture);
    g_free(path);
}

static void test_cut_compressed(void)
{
    /* shorter ones have no header that libarchive would know */
    for (size_t len = 10; len < sizeof gzip - 8; len++)
        check_cut(gzip, len);
    for (size_t len = 12; len < sizeof zstd; len++)
        check_cut(zstd, len);
    for (size_t len = 16; len < sizeof lz4 - 8; len++)
        check_cut(lz4, len);
}

static void test_is_file(void)
{
    char *path = scratch_write("one", plain, sizeof plain);
    char *other = scratch_write("two", plain, sizeof plain), *link = scratch_path("link");
    char *missing = scratch_path("missing");
    g_assert_cmpint(symlink(path, link), ==, 0);
    struct capture *capture = capture_open(path, NULL);
    g_assert_true(capture_is_file(capture, path));
    g_assert_true(capture_is_file(capture, link));
    g_assert_false(capture_is_file(capture, other));
    g_assert_false(capture_is_file(capture, missing));
    capture_close(&capture);
    g_free(path);
    g_free(other);
    g_free(link);
    g_free(missing);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    g_test_add_func("/capture/input/files", test_files);
    g_test_add_func("/capture/input/gzip-members", test_gzip_members);
    g_test_add_func("/capture/input/pipe", test_pipe);
    g_test_add_func("/capture/input/named-pipe", test_named_pipe);
    g_test_add_func("/capture/input/stdin-file", test_stdin_file);
    g_test_add_func("/capture/input/no-spool", test_no_spool);
    g_test_add_func("/capture/input/refused-paths", test_refused_paths);
    g_test_add_func("/capture/input/permission", test_permission);
    g_test_add_func("/capture/input/refused-bytes", test_refused_bytes);
    g_test_add_func("/capture/input/endless", test_endless);
    g_test_add_func("/capture/input/cut-compressed", test_cut_compressed);
    g_test_add_func("/capture/input/is-file", test_is_file);
    int rc = g_test_run();
    scratch_fini();
    return rc;
}
