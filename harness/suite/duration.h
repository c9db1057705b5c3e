/* Lengths of time as our files write them: "500ms", "4s", "0.5s", "250us", "2min". */
#ifndef CPMSPEC_SUITE_DURATION_H
#define CPMSPEC_SUITE_DURATION_H

#include "base/clock.h"
#include "base/slice.h"

enum { DURATION_TEXT = 32 };

/* False, and *ret untouched, where `text` is anything else, is zero, or is over `max`. Digits behind the
 * point that are finer than a nanosecond are cut off. */
bool duration_parse(struct slice text, nsec_t max, nsec_t *ret);

/* The shortest exact form, such as "500ms"; returns `out`. `t` is not negative. */
const char *duration_format(nsec_t t, char out[DURATION_TEXT]);

#endif
