#include "wire/sniff.h"

#include "wire/bytes.h"

/* No method is longer, and no start line is looked for beyond its first bytes. */
enum { METHOD_MAX = 64, LINE_MAX_SEEN = 4096, SEARCH_MAX = 8192 };

/* RFC 3261 25.1 `token`, and '/' so that "SIP/2.0" and "HTTP/1.1" are words too. */
static bool is_word(char c)
{
    static const bool word[256] = {
        ['!'] = true, ['%'] = true,         ['\''] = true,        ['*'] = true,         ['+'] = true,
        ['-'] = true, ['.'] = true,         ['/'] = true,         ['_'] = true,         ['`'] = true,
        ['~'] = true, ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
    };

    return word[(unsigned char)c];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What may follow the first word: of a start line, or of a header line where the start line is missing. */
static bool ends_word(char c)
{
    return is_blank(c) || c == '\r' || c == '\n' || c == ':';
}

static struct slice pass_line_ends(struct slice s)
{
    while (s.n && (s.p[0] == '\r' || s.p[0] == '\n'))
        s = slice_tail(s, 1);
    return s;
}

static struct slice first_line(struct slice s)
{
    s = slice_head(s, LINE_MAX_SEEN);
    s = slice_head(s, slice_find(s, '\n'));
    while (s.n && (s.p[s.n - 1] == '\r' || is_blank(s.p[s.n - 1])))
        s.n--;
    return s;
}

static bool contains_sip(struct slice line)
{
    for (size_t i = 0; i + 3 <= line.n; i++)
        if (slice_istarts(slice_tail(line, i), SLICE("sip")))
            return true;
    return false;
}

static bool ends_with_version_of(struct slice line, struct slice name)
{
    size_t n = name.n + 3; /* "HTTP/" "1.1" */

    return line.n >= n && slice_istarts(slice_tail(line, line.n - n), name);
}

static bool is_other_text(struct slice s, struct slice line)
{
    return slice_starts(s, SLICE("HTTP/")) || slice_starts(s, SLICE("MSRP ")) ||
           slice_starts(s, SLICE("RTSP/")) || ends_with_version_of(line, SLICE("HTTP/")) ||
           ends_with_version_of(line, SLICE("RTSP/"));
}

/* Length of the word that `s` begins with, up to METHOD_MAX. */
static size_t word_length(struct slice s)
{
    size_t n = 0;

    while (n < s.n && n < METHOD_MAX && is_word(s.p[n]))
        n++;
    return n;
}

/* Text that begins with a word, and speaks of SIP in its first line or gives a SIP version anywhere. */
static bool is_sip_like(struct slice s)
{
    size_t word = word_length(s);
    struct slice line;

    if (slice_starts(s, SLICE("SIP/2.0")))
        return true;
    if (word == 0 && !(s.n && is_blank(s.p[0])))
        return false;
    if (word < s.n && word < METHOD_MAX && !ends_word(s.p[word]))
        return false;
    line = first_line(s);
    if (is_other_text(s, line))
        return false;
    if (ends_with_version_of(line, SLICE("SIP/")))
        return true;
    s = slice_head(s, SEARCH_MAX);
    return contains_sip(line) || slice_find_slice(s, SLICE("SIP/2.0")) < s.n;
}

static bool is_keepalive(struct slice d)
{
    if (d.n > 16)
        return false;
    for (size_t i = 0; i < d.n; i++)
        if (d.p[i] != '\r' && d.p[i] != '\n' && d.p[i] != '\0' && d.p[i] != ' ')
            return false;
    return true;
}

enum sniff sniff_datagram(struct slice d)
{
    if (is_keepalive(d))
        return SNIFF_KEEPALIVE;
    return is_sip_like(pass_line_ends(d)) ? SNIFF_SIP : SNIFF_OTHER;
}

enum sniff sniff_stream(struct slice bytes)
{
    struct slice s = pass_line_ends(bytes);
    size_t word;

    if (s.n == 0)
        return SNIFF_KEEPALIVE;
    word = word_length(s);
    if (word == s.n && word < METHOD_MAX)
        return SNIFF_MORE;
    if (word && word < s.n && is_blank(s.p[word]) && s.n < LINE_MAX_SEEN && slice_find(s, '\n') == s.n &&
        !slice_starts(s, SLICE("SIP/")))
        return SNIFF_MORE; /* a word, but its line is not whole */
    return is_sip_like(s) ? SNIFF_SIP : SNIFF_OTHER;
}

bool sniff_start_line(struct slice bytes)
{
    const size_t version = sizeof "SIP/2.0" - 1;
    struct slice line = first_line(bytes);
    size_t word;

    if (slice_istarts(line, SLICE("SIP/2.0 ")) || slice_ieq(line, SLICE("SIP/2.0")))
        return true;
    word = word_length(line);
    return word && word < line.n && is_blank(line.p[word]) && line.n > version &&
           ends_with_version_of(line, SLICE("SIP/")) && is_blank(line.p[line.n - version - 1]);
}

size_t sniff_find_start(struct slice bytes)
{
    size_t at = 0;

    while (at < bytes.n) {
        struct slice rest = slice_tail(bytes, at);
        size_t hit = slice_find_slice(rest, SLICE("SIP/2.0"));
        size_t line = hit;
        if (hit == rest.n)
            break;
        while (line > 0 && rest.p[line - 1] != '\n')
            line--;
        if (sniff_start_line(slice_tail(rest, line)))
            return at + line;
        at += hit + sizeof "SIP/2.0" - 1;
    }
    return bytes.n;
}

bool sniff_tls(struct slice bytes)
{
    return bytes.n >= 5 && byte_at(bytes, 0) >= 20 && byte_at(bytes, 0) <= 24 && byte_at(bytes, 1) == 3 &&
           byte_at(bytes, 2) <= 4 && get_be16(bytes.p + 3) <= 16384 + 2048;
}
