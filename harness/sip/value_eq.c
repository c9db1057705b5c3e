#include "sip/value.h"

#include "sip/lex.h"

/* Reads a value as the characters that matter: white space as one space, or as nothing next to a separator.
 */
struct reader {
    const char *p, *end;
    const char *quoted_end; /* inside a quoted string while p is before it */
    const char *raw_end;    /* white space up to here, in quotes and not folded, counts as it is */
    bool no_quote;
    bool joined; /* white space here counts as nothing: at the start, or behind a separator */
};

static struct reader reader_of(struct slice s)
{
    struct slice t = slice_trim(lex_text(s));
    const char *end = t.p + t.n;
    return (struct reader){.p = t.p, .end = end, .quoted_end = t.p, .raw_end = t.p, .joined = true};
}

/* The next character inside a quoted string. */
static int next_quoted(struct reader *r)
{
    if (lex_is_space(*r->p) && r->p >= r->raw_end) {
        const char *to = lex_skip_space(r->p, r->quoted_end);
        if (memchr(r->p, '\n', (size_t)(to - r->p))) {
            r->p = to;
            return ' ';
        }
        r->raw_end = to;
    }
    return (unsigned char)*r->p++;
}

/* The next character that counts; -1 at the end. */
static int next_char(struct reader *r)
{
    const char *p, *quoted_end;

    if (r->p < r->quoted_end)
        return next_quoted(r);
    p = lex_skip_space(r->p, r->end);
    if (p == r->end)
        return -1;
    if (p > r->p && !r->joined && !lex_is(*p, LEX_LOOSE)) {
        r->p = p;
        r->joined = true;
        return ' ';
    }
    r->p = p + 1;
    r->joined = lex_is(*p, LEX_LOOSE);
    if (*p == '"' && !r->no_quote) {
        quoted_end = lex_quoted_end(p, r->end);
        r->quoted_end = quoted_end ? quoted_end : r->quoted_end;
        r->no_quote = !quoted_end;
    }
    return (unsigned char)*p;
}

bool sip_value_eq(struct slice a, struct slice b)
{
    struct reader ra, rb;
    int c;

    if (slice_eq(a, b))
        return true;
    ra = reader_of(a);
    rb = reader_of(b);
    do {
        c = next_char(&ra);
        if (c != next_char(&rb))
            return false;
    } while (c >= 0);
    return true;
}
