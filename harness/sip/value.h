/* The insides of header values, decoded on demand, without copies: lists, Via (RFC 3261 20.42), name-addr
 * (20.10, 20.20, 20.30, 20.34, 20.39), URI (19.1), CSeq (20.16), parameters. LWS and folds are allowed
 * wherever the grammar allows them. */
#ifndef CPMSPEC_SIP_VALUE_H
#define CPMSPEC_SIP_VALUE_H

#include "sip/msg.h"

/* Where the walk over all values of one kind stands: over header fields and over commas inside them. */
struct sip_values {
    const struct sip_msg *msg;
    enum sip_header id;
    uint32_t next_field;
    struct slice rest; /* of the field being walked */
    bool inside;
};

/* Walks every value of a list header (Via, Route, Record-Route, Contact, Reason, …), top first. An empty
 * header or an empty place between commas is a value of length 0: seen, not skipped. */
void sip_values_start(struct sip_values *w, const struct sip_msg *m, enum sip_header id);
bool sip_values_next(struct sip_values *w, struct slice *ret);

/* How many values of a kind there are. */
unsigned sip_values_count(const struct sip_msg *m, enum sip_header id);

struct sip_via {
    struct slice transport;       /* "UDP", as written */
    struct slice host;            /* without brackets and port */
    uint16_t port;                /* 0 where none is given */
    struct slice branch;          /* p == NULL where there is none */
    struct slice received, rport; /* likewise; rport without a value has n == 0 and p != NULL */
    struct slice params;          /* all of them, from the first ';' */
};

/* False where the value is no Via (what could be decoded is filled in all the same). */
bool sip_via_decode(struct slice value, struct sip_via *ret);

struct sip_nameaddr {
    struct slice display; /* as written, quotes included */
    struct slice uri;     /* without the angle brackets */
    struct slice params;  /* the header's own, from the first ';' */
};

bool sip_nameaddr_decode(struct slice value, struct sip_nameaddr *ret);

struct sip_uri {
    struct slice scheme;  /* "sip", "sips", "tel", "urn" */
    struct slice user;    /* p == NULL where there is none; of a tel URI the number */
    struct slice host;    /* without brackets */
    uint16_t port;        /* 0 where none is given */
    struct slice params;  /* from the first ';' */
    struct slice headers; /* from the '?' */
};

bool sip_uri_decode(struct slice uri, struct sip_uri *ret);

/* The value of a parameter (name in any case) in text like ";a=1;b;c=\"x\"". A parameter without a value has
 * n == 0 and p != NULL; none at all has p == NULL. Quotes around a value are taken off. */
struct slice sip_param(struct slice params, struct slice name);

/* "tag" of the first From or To; p == NULL where there is none. */
struct slice sip_tag(const struct sip_msg *m, enum sip_header id);

/* False where it cannot be read. */
bool sip_cseq(const struct sip_msg *m, uint32_t *ret_number, struct slice *ret_method);
bool sip_max_forwards(const struct sip_msg *m, uint32_t *ret);

/* Whether two values are the same up to white space between tokens (LWS runs and folds count as nothing next
 * to separators, as one space elsewhere); text in quotes is compared as it is. */
bool sip_value_eq(struct slice a, struct slice b);

#endif
