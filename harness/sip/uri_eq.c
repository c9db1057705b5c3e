#include "sip/uri.h"

#include "sip/lex.h"
#include "sip/value.h"

#include "base/addr.h"

/* More parameters or headers than this, and only equal bytes are equal: each is searched among the others. */
enum { URI_PARTS_MAX = 64 };

enum { FOLD = 1, PHONE = 2 /* drop the visual separators of RFC 3966 5.1.1 */ };

struct part {
    struct slice name, value; /* value.p == NULL where there is none */
};

struct parts {
    size_t n;
    struct part part[URI_PARTS_MAX];
};

static int hex(char c)
{
    unsigned digit = (unsigned char)c - (unsigned)'0', letter = ((unsigned char)c | 0x20u) - (unsigned)'a';

    return digit < 10 ? (int)digit : letter < 6 ? (int)letter + 10 : -1;
}

/* The next character as it is compared, -1 at the end. An escape is the character it stands for, except that
 * an escaped reserved one is not the same as a bare one (RFC 3261 19.1.4). */
static int next_char(const char **p, const char *end, unsigned how)
{
    int c, high, low;

    while ((how & PHONE) && *p < end && **p && strchr("-.()", **p))
        (*p)++;
    if (*p == end)
        return -1;
    c = (unsigned char)*(*p)++;
    if (c == '%' && end - *p >= 2 && (high = hex((*p)[0])) >= 0 && (low = hex((*p)[1])) >= 0) {
        c = high << 4 | low;
        *p += 2;
        if (c && strchr(";/?:@&=+$,", c))
            return c | 0x100;
    }
    return (how & FOLD) && c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool text_eq(struct slice a, struct slice b, unsigned how)
{
    const char *p = lex_text(a).p, *p_end = p + a.n, *q = lex_text(b).p, *q_end = q + b.n;
    int c;

    if (!a.p != !b.p)
        return false;
    do {
        c = next_char(&p, p_end, how);
        if (c != next_char(&q, q_end, how))
            return false;
    } while (c >= 0);
    return true;
}

/* Hosts by their letters, addresses by their value (RFC 5954 4.2). */
static bool host_eq(struct slice a, struct slice b)
{
    struct addr x, y;

    if (text_eq(a, b, FOLD))
        return true;
    return addr_parse(a, &x) && addr_parse(b, &y) && addr_eq(&x, &y);
}

static bool split_params(struct slice text, struct parts *ret)
{
    struct sip_params walk = {.rest = text};
    struct part part;

    ret->n = 0;
    while (sip_params_next(&walk, &part.name, &part.value)) {
        if (ret->n == URI_PARTS_MAX)
            return false;
        ret->part[ret->n++] = part;
    }
    return true;
}

/* "?a=b&c=d" */
static bool split_headers(struct slice text, struct parts *ret)
{
    ret->n = 0;
    text = slice_tail(text, 1);
    while (text.n) {
        struct slice one = slice_head(text, slice_find(text, '&'));
        size_t equal = slice_find(one, '=');
        if (ret->n == URI_PARTS_MAX)
            return false;
        ret->part[ret->n].name = slice_head(one, equal);
        ret->part[ret->n++].value = slice_tail(one, equal + 1);
        text = slice_tail(text, one.n + 1);
    }
    return true;
}

static const struct part *part_named(const struct parts *in, struct slice name)
{
    for (size_t i = 0; i < in->n; i++)
        if (text_eq(in->part[i].name, name, FOLD))
            return &in->part[i];
    return NULL;
}

/* Parameters that do not match their own absence (RFC 3261 19.1.4). */
static bool must_be_in_both(struct slice name)
{
    return slice_ieq(name, SLICE("transport")) || slice_ieq(name, SLICE("user")) ||
           slice_ieq(name, SLICE("ttl")) || slice_ieq(name, SLICE("method")) ||
           slice_ieq(name, SLICE("maddr"));
}

/* Whether each parameter of `a` allows `b`: of a tel URI all must be there (RFC 3966 4). */
static bool params_allow(const struct parts *a, const struct parts *b, bool tel)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct part *x = &a->part[i], *y = part_named(b, x->name);
        bool phone =
            tel && (slice_ieq(x->name, SLICE("ext")) ||
                    (slice_ieq(x->name, SLICE("phone-context")) && x->value.n && *x->value.p == '+'));
        if (y ? !text_eq(x->value, y->value, FOLD | (phone ? PHONE : 0u)) : tel || must_be_in_both(x->name))
            return false;
    }
    return true;
}

static bool params_eq(struct slice a, struct slice b, bool tel)
{
    struct parts x, y;

    if (!split_params(a, &x) || !split_params(b, &y))
        return slice_eq(a, b);
    return params_allow(&x, &y, tel) && params_allow(&y, &x, tel);
}

static size_t count_part(const struct parts *in, const struct part *like)
{
    size_t n = 0;

    for (size_t i = 0; i < in->n; i++)
        n += text_eq(in->part[i].name, like->name, FOLD) && text_eq(in->part[i].value, like->value, FOLD);
    return n;
}

/* Every header as often in one as in the other. */
static bool headers_eq(struct slice a, struct slice b)
{
    struct parts x, y;

    if (!split_headers(a, &x) || !split_headers(b, &y))
        return slice_eq(a, b);
    if (x.n != y.n)
        return false;
    for (size_t i = 0; i < x.n; i++)
        if (count_part(&x, &x.part[i]) != count_part(&y, &x.part[i]))
            return false;
    return true;
}

bool sip_uri_eq(struct slice a, struct slice b)
{
    struct sip_uri x, y;

    if (slice_eq(a, b))
        return true;
    if (!sip_uri_decode(a, &x) || !sip_uri_decode(b, &y) || !slice_ieq(x.scheme, y.scheme))
        return false;
    if (slice_ieq(x.scheme, SLICE("tel")))
        return text_eq(x.user, y.user, FOLD | PHONE) && params_eq(x.params, y.params, true);
    if (!slice_istarts(x.scheme, SLICE("sip")) || x.scheme.n > 4)
        return slice_eq(x.rest, y.rest);
    return x.port == y.port && text_eq(x.user, y.user, 0) && text_eq(x.password, y.password, 0) &&
           host_eq(x.host, y.host) && params_eq(x.params, y.params, false) &&
           headers_eq(x.headers, y.headers);
}
