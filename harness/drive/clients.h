/* The clients of a test case: started one after the other, each when the one before is ready or, where that
 * is the preamble, has ended; and what each says of itself in the end. SIPp plays them; one under test is
 * moved by its start command, or by a person, is ready when it has registered, and need not end. */
#ifndef CPMSPEC_DRIVE_CLIENTS_H
#define CPMSPEC_DRIVE_CLIENTS_H

#include "drive/loop.h"
#include "drive/outcome.h"
#include "drive/plan.h"

struct clients;

/* One of the two is called, once, and neither after clients_free, which they may call themselves. */
struct clients_sink {
    /* All that SIPp plays have ended (those that last apart), or had their time. */
    void (*over)(void *ctx);
    /* They could not do what they are for. `how`: DRIVE_ERROR, where SIPp failed; DRIVE_INCONCLUSIVE, where
     * the preamble or the client under test did. */
    void (*failed)(void *ctx, enum drive_end how, const struct error *err);
    void *ctx;
};

struct clients_spec {
    const struct plan *plan; /* borrowed */
    nsec_t timeout;          /* for all of it */
    nsec_t patience;         /* after one client's failure the others get as long as the wire is not quiet for
                              * this long: clients_heard tells of its messages */
};

/* Starts the first; the sink may be called before it returns. -ENOMEM. */
int clients_start(const struct clients_spec *spec, struct loop *l, const struct clients_sink *sink,
                  struct clients **ret, struct error *err);

/* A frame with a message was on the wire. */
void clients_heard(struct clients *c, struct slice frame);

/* What those that were started say; whether all of them were content, which one that
 * lasts never says. */
int clients_witnesses(const struct clients *c, struct drive_witness out[DRIVE_WITNESSES_MAX]);
bool clients_content(const struct clients *c);

/* Asks start commands that still run to end (SIGTERM), and calls stopped(ctx), once, when they have, or after
 * a short while. The sink is told nothing more. */
void clients_stop(struct clients *c, loop_fn *stopped, void *ctx);

/* Kills what still runs. */
void clients_free(struct clients *c);

#endif
