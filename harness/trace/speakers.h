/* Who speaks over a connection that comes from an address which several functions share: its port is none of
 * theirs, so that only the Vias tell. A request's top Via names its sender, an answer's the one it goes to
 * (RFC 3261 18.1.1, 18.2.2). */
#ifndef CPMSPEC_TRACE_SPEAKERS_H
#define CPMSPEC_TRACE_SPEAKERS_H

#include "trace/hop.h"

enum {
    SPEAKERS_MAX = 256
}; /* ends of connections that are remembered; a new one may take an older one's place */

struct speakers {
    struct speaker {
        struct endpoint at;
        role_set set; /* 0: a free place */
    } known[SPEAKERS_MAX];
};

/* Fills in said->from and said->to where they are 0 and it is known. Datagrams are left as they are. */
void speakers_tell(struct speakers *s, const struct profile *profile, struct said *said);

#endif
