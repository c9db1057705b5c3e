#include "cli/home.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder is ours where it has the folder that no other program's has. */
static bool is_home(const char *dir)
{
    char path[HOME_PATH + 64];

    snprintf(path, sizeof path, "%s/testcases/schema/sut.rng", dir);
    return access(path, R_OK) == 0;
}

static int fill(const char *dir, struct home *ret, struct error *err)
{
    char *real = realpath(dir, NULL);

    if (!real || strlen(real) >= sizeof ret->data) {
        free(real);
        return error_at(err, EINVAL, dir, 0, "the path of the data files cannot be resolved");
    }
    snprintf(ret->data, sizeof ret->data, "%s", real);
    snprintf(ret->testcases, sizeof ret->testcases, "%s/testcases", real);
    snprintf(ret->schema, sizeof ret->schema, "%s/testcases/schema", real);
    snprintf(ret->sut, sizeof ret->sut, "%s/reference-network/sut.xml", real);
    free(real);
    return 0;
}

/* `exe` without its last `levels` names, and `rest` behind it. */
static void above(const char *exe, int levels, const char *rest, char out[HOME_PATH])
{
    int n = (int)strlen(exe);

    for (int i = 0; i < levels; i++)
        while (n > 0 && exe[--n] != '/')
            ;
    snprintf(out, HOME_PATH, "%.*s%s", n, exe, rest);
}

int home_locate(const char *exe, const char *variable, struct home *ret, struct error *err)
{
    char tree[HOME_PATH], shared[HOME_PATH];

    if (variable && variable[0]) {
        if (is_home(variable))
            return fill(variable, ret, err);
        return error_set(
            err, ENOENT,
            "CPMSPEC_HOME is \"%.200s\", which holds no testcases/schema/; set it to the folder with "
            "testcases/, or unset it",
            variable);
    }
    above(exe, 2, "", tree);
    above(exe, 2, "/share/cpmspec", shared);
    if (is_home(tree))
        return fill(tree, ret, err);
    if (is_home(shared))
        return fill(shared, ret, err);
    return error_set(
        err, ENOENT,
        "the data files are neither in %.150s nor in %.150s; set CPMSPEC_HOME to the folder with testcases/",
        tree, shared);
}

int home_find(struct home *ret, struct error *err)
{
    char exe[HOME_PATH];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    if (n < 0)
        return error_set(
            err, errno, "/proc/self/exe cannot be read (%m); set CPMSPEC_HOME to the folder with testcases/");
    exe[n] = '\0';
    return home_locate(exe, getenv("CPMSPEC_HOME"), ret, err);
}
