/* A test program that runs in user, network and PID namespaces of its own, with its loopback up: what it
 * starts ends with it, and no port is taken. */
#ifndef CPMSPEC_TESTS_BOXED_H
#define CPMSPEC_TESTS_BOXED_H

#include "drive/process.h"
#include "drive/sandbox.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <poll.h>

struct boxed {
    int argc;
    char **argv;
    const char *suite;
    const struct test *tests;
    size_t n;
};

static inline int boxed_inside(void *ctx)
{
    const struct boxed *b = ctx;
    struct error err;

    if (sandbox_loopback_up(&err) < 0)
        return 98;
    return test_main(b->argc, b->argv, b->suite, b->tests, b->n);
}

/* test_main in there: its exit status, or 98 and 99 where there can be no such namespaces. */
static inline int boxed_main(int argc, char **argv, const char *suite, const struct test *tests, size_t n)
{
    struct boxed b = {argc, argv, suite, tests, n};
    struct process *p;
    struct error err;
    int status;

    scratch_path(""); /* made here, it is removed when all is over */
    if (sandbox_start(SANDBOX_PRIVATE, boxed_inside, &b, -1, &p, &err) < 0)
        return 99;
    poll(&(struct pollfd){.fd = process_fd(p), .events = POLLIN}, 1, -1);
    status = process_reap(p) == 0 ? process_status(p) : 99;
    sandbox_end(p);
    return status;
}

#endif
