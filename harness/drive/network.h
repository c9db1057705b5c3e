/* The simulated functions of a test case: started together, ready together, ended together. */
#ifndef CPMSPEC_DRIVE_NETWORK_H
#define CPMSPEC_DRIVE_NETWORK_H

#include "drive/loop.h"
#include "drive/plan.h"

struct network;

/* Each is called at most once, and none after network_free. */
struct network_sink {
    void (*ready)(void *ctx); /* every function waits at its address */
    void (*failed)(void *ctx,
                   const struct error *err); /* one could not start, was not ready in time, or died */
    void (*ended)(void *ctx);                /* after network_stop: all have ended, or were killed */
    void *ctx;
};

/* Starts them; one of the sink's functions may be called before it returns. The plan and the loop are
 * borrowed. -ENOMEM. */
int network_start(const struct plan *plan, struct loop *l, const struct network_sink *sink,
                  struct network **ret, struct error *err);

/* Asks them to end, and kills those that do not. */
void network_stop(struct network *n);

/* Kills what still runs. */
void network_free(struct network *n);

#endif
