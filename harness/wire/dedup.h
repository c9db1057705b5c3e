/* Whether a packet was captured before: by `any` on two interfaces, by a mirror port that sees it come and
 * go, at both ends of a link. Told by a hash of what a router leaves as it is, over a bounded memory.
 *
 * The sender repeats itself too (a SIP retransmission has the same bytes), so of one capture point a copy
 * must have the same IP identification (RFC 6864) and follow within DEDUP_STRONG; where there is none (IPv6,
 * or 0) it must follow within DEDUP_WEAK, which no sender comes near. Between capture points no clock is
 * trusted: the nth packet of one is the nth packet of the other. */
#ifndef CPMSPEC_WIRE_DEDUP_H
#define CPMSPEC_WIRE_DEDUP_H

#include "base/clock.h"
#include "base/slice.h"

#define DEDUP_STRONG  (200 * NSEC_PER_MSEC)
#define DEDUP_WEAK    (20 * NSEC_PER_MSEC)
#define DEDUP_HORIZON (30 * NSEC_PER_SEC) /* after this a packet is forgotten */

struct dedup;

/* Remembers about the last `packets`. -ENOMEM. */
int dedup_new(size_t packets, struct dedup **ret);
void dedup_free(struct dedup *d);

/* From now on remembers about the last `packets`, more than before, and what it knows already. -ENOMEM, and
 * nothing has changed. */
int dedup_grow(struct dedup *d, size_t packets);

/* What a packet is: new; one that this very source has shown before; one that another has. */
enum dedup_result { DEDUP_NEW, DEDUP_COPY, DEDUP_ELSEWHERE };

/* Whether the packet with this hash, captured by `source` at `time`, is one that was captured before. `id`
 * tells the sender's packets apart; 0 where it does not. */
enum dedup_result dedup_seen(struct dedup *d, uint64_t hash, uint32_t id, nsec_t time, uint32_t source);

#endif
