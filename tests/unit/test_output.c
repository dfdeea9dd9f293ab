/* SPDX-License-Identifier: MIT */
/* The output file: there whole, or not at all. */
#include "annotator/capture/output.h"
#include "tests/unit/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define OLD "what was there before"

static struct output *open_output(const char *path)
{
    GError *error = NULL;
    struct output *out = output_open(path, 0644, &error);
    g_assert_no_error(error);
    return out;
}

static void commit(struct output **out)
{
    GError *error = NULL;
    g_assert_true(output_commit(out, false, &error));
    g_assert_no_error(error);
    g_assert_null(*out);
}

static void expect_content(const char *path, const char *wanted)
{
    char *data;
    size_t len;
    g_assert_true(g_file_get_contents(path, &data, &len, NULL));
    assert_bytes(data, len, wanted, strlen(wanted));
    g_free(data);
}

static void test_new_file(void)
{
    struct stat st;
    char *path = scratch_path("new");
    unsigned before = scratch_count();
    mode_t mask = umask(027);
    struct output *out = output_open(path, 0666, NULL);
    g_assert_true(output_write(out, "hello", 5));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_cmpuint(scratch_count(), ==, before + 1); /* the temporary file, beside it */
    GError *error = NULL;
    g_assert_true(output_commit(&out, true, &error));
    umask(mask);
    expect_content(path, "hello");
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0640);
    g_assert_cmpuint(scratch_count(), ==, before + 1);
    g_free(path);
}

static void test_replace_and_abort(void)
{
    char *path = scratch_write("replaced", OLD, strlen(OLD));
    unsigned before = scratch_count();
    struct output *out = open_output(path);
    output_write(out, "new", 3);
    expect_content(path, OLD);
    output_abort(&out);
    g_assert_null(out);
    expect_content(path, OLD);
    g_assert_cmpuint(scratch_count(), ==, before);
    out = open_output(path);
    output_write(out, "new", 3);
    commit(&out);
    expect_content(path, "new");
    g_assert_cmpuint(scratch_count(), ==, before);
    g_free(path);
}

/* Pieces of every size around the staging buffer's, in order. */
static void test_sizes(void)
{
    static const size_t sizes[] = {0, 1,       (1 << 20) - 1, 1,       (1 << 20), 5, 3 << 20,
                                   7, 1000000, (1 << 20) + 1, 1 << 19, 1 << 19,   1};
    GByteArray *wanted = g_byte_array_new();
    uint8_t *data = g_malloc(4 << 20);
    char *path = scratch_path("sizes"), *found;
    size_t found_len;
    struct output *out = open_output(path);
    for (size_t i = 0; i < 4 << 20; i++)
        data[i] = (uint8_t)(i * 31 >> 3);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_assert_true(output_write(out, data + i, sizes[i]));
        g_byte_array_append(wanted, data + i, (guint)sizes[i]);
    }
    commit(&out);
    g_assert_true(g_file_get_contents(path, &found, &found_len, NULL));
    assert_bytes(found, found_len, wanted->data, wanted->len);
    g_free(found);
    g_free(data);
    g_free(path);
    g_byte_array_free(wanted, TRUE);
}

/* ---- Targets that are no plain file --------------------------------------------------------- */

