/* SPDX-License-Identifier: MIT */
/*
 * What --redact makes of names and texts: hosts, one a line, then a text. Which of them are known
 * does not matter to a host, a URL or a path; in the text no known host is left. The same text
 * becomes the same, twice.
 */
#include "core/redact_words.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

typedef const char *(*redact_fn)(struct h2t_redactor *, const char *);

static const uint8_t key[16] = {7};

/* A name that can be nothing else: "a.example"; not "1.5ms", not "http.Client". */
static bool is_surely_host(const char *name)
{
    const char *point = strchr(name, '.');
    if (!point || !g_str_has_suffix(name, ".example"))
        return false;
    for (const char *c = name; *c; c++)
        if (!g_ascii_islower(*c) && *c != '.')
            return false;
    return g_ascii_islower(*name);
}

/* Is `word` in the text, with spaces or an end around it? */
static bool has_word(const char *text, const char *word)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **w = words; *w; w++)
        if (!g_ascii_strcasecmp(*w, word))
            return true;
    return false;
}

static void check_hosts(char *const *hosts, const char *text)
{
    for (; *hosts; hosts++)
        if (is_surely_host(*hosts))
            g_assert_false(has_word(text, *hosts));
}

static void check_twice(struct h2t_redactor *r, const char *text)
{
    static const redact_fn all[] = {h2t_redact_host, h2t_redact_path, h2t_redact_url,
                                    h2t_redact_text};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_assert_true(all[i](r, text) == all[i](r, text)); /* interned */
}

/* Nothing of the path is left but that there was one. */
static void check_path(struct h2t_redactor *r, const char *path)
{
    const char *hidden = h2t_redact_path(r, path);
    if (!*path || !strcmp(path, "/") || !strcmp(path, "*"))
        g_assert_cmpstr(hidden, ==, path);
    else
        g_assert_cmpuint(strlen(hidden), ==, strlen("/p-0123456789ab"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size}, names = fuzz_part(&rest, FUZZ_PART);
    g_autofree char *lines = g_strndup((const char *)names.data, names.len),
                    *text = g_strndup((const char *)rest.data, rest.len);
    g_auto(GStrv) hosts = g_strsplit(lines, "\n", -1);
    struct h2t_strings *strings = h2t_strings_new();
    struct h2t_redactor *r = h2t_redactor_new(strings, key, sizeof key);
    for (char **host = hosts; *host; host++)
        h2t_redactor_learn(r, *host);
    check_hosts(hosts, h2t_redact_text(r, text));
    check_twice(r, text);
    check_path(r, text);
    for (char **host = hosts; *host; host++)
        check_twice(r, *host);
    h2t_redactor_free(&r);
    h2t_strings_free(&strings);
    return 0;
}
