/* SPDX-License-Identifier: MIT */
/* JUnit XML: what is counted, and that no text breaks it. */
#include "annotator/junit.h"

#include "annotator/xml.h"
#include "found.h"
#include "scratch.h"

#define ERROR H2T_SEVERITY_ERROR

static void test_xml(void)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"a < b & 'c' > \"d\"", "a &#60; b &#38; &#39;c&#39; &#62; &#34;d&#34;"},
        {"]]>", "]]&#62;"},
        {"\t\n\r", "&#9;&#10;&#13;"},
        {"\x01\x1b[31m", "&#65533;&#65533;[31m"},
        {"\x7f", "&#127;"},
        {"\xc3\xa9\xf0\x9f\x98\x80", "&#233;&#128512;"},
        {"\xe2\x80\xae", "&#8238;"},
        {"\xef\xbf\xbe\xef\xbf\xbf", "&#65533;&#65533;"},
        {"\xff", "&#65533;"},
        {"\xed\xa0\x80", "&#65533;&#65533;&#65533;"}, /* a surrogate */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new("-");
        xml_append(out, cases[i].text);
        g_assert_cmpstr(out->str + 1, ==, cases[i].wanted);
    }
}

static char *written(struct world *w, const char *fail_on, const char *allow)
{
    char *text;
    GError *error = NULL;
    g_autofree char *path = scratch_path("junit.xml");
    g_autoptr(GPtrArray) fails = g_ptr_array_new(), allows = g_ptr_array_new();
    g_ptr_array_add(fails, (char *)fail_on);
    g_ptr_array_add(allows, (char *)allow);
    struct gate *gate = gate_new(fails, allows, &error);
    g_assert_no_error(error);
    struct result result = {.capture_name = "a<b>.pcapng", .model = w->m};
    result.answers = gate_judge(gate, NULL, &w->m);
    struct output *output = output_open(path, 0600, &error);
    junit_write(&result, gate, output);
    g_assert_true(output_commit(&output, false, &error));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_array_unref(result.answers);
    gate_free(&gate);
    return text;
}

static void expect_in(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        g_error("no %s in %s", wanted, text);
}

static void test_suite(void)
{
    static const char *const urls[] = {"http://a.example:123/x?y", "http://a.example:456/x?y",
                                       "http://\x1b]0;&\xff/\xc3\xa9"};
    struct world w = found_world(3, urls);
    find(&w, "body-cut", ERROR, 1, 1);
    find(&w, "body-cut", ERROR, 2, 2);
    find(&w, "tcp-reset", ERROR, 3, 1);
    find(&w, "no-keys", H2T_SEVERITY_NOTE, 0, 0);
    g_autofree char *text = written(&w, "body-cut,tcp-reset,goaway-lost,no-keys", "tcp-reset");
    expect_in(text,
              "<testsuite name=\"a&#60;b&#62;.pcapng\" tests=\"5\" failures=\"3\" errors=\"0\" "
              "skipped=\"1\">");
    expect_in(text, " name=\"body-cut: GET a.example/x?y\"><failure type=\"body-cut\" message=\"");
    expect_in(text, " name=\"body-cut: GET a.example/x?y (2)\"><failure");
    expect_in(text, "\n  GET a.example/x?y\n  GET &#65533;]0;&#38;&#65533;/&#233;\n");
    expect_in(text, " name=\"tcp-reset: GET &#65533;]0;&#38;&#65533;/&#233;\"><skipped "
                    "message=\"--allow\"/></testcase>");
    expect_in(text, " name=\"no-keys: localhost\"><failure"); /* about a connection */
    expect_in(text, " name=\"goaway-lost\"/>");
    g_assert_null(strstr(text, "name=\"body-cut\"/>"));
    g_assert_null(strstr(text, "stream-reset"));
    found_free(&w);
}

/* Of a finding about many requests, the first few are named. */
static void test_many(void)
{
    const char *urls[25];
    for (size_t i = 0; i < G_N_ELEMENTS(urls); i++)
        urls[i] = "http://h/p";
    struct world w = found_world(G_N_ELEMENTS(urls), urls);
    find(&w, "body-cut", ERROR, 1, 25);
    g_autofree char *text = written(&w, "body-cut", "tcp-reset");
    expect_in(text, "tests=\"1\" failures=\"1\"");
    expect_in(text, "\n  GET h/p\n  and 5 more\n");
    found_free(&w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    g_test_add_func("/junit/xml", test_xml);
    g_test_add_func("/junit/suite", test_suite);
    g_test_add_func("/junit/many", test_many);
    int failed = g_test_run();
    scratch_fini();
    return failed;
}
