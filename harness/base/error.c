#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static __attribute__((format(printf, 4, 0))) void fill(struct error *err, const char *file, int line,
                                                       const char *fmt, va_list args)
{
    if (!err)
        return;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->line = line;
    vsnprintf(err->text, sizeof err->text, fmt, args);
}

int error_set(struct error *err, int code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(err, NULL, 0, fmt, args);
    va_end(args);
    return -code;
}

int error_at(struct error *err, int code, const char *file, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(err, file, line, fmt, args);
    va_end(args);
    return -code;
}

const char *error_format(const struct error *err, char *out, size_t size)
{
    if (err->file[0] && err->line > 0)
        snprintf(out, size, "%s:%d: %s", err->file, err->line, err->text);
    else if (err->file[0])
        snprintf(out, size, "%s: %s", err->file, err->text);
    else
        snprintf(out, size, "%s", err->text);
    return out;
}
