/* What can be wrong with a SIP message, as bits: a message is described by the set of them and never lost.
 */
#ifndef CPMSPEC_SIP_DEFECT_H
#define CPMSPEC_SIP_DEFECT_H

#include <stdint.h>

enum sip_defect {
    SIP_DEFECT_LF = 1u << 0,             /* a line ended by LF alone */
    SIP_DEFECT_CR = 1u << 1,             /* CR without LF */
    SIP_DEFECT_NUL = 1u << 2,            /* a NUL in the header part */
    SIP_DEFECT_NO_COLON = 1u << 3,       /* a header line without ':' */
    SIP_DEFECT_START_LINE = 1u << 4,     /* spaces, version or status not as 7.1/7.2 has them */
    SIP_DEFECT_VERSION = 1u << 5,        /* not exactly "SIP/2.0" */
    SIP_DEFECT_STATUS = 1u << 6,         /* outside 100..699 */
    SIP_DEFECT_NO_BLANK_LINE = 1u << 7,  /* the header part does not end */
    SIP_DEFECT_CONTENT_LENGTH = 1u << 8, /* not a number, too large, twice and different */
    SIP_DEFECT_BODY_SHORT = 1u << 9,     /* fewer bytes than Content-Length says */
    SIP_DEFECT_BODY_LONG = 1u << 10,     /* a datagram with bytes after the body */
    SIP_DEFECT_MISSING = 1u << 11,       /* one of Via, From, To, Call-ID, CSeq is not there */
    SIP_DEFECT_REPEATED = 1u << 12,      /* a header that may stand but once stands there again: From, To,
                                            Call-ID, CSeq, Max-Forwards, Content-Length, Content-Type */
    SIP_DEFECT_CSEQ = 1u << 13, /* CSeq not "number method", over 2**31 - 1, or not the start line's method */
    SIP_DEFECT_EMPTY = 1u << 14,        /* an empty Via, From, To, Call-ID or CSeq */
    SIP_DEFECT_LEADING_CRLF = 1u << 15, /* skipped before the start line (legal, 7.5) */
    SIP_DEFECT_FIELDS = 1u << 16,       /* more header fields than the table holds: see `fields_lost` */
    SIP_DEFECT_CUT = 1u << 17,          /* the capture holds only a part of it: set by who knows that */
    SIP_DEFECT_FOLDED = 1u << 18,       /* a folded line (legal, 7.3.1) */
    SIP_DEFECT_NAME = 1u << 19,         /* a header name that is no token: empty, or with odd characters */
    SIP_DEFECT_NO_LENGTH = 1u << 20,    /* no Content-Length on a stream (18.3, 20.14) */
};

/* Those that are no fault of the sender: legal forms, and what the capture did. */
#define SIP_DEFECTS_LEGAL (SIP_DEFECT_LEADING_CRLF | SIP_DEFECT_FOLDED | SIP_DEFECT_CUT | SIP_DEFECT_FIELDS)

/* The words for the lowest bit set in `defects` ("a line ended by LF alone"); NULL for 0. */
const char *sip_defect_text(uint32_t defects);

#endif
