/* Namespaces of our own: a user, network, PID, IPC and UTS namespace in which a test case has a loopback
 * interface that nobody else uses, whatever addresses it wants, and a process 1 with which all the others
 * end. No root is needed where the kernel lets users make namespaces; root needs no user namespace. */
#ifndef CPMSPEC_DRIVE_SANDBOX_H
#define CPMSPEC_DRIVE_SANDBOX_H

#include "base/addr.h"
#include "base/error.h"
#include "drive/process.h"

enum sandbox_kind {
    SANDBOX_PRIVATE, /* network and processes of its own */
    SANDBOX_HOST,    /* the host's network; processes of its own where the kernel allows it */
};

/* Tries whether the kernel gives us SANDBOX_PRIVATE, in a child that ends at once. 0, or -errno and the
 * reason. */
int sandbox_probe(struct error *err);

/* Runs body(ctx) in a child inside the sandbox; its value is the exit status, as with process_fork. A body
 * that the kernel gave no namespaces ends with SANDBOX_REFUSED. The returned process is one between us and
 * the sandbox: when we die, or it gets SIGTERM, it kills all that the body has started, daemons included, and
 * ends after them. End it by sandbox_end: where there is no PID namespace, SIGKILL would leave the daemons
 * behind. */
enum { SANDBOX_REFUSED = 125 };
int sandbox_start(enum sandbox_kind kind, int (*body)(void *ctx), void *ctx, int keep, struct process **ret,
                  struct error *err);

/* Ends everything in it at once, waits, and frees the process, which may have ended before or be NULL. */
void sandbox_end(struct process *p);

/* Inside SANDBOX_PRIVATE: brings the loopback interface up. Then it has 127.0.0.0/8 and ::1. */
int sandbox_loopback_up(struct error *err);
/* Gives the loopback interface one more address (IPv4 as /32, IPv6 as /128, usable at once). One that it
 * has already is no error; an address of 127.0.0.0/8 needs none of this. */
int sandbox_add_address(const struct addr *a, struct error *err);
/* Who goes to `to` and has not chosen an address of his own (bind) comes from `from`: as on a machine that
 * has but one, where a program need not choose. Both are of the loopback interface. */
int sandbox_prefer_source(const struct addr *to, const struct addr *from, struct error *err);

#endif
