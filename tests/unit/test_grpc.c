/* SPDX-License-Identifier: MIT */
#include "core/grpc.h"

#include <string.h>

static uint16_t read_text(const char *value)
{
    return h2t_grpc_read((struct h2t_text){value, strlen(value)});
}

static void test_numbers(void)
{
    g_assert_cmpuint(read_text("0"), ==, 1);
    g_assert_cmpuint(read_text("16"), ==, 17);
    g_assert_cmpuint(read_text("255"), ==, 256);
    g_assert_cmpuint(read_text("0005"), ==, 6);
    for (const char *const *bad =
             (const char *const[]){"", "256", "-1", " 1", "1x", "99999999999", "NOT_FOUND", NULL};
         *bad; bad++)
        g_assert_cmpuint(read_text(*bad), ==, 0);
}

static void test_names(void)
{
    g_assert_cmpstr(h2t_grpc_name(0), ==, "OK");
    g_assert_cmpstr(h2t_grpc_name(14), ==, "UNAVAILABLE");
    g_assert_cmpstr(h2t_grpc_name(16), ==, "UNAUTHENTICATED");
    g_assert_null(h2t_grpc_name(17));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/grpc/numbers", test_numbers);
    g_test_add_func("/grpc/names", test_names);
    return g_test_run();
}
