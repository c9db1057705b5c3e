/* The letters of the SIP grammar (RFC 3261 25.1): character classes and the ends of quoted and bracketed
 * text. For the room's own use. All ranges are [p, end). */
#ifndef CPMSPEC_SIP_LEX_H
#define CPMSPEC_SIP_LEX_H

#include "base/slice.h"

enum {
    LEX_TOKEN = 1,
    LEX_SPACE = 2 /* SP, HTAB, and the CR and LF of folds */,
    LEX_LOOSE = 4,
    LEX_HOST_END = 8 /* ':' and LEX_SPACE */
};

/* Classes of every byte. LEX_LOOSE are the separators that may have LWS around them (RFC 3261 25.1: SLASH,
 * EQUAL, LPAREN, …). */
extern const uint8_t lex_class[256];

static inline bool lex_is(char c, unsigned classes)
{
    return lex_class[(unsigned char)c] & classes;
}

static inline bool lex_is_space(char c)
{
    return lex_is(c, LEX_SPACE);
}

static inline const char *lex_skip_space(const char *p, const char *end)
{
    while (p < end && lex_is_space(*p))
        p++;
    return p;
}

/* The end of [p, end) without trailing white space. */
static inline const char *lex_trim_end(const char *p, const char *end)
{
    while (end > p && lex_is_space(end[-1]))
        end--;
    return end;
}

static inline struct slice lex_slice(const char *p, const char *end)
{
    return (struct slice){p, (size_t)(end - p)};
}

/* A text to point into: of what is not there, an empty one. */
static inline struct slice lex_text(struct slice s)
{
    return s.p ? s : SLICE("");
}

/* Without white space at either end. */
static inline struct slice lex_trimmed(const char *p, const char *end)
{
    p = lex_skip_space(p, end);
    return lex_slice(p, lex_trim_end(p, end));
}

/* The end of the run of token characters at p. */
static inline const char *lex_token_end(const char *p, const char *end)
{
    while (p < end && lex_is(*p, LEX_TOKEN))
        p++;
    return p;
}

/* Whether there is white space or a control character in [p, end). */
bool lex_has_space(const char *p, const char *end);

static inline bool lex_is_token(struct slice s)
{
    return s.n && lex_token_end(s.p, s.p + s.n) == s.p + s.n;
}

/* Eight bytes against eight of a lower-case name. 0x40 is set in its letters and in none of the digits and
 * signs of a name, so that exactly the letters are compared without regard to case. */
static inline bool lex_same8(const char *p, const char *lower)
{
    uint64_t x, y;

    memcpy(&x, p, 8);
    memcpy(&y, lower, 8);
    return (x | (y & 0x4040404040404040u) >> 1) == y;
}

static inline bool lex_same4(const char *p, const char *lower)
{
    uint32_t x, y;

    memcpy(&x, p, 4);
    memcpy(&y, lower, 4);
    return (x | (y & 0x40404040u) >> 1) == y;
}

static inline bool lex_same2(const char *p, const char *lower)
{
    uint16_t x, y;

    memcpy(&x, p, 2);
    memcpy(&y, lower, 2);
    return (x | (y & 0x4040u) >> 1) == y;
}

/* Whether n bytes are those of a name that is given in lower case (letters, digits, "-" and "." only). */
static inline bool lex_same(const char *p, const char *lower, size_t n)
{
    if (n >= 8) {
        for (size_t i = 0; i + 8 < n; i += 8)
            if (!lex_same8(p + i, lower + i))
                return false;
        return lex_same8(p + (n - 8), lower + (n - 8));
    }
    if (n >= 4)
        return lex_same4(p, lower) && lex_same4(p + (n - 4), lower + (n - 4));
    if (n >= 2)
        return lex_same2(p, lower) && lex_same2(p + (n - 2), lower + (n - 2));
    return n == 0 || (p[0] | (lower[0] & 0x40) >> 1) == lower[0];
}

/* Just behind the quote that ends the quoted string which begins at p; NULL where none does. */
const char *lex_quoted_end(const char *p, const char *end);

/* What is known of the rest of a text: that no quote or bracket in it is ever closed. Such a one is an
 * ordinary character. Kept while walking, so that a hostile text costs one search and not one per quote. */
struct lex_state {
    bool no_quote, no_angle;
};

/* The first of `a`, `b` or `c` outside quoted strings and angle brackets, or `end`. */
const char *lex_find(const char *p, const char *end, char a, char b, char c, struct lex_state *state);

#endif
