/* SPDX-License-Identifier: MIT */
/* h2annotate: the only file that prints and exits. */
#include "annotator/capture/output.h"
#include "annotator/explain.h"
#include "annotator/run.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct terminal {
    bool quiet, show_progress;
    int percent; /* that stands there now; -1: no line does */
};

static void on_signal(int number)
{
    output_unlink_on_signal();
    signal(number, SIG_DFL);
    raise(number);
}

static void clear_progress(struct terminal *t)
{
    if (t->percent >= 0)
        fputs("\r\033[K", stderr);
    t->percent = -1;
}

static void on_progress(void *user, const char *name, uint64_t done, uint64_t size)
{
    struct terminal *t = user;
    int percent = size ? (int)(done * 100 / size) : 0;
    if (!t->show_progress || !size || percent == t->percent)
        return;
    fprintf(stderr, "\r%s: %d %%", name, percent);
    t->percent = percent;
}

static void on_summary(void *user, const char *text)
{
    struct terminal *t = user;
    clear_progress(t);
    if (!t->quiet)
        fputs(text, stderr);
}

static void on_failing(void *user, const char *line)
{
    clear_progress(user);
    fprintf(stderr, "%s\n", line);
}

/* A file that is opened must not become standard error, or messages would go into it. What stands
 * in cannot be used: reading standard input and writing to the others stays an error. */
static void fill_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
            _exit(EXIT_FAILED);
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (signal(numbers[i], on_signal) == SIG_IGN)
            signal(numbers[i], SIG_IGN);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error with a message */
}

static enum exit_status print_help(void)
{
    char *help = options_help();
    fputs(help, stdout);
    g_free(help);
    return EXIT_DONE;
}

static enum exit_status print_rule(const char *id)
{
    GError *error = NULL;
    char *text = explain(id, &error);
    if (text)
        fputs(text, stdout);
    else
        fprintf(stderr, "h2annotate: %s\n", error->message);
    enum exit_status status = text ? EXIT_DONE : EXIT_USAGE;
    g_clear_error(&error);
    g_free(text);
    return status;
}

/* A pcapng does not belong on a screen. */
static bool binary_to_terminal(const struct options *o)
{
    return o->output && !strcmp(o->output, "-") && isatty(STDOUT_FILENO);
}

static enum exit_status annotate(const struct options *o)
{
    static const struct run_callbacks callbacks = {on_progress, on_summary, on_failing};
    bool tty = isatty(STDERR_FILENO);
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org */
    struct terminal terminal = {
        .quiet = o->quiet, .show_progress = tty && !o->quiet, .percent = -1};
    GError *error = NULL;
    enum exit_status status =
        run(o, tty && !(no_color && *no_color), &callbacks, &terminal, &error);
    clear_progress(&terminal);
    if (error)
        fprintf(stderr, "h2annotate: %s\n", error->message);
    g_clear_error(&error);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    GError *error = NULL;
    enum exit_status status;
    fill_descriptors();
    setlocale(LC_CTYPE, "");
    catch_signals();
    if (!options_parse(&options, argc, argv, &error)) {
        fprintf(stderr, "h2annotate: %s\nTry 'h2annotate --help'.\n", error->message);
        g_clear_error(&error);
        status = EXIT_USAGE;
    } else if (options.help) {
        status = print_help();
    } else if (options.version) {
        puts("h2annotate " H2T_VERSION);
        status = EXIT_DONE;
    } else if (options.explain) {
        status = print_rule(options.explain);
    } else if (binary_to_terminal(&options)) {
        fputs("h2annotate: standard output is a terminal; wanted: -o FILE, or a pipe\n", stderr);
        status = EXIT_USAGE;
    } else {
        status = annotate(&options);
    }
    options_fini(&options);
    return (int)(fflush(stdout) ? EXIT_FAILED : status);
}
