#include "sip/header.h"

#include "sip/lex.h"

struct name {
    const char *text;
    bool list;
};

static const struct name names[SIP_HEADER_COUNT] = {
    [SIP_OTHER] = {"", false},
    [SIP_VIA] = {"Via", true},
    [SIP_ROUTE] = {"Route", true},
    [SIP_RECORD_ROUTE] = {"Record-Route", true},
    [SIP_FROM] = {"From", false},
    [SIP_TO] = {"To", false},
    [SIP_CALL_ID] = {"Call-ID", false},
    [SIP_CSEQ] = {"CSeq", false},
    [SIP_MAX_FORWARDS] = {"Max-Forwards", false},
    [SIP_CONTACT] = {"Contact", true},
    [SIP_CONTENT_LENGTH] = {"Content-Length", false},
    [SIP_CONTENT_TYPE] = {"Content-Type", false},
    [SIP_REASON] = {"Reason", true},
    [SIP_CONTRIBUTION_ID] = {"Contribution-ID", false},
    [SIP_CONVERSATION_ID] = {"Conversation-ID", false},
    [SIP_SESSION_ID] = {"Session-ID", false},
    [SIP_P_CHARGING_VECTOR] = {"P-Charging-Vector", false},
    [SIP_P_CHARGING_FUNCTION_ADDRESSES] = {"P-Charging-Function-Addresses", true},
    [SIP_P_ASSERTED_IDENTITY] = {"P-Asserted-Identity", true},
    [SIP_P_ASSERTED_SERVICE] = {"P-Asserted-Service", true},
    [SIP_P_PREFERRED_SERVICE] = {"P-Preferred-Service", true},
    [SIP_ACCEPT_CONTACT] = {"Accept-Contact", true},
    [SIP_SESSION_EXPIRES] = {"Session-Expires", false},
    [SIP_RSEQ] = {"RSeq", false},
};

/* Every registered compact form: IANA, SIP parameters, header fields. */
static const struct compact {
    uint8_t id;
    uint8_t len;
    const char *text; /* the long form */
} compacts[26] = {
#define COMPACT(letter, id, text) [(letter) - 'a'] = {id, sizeof(text) - 1, text}
    COMPACT('a', SIP_ACCEPT_CONTACT, "Accept-Contact"),
    COMPACT('b', SIP_OTHER, "Referred-By"),
    COMPACT('c', SIP_CONTENT_TYPE, "Content-Type"),
    COMPACT('d', SIP_OTHER, "Request-Disposition"),
    COMPACT('e', SIP_OTHER, "Content-Encoding"),
    COMPACT('f', SIP_FROM, "From"),
    COMPACT('i', SIP_CALL_ID, "Call-ID"),
    COMPACT('j', SIP_OTHER, "Reject-Contact"),
    COMPACT('k', SIP_OTHER, "Supported"),
    COMPACT('l', SIP_CONTENT_LENGTH, "Content-Length"),
    COMPACT('m', SIP_CONTACT, "Contact"),
    COMPACT('n', SIP_OTHER, "Identity-Info"),
    COMPACT('o', SIP_OTHER, "Event"),
    COMPACT('r', SIP_OTHER, "Refer-To"),
    COMPACT('s', SIP_OTHER, "Subject"),
    COMPACT('t', SIP_TO, "To"),
    COMPACT('u', SIP_OTHER, "Allow-Events"),
    COMPACT('v', SIP_VIA, "Via"),
    COMPACT('x', SIP_SESSION_EXPIRES, "Session-Expires"),
    COMPACT('y', SIP_OTHER, "Identity"),
};

static const struct compact *compact_of(char c)
{
    unsigned i = ((unsigned char)c | 0x20u) - 'a';
    /* Only letters are folded: '|' 0x20 would take others for them, but those lie outside a..z. */
    return i < 26 && ((unsigned char)c & 0x40) && compacts[i].text ? &compacts[i] : NULL;
}

/* By length, so that a name is compared with three others at most, each known to the compiler. */
static enum sip_header long_name_id(const char *p, size_t n)
{
#define IS(id, lower)                                                                                        \
    if (lex_same(p, lower, sizeof(lower) - 1))                                                               \
    return id
    switch (n) {
    case 2:
        IS(SIP_TO, "to");
        break;
    case 3:
        IS(SIP_VIA, "via");
        break;
    case 4:
        IS(SIP_FROM, "from");
        IS(SIP_CSEQ, "cseq");
        IS(SIP_RSEQ, "rseq");
        break;
    case 5:
        IS(SIP_ROUTE, "route");
        break;
    case 6:
        IS(SIP_REASON, "reason");
        break;
    case 7:
        IS(SIP_CALL_ID, "call-id");
        IS(SIP_CONTACT, "contact");
        break;
    case 10:
        IS(SIP_SESSION_ID, "session-id");
        break;
    case 12:
        IS(SIP_RECORD_ROUTE, "record-route");
        IS(SIP_MAX_FORWARDS, "max-forwards");
        IS(SIP_CONTENT_TYPE, "content-type");
        break;
    case 14:
        IS(SIP_CONTENT_LENGTH, "content-length");
        IS(SIP_ACCEPT_CONTACT, "accept-contact");
        break;
    case 15:
        IS(SIP_CONTRIBUTION_ID, "contribution-id");
        IS(SIP_CONVERSATION_ID, "conversation-id");
        IS(SIP_SESSION_EXPIRES, "session-expires");
        break;
    case 17:
        IS(SIP_P_CHARGING_VECTOR, "p-charging-vector");
        break;
    case 18:
        IS(SIP_P_ASSERTED_SERVICE, "p-asserted-service");
        break;
    case 19:
        IS(SIP_P_ASSERTED_IDENTITY, "p-asserted-identity");
        IS(SIP_P_PREFERRED_SERVICE, "p-preferred-service");
        break;
    case 29:
        IS(SIP_P_CHARGING_FUNCTION_ADDRESSES, "p-charging-function-addresses");
        break;
    }
#undef IS
    return SIP_OTHER;
}

enum sip_header sip_header_id(struct slice name)
{
    if (name.n == 1) {
        const struct compact *c = compact_of(name.p[0]);
        return c ? (enum sip_header)c->id : SIP_OTHER;
    }
    return long_name_id(name.p, name.n);
}

const char *sip_header_name(enum sip_header id)
{
    return names[id].text;
}

bool sip_header_is_list(enum sip_header id)
{
    return names[id].list;
}

struct slice sip_name_long(struct slice name)
{
    const struct compact *c = name.n == 1 ? compact_of(name.p[0]) : NULL;
    return c ? (struct slice){c->text, c->len} : name;
}

enum sip_method sip_method_id(struct slice name)
{
#define IS(id)                                                                                               \
    if (memcmp(name.p, #id, sizeof #id - 1) == 0)                                                            \
    return SIP_##id
    switch (name.n) {
    case 3:
        IS(BYE);
        IS(ACK);
        break;
    case 4:
        IS(INFO);
        break;
    case 5:
        IS(PRACK);
        IS(REFER);
        break;
    case 6:
        IS(INVITE);
        IS(CANCEL);
        IS(UPDATE);
        IS(NOTIFY);
        break;
    case 7:
        IS(OPTIONS);
        IS(MESSAGE);
        IS(PUBLISH);
        break;
    case 8:
        IS(REGISTER);
        break;
    case 9:
        IS(SUBSCRIBE);
        break;
    default:
        break;
    }
#undef IS
    return SIP_METHOD_OTHER;
}
