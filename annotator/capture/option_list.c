/* SPDX-License-Identifier: MIT */
#include "annotator/capture/option_list.h"

void option_list_init(struct option_list *list, const uint8_t *area, size_t len, bool big)
{
    *list = (struct option_list){.pos = area, .end = area + len, .big = big};
}

bool option_list_next(struct option_list *list, struct option *option)
{
    size_t left = (size_t)(list->end - list->pos);
    if (left == 0 || list->has_end || list->malformed)
        return false;
    if (left < OPTION_HEADER) {
        list->malformed = true;
        return false;
    }
    option->code = order_get16(list->pos, list->big);
    option->len = order_get16(list->pos + 2, list->big);
    option->raw = list->pos;
    option->value = list->pos + OPTION_HEADER;
    option->raw_len = OPTION_HEADER + order_pad4(option->len);
    if (option->code == OPTION_END) {
        list->has_end = true;
        list->malformed = option->len != 0 || left != OPTION_HEADER;
        return false;
    }
    if (option->raw_len > left) {
        list->malformed = true;
        return false;
    }
    list->pos += option->raw_len;
    return true;
}

bool option_list_well_formed(const uint8_t *area, size_t len, bool big)
{
    struct option_list list;
    struct option option;
    option_list_init(&list, area, len, big);
    while (option_list_next(&list, &option))
        continue;
    return !list.malformed;
}
