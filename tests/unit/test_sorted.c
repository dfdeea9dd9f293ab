/* SPDX-License-Identifier: MIT */
#include "core/sorted.h"

struct element {
    char other;
    uint32_t value;
};

static guint first(const GArray *sorted, uint32_t value)
{
    return h2t_sorted_first(sorted, offsetof(struct element, value), value);
}

/* Against a walk, for arrays of all small lengths with repeated values and the ends of the range.
 */
static void test_first(void)
{
    static const uint32_t values[] = {0, 0, 2, 5, 5, 5, 9, UINT32_MAX, UINT32_MAX};
    g_autoptr(GArray) sorted = g_array_new(false, false, sizeof(struct element));
    for (guint n = 0; n <= G_N_ELEMENTS(values); n++) {
        for (uint32_t sought = UINT32_MAX - 1, k = 0; k < 13; k++, sought++) {
            guint wanted = 0;
            while (wanted < n && values[wanted] < sought)
                wanted++;
            g_assert_cmpuint(first(sorted, sought), ==, wanted);
        }
        struct element e = {.other = 'x', .value = n < G_N_ELEMENTS(values) ? values[n] : 0};
        g_array_append_val(sorted, e);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sorted/first", test_first);
    return g_test_run();
}
