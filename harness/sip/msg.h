/* One SIP message as it is (RFC 3261 7): the scanner finds where everything lies and decodes nothing; what
 * is wrong with a message becomes defect bits, never a reason to lose it. Zero-copy: positions are offsets
 * from `base`, so a message that is copied elsewhere is moved by changing `base`. */
#ifndef CPMSPEC_SIP_MSG_H
#define CPMSPEC_SIP_MSG_H

#include "sip/defect.h"
#include "sip/header.h"

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

_Static_assert(SIP_FIELDS_MAX - 1 <= INT8_MAX, "sip_msg.first has an index");

/* The status of a response whose Status-Code is no number, is zero, or does not fit. */
enum { SIP_STATUS_BAD = 0xffff };

struct sip_msg {
    const char *base;                /* first byte of the start line */
    uint32_t len;                    /* of the whole message, body included */
    uint32_t head_len;               /* up to and including the blank line */
    uint32_t defects;                /* enum sip_defect */
    uint16_t status;                 /* of a response; 0 for a request */
    uint8_t method;                  /* enum sip_method: of the start line, or of a response's CSeq */
    uint8_t version_ok;              /* "SIP/2.0", in any case (RFC 3261 7.1) */
    uint8_t cseq_ok;                 /* the first CSeq can be read: it has a number and a method */
    uint32_t cseq;                   /* its number; 0 where it cannot be read */
    uint32_t method_off, method_len; /* the method's text (for a response: that of its CSeq) */
    uint32_t uri_off, uri_len;       /* Request-URI; for a response, the reason phrase */
    uint32_t body_off, body_len;
    uint32_t nfields;     /* in field[] */
    uint32_t fields_lost; /* header fields that the table had no room for: unknown ones go first, then known
                             ones that repeat; the first of each known kind always stays */
    int8_t first[SIP_HEADER_COUNT];   /* index of the first field of each kind, or -1 */
    uint16_t count[SIP_HEADER_COUNT]; /* how many field lines of each kind, lost ones included */
    struct sip_field *field;          /* the caller's table, SIP_FIELDS_MAX long while scanning */
};

enum sip_scan_result {
    SIP_SCAN_OK,     /* a message */
    SIP_SCAN_MORE,   /* a stream: what begins here goes on beyond these bytes */
    SIP_SCAN_SKIP,   /* bytes that are no message: a keep-alive (all CR and LF, RFC 5626) or garbage */
    SIP_SCAN_NOT_SIP /* these bytes do not begin a SIP message */
};

/* How the bytes came. */
enum sip_framing { SIP_DATAGRAM, SIP_STREAM, SIP_STREAM_END /* no more bytes will come */ };

/* Scans one message at the start of `in` (RFC 3261 7, 18.3). `table` has SIP_FIELDS_MAX entries and is
 * referred to by *m. Never fails on what is in a message, never allocates; *m is filled for SIP_SCAN_OK only.
 * Of more than 2**31 - 1 bytes only so many are looked at.
 *
 * *ret_used is how many bytes are done with:
 * - OK: of a datagram all of it (what lies behind the body is discarded, 18.3, and is a defect; `len` ends
 *   before it); of a stream the message.
 * - SKIP: at least 1. On a stream it ends at a line's start, before the next line that is empty or can be a
 *   start line; CRLFs between messages are skips of their own there, so that the messages do not depend on
 *   how the bytes were cut into segments. Unfinished lines are kept for the next call, except at the end.
 * - MORE: 0.
 * - NOT_SIP: of a datagram 0; of a stream what may be dropped to look on behind it, as with SKIP, and 0
 *   while there is no line's end. It is said only of what is plainly another protocol's (binary bytes, or a
 *   first line of HTTP, RTSP, MSRP and the like), so that a stream may be given up that begins with it. One
 *   that has carried a message, or that begins after a gap, goes on.
 *
 * A datagram's body reaches to its end where no usable Content-Length is there; a stream's is empty. Where a
 * whole start line stands among the header fields the message ends before it (its blank line is missing). */
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

static inline bool sip_is_response(const struct sip_msg *m)
{
    return m->status != 0;
}

static inline struct slice sip_text(const struct sip_msg *m)
{
    return (struct slice){m->base, m->len};
}

static inline struct slice sip_method_text(const struct sip_msg *m)
{
    return (struct slice){m->base + m->method_off, m->method_len};
}

/* Whether the capture cut the message off before the end of its header fields: what it lacks says nothing of
 * its sender, and the last value may be cut as well. */
static inline bool sip_head_cut(const struct sip_msg *m)
{
    return (m->defects & SIP_DEFECT_CUT) && (m->defects & SIP_DEFECT_NO_BLANK_LINE);
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

#endif
