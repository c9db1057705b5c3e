/* What went wrong, for a person: one text, and where it is known the file and the line. Functions that fail
 * return a negative errno and fill a `struct error` that the caller owns; nothing below cli/ prints it. */
#ifndef CPMSPEC_BASE_ERROR_H
#define CPMSPEC_BASE_ERROR_H

#include <stddef.h>

struct error {
    char text[512]; /* one sentence: what is wrong, and what mends it */
    char file[256]; /* "" where no file is to blame */
    int line;       /* 1-based; 0 where unknown */
};

/* Fills `err` (which may be NULL) and returns -code, so that a caller can `return error_set(err, EINVAL, …)`.
 */
int error_set(struct error *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int error_at(struct error *err, int code, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* "file:line: text" into `out`, cut to fit; returns `out`. */
const char *error_format(const struct error *err, char *out, size_t size);

#endif
