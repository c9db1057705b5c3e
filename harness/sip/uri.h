/* name-addr (RFC 3261 20.10, 20.20, 20.30, 20.34, 20.39) and URIs (RFC 3261 19.1, RFC 3966). */
#ifndef CPMSPEC_SIP_URI_H
#define CPMSPEC_SIP_URI_H

#include "base/slice.h"

struct sip_nameaddr {
    struct slice display; /* as written, quotes included */
    struct slice uri;     /* without the angle brackets */
    struct slice params;  /* the header's own, from the first ';' */
};

/* `display <uri>;params` or `uri;params`. False where it is neither (what could be decoded is filled in all
 * the same). */
bool sip_nameaddr_decode(struct slice value, struct sip_nameaddr *ret);

struct sip_uri {
    struct slice scheme;   /* "sip", "sips", "tel", "urn" */
    struct slice user;     /* p == NULL where there is none; of a tel URI the number */
    struct slice password; /* p == NULL where there is none */
    struct slice host;     /* without brackets; empty where the scheme is neither sip nor sips */
    uint16_t port;         /* 0 where none is given */
    struct slice params;   /* from the first ';' */
    struct slice headers;  /* from the '?' */
    struct slice rest;     /* all behind "scheme:", whatever the scheme */
};

/* False where there is no scheme, no host or number, or a port that is none. */
bool sip_uri_decode(struct slice uri, struct sip_uri *ret);

/* Whether two URIs are equivalent: RFC 3261 19.1.4 for sip and sips, RFC 3966 4 for tel; any other scheme by
 * its bytes, the scheme in any case. Texts that are no URI are equal where their bytes are. */
bool sip_uri_eq(struct slice a, struct slice b);

#endif
