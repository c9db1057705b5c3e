#include "sip/startline.h"

#include "sip/lex.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *blank_end(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

static const char *word_end(const char *p, const char *end)
{
    while (p < end && !is_blank(*p))
        p++;
    return p;
}

/* Where the last word of [p, end) begins; there is no white space at `end`. */
static const char *last_word(const char *p, const char *end)
{
    while (end > p && !is_blank(end[-1]))
        end--;
    return end;
}

/* 0 and the status, or the defects. Three digits are a status (RFC 3261 7.2). */
static uint32_t status_read(struct slice code, uint16_t *ret)
{
    uint64_t value;

    if (!slice_number(code, SIP_STATUS_BAD - 1, &value) || value == 0) {
        *ret = SIP_STATUS_BAD;
        return SIP_DEFECT_STATUS | SIP_DEFECT_START_LINE;
    }
    *ret = (uint16_t)value;
    return (code.n == 3 ? 0 : SIP_DEFECT_START_LINE) | (value < 100 || value > 699 ? SIP_DEFECT_STATUS : 0);
}

static void version_read(struct slice version, struct startline *ret)
{
    ret->version_ok = slice_ieq(version, SLICE("SIP/2.0"));
    if (!slice_eq(version, SLICE("SIP/2.0")))
        ret->defects |= SIP_DEFECT_VERSION;
}

/* [p, end) begins with "SIP/". A second '/' makes it a Via value and no status line. */
static bool response_read(const char *p, const char *end, struct startline *ret)
{
    const char *version_end = word_end(p, end);
    const char *code = blank_end(version_end, end);
    const char *code_end = word_end(code, end);

    if (memchr(p + 4, '/', (size_t)(version_end - p - 4)))
        return false;
    version_read(lex_slice(p, version_end), ret);
    ret->defects |= status_read(lex_slice(code, code_end), &ret->status);
    if (code - version_end != 1 || *version_end != ' ' || code_end == end || *code_end != ' ')
        ret->defects |= SIP_DEFECT_START_LINE;
    ret->uri = lex_slice(code_end < end ? code_end + 1 : end, end);
    ret->method = lex_slice(p, p);
    return true;
}

/* "scheme:" at the start, an opening angle bracket tolerated. */
static bool looks_like_uri(const char *p, const char *end)
{
    const char *q;

    if (p < end && *p == '<')
        p++;
    q = lex_token_end(p, end);
    return q > p && q < end && *q == ':';
}

/* "HTTP/1.1": a protocol's name and version. */
static bool is_protocol(const char *p, const char *end)
{
    const char *slash = memchr(p, '/', (size_t)(end - p));

    if (!slash || slash == p || end - slash < 2)
        return false;
    for (; p < slash; p++)
        if (((unsigned char)*p | 0x20u) - 'a' > 25u)
            return false;
    for (p = slash + 1; p < end; p++)
        if ((unsigned char)*p - (unsigned)'0' > 9u && *p != '.')
            return false;
    return true;
}

static bool request_ok(struct slice method, struct slice uri, bool versioned, bool stream)
{
    bool known = sip_method_id(method) != SIP_METHOD_OTHER;
    bool spaced = word_end(uri.p, uri.p + uri.n) != uri.p + uri.n;
    bool like_uri = looks_like_uri(uri.p, uri.p + uri.n);

    if (!versioned)
        return known && like_uri;
    if (known)
        return true;
    if (lex_is_token(method))
        return uri.n && (!spaced || like_uri);
    /* A name with a colon behind it is a header field that happens to end so. */
    return !stream && uri.n && !spaced && slice_find(method, ':') == method.n;
}

/* Method, URI, version, with any blanks between them; the URI is what lies between the first and the last
 * word. */
