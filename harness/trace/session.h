/* A session: all that is kept of one CPM session, from its INVITE to the last word of its closing, over every
 * leg that a B2BUA cut it into. It is built by trace/ and only looked at from then on. */
#ifndef CPMSPEC_TRACE_SESSION_H
#define CPMSPEC_TRACE_SESSION_H

#include "trace/leg.h"

enum { SESSION_LEGS_MAX = 16, SESSION_HOPS_MAX = 512 };

struct session {
    struct arena arena;
    uint64_t number; /* in order of appearance, from 1 */
    unsigned nlegs;
    struct leg *leg[SESSION_LEGS_MAX];
    unsigned nhops, hops_size;
    struct hop **hop;   /* BYEs and their replies, in the order of their first frames */
    uint32_t hops_lost; /* over SESSION_HOPS_MAX, or memory was out: nothing may pass then */
    uint32_t after; /* in-dialog requests seen after the closing's OK, other than BYE and an INVITE's ACK */
    struct sighting after_first;
    uint32_t links[PROFILE_FUNCTIONS_MAX]; /* links[f] bit g: a message from function f to g was seen */
    struct sighting begin, last;
    bool evicted;          /* given up before its end: the bound on memory was met */
    const char *joined_by; /* header that joined its legs; NULL where it has one leg */
};

/* Notes a message from the functions `from` to those in `to`. */
static inline void links_note(uint32_t links[PROFILE_FUNCTIONS_MAX], role_set from, role_set to)
{
    for (; from; from &= from - 1)
        links[__builtin_ctz(from)] |= to;
}

/* The leg with this Call-ID; NULL where there is none. */
struct leg *session_leg(const struct session *s, struct slice call_id);

/* Adds a BYE or an answer to one, or counts it as a retransmission. What there is no room for is counted in
 * hops_lost. */
void session_add(struct session *s, struct leg *leg, const struct said *said);

/* Whether the clock of `at` had seen the answer that ends the closing by then. */
bool session_closed_before(const struct session *s, const struct sighting *at);

/* Notes that a message which it has already was seen by another capture point, too. */
void session_add_again(struct session *s, const struct said *said);

/* Whether every BYE has a final answer, other than a challenge (401, 407), where it was first sent. */
bool session_answered(const struct session *s);

#endif
