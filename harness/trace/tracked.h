/* What the registry knows of a session besides the session itself: its place in the tables. */
#ifndef CPMSPEC_TRACE_TRACKED_H
#define CPMSPEC_TRACE_TRACKED_H

#include "trace/session.h"
#include "wire/hash.h"

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hashv)                                                                       \
    ((hashv) = (unsigned)hash_bytes((struct slice){(const char *)(key), (len)}, 0))
#include <uthash.h>

enum tracked_state {
    TRACKED_OPEN,    /* no BYE yet */
    TRACKED_CLOSING, /* a BYE waits for its answer */
    TRACKED_CLOSED,  /* answered */
    TRACKED_STATES,
};

enum { TRACKED_KEYS_MAX = 8 };

struct tracked {
    struct session session; /* first: the sink is given its address */
    enum tracked_state state;
    size_t held; /* bytes counted for it */
    struct tracked *older, *newer;
    unsigned nkeys;
    struct join_key *key[TRACKED_KEYS_MAX];
};

/* A leg, found by its Call-ID. In the session's arena. */
struct tracked_leg {
    struct leg leg; /* first */
    struct tracked *owner;
    uint64_t hash;
    UT_hash_handle hh;
};

/* In the order of their newest messages. */
struct tracked_list {
    struct tracked *oldest, *newest;
};

/* NULL where memory is out. `pool` may be NULL. */
struct tracked *tracked_new(size_t bytes_max, struct pool *pool);
void tracked_list_add(struct tracked_list *list, struct tracked *t);
void tracked_list_remove(struct tracked_list *list, struct tracked *t);

static inline struct tracked_leg *tracked_leg_of(struct leg *leg)
{
    return (struct tracked_leg *)leg;
}

/* NULL where there is none; where there is no room. */
struct tracked_leg *tracked_leg_find(struct tracked_leg *legs, struct slice call_id, uint64_t hash);
struct tracked_leg *tracked_leg_add(struct tracked_leg **legs, struct tracked *t, struct slice call_id,
                                    uint64_t hash);
void tracked_leg_remove(struct tracked_leg **legs, struct tracked_leg *leg);

#endif
