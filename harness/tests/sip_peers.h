/* The same messages as others read them: libosip2 and tshark, for tests that compare. A program that uses
 * this links libosip2 and libpcap. */
#ifndef CPMSPEC_TESTS_SIP_PEERS_H
#define CPMSPEC_TESTS_SIP_PEERS_H

#include "base/slice.h"

enum sip_fact {
    FACT_METHOD, /* of a request */
    FACT_STATUS, /* of a response */
    FACT_URI,    /* of a request */
    FACT_CALL_ID,
    FACT_CSEQ,
    FACT_CSEQ_METHOD,
    FACT_BRANCHES, /* of all Vias that have one, top first, with commas */
    FACT_HOSTS,    /* sent-by of all Vias, likewise */
    FACT_FROM_TAG,
    FACT_TO_TAG,
    FACT_LENGTH, /* Content-Length */
    FACT_MAX_FORWARDS,
    FACT_COUNT,
};

enum { FACT_TEXT = 512 };

struct sip_facts {
    bool read; /* false where the reader refuses the message: then there are no facts */
    char text[FACT_COUNT][FACT_TEXT]; /* "" for what is not there */
};

const char *sip_fact_name(enum sip_fact f);

/* Appends to a fact, after a comma where it is not the first. */
void sip_fact_add(struct sip_facts *to, enum sip_fact f, struct slice text);

void sip_facts_of_osip(struct slice message, struct sip_facts *ret);

/* All in one run of tshark, each message in a UDP datagram of its own. 0, or a negative errno where tshark
 * cannot be run or its answer has not a line for each message. */
int sip_facts_of_tshark(const struct slice *messages, size_t n, struct sip_facts *ret);

#endif
