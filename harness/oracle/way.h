/* The way of one leaving request: every passage from a node to the next, in the order that the Via stacks
 * prove, with the message that shows it and the answer that came back over it. A session has one way for each
 * end that closed it (and for each dialog of a fork). Over a B2BUA a way goes on in the next leg. */
#ifndef CPMSPEC_ORACLE_WAY_H
#define CPMSPEC_ORACLE_WAY_H

#include "trace/session.h"

enum { WAY_PASSAGES_MAX = 48, WAY_ASIDE_MAX = 64, WAYS_MAX = 16 };

/* How the passage hangs on the one before it. */
enum passage_joint {
    JOINT_FIRST,  /* nothing is before it */
    JOINT_PROXY,  /* its Via stack is the last one's and one more: a proxy sent it on */
    JOINT_GAP,    /* its Via stack continues the last one's, but in between something is not known */
    JOINT_B2BUA,  /* a new transaction in another leg, by the function that the last one ended at */
    JOINT_BROKEN, /* by place and time alone: the Via stack does not continue the last one's */
};

struct passage {
    enum passage_joint joint;
    role_set from, to;
    const struct hop *request; /* NULL: not captured, but a later Via stack proves it */
    const struct hop
        *proof; /* the request whose Via stack proves it (the request itself where it was captured) */
    const struct hop *reply; /* the final answer that came back over it; NULL where none was seen */
    struct slice branch;     /* of the request's top Via */
    unsigned depth;          /* Vias of the request */
    bool inner;              /* between nodes of one function */
    int step;                /* index of the flow's step that it fulfils; -1 for none */
};

struct way {
    const struct session *session;
    const struct leg *leg; /* of the first passage */
    unsigned n;
    struct passage passage[WAY_PASSAGES_MAX];
    unsigned naside; /* messages of its transactions that lie on no passage: second forwardings, answers
                        that went elsewhere, provisional ones */
    const struct hop *aside[WAY_ASIDE_MAX];
    const struct hop *challenged; /* an earlier BYE that was answered 401 or 407; NULL where there is none */
    const struct hop *again;      /* a further BYE after the answer; NULL where there is none */
    bool crowded;                 /* there was more to it than fits: what is left out cannot be judged */
    bool crossed;                 /* the other end sent a BYE of its own before it had this one's answer */
    bool late;                    /* its sender had answered the other end's BYE already */
    bool beyond;                  /* its sender's session was over: an earlier BYE had ended it */
    bool retry;                   /* an earlier BYE of its sender was refused, and ended nothing */
    unsigned nlegs;
};

/* Finds the ways of a session, in the order of their first messages. `clients` are the functions where a way
 * ends (a B2BUA is none of them). `apart`: what an end sends after its first BYE (unless that was merely
 * challenged) is a way of its own; else it is at most noted on the one that ended the session. The ways live
 * in `arena`. Returns how many there are, or -ENOMEM. */
int way_find(const struct session *s, const struct profile *profile, role_set clients, bool apart,
             struct arena *arena, struct way *ret_way[WAYS_MAX]);

/* The last passage whose request was captured; NULL where none was. */
const struct passage *way_last_seen(const struct way *w);

#endif
