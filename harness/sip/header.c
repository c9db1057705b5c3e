#include "sip/header.h"

#include "sip/lex.h"

struct name {
    const char *text;
    uint8_t len;
    bool list;
    char lower[32]; /* what a name is compared with */
};

#define NAME(text, lower, list)                                                                              \
    {                                                                                                        \
        text, sizeof(text) - 1, list, lower                                                                  \
    }

static const struct name names[SIP_HEADER_COUNT] = {
    [SIP_OTHER] = NAME("", "", false),
    [SIP_VIA] = NAME("Via", "via", true),
    [SIP_ROUTE] = NAME("Route", "route", true),
    [SIP_RECORD_ROUTE] = NAME("Record-Route", "record-route", true),
    [SIP_FROM] = NAME("From", "from", false),
    [SIP_TO] = NAME("To", "to", false),
    [SIP_CALL_ID] = NAME("Call-ID", "call-id", false),
    [SIP_CSEQ] = NAME("CSeq", "cseq", false),
    [SIP_MAX_FORWARDS] = NAME("Max-Forwards", "max-forwards", false),
    [SIP_CONTACT] = NAME("Contact", "contact", true),
    [SIP_CONTENT_LENGTH] = NAME("Content-Length", "content-length", false),
    [SIP_CONTENT_TYPE] = NAME("Content-Type", "content-type", false),
    [SIP_REASON] = NAME("Reason", "reason", true),
    [SIP_CONTRIBUTION_ID] = NAME("Contribution-ID", "contribution-id", false),
    [SIP_CONVERSATION_ID] = NAME("Conversation-ID", "conversation-id", false),
    [SIP_SESSION_ID] = NAME("Session-ID", "session-id", false),
    [SIP_P_CHARGING_VECTOR] = NAME("P-Charging-Vector", "p-charging-vector", false),
    [SIP_P_CHARGING_FUNCTION_ADDRESSES] =
        NAME("P-Charging-Function-Addresses", "p-charging-function-addresses", true),
    [SIP_P_ASSERTED_IDENTITY] = NAME("P-Asserted-Identity", "p-asserted-identity", true),
    [SIP_P_ASSERTED_SERVICE] = NAME("P-Asserted-Service", "p-asserted-service", true),
    [SIP_P_PREFERRED_SERVICE] = NAME("P-Preferred-Service", "p-preferred-service", true),
    [SIP_ACCEPT_CONTACT] = NAME("Accept-Contact", "accept-contact", true),
    [SIP_SESSION_EXPIRES] = NAME("Session-Expires", "session-expires", false),
    [SIP_RSEQ] = NAME("RSeq", "rseq", false),
};

/* The ids of the names of each length: no length has more than three. */
static const uint8_t by_length[30][3] = {
    [2] = {SIP_TO},
    [3] = {SIP_VIA},
    [4] = {SIP_FROM, SIP_CSEQ, SIP_RSEQ},
    [5] = {SIP_ROUTE},
    [6] = {SIP_REASON},
    [7] = {SIP_CALL_ID, SIP_CONTACT},
    [10] = {SIP_SESSION_ID},
    [12] = {SIP_MAX_FORWARDS, SIP_CONTENT_TYPE, SIP_RECORD_ROUTE},
    [14] = {SIP_CONTENT_LENGTH, SIP_ACCEPT_CONTACT},
    [15] = {SIP_SESSION_EXPIRES, SIP_CONTRIBUTION_ID, SIP_CONVERSATION_ID},
    [17] = {SIP_P_CHARGING_VECTOR},
    [18] = {SIP_P_ASSERTED_SERVICE},
    [19] = {SIP_P_ASSERTED_IDENTITY, SIP_P_PREFERRED_SERVICE},
    [29] = {SIP_P_CHARGING_FUNCTION_ADDRESSES},
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

enum sip_header sip_header_id(struct slice name)
{
    if (name.n == 1) {
        const struct compact *c = compact_of(name.p[0]);
        return c ? (enum sip_header)c->id : SIP_OTHER;
    }
    if (name.n >= sizeof by_length / sizeof by_length[0])
        return SIP_OTHER;
    for (int i = 0; i < 3 && by_length[name.n][i]; i++) {
        enum sip_header id = (enum sip_header)by_length[name.n][i];
        if (lex_same(name.p, names[id].lower, name.n))
            return id;
    }
    return SIP_OTHER;
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

static const struct slice methods[SIP_METHOD_COUNT] = {
#define METHOD(id) [SIP_##id] = {#id, sizeof(#id) - 1}
    METHOD(INVITE),  METHOD(ACK),       METHOD(BYE),   METHOD(CANCEL),  METHOD(REGISTER),
    METHOD(OPTIONS), METHOD(UPDATE),    METHOD(PRACK), METHOD(INFO),    METHOD(MESSAGE),
    METHOD(NOTIFY),  METHOD(SUBSCRIBE), METHOD(REFER), METHOD(PUBLISH),
};

enum sip_method sip_method_id(struct slice name)
{
    for (int i = 1; i < SIP_METHOD_COUNT; i++)
        if (slice_eq(name, methods[i]))
            return (enum sip_method)i;
    return SIP_METHOD_OTHER;
}
