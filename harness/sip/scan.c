#include "sip/msg.h"

#include "sip/lex.h"
#include "sip/lines.h"
#include "sip/startline.h"
#include "sip/value.h"

/* What is looked at, and the largest Content-Length that is believed. */
enum { SCAN_MAX = INT32_MAX };

/* What every message must have (RFC 3261 8.1.1; Max-Forwards is a request's affair). */
#define NEEDED (1u << SIP_VIA | 1u << SIP_FROM | 1u << SIP_TO | 1u << SIP_CALL_ID | 1u << SIP_CSEQ)

struct scan {
    struct sip_msg *m;
    struct sip_field *table;
    const char *p; /* first byte of the start line */
    size_t n;
    uint32_t others; /* fields of unknown kind in the table */
};

/* How the header part ended. */
enum head_end { HEAD_BLANK_LINE, HEAD_START_LINE, HEAD_OPEN };

static void drop_field(struct scan *s, uint32_t at)
{
    struct sip_msg *m = s->m;
    uint8_t id = s->table[at].id;

    s->others -= id == SIP_OTHER;
    memmove(&s->table[at], &s->table[at + 1], (m->nfields - at - 1) * sizeof *s->table);
    m->nfields--;
    for (int i = 0; i < SIP_HEADER_COUNT; i++)
        if (m->first[i] > (int)at)
            m->first[i]--;
        else if (m->first[i] == (int)at)
            m->first[i] = -1;
}

/* Makes room in a full table for a field of a kind: from the end, an unknown field gives way to a known one,
 * and one that repeats to the first of another kind. There are more places than kinds, so that the first of
 * each kind always finds one. */
static bool make_room(struct scan *s, enum sip_header id)
{
    struct sip_msg *m = s->m;
    bool first = m->first[id] < 0;
    uint32_t i = m->nfields;

    if (id == SIP_OTHER || (!s->others && !first))
        return false;
    while (i-- > 0) {
        uint8_t have = s->table[i].id;
        if (s->others ? have == SIP_OTHER : m->first[have] != (int)i) {
            drop_field(s, i);
            return true;
        }
    }
    return false;
}

