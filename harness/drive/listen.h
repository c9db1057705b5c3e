/* Whether somebody waits at an address, as the kernel tells it (/proc/net): a bound UDP port, a listening TCP
 * port. It is how readiness is seen without sending anything. */
#ifndef CPMSPEC_DRIVE_LISTEN_H
#define CPMSPEC_DRIVE_LISTEN_H

#include "base/addr.h"
#include "base/error.h"

enum listen_state {
    LISTEN_NONE,
    LISTEN_WILDCARD, /* on every address of the machine, so that nobody else can bind this one */
    LISTEN_EXACT,
};

/* In our network namespace. `tcp`: listening TCP, else bound UDP. */
int listen_look(const struct endpoint *e, bool tcp, enum listen_state *ret, struct error *err);

#endif
