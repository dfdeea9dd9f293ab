/* SPDX-License-Identifier: MIT */
#include "core/stamp.h"

#include <string.h>

#define NS_PER_S INT64_C(1000000000)
#define LAST_YEAR 2261 /* the last whole one that int64 nanoseconds reach */

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, const char *one_of)
{
    if (c->at == c->end)
        return false;
    for (; *one_of; one_of++)
        if (*c->at == *one_of) {
            c->at++;
            return true;
        }
    return false;
}

static bool digits(struct cursor *c, int n, int *value)
{
    int sum = 0;
    if (c->end - c->at < n)
        return false;
    for (int i = 0; i < n; i++) {
        unsigned digit = (unsigned)(c->at[i] - '0');
        if (digit > 9)
            return false;
        sum = sum * 10 + (int)digit;
    }
    c->at += n;
    *value = sum;
    return true;
}

static bool fraction(struct cursor *c, int64_t *ns)
{
    *ns = 0;
    if (!take(c, "."))
        return true;
    const char *p = c->at;
    int64_t sum = 0;
    for (int64_t unit = NS_PER_S / 10; p < c->end && g_ascii_isdigit(*p); p++) {
        sum += unit * (*p - '0');
        unit /= 10;
    }
    bool any = p > c->at;
    c->at = p;
    *ns = sum;
    return any;
}

/* Seconds east of UTC. */
static bool zone(struct cursor *c, int *seconds)
{
    *seconds = 0;
    if (take(c, "Zz"))
        return true;
    bool west = c->at < c->end && *c->at == '-';
    int hour, minute;
    if (!take(c, "+-") || !digits(c, 2, &hour))
        return false;
    take(c, ":"); /* ISO 8601 may leave it out, and zap does */
    if (!digits(c, 2, &minute))
        return false;
    *seconds = (hour * 60 + minute) * 60 * (west ? -1 : 1);
    return hour < 24 && minute < 60;
}

/* Days from 1970-01-01 in the Gregorian calendar: whole eras of 400 years, years that begin in
 * March. */
static int64_t days(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era_year = y % 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = era_year * 365 + era_year / 4 - era_year / 100 + day_of_year;
    return (int64_t)(y / 400) * 146097 + day_of_era - 719468;
}

static bool date(struct cursor *c, int64_t *day_number)
{
    int year, month, day;
    if (!digits(c, 4, &year) || !take(c, "-") || !digits(c, 2, &month) || !take(c, "-") ||
        !digits(c, 2, &day))
        return false;
    *day_number = days(year, month, day);
    return year >= 1970 && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool clock_time(struct cursor *c, int *seconds)
{
    int hour, minute, second;
    if (!digits(c, 2, &hour) || !take(c, ":") || !digits(c, 2, &minute) || !take(c, ":") ||
        !digits(c, 2, &second))
        return false;
    *seconds = (hour * 60 + minute) * 60 + second;
    return hour < 24 && minute < 60 && second <= 60; /* 60: a leap second */
}

bool h2t_stamp_text(const char *text, size_t len, int64_t *ns)
{
    struct cursor c = {text, text + len};
    int64_t day_number, rest;
    int seconds, east;
    if (!date(&c, &day_number) || !take(&c, "Tt ") || !clock_time(&c, &seconds) ||
        !fraction(&c, &rest) || !zone(&c, &east) || c.at != c.end)
        return false;
    *ns = (day_number * 86400 + seconds - east) * NS_PER_S + rest;
    return *ns >= 0;
}

bool h2t_stamp_next(struct h2t_second *second, const char *text, size_t len, int64_t *ns)
{
    const size_t n = sizeof second->text;
    if (len <= n || text[len - 1] != 'Z' || text[n - 1] != '.')
        return h2t_stamp_text(text, len, ns);
    struct cursor c = {text + n - 1, text + len - 1};
    int64_t rest;
    if (!fraction(&c, &rest) || c.at != c.end)
        return false;
    if (memcmp(second->text, text, n)) {
        if (!h2t_stamp_text(text, len, ns))
            return false;
        memcpy(second->text, text, n);
        second->ns = *ns - rest;
    }
    *ns = second->ns + rest;
    return true;
}

static int64_t unit_of(double magnitude)
{
    if (magnitude < 1e11)
        return NS_PER_S;
    if (magnitude < 1e14)
        return NS_PER_S / 1000;
    return magnitude < 1e17 ? NS_PER_S / 1000000 : 1;
}

bool h2t_stamp_integer(int64_t number, int64_t *ns)
{
    return number >= 0 && !__builtin_mul_overflow(number, unit_of((double)number), ns);
}

bool h2t_stamp_double(double number, int64_t *ns)
{
    if (!(number >= 0 && number < 9.2e18))
        return false;
    int64_t unit = unit_of(number);
    int64_t whole = (int64_t)number;
    double part = number - (double)whole;
    return h2t_stamp_integer(whole, ns) &&
           !__builtin_add_overflow(*ns, (int64_t)(part * (double)unit + 0.5), ns);
}

static bool take_word(struct cursor *c, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len))
        return false;
    c->at += len;
    return true;
}

static bool unit(struct cursor *c, int64_t *ns)
{
    static const struct {
        const char *word;
        int64_t ns;
    } units[] = {
        {"ns", 1},
        {"us", 1000},
        {"\xc2\xb5s", 1000}, /* U+00B5, micro sign */
        {"\xce\xbcs", 1000},
        {"ms", 1000000},
        {"s", NS_PER_S}, /* U+03BC, Greek mu */
        {"m", 60 * NS_PER_S},
        {"h", 3600 * NS_PER_S},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (take_word(c, units[i].word)) {
            *ns = units[i].ns;
            return true;
        }
    return false;
}

/* A number and its unit. */
static bool term(struct cursor *c, int64_t *ns)
{
    const char *first = c->at;
    int64_t whole = 0, rest, of;
    for (; c->at < c->end && g_ascii_isdigit(*c->at); c->at++)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, *c->at - '0', &whole))
            return false;
    if (c->at == first || !fraction(c, &rest) || !unit(c, &of) ||
        __builtin_mul_overflow(whole, of, ns))
        return false;
    double part = (double)rest / (double)NS_PER_S * (double)of;
    return !__builtin_add_overflow(*ns, (int64_t)(part + 0.5), ns);
}

bool h2t_stamp_duration(const char *text, size_t len, int64_t *ns)
{
    struct cursor c = {text, text + len};
    int64_t more;
    if (!term(&c, ns))
        return len == 1 && *text == '0';
    while (c.at < c.end)
        if (!term(&c, &more) || __builtin_add_overflow(*ns, more, ns))
            return false;
    return true;
}

bool h2t_stamp_offset(const char *text, int64_t *ns)
{
    bool negative = *text == '-', sign = negative || *text == '+';
    if (!h2t_stamp_duration(text + sign, strlen(text + sign), ns))
        return false;
    *ns = negative ? -*ns : *ns;
    return true;
}
