/* SPDX-License-Identifier: MIT */
#include "annotator/options.h"

#include "core/base.h"

#include <string.h>

static GOptionContext *context_new(struct options *o)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
         "Write to FILE (default: CAPTURE's name with .annotated.pcapng; - is standard output)",
         "FILE"},
        {"keylog", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->keylogs,
         "TLS key log (SSLKEYLOGFILE format); may be repeated", "FILE"},
        {"report", 0, 0, G_OPTION_ARG_FILENAME, &o->report, "Write what was found as JSON", "FILE"},
        {"filter", 'f', 0, G_OPTION_ARG_STRING, &o->filter,
         "Analyse only what this pcap filter selects; nothing is dropped from the output",
         "FILTER"},
        {"remove", 0, 0, G_OPTION_ARG_NONE, &o->remove,
         "Take our comments (and embedded keys) out of CAPTURE again", NULL},
        {"embed-keys", 0, 0, G_OPTION_ARG_NONE, &o->embed_keys,
         "Put the TLS secrets that were used into the output", NULL},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &o->strict, "Exit 3 when something stays unmatched",
         NULL},
        {"ignore-headers", 0, 0, G_OPTION_ARG_NONE, &o->ignore_headers,
         "Join by order and time alone, as if no identity header were there", NULL},
        {"sync", 0, 0, G_OPTION_ARG_NONE, &o->sync, "Wait until the output is on the disk", NULL},
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &o->jobs,
         "Threads (default 2: the trace loads while the capture is decoded)", "N"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, "No summary, no progress", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &o->verbose, "List all that stayed unmatched", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &o->help, "Show this help", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &o->version, "Show the version", NULL},
        G_OPTION_ENTRY_NULL};
    GOptionContext *context = g_option_context_new("CAPTURE SIDECAR...");
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(
        context, "Merges the JSON of Go's net/http/httptrace into a capture, as packet comments.");
    g_option_context_set_description(
        context,
        "  h2annotate cap.pcapng trace.json            writes cap.annotated.pcapng\n"
        "  h2annotate --remove cap.annotated.pcapng -o cap.pcapng\n\n"
        "Exit status: 0 done, 1 failed (no output is left), 2 usage, 3 --strict and something\n"
        "stayed unmatched.");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

char *options_help(void)
{
    struct options none = {0};
    GOptionContext *context = context_new(&none);
    char *help = g_option_context_get_help(context, TRUE, NULL);
    g_option_context_free(context);
    return help;
}

/* "cap.pcap.gz" becomes "cap.annotated.pcapng". */
static char *default_output(const struct options *o)
{
    static const char *const compressed[] = {".gz", ".zst", ".lz4"};
    static const char *const formats[] = {".pcapng", ".pcap", ".cap", ".ntar"};
    if (!strcmp(o->capture, "-"))
        return g_strdup("-");
    g_autoptr(GString) name = g_string_new(o->capture);
    for (size_t i = 0; i < G_N_ELEMENTS(compressed); i++)
        if (g_str_has_suffix(name->str, compressed[i])) {
            g_string_truncate(name, name->len - strlen(compressed[i]));
            break;
        }
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (g_str_has_suffix(name->str, formats[i])) {
            g_string_truncate(name, name->len - strlen(formats[i]));
            break;
        }
    const char *suffix = o->remove ? ".unannotated.pcapng" : ".annotated.pcapng";
    return g_strconcat(name->str, suffix, NULL);
}

static bool fail(GError **error, const char *message)
{
    g_set_error_literal(error, H2T_ERROR, H2T_ERROR_USAGE, message);
    return false;
}

static bool check(const struct options *o, GError **error)
{
    unsigned n_stdin = !strcmp(o->capture, "-");
    for (char **sidecar = o->sidecars; *sidecar; sidecar++)
        n_stdin += !strcmp(*sidecar, "-");
    if (n_stdin > 1)
        return fail(error, "- (standard input) can be given once");
    if (o->remove && o->sidecars[0])
        return fail(error, "--remove takes one CAPTURE and no SIDECAR");
    if (o->remove && (o->report || o->embed_keys || o->strict))
        return fail(error, "--remove goes with none of --report, --embed-keys, --strict");
    if (!o->remove && !o->sidecars[0])
        return fail(error, "no SIDECAR given; wanted: h2annotate [options] CAPTURE SIDECAR...");
    if (o->jobs < 1)
        return fail(error, "-j wants a number of threads from 1 on");
    return true;
}

bool options_parse(struct options *o, int argc, char **argv, GError **error)
{
    *o = (struct options){.jobs = 2};
    GOptionContext *context = context_new(o);
    g_auto(GStrv) args = g_new0(char *, (size_t)argc + 1);
    for (int i = 0; i < argc; i++)
        args[i] = g_strdup(argv[i]);
    bool parsed = g_option_context_parse_strv(context, &args, error);
    g_option_context_free(context);
    if (!parsed) {
        if (error && *error)
            (*error)->domain = H2T_ERROR, (*error)->code = H2T_ERROR_USAGE;
        return false;
    }
    if (o->help || o->version)
        return true;
    char **rest = args + 1;
    if (rest[0] && !strcmp(rest[0], "--"))
        rest++;
    if (!rest[0])
        return fail(error, "no CAPTURE given; wanted: h2annotate [options] CAPTURE SIDECAR...");
    o->capture = g_strdup(rest[0]);
    o->sidecars = g_strdupv(rest + 1);
    if (!o->output)
        o->output = default_output(o);
    return check(o, error);
}

void options_fini(struct options *o)
{
    g_free(o->capture);
    g_strfreev(o->sidecars);
    g_strfreev(o->keylogs);
    g_free(o->output);
    g_free(o->report);
    g_free(o->filter);
}