static void put_field(struct scan *s, enum sip_header id, struct slice name, struct slice value)
{
    struct sip_msg *m = s->m;
    struct sip_field *f;

    if (m->count[id] < UINT16_MAX)
        m->count[id]++;
    if (value.n == 0 && (NEEDED >> id & 1))
        m->defects |= SIP_DEFECT_EMPTY;
    if (m->nfields == SIP_FIELDS_MAX) {
        m->fields_lost++;
        m->defects |= SIP_DEFECT_FIELDS;
        if (!make_room(s, id))
            return;
    }
    s->others += id == SIP_OTHER;
    if (m->first[id] < 0)
        m->first[id] = (int8_t)m->nfields;
    f = &s->table[m->nfields++];
    f->name = (uint32_t)(name.p - s->p);
    f->name_len = (uint16_t)name.n;
    f->value = (uint32_t)(value.p - s->p);
    f->value_len = (uint32_t)value.n;
    f->id = (uint8_t)id;
    f->reserved = 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A line whose name is no token may be the start line of the next message. */
static bool is_next_start(const char *p, const char *line_end)
{
    struct startline start;
    return startline_read(lex_slice(p, line_end), true, &start) && !start.defects;
}

/* lex_trimmed, quick for the usual " value CR". */
static struct slice field_value(const char *p, const char *end)
{
    if (end - p > 3 && p[0] == ' ' && (unsigned char)p[1] > ' ' && end[-1] == '\r' &&
        (unsigned char)end[-2] > ' ')
        return lex_slice(p + 1, end - 1);
    return lex_trimmed(p, end);
}

/* One header field: its first line ends at `line_end`, its folds at `end`. False where it is the start line
 * of another message. */
static bool add_field(struct scan *s, const char *p, const char *line_end, const char *end)
{
    const char *colon = lines_find(p, line_end, s->p + s->n, ':');
    const char *name_end;
    struct slice name;
    enum sip_header id;

    if (!colon) {
        if (is_next_start(p, line_end))
            return false;
        s->m->defects |= SIP_DEFECT_NO_COLON;
        return true;
    }
    name_end = colon;
    /* The byte before is a part of the name, nearly always: it is looked at before it is asked whose it is.
     */
    if ((unsigned char)colon[-1] <= ' ')
        while (name_end > p && is_blank(name_end[-1]))
            name_end--;
    name = lex_slice(p, name_end);
    id = sip_header_id(name);
    if (id == SIP_OTHER && !lex_is_token(name)) {
        if (is_next_start(p, line_end))
            return false;
        s->m->defects |= SIP_DEFECT_NAME;
        name = slice_head(name, UINT16_MAX);
    }
    if (name.n > UINT16_MAX) {
        s->m->defects |= SIP_DEFECT_NAME;
        name.n = UINT16_MAX;
    }
    put_field(s, id, name, field_value(colon + 1, end));
    return true;
}

/* Whether nothing but CRs lies there: an empty line, however it is mangled. */
static bool is_empty_line(const char *p, const char *end)
{
    while (p < end && *p == '\r')
        p++;
    return p == end;
}

/* Defects of the bytes of a header part that ends before a line already walked over. */
static uint32_t line_defects(const char *p, size_t n)
{
    struct lines l;

    lines_start(&l, p, n);
    while (lines_next(&l) < n)
        continue;
    return l.defects;
}

/* All header fields from `pos` on; *ret_end is where the header part ends. Where more may come, nothing is
 * made of a line without end. */
static enum head_end scan_fields(struct scan *s, struct lines lines, size_t pos, bool more, size_t *ret_end)
{
    const char *const p = s->p;
    const size_t n = s->n;
    enum head_end ended = HEAD_OPEN;
    size_t line_end = 0; /* of the first line of a field with folds */
    bool low;            /* the line may be empty, or a fold */

    /* White space before the first field continues nothing: the start line is not folded. */
    for (; pos < n && is_blank(p[pos]); pos++)
        s->m->defects |= SIP_DEFECT_START_LINE;
    *ret_end = n;
    low = pos < n && (unsigned char)p[pos] <= ' ';
    while (pos < n) {
        size_t lf = lines_next(&lines);

        if (lf == n && more)
            break;
        if (low && !line_end && is_empty_line(p + pos, p + lf)) {
            ended = lf < n ? HEAD_BLANK_LINE : HEAD_OPEN;
            *ret_end = lf < n ? lf + 1 : n;
            break;
        }
        line_end = line_end ? line_end : lf;
        low = lf + 1 < n && (unsigned char)p[lf + 1] <= ' ';
        if (low && is_blank(p[lf + 1]))
            continue;
        if (!add_field(s, p + pos, p + line_end, p + lf)) {
            *ret_end = pos;
            s->m->defects |= line_defects(p, pos);
            return HEAD_START_LINE;
        }
        if (lf != line_end)
            s->m->defects |= SIP_DEFECT_FOLDED;
        pos = lf + 1;
        line_end = 0;
    }
    s->m->defects |= lines.defects;
    return ended;
}

/* Content-Length: the first that is a number, and whether all agree. */
static bool content_length(struct sip_msg *m, uint32_t *ret)
{
    bool have = false;
    uint64_t first = 0, value;

    for (uint32_t i = (uint32_t)m->first[SIP_CONTENT_LENGTH], left = m->count[SIP_CONTENT_LENGTH];
         left && i < m->nfields; i++) {
        if (m->field[i].id != SIP_CONTENT_LENGTH)
            continue;
        left--;
        if (!slice_number(sip_field_value(m, &m->field[i]), SCAN_MAX, &value)) {
            m->defects |= SIP_DEFECT_CONTENT_LENGTH;
        } else if (!have) {
            first = value;
            have = true;
        } else if (value != first) {
            m->defects |= SIP_DEFECT_CONTENT_LENGTH;
        }
    }
    *ret = (uint32_t)first;
    return have;
}

/* The body's place and length, with its defects. False where a stream does not have all of it yet. */
static bool scan_body(struct scan *s, enum head_end ended, enum sip_framing framing)
{
    struct sip_msg *m = s->m;
    size_t rest = s->n - m->head_len;
    uint32_t length = 0;
    bool have = m->count[SIP_CONTENT_LENGTH] && content_length(m, &length);

    if (ended == HEAD_START_LINE)
        rest = 0;
    if (!have && framing == SIP_DATAGRAM)
        length = (uint32_t)rest;
    if (!m->count[SIP_CONTENT_LENGTH] && framing != SIP_DATAGRAM)
        m->defects |= SIP_DEFECT_NO_LENGTH;
    if (length > rest && framing == SIP_STREAM && ended == HEAD_BLANK_LINE)
        return false;
    m->body_off = m->head_len;
    m->body_len = length;
    if (length > rest) {
        m->body_len = (uint32_t)rest;
        m->defects |= SIP_DEFECT_BODY_SHORT;
    }
    m->len = m->head_len + m->body_len;
    if (framing == SIP_DATAGRAM && m->len < s->n)
        m->defects |= SIP_DEFECT_BODY_LONG;
    return true;
}

static const uint8_t single[] = {SIP_FROM,           SIP_TO,          SIP_CALL_ID, SIP_CSEQ, SIP_MAX_FORWARDS,
                                 SIP_CONTENT_LENGTH, SIP_CONTENT_TYPE};

/* Which headers are missing, or there too often. */
static void check_fields(struct sip_msg *m)
{
    for (size_t i = 0; i < sizeof single; i++)
        if (m->count[single[i]] > 1)
            m->defects |= SIP_DEFECT_REPEATED;
    if (!m->count[SIP_VIA] || !m->count[SIP_FROM] || !m->count[SIP_TO] || !m->count[SIP_CALL_ID] ||
        !m->count[SIP_CSEQ])
        m->defects |= SIP_DEFECT_MISSING;
}

/* CSeq against the start line; a response has its method from there. */
static void check_cseq(struct sip_msg *m)
{
    uint32_t number = 0;
    struct slice method = {NULL, 0};
    bool ok;

    m->cseq = 0;
    m->cseq_ok = false;
    if (m->first[SIP_CSEQ] < 0)
        return;
    ok = sip_cseq_decode(sip_value(m, SIP_CSEQ), &number, &method);
    m->cseq_ok = ok;
    m->cseq = ok ? number : 0;
    if (m->status) {
        m->method = (uint8_t)sip_method_id(method);
        m->method_off = method.n ? (uint32_t)(method.p - m->base) : 0;
        m->method_len = (uint32_t)method.n;
    } else if (!slice_eq(method, sip_method_text(m))) {
        ok = false;
    }
    if (!ok || number > INT32_MAX)
        m->defects |= SIP_DEFECT_CSEQ;
}

static void msg_start(struct sip_msg *m, const struct scan *s, const struct startline *start)
{
    m->base = s->p;
    m->defects = start->defects;
    m->status = start->status;
    m->version_ok = start->version_ok;
    m->method = start->status ? SIP_METHOD_OTHER : (uint8_t)sip_method_id(start->method);
    m->method_off = (uint32_t)(start->method.p - s->p);
    m->method_len = (uint32_t)start->method.n;
    m->uri_off = (uint32_t)(start->uri.p - s->p);
    m->uri_len = (uint32_t)start->uri.n;
    m->nfields = m->fields_lost = 0;
    memset(m->first, 0xff, sizeof m->first);
    memset(m->count, 0, sizeof m->count);
    m->field = s->table;
}

/* Everything behind the start line, which ends at `lf`. */
static enum sip_scan_result scan_rest(struct scan *s, const struct lines *lines, size_t lf,
                                      enum sip_framing framing)
{
    struct sip_msg *m = s->m;
    size_t head = s->n;
    enum head_end ended = scan_fields(s, *lines, lf < s->n ? lf + 1 : lf, framing == SIP_STREAM, &head);

    if (ended == HEAD_OPEN && framing == SIP_STREAM)
        return SIP_SCAN_MORE;
    m->head_len = (uint32_t)head;
    if (ended != HEAD_BLANK_LINE)
        m->defects |= SIP_DEFECT_NO_BLANK_LINE;
    if (!scan_body(s, ended, framing))
        return SIP_SCAN_MORE;
    check_fields(m);
    check_cseq(m);
    return SIP_SCAN_OK;
}

/* Garbage on a stream: up to the next line that can be a start line, or the last unfinished one. An empty
 * line ends it too, because CRs and LFs before a start line do not belong to it. */
static size_t garbage_length(struct slice in, enum sip_framing framing)
{
    size_t pos = slice_find(in, '\n');
    struct startline start;

    while (pos < in.n) {
        struct slice rest = slice_tail(in, ++pos);
        size_t lf = slice_find(rest, '\n');
        if (lf == rest.n && framing == SIP_STREAM)
            return pos;
        if (rest.n && (rest.p[0] == '\r' || rest.p[0] == '\n'))
            return pos;
        if (rest.n && lex_is(rest.p[0], LEX_TOKEN) && startline_read(slice_head(rest, lf), true, &start))
            return pos;
        pos += lf;
    }
    return framing == SIP_STREAM ? 0 : in.n;
}

/* Bytes that begin no text of any protocol of this family. */
static bool is_binary(char c)
{
    unsigned char u = (unsigned char)c;
    return (u < ' ' && u != '\t') || u > '~';
}

static enum sip_scan_result no_start_line(struct slice in, size_t lf, enum sip_framing framing,
                                          size_t *ret_used)
{
    if (framing == SIP_DATAGRAM)
        return SIP_SCAN_NOT_SIP;
    *ret_used = garbage_length(in, framing);
    if (is_binary(in.p[0]) || (lf < in.n && startline_foreign(slice_head(in, lf))))
        return SIP_SCAN_NOT_SIP;
    return *ret_used ? SIP_SCAN_SKIP : SIP_SCAN_MORE;
}

static size_t leading_crlf(struct slice in)
{
    size_t n = 0;

    while (n < in.n && (in.p[n] == '\r' || in.p[n] == '\n'))
        n++;
    return n;
}

enum sip_scan_result sip_scan(struct sip_msg *m, struct sip_field *table, struct slice in,
                              enum sip_framing framing, size_t *ret_used)
{
    struct scan s = {.m = m, .table = table};
    struct startline start;
    struct lines lines;
    enum sip_scan_result result;
    size_t lead, lf;

    in = slice_head(in, SCAN_MAX);
    lead = leading_crlf(in);
    *ret_used = 0;
    if (in.n == 0)
        return framing == SIP_STREAM ? SIP_SCAN_MORE : SIP_SCAN_NOT_SIP;
    if (lead == in.n || (lead && framing != SIP_DATAGRAM)) {
        *ret_used = lead;
        return SIP_SCAN_SKIP;
    }
    s.p = in.p + lead;
    s.n = in.n - lead;
    lines_start(&lines, s.p, s.n);
    lf = lines_next(&lines);
    if ((lf == s.n && framing == SIP_STREAM && !is_binary(*s.p)))
        return SIP_SCAN_MORE;
    if (!startline_read(lex_slice(s.p, s.p + lf), framing != SIP_DATAGRAM, &start))
        return no_start_line(in, lf, framing, ret_used);
    msg_start(m, &s, &start);
    if (lead)
        m->defects |= SIP_DEFECT_LEADING_CRLF;
    result = scan_rest(&s, &lines, lf, framing);
    if (result == SIP_SCAN_OK)
        *ret_used = framing == SIP_DATAGRAM ? in.n : m->len;
    return result;
}
