#include "cli/runfolder.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Runs that may begin in one second. */
enum { SAME_SECOND_MAX = 10000 };

static int cannot_make(const char *path, int code, struct error *err)
{
    return error_set(err, code, "cannot make the folder %s: %s%s", path, strerror(code),
                     code == ENOSPC ? "; make room, or write elsewhere with --out DIR"
                                    : "; write elsewhere with --out DIR");
}

/* `ret_made` says whether it was not there. */
static int make(const char *path, bool *ret_made, struct error *err)
{
    *ret_made = mkdir(path, 0777) == 0;
    return !*ret_made && errno != EEXIST ? cannot_make(path, errno, err) : 0;
}

static int resolve(struct runfolder *f, struct error *err)
{
    char *real = realpath(f->shown, NULL);
    int r = 0;

    if (!real || strlen(real) >= sizeof f->absolute)
        r = error_set(err, real ? ENAMETOOLONG : errno, "the folder %s cannot be used: %s", f->shown,
                      strerror(real ? ENAMETOOLONG : errno));
    else
        snprintf(f->absolute, sizeof f->absolute, "%s", real);
    free(real);
    return r;
}

static bool is_empty(const char *path)
{
    DIR *d = opendir(path);
    const struct dirent *e;
    bool empty = d != NULL;

    while (d && empty && (e = readdir(d)))
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (d)
        closedir(d);
    return empty;
}

/* The folders that a path leads through. */
static int make_above(const char *path, struct error *err)
{
    char above[RUNFOLDER_PATH];
    bool made;
    int r = 0;

    for (const char *slash = strchr(path + 1, '/'); slash && r == 0; slash = strchr(slash + 1, '/'))
        if (slash[strspn(slash, "/")] &&
            (size_t)snprintf(above, sizeof above, "%.*s", (int)(slash - path), path) < sizeof above)
            r = make(above, &made, err);
    return r;
}

static int make_named(const char *out, struct runfolder *f, struct error *err)
{
    int r = *out ? make_above(out, err) : 0;

    if (r == 0)
        r = make(out, &f->made, err);
    if (r < 0)
        return r;
    if (!is_empty(out))
        return error_set(err, EEXIST, "--out %s is no empty folder; name a new one, so that runs do not mix",
                         out);
    snprintf(f->shown, sizeof f->shown, "%s", out);
    return resolve(f, err);
}

/* A link beside it is renamed over it: there is always one, and it is whole. */
static int point_latest(const char *base, const char *name, struct error *err)
{
    char link[RUNFOLDER_PATH + 8], fresh[RUNFOLDER_PATH + 32];

    snprintf(link, sizeof link, "%s/latest", base);
    snprintf(fresh, sizeof fresh, "%s/.latest-%ld", base, (long)getpid());
    if (symlink(name, fresh) == 0 && rename(fresh, link) == 0)
        return 0;
    unlink(fresh);
    return error_set(err, errno, "cannot make %s point to %s: %s", link, name, strerror(errno));
}

static int make_next(const char *base, struct runfolder *f, struct error *err)
{
    time_t now = (time_t)(clock_realtime() / NSEC_PER_SEC);
    char stamp[32], name[64];
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H-%M-%SZ", &tm);
    for (int n = 1; n <= SAME_SECOND_MAX; n++) {
        snprintf(name, sizeof name, "%s-%d", stamp, n);
        snprintf(f->shown, sizeof f->shown, "%s/%s", base, name);
        if (mkdir(f->shown, 0777) == 0) {
            f->made = f->next = true;
            return resolve(f, err);
        }
        if (errno != EEXIST)
            return cannot_make(f->shown, errno, err);
    }
    return cannot_make(f->shown, EEXIST, err);
}

int runfolder_make(const char *base, const char *out, struct runfolder *ret, struct error *err)
{
    struct runfolder f = {0};
    bool made;
    int r;

    if (out)
        r = make_named(out, &f, err);
    else if ((r = make(base, &made, err)) == 0)
        r = make_next(base, &f, err);
    if (r == 0)
        *ret = f;
    return r;
}

int runfolder_settle(const struct runfolder *f, struct error *err)
{
    const char *name = strrchr(f->shown, '/');
    char base[RUNFOLDER_PATH];

    if (!f->next || !name)
        return 0;
    snprintf(base, sizeof base, "%.*s", (int)(name - f->shown), f->shown);
    return point_latest(base, name + 1, err);
}

void runfolder_undo(const struct runfolder *f)
{
    if (f->made)
        rmdir(f->absolute);
}
