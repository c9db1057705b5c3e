/* A party of the plan that was started: its process, whether it is ready, whether it has ended. */
#ifndef CPMSPEC_DRIVE_ACTOR_H
#define CPMSPEC_DRIVE_ACTOR_H

#include "drive/loop.h"
#include "drive/plan.h"
#include "drive/process.h"

/* Nobody tells when a socket is bound, so actor_look is asked this often. */
static const nsec_t ACTOR_LOOK_AGAIN = 3 * NSEC_PER_MSEC;

struct actor {
    const struct plan_party *party; /* NULL: never started */
    struct loop *loop;
    struct process *process;
    bool ready;
    bool ended;
};

/* Makes its folder and starts it; ended(ctx) is called when it may have ended, and asks actor_ended. The
 * party and the loop are borrowed. */
int actor_start(struct actor *a, const struct plan_party *party, struct loop *l, loop_fn *ended, void *ctx,
                struct error *err);

/* Whether it waits at its address by now (listen.h); once true it stays so. */
int actor_look(struct actor *a, bool *ret, struct error *err);

/* Whether it has ended; the loop forgets it then. */
bool actor_ended(struct actor *a);

/* Kills what still runs. Its working folder stays only where something was left in it. */
void actor_done(struct actor *a);

#endif
