/* Reason (RFC 3326 2): `SIP ;cause=200 ;text="Call completed"`. */
#ifndef CPMSPEC_SIP_REASON_H
#define CPMSPEC_SIP_REASON_H

#include "base/slice.h"

struct sip_msg;

struct sip_reason {
    struct slice protocol; /* "SIP", "Q.850", as written; compare with slice_ieq */
    struct slice cause;    /* as written; p == NULL where there is none */
    uint32_t cause_code;   /* 0 where there is none or it is no number */
    struct slice text;     /* without quotes, escapes as they are; p == NULL where there is none */
    struct slice params;   /* all of them, from the first ';' */
};

/* One value of the header (sip_values_next walks them). False where there is no protocol, or a cause that is
 * no number (what could be decoded is filled in all the same). */
bool sip_reason_decode(struct slice value, struct sip_reason *ret);

/* The first value of a message's Reason headers with that protocol, in any case; there may be but one (RFC
 * 3326 2). False, and *ret untouched, where there is none. */
bool sip_reason_find(const struct sip_msg *m, struct slice protocol, struct sip_reason *ret);

#endif
