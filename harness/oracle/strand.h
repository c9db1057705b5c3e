/* A strand: the hops of one request through proxies, from one UA (or B2BUA) to the next, as a chain. */
#ifndef CPMSPEC_ORACLE_STRAND_H
#define CPMSPEC_ORACLE_STRAND_H

#include "oracle/way.h"

enum { STRANDS_MAX = 32 };

struct strand {
    const struct leg *leg;
    struct slice call_id, from_tag, to_tag;
    uint32_t cseq;
    unsigned n;
    const struct hop **hop; /* all request hops, first seen first */
    unsigned nchain;
    const struct hop **chain; /* those of the main line, sender first */
    bool *broken;             /* chain[i] hangs on chain[i - 1] by place and time alone */
};

/* Sorts the requests of a session into strands and finds each one's main line. Returns the number, or
 * -ENOMEM. */
int strand_find(const struct session *s, struct arena *arena, struct strand ret[STRANDS_MAX]);

/* Whether the Via stack of `child` is that of `parent` with `more` entries on top (received and rport apart).
 */
bool strand_continues(const struct hop *parent, const struct hop *child, unsigned more);

/* Whether two entries are the same: transport, sent-by and branch. */
bool strand_same_via(const struct sip_via *a, const struct sip_via *b);

#endif
