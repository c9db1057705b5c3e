/* A folder for one test program's files, gone at its end. */
#ifndef CPMSPEC_TESTS_SCRATCH_H
#define CPMSPEC_TESTS_SCRATCH_H

#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];

static inline int scratch_unlink(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static inline void scratch_remove(void)
{
    nftw(scratch, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* "SCRATCH/name", with the folders above it made. */
static inline const char *scratch_path(const char *name)
{
    static char path[PATH_MAX];

    if (!scratch[0]) {
        snprintf(scratch, sizeof scratch, "/tmp/cpmspec-test-XXXXXX");
        if (!mkdtemp(scratch))
            abort();
        atexit(scratch_remove);
    }
    snprintf(path, sizeof path, "%.63s/%.2000s", scratch, name);
    for (char *p = path + strlen(scratch) + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(path, 0700);
        *p = '/';
    }
    return path;
}

/* Writes a file into the folder and returns its path, which is good until the next call. */
static inline const char *scratch_write(const char *name, const void *bytes, size_t n)
{
    const char *path = scratch_path(name);
    FILE *f = fopen(path, "w");

    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
    return path;
}

static inline const char *scratch_file(const char *name, const char *text)
{
    return scratch_write(name, text, strlen(text));
}

/* Whether `text` is "SCRATCH/" and then `want`; prints both where it is not. */
static inline bool scratch_says(const char *text, const char *want)
{
    size_t n = strlen(scratch);

    if (strncmp(text, scratch, n) == 0 && text[n] == '/' && strcmp(text + n + 1, want) == 0)
        return true;
    printf("\n  said %s\n  want SCRATCH/%s\n", text, want);
    return false;
}

#endif
