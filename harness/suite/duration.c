#include "suite/duration.h"

#include <stdio.h>

static const struct {
    struct slice name;
    nsec_t nsec;
} units[] = {
    {SLICE("min"), 60 * NSEC_PER_SEC}, {SLICE("s"), NSEC_PER_SEC}, {SLICE("ms"), NSEC_PER_MSEC},
    {SLICE("us"), NSEC_PER_USEC},      {SLICE("ns"), 1},
};

static nsec_t unit(struct slice name)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (slice_eq(name, units[i].name))
            return units[i].nsec;
    return 0;
}

static size_t digits(struct slice s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return n;
}

bool duration_parse(struct slice text, nsec_t max, nsec_t *ret)
{
    size_t whole = digits(text);
    struct slice rest = slice_tail(text, whole), fraction = {NULL, 0};
    nsec_t each, value;
    uint64_t count;

    if (!text.p)
        return false;
    if (slice_starts(rest, SLICE("."))) {
        fraction = slice_head(slice_tail(rest, 1), digits(slice_tail(rest, 1)));
        if (fraction.n == 0)
            return false;
        rest = slice_tail(rest, 1 + fraction.n);
    }
    each = unit(rest);
    if (each == 0 || !slice_number(slice_head(text, whole), (uint64_t)(max / each), &count))
        return false;
    value = (nsec_t)count * each;
    for (size_t i = 0; i < fraction.n && each; i++) {
        /* "0.5min": the unit is no power of ten, but each of its tenths is whole in nanoseconds for long
         * enough. */
        each /= 10;
        value += (fraction.p[i] - '0') * each;
    }
    if (value <= 0 || value > max)
        return false;
    *ret = value;
    return true;
}

const char *duration_format(nsec_t t, char out[DURATION_TEXT])
{
    size_t i = 1; /* minutes are for people to write; seconds read better */

    while (t % units[i].nsec != 0)
        i++;
    snprintf(out, DURATION_TEXT, "%lld%.*s", (long long)(t / units[i].nsec), SLICE_ARG(units[i].name));
    return out;
}