static bool request_read(const char *p, const char *end, bool stream, struct startline *ret)
{
    const char *method_end = word_end(p, end);
    const char *last = last_word(p, end);
    bool versioned = slice_istarts(lex_slice(last, end), SLICE("SIP/"));
    struct slice version;

    if (method_end == end || is_protocol(last, end) > versioned)
        return false;
    ret->method = lex_slice(p, method_end);
    ret->uri = lex_trimmed(method_end, versioned ? last : end);
    if (versioned) {
        version = lex_slice(last, end);
    } else {
        const char *uri_end = word_end(ret->uri.p, end);
        version = lex_trimmed(uri_end, end);
        ret->uri = lex_slice(ret->uri.p, uri_end);
    }
    if (!request_ok(ret->method, ret->uri, versioned, stream))
        return false;
    version_read(version, ret);
    ret->status = 0;
    if (!versioned || !lex_is_token(ret->method) || !ret->uri.n || ret->uri.p != method_end + 1 ||
        *method_end != ' ' || version.p != ret->uri.p + ret->uri.n + 1 || version.p[-1] != ' ' ||
        word_end(ret->uri.p, version.p) != version.p - 1)
        ret->defects |= SIP_DEFECT_START_LINE;
    return true;
}

/* "BYE sip:b@b SIP/2.0" with nothing wrong, the usual case, looked at but once. */
static bool request_plain(struct slice line, struct startline *ret)
{
    const char *p = line.p, *end = p + line.n - 8; /* of the URI */
    const char *method_end;

    if (line.n < 11 || memcmp(end, " SIP/2.0", 8) != 0)
        return false;
    method_end = lex_token_end(p, end);
    if (method_end == p || end - method_end < 2 || *method_end != ' ' || lex_has_space(method_end + 1, end))
        return false;
    *ret = (struct startline){
        .method = lex_slice(p, method_end), .uri = lex_slice(method_end + 1, end), .version_ok = true};
    return true;
}

/* "SIP/2.0 200 OK" */
static bool response_plain(struct slice line, struct startline *ret)
{
    const char *p = line.p, *end = p + line.n;
    uint64_t status;

    if (line.n < 12 || memcmp(p, "SIP/2.0 ", 8) != 0 || p[11] != ' ' ||
        !slice_number(lex_slice(p + 8, p + 11), 699, &status) || status < 100 ||
        memchr(p + 12, '\r', line.n - 12))
        return false;
    *ret = (struct startline){.method = lex_slice(p, p),
                              .uri = lex_slice(p + 12, end),
                              .version_ok = true,
                              .status = (uint16_t)status};
    return true;
}

static bool read_any(struct slice line, bool stream, struct startline *ret)
{
    const char *p = line.p, *end = p + line.n;
    const char *cr = memchr(p, '\r', line.n), *begin, *stop;
    bool response, ok;

    if (cr)
        end = cr;
    begin = blank_end(p, end);
    if (begin == end || (stream && begin != p))
        return false;
    response = slice_istarts(lex_slice(begin, end), SLICE("SIP/"));
    for (stop = end; is_blank(stop[-1]) && !response;)
        stop--;
    *ret = (struct startline){.defects = 0};
    ok = response ? response_read(begin, stop, ret) : request_read(begin, stop, stream, ret);
    if (begin != p || stop != end || (cr && cr + 1 != line.p + line.n))
        ret->defects |= SIP_DEFECT_START_LINE;
    return ok;
}

bool startline_read(struct slice line, bool stream, struct startline *ret)
{
    struct slice text = slice_head(line, line.n - (line.n && line.p[line.n - 1] == '\r'));

    return response_plain(text, ret) || request_plain(text, ret) || read_any(line, stream, ret);
}

bool startline_foreign(struct slice line)
{
    const char *p = line.p, *end = lex_trim_end(p, p + line.n);
    const char *first_end = word_end(p, end), *last = last_word(p, end);

    if (slice_starts(line, SLICE("MSRP ")))
        return true;
    return (is_protocol(p, first_end) && !slice_istarts(line, SLICE("SIP/"))) ||
           (last > p && is_protocol(last, end) && !slice_istarts(lex_slice(last, end), SLICE("SIP/")));
}
