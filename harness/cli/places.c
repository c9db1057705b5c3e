#include "cli/places.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OUTPUTS = 3 };

struct named {
    const char *option, *path;
};

static void outputs_of(const struct options *o, struct named out[OUTPUTS])
{
    out[0] = (struct named){"--junit", o->junit};
    out[1] = (struct named){"--json", o->json};
    out[2] = (struct named){"--html", o->html};
}

const char *places_resolve(const char *path)
{
    return strcmp(path, "-") == 0 ? "/dev/stdout" : path;
}

bool places_is_stdout(const char *path)
{
    static const char *const name[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};

    for (size_t i = 0; path && i < sizeof name / sizeof name[0]; i++)
        if (strcmp(path, name[i]) == 0)
            return true;
    return false;
}

/* Of files that are not there yet: the same name in the same folder. */
static bool will_be_same(const char *a, const char *b)
{
    char first[PATH_MAX], second[PATH_MAX], *folder_a, *folder_b;
    bool same;

    if (strlen(a) >= PATH_MAX || strlen(b) >= PATH_MAX)
        return false;
    memcpy(first, a, strlen(a) + 1);
    memcpy(second, b, strlen(b) + 1);
    if (strcmp(basename(first), basename(second)) != 0)
        return false;
    memcpy(first, a, strlen(a) + 1);
    memcpy(second, b, strlen(b) + 1);
    folder_a = realpath(dirname(first), NULL);
    folder_b = realpath(dirname(second), NULL);
    same = folder_a && folder_b && strcmp(folder_a, folder_b) == 0;
    free(folder_a);
    free(folder_b);
    return same;
}

static bool is_null_device(const struct stat *st)
{
    struct stat null;

    return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 && st->st_rdev == null.st_rdev;
}

static bool same_place(const char *a, const char *b)
{
    struct stat sa, sb;
    bool there_a, there_b;

    a = places_resolve(a);
    b = places_resolve(b);
    there_a = stat(a, &sa) == 0;
    there_b = stat(b, &sb) == 0;
    if (there_a != there_b)
        return false;
    if (!there_a)
        return will_be_same(a, b);
    return sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino && !is_null_device(&sa);
}

/* A stream that is read may be the terminal that is written to. */
static bool same_file(const char *read, const char *written)
{
    struct stat st;

    return read && strcmp(read, "-") != 0 && stat(read, &st) == 0 && S_ISREG(st.st_mode) &&
           same_place(read, written);
}

static int overwritten(const struct named *out, const char *read, const char *what, struct error *err)
{
    return error_set(err, EINVAL, "%s \"%.120s\" would overwrite %s \"%.120s\"; name another file",
                     out->option, out->path, what, read);
}

static int check_inputs(const struct options *o, const struct named *out, struct error *err)
{
    if (same_file(o->sut, out->path))
        return overwritten(out, o->sut, "the profile", err);
    if (same_file(o->keys, out->path))
        return overwritten(out, o->keys, "the keys", err);
    for (int i = 0; i < o->narguments; i++)
        if (same_file(o->argument[i], out->path))
            return overwritten(out, o->argument[i], "the capture", err);
    return 0;
}

int places_check(const struct options *o, struct error *err)
{
    struct named out[OUTPUTS];
    int r = 0;

    outputs_of(o, out);
    for (int i = 0; i < OUTPUTS && r == 0; i++) {
        if (!out[i].path)
            continue;
        for (int k = 0; k < i; k++)
            if (out[k].path && same_place(out[i].path, out[k].path))
                return error_set(err, EINVAL,
                                 "%s \"%.120s\" and %s \"%.120s\" are the same file; name one for each",
                                 out[k].option, out[k].path, out[i].option, out[i].path);
        r = check_inputs(o, &out[i], err);
    }
    return r;
}

int places_check_own(const struct options *o, const char *path, struct error *err)
{
    struct named out[OUTPUTS];

    outputs_of(o, out);
    for (int i = 0; i < OUTPUTS; i++)
        if (out[i].path && same_place(out[i].path, path))
            return error_set(err, EINVAL, "%s \"%.120s\" is what the run writes there anyway; leave it out",
                             out[i].option, out[i].path);
    return 0;
}
