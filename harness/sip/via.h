/* Via (RFC 3261 20.42, 18.2.1; RFC 3581). */
#ifndef CPMSPEC_SIP_VIA_H
#define CPMSPEC_SIP_VIA_H

#include "base/slice.h"

struct sip_via {
    struct slice text;            /* all of it, as written */
    struct slice transport;       /* "UDP", as written */
    struct slice host;            /* without brackets and port */
    uint16_t port;                /* 0 where none is given */
    struct slice branch;          /* p == NULL where there is none */
    struct slice received, rport; /* likewise; rport without a value has n == 0 and p != NULL */
    struct slice params;          /* all of them, from the first ';' */
    bool whole;                   /* what sip_via_decode answered */
};

/* False where the value is no Via (what could be decoded is filled in all the same). Of a parameter that
 * stands there twice the first counts. */
bool sip_via_decode(struct slice value, struct sip_via *ret);

/* The branch alone, quicker. */
struct slice sip_via_branch(struct slice value);

#endif
