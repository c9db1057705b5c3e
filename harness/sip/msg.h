/* One SIP message as it is (RFC 3261 7): the scanner finds where everything lies and decodes nothing; what
 * is wrong with a message becomes defect bits, never a reason to lose it. Zero-copy: positions are offsets
 * from `base`, so a message that is copied elsewhere is moved by changing `base`. */
#ifndef CPMSPEC_SIP_MSG_H
#define CPMSPEC_SIP_MSG_H

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

/* What is wrong with a message; a set of bits. */
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
    SIP_DEFECT_REPEATED = 1u << 12,      /* From, To, Call-ID, CSeq or Max-Forwards more than once */
    SIP_DEFECT_CSEQ = 1u << 13, /* CSeq not "number method", over 2**31 - 1, or not the start line's method */
    SIP_DEFECT_EMPTY = 1u << 14,        /* an empty Via, From, To, Call-ID or CSeq */
    SIP_DEFECT_LEADING_CRLF = 1u << 15, /* skipped before the start line (legal, 7.5) */
    SIP_DEFECT_FIELDS = 1u << 16,       /* more header fields than the table holds: see `fields_lost` */
    SIP_DEFECT_CUT = 1u << 17,          /* the capture holds only a part of it */
    SIP_DEFECT_FOLDED = 1u << 18,       /* a folded line (legal, 7.3.1) */
};

/* One header field line. Offsets from the message's base; the value runs without surrounding white space,
 * with folds inside it as they are. */
struct sip_field {
    uint32_t name, value; /* offsets */
    uint32_t value_len;
    uint16_t name_len;
    uint8_t id; /* enum sip_header */
    uint8_t reserved;
};

enum { SIP_FIELDS_MAX = 128 };

struct sip_msg {
    const char *base;  /* first byte of the start line */
    uint32_t len;      /* of the whole message, body included */
    uint32_t head_len; /* up to and including the blank line */
    uint32_t defects;  /* enum sip_defect */
    uint16_t status;   /* of a response; 0 for a request */
    uint8_t method;    /* enum sip_method: of the start line, or of a response's CSeq */
    uint8_t version_ok;
    uint32_t method_off, method_len; /* the method's text (for a response: that of its CSeq) */
    uint32_t uri_off, uri_len;       /* Request-URI; for a response, the reason phrase */
    uint32_t body_off, body_len;
    uint32_t nfields;     /* in field[] */
    uint32_t fields_lost; /* header fields that the table had no room for; the known ones are indexed all
                             the same where they are the first of their kind */
    int16_t first[SIP_HEADER_COUNT];  /* index of the first field of each kind, or -1 */
    uint16_t count[SIP_HEADER_COUNT]; /* how many field lines of each kind, lost ones included */
    struct sip_field *field;          /* the caller's table, SIP_FIELDS_MAX long while scanning */
};

enum sip_scan_result {
    SIP_SCAN_OK,   /* a message; *ret_used bytes are done with, leading CRLFs included */
    SIP_SCAN_MORE, /* a stream: the message goes on beyond these bytes */
    SIP_SCAN_SKIP, /* *ret_used bytes that are no message: keep-alive (RFC 5626) or garbage up to a start line
                    */
    SIP_SCAN_NOT_SIP /* these bytes do not begin a SIP message */
};

/* How the bytes came. */
enum sip_framing { SIP_DATAGRAM, SIP_STREAM, SIP_STREAM_END /* no more bytes will come */ };

/* Scans one message at the start of `in`. `table` has SIP_FIELDS_MAX entries and is referred to by *m. Never
 * fails on what is in a message, never allocates. RFC 3261 7, 18.3. */
enum sip_scan_result sip_scan(struct sip_msg *m, struct sip_field *table, struct slice in,
                              enum sip_framing framing, size_t *ret_used);

static inline struct slice sip_field_name(const struct sip_msg *m, const struct sip_field *f)
{
    return (struct slice){m->base + f->name, f->name_len};
}

static inline struct slice sip_field_value(const struct sip_msg *m, const struct sip_field *f)
{
    return (struct slice){m->base + f->value, f->value_len};
}

/* The value of the first header of a kind; p == NULL where there is none. */
static inline struct slice sip_value(const struct sip_msg *m, enum sip_header id)
{
    if (m->first[id] < 0)
        return (struct slice){NULL, 0};
    return sip_field_value(m, &m->field[m->first[id]]);
}

static inline bool sip_has(const struct sip_msg *m, enum sip_header id)
{
    return m->count[id] > 0;
}

static inline struct slice sip_text(const struct sip_msg *m)
{
    return (struct slice){m->base, m->len};
}

static inline struct slice sip_method_text(const struct sip_msg *m)
{
    return (struct slice){m->base + m->method_off, m->method_len};
}

/* Request-URI of a request, reason phrase of a response. */
static inline struct slice sip_uri(const struct sip_msg *m)
{
    return (struct slice){m->base + m->uri_off, m->uri_len};
}

static inline struct slice sip_body(const struct sip_msg *m)
{
    return (struct slice){m->base + m->body_off, m->body_len};
}

/* The first header whose name is `name` (any case; not the compact form); p == NULL where there is none. */
struct slice sip_value_named(const struct sip_msg *m, struct slice name);

/* The long name of a known header; the id for a name in either form, SIP_OTHER for an unknown one. */
const char *sip_header_name(enum sip_header id);
enum sip_header sip_header_id(struct slice name);
enum sip_method sip_method_id(struct slice name); /* case-sensitive, RFC 3261 7.1 */

/* The words for the lowest bit set in `defects` ("a line ended by LF alone"); NULL for 0. */
const char *sip_defect_text(uint32_t defects);

#endif
