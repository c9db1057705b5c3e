/* Joining the legs of one session across a B2BUA: by what its INVITEs share (Contribution-ID, icid-value of
 * P-Charging-Vector, Session-ID, Conversation-ID, and the headers that the profile names), never by time
 * alone. */
#ifndef CPMSPEC_TRACE_JOIN_H
#define CPMSPEC_TRACE_JOIN_H

#include "trace/tracked.h"

struct join;

int join_new(const struct profile *profile, struct join **ret);
void join_free(struct join *j);

/* The open session that a message with a new Call-ID carries on; NULL where it begins one of its own. */
struct tracked *join_find(struct join *j, const struct said *said);

/* Remembers what the message shares with others. False where memory is out. */
bool join_note(struct join *j, struct tracked *t, const struct said *said);

void join_forget(struct join *j, struct tracked *t);

#endif
