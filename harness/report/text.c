#include "report/text.h"

#include <stdio.h>
#include <time.h>

/* The length of the UTF-8 character at the start of `s`, and which it is; 0 where there is none (RFC 3629:
 * no overlong forms, no surrogates, nothing past U+10FFFF). */
static size_t decode(struct slice s, uint32_t *ret)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)s.p[0];
    size_t n = first < 0x80   ? 1
               : first < 0xc2 ? 0
               : first < 0xe0 ? 2
               : first < 0xf0 ? 3
               : first < 0xf5 ? 4
                              : 0;
    uint32_t c = n == 1 ? first : first & (0x7fu >> n);

    if (n == 0 || n > s.n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char)s.p[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (next & 0x3f);
    }
    if (c < least[n] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
        return 0;
    *ret = c;
    return n;
}

/* Characters that no text needs and that mislead its reader or break its file. */
static bool is_harmful(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffe ||
           c == 0xffff;
}

static int add_character(struct buf *out, struct slice bytes, uint32_t c, enum text_rule rule)
{
    if (rule >= TEXT_LINES && is_harmful(c))
        return c < 0x80 ? buf_printf(out, "\\x%02x", (unsigned)c) : buf_printf(out, "\\u{%04x}", (unsigned)c);
    if (rule >= TEXT_LINE && (c == '\n' || c == '\t'))
        return buf_add(out, SLICE(" "));
    if (rule == TEXT_ASCII && c >= 0x80)
        return buf_add(out, SLICE("?"));
    return buf_add(out, bytes);
}

/* The length of what stands at the start of `s` as it is by every rule: ASCII without control characters. */
static size_t plain_run(struct slice s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
        n++;
    return n;
}

int text_add(struct buf *out, const char *text, enum text_rule rule)
{
    struct slice rest = slice_of(text);
    bool cut = rest.n > TEXT_MAX;
    int r = 0;

    rest = slice_head(rest, TEXT_MAX);
    while (rest.n > 0 && r == 0) {
        uint32_t c = 0;
        size_t n = plain_run(rest);

        if (n > 0) {
            r = buf_add(out, slice_head(rest, n));
            rest = slice_tail(rest, n);
            continue;
        }
        n = decode(rest, &c);
        if (n == 0 && cut && rest.n < 4) /* the cut went through a character */
            break;
        if (n == 0)
            r = buf_printf(out, "\\x%02x", (unsigned)(unsigned char)rest.p[0]);
        else
            r = add_character(out, slice_head(rest, n), c, rule);
        rest = slice_tail(rest, n ? n : 1);
    }
    if (r == 0 && cut)
        r = buf_add(out, rule == TEXT_ASCII ? SLICE("...") : SLICE("\u2026"));
    return r;
}

size_t text_columns(struct slice s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

const char *text_time(nsec_t t, char out[TEXT_TIME])
{
    nsec_t fraction = (t % NSEC_PER_SEC + NSEC_PER_SEC) % NSEC_PER_SEC;
    time_t seconds = (time_t)(t / NSEC_PER_SEC) - (t % NSEC_PER_SEC < 0);
    struct tm tm;
    size_t n;

    out[0] = '\0';
    if (t == 0 || !gmtime_r(&seconds, &tm))
        return out;
    n = strftime(out, TEXT_TIME - 10, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, TEXT_TIME - n, ".%06dZ", (int)(fraction / NSEC_PER_USEC));
    return out;
}

const char *text_seconds(nsec_t t, char out[TEXT_TIME])
{
    nsec_t ms = t > 0 ? t / NSEC_PER_MSEC + (t % NSEC_PER_MSEC >= NSEC_PER_MSEC / 2) : 0;

    snprintf(out, TEXT_TIME, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
    return out;
}
