/* One look at every message of the way, requests first: request hops up, answers down. For rules that ask
 * something of each message. */
#ifndef CPMSPEC_ORACLE_WALK_H
#define CPMSPEC_ORACLE_WALK_H

#include "oracle/judgement.h"

/* It begins as {0}. */
struct walk {
    unsigned at;
    const struct passage *passage;
    const struct hop *hop; /* the message */
    bool reply;
    int step; /* of the flow; 0 where it is at none */
};

/* The next message that went from one function to another; false behind the last. */
bool walk_next(const struct judgement *j, struct walk *w);

/* The name of the function that sent it. */
const char *walk_sender(struct judgement *j, const struct walk *w);

#endif
