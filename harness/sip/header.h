/* Names of header fields and methods (RFC 3261 7.1, 7.3.1, 7.3.3, 20). Header names are compared without
 * regard to case and in either form, method names exactly. */
#ifndef CPMSPEC_SIP_HEADER_H
#define CPMSPEC_SIP_HEADER_H

#include "base/slice.h"

/* Headers that something in the tool asks for. Compact forms (RFC 3261 7.3.3) have the id of the long form.
 */
enum sip_header {
    SIP_OTHER,
    SIP_VIA,
    SIP_ROUTE,
    SIP_RECORD_ROUTE,
    SIP_FROM,
    SIP_TO,
    SIP_CALL_ID,
    SIP_CSEQ,
    SIP_MAX_FORWARDS,
    SIP_CONTACT,
    SIP_CONTENT_LENGTH,
    SIP_CONTENT_TYPE,
    SIP_REASON,
    SIP_CONTRIBUTION_ID,
    SIP_CONVERSATION_ID,
    SIP_SESSION_ID,
    SIP_P_CHARGING_VECTOR,
    SIP_P_CHARGING_FUNCTION_ADDRESSES,
    SIP_P_ASSERTED_IDENTITY,
    SIP_P_ASSERTED_SERVICE,
    SIP_P_PREFERRED_SERVICE,
    SIP_ACCEPT_CONTACT,
    SIP_SESSION_EXPIRES,
    SIP_RSEQ,
    SIP_HEADER_COUNT,
};

enum sip_method {
    SIP_METHOD_OTHER,
    SIP_INVITE,
    SIP_ACK,
    SIP_BYE,
    SIP_CANCEL,
    SIP_REGISTER,
    SIP_OPTIONS,
    SIP_UPDATE,
    SIP_PRACK,
    SIP_INFO,
    SIP_MESSAGE,
    SIP_NOTIFY,
    SIP_SUBSCRIBE,
    SIP_REFER,
    SIP_PUBLISH,
    SIP_METHOD_COUNT,
};

/* The long name of a known header; the id for a name in either form, SIP_OTHER for an unknown one. */
const char *sip_header_name(enum sip_header id);
enum sip_header sip_header_id(struct slice name);
enum sip_method sip_method_id(struct slice name); /* case-sensitive, RFC 3261 7.1 */

/* Whether commas separate values in this header (RFC 3261 7.3.1). Of SIP_OTHER nothing is known: false. */
bool sip_header_is_list(enum sip_header id);

/* The long form of any header name: of a registered compact form ("s", "k", …) the long name, otherwise the
 * name itself. Two names are of one header where their long forms are slice_ieq. */
struct slice sip_name_long(struct slice name);

#endif