static void check_link(const char *to, const char *file)
{
    char *link = scratch_path("link"), *path = scratch_path(file);
    g_assert_cmpint(symlink(to, link), ==, 0);
    struct output *out = open_output(link);
    output_write(out, "through", 7);
    commit(&out);
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_false(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
    expect_content(path, "through");
    g_assert_cmpint(g_unlink(link), ==, 0);
    g_free(link);
    g_free(path);
}

static void test_symlinks(void)
{
    char *target = scratch_write("target", OLD, strlen(OLD)), *second = scratch_path("second");
    check_link("target", "target");
    check_link(target, "target");
    check_link("not-yet", "not-yet"); /* names a file that is to be */
    g_assert_cmpint(symlink("chained", second), ==, 0);
    check_link("second", "chained");
    g_free(target);
    g_free(second);
}

static void expect_no_output(const char *path, const char *message)
{
    GError *error = NULL;
    unsigned before = scratch_count();
    g_assert_null(output_open(path, 0644, &error));
    g_assert_error(error, H2T_ERROR, H2T_ERROR_FILE);
    char *wanted = g_strdup_printf("%s: %s", path, message);
    g_assert_cmpstr(error->message, ==, wanted);
    g_assert_cmpuint(scratch_count(), ==, before);
    g_free(wanted);
    g_clear_error(&error);
}

static void test_refused(void)
{
    char *loop = scratch_path("loop"), *missing = scratch_path("no/such/folder");
    g_assert_cmpint(symlink("loop", loop), ==, 0);
    expect_no_output(loop, "cannot create: Too many levels of symbolic links");
    expect_no_output(missing, "cannot create: No such file or directory");
    expect_no_output(scratch_folder, "cannot write: Is a directory");
    g_free(loop);
    g_free(missing);
}

/* Written to, not replaced. */
static void test_fifo(void)
{
    char buf[16], *path = scratch_path("fifo");
    struct stat st;
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    struct output *out = open_output(path);
    output_write(out, "into", 4);
    GError *error = NULL;
    g_assert_true(output_commit(&out, true, &error)); /* there is no disk to wait for */
    g_assert_cmpint(read(reader, buf, sizeof buf), ==, 4);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_true(S_ISFIFO(st.st_mode));
    close(reader);
    g_free(path);
}

/* Standard output is `fd` until restore_stdout. */
static int become_stdout(int fd)
{
    int before = dup(STDOUT_FILENO);
    dup2(fd, STDOUT_FILENO);
    close(fd);
    return before;
}

static void restore_stdout(int before)
{
    dup2(before, STDOUT_FILENO);
    close(before);
}

static void check_stdout(const char *name)
{
    char *path = scratch_path("stdout");
    unsigned before = scratch_count();
    int saved = become_stdout(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    struct output *out = open_output(name ? name : path);
    output_write(out, "out", 3);
    commit(&out);
    g_assert_cmpint(write(STDOUT_FILENO, "!", 1), ==, 1); /* is open still */
    restore_stdout(saved);
    expect_content(path, "out!");
    g_assert_cmpuint(scratch_count(), ==, before + 1);
    g_unlink(path);
    g_free(path);
}

static void test_stdout(void)
{
    check_stdout("-");
    check_stdout("/dev/stdout");
    check_stdout(NULL); /* the file's own name */
}

/* ---- When the machine says no --------------------------------------------------------------- */

static void expect_failure(struct output *out, const char *message)
{
    GError *error = NULL;
    g_assert_false(output_commit(&out, false, &error));
    g_assert_null(out);
    g_assert_error(error, H2T_ERROR, H2T_ERROR_FILE);
    g_assert_cmpstr(error->message, ==, message);
    g_clear_error(&error);
}

static void test_full(void)
{
    struct output *out = open_output("/dev/full");
    g_assert_true(output_write(out, "x", 1)); /* staged */
    expect_failure(out, "/dev/full: cannot write: No space left on device");
    uint8_t *data = g_malloc0(2 << 20);
    out = open_output("/dev/full");
    g_assert_false(output_write(out, data, 2 << 20));
    g_assert_false(output_write(out, "x", 1)); /* it sticks */
    expect_failure(out, "/dev/full: cannot write: No space left on device");
    g_free(data);
}

static void test_closed_pipe(void)
{
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    close(ends[0]);
    int saved = become_stdout(ends[1]);
    struct output *out = open_output("-");
    output_write(out, "x", 1);
    GError *error = NULL;
    bool fine = output_commit(&out, false, &error);
    restore_stdout(saved);
    g_assert_false(fine);
    g_assert_cmpstr(error->message, ==, "standard output: cannot write: Broken pipe");
    g_clear_error(&error);
}

/* The folder goes away under us: nothing is left, and the message says so. */
static void test_rename_fails(void)
{
    char *folder = scratch_path("folder"), *path = g_build_filename(folder, "file", NULL);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    struct output *out = open_output(path);
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0); /* a folder of the target's name */
    char *message = g_strdup_printf("%s: cannot write: Is a directory", path);
    expect_failure(out, message);
    g_assert_cmpint(g_rmdir(path), ==, 0);
    g_assert_cmpint(g_rmdir(folder), ==, 0); /* it is empty: no temporary file */
    g_free(message);
    g_free(path);
    g_free(folder);
}

static void test_signal(void)
{
    char *one = scratch_path("one"), *two = scratch_path("two");
    unsigned before = scratch_count();
    struct output *first = open_output(one), *second = open_output(two);
    g_assert_cmpuint(scratch_count(), ==, before + 2);
    output_unlink_on_signal();
    g_assert_cmpuint(scratch_count(), ==, before);
    output_abort(&first);
    output_abort(&second);
    first = open_output(one);
    commit(&first);
    output_unlink_on_signal(); /* what is complete stays */
    expect_content(one, "");
    g_free(one);
    g_free(two);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/output/new-file", test_new_file);
    g_test_add_func("/output/replace-and-abort", test_replace_and_abort);
    g_test_add_func("/output/sizes", test_sizes);
    g_test_add_func("/output/symlinks", test_symlinks);
    g_test_add_func("/output/refused", test_refused);
    g_test_add_func("/output/fifo", test_fifo);
    g_test_add_func("/output/stdout", test_stdout);
    g_test_add_func("/output/full", test_full);
    g_test_add_func("/output/closed-pipe", test_closed_pipe);
    g_test_add_func("/output/rename-fails", test_rename_fails);
    g_test_add_func("/output/signal", test_signal);
    int rc = g_test_run();
    scratch_fini();
    return rc;
}
