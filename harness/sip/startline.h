/* Whether a line is the start line of a SIP message, and its parts (RFC 3261 7.1, 7.2). For the scanner's own
 * use. */
#ifndef CPMSPEC_SIP_STARTLINE_H
#define CPMSPEC_SIP_STARTLINE_H

#include "sip/msg.h"

struct startline {
    struct slice method; /* of a request */
    struct slice uri;    /* Request-URI, or reason phrase */
    uint16_t status;     /* 0 for a request */
    bool version_ok;
    uint32_t defects; /* START_LINE, VERSION, STATUS */
};

/* `line` without its LF, a CR at its end allowed. What is wrong with a start line is tolerated as long as it
 * can be nothing but one of SIP; on a stream a little less is, because there it is also how garbage ends.
 * False, and *ret unspecified, for any other line. */
bool startline_read(struct slice line, bool stream, struct startline *ret);

/* Whether a line is the first of another protocol that looks like SIP: HTTP, RTSP, ICAP, MSRP. */
bool startline_foreign(struct slice line);

#endif
