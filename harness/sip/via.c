#include "sip/via.h"

#include "sip/lex.h"
#include "sip/value.h"

/* SWS '/' SWS; NULL where there is no slash. */
static const char *slash(const char *p, const char *end)
{
    p = lex_skip_space(p, end);
    return p < end && *p == '/' ? lex_skip_space(p + 1, end) : NULL;
}

/* "SIP / 2.0 / UDP": behind it, or NULL where it is something else. */
static const char *sent_protocol(const char *p, const char *end, struct slice *ret_transport)
{
    const char *at;

    if (end - p > 8 && memcmp(p, "SIP/2.0/", 8) == 0 && lex_is(p[8], LEX_TOKEN)) {
        at = lex_token_end(p + 8, end);
        *ret_transport = lex_slice(p + 8, at);
        return at;
    }
    at = lex_token_end(p, end);
    if (at == p || !(p = slash(at, end)))
        return NULL;
    at = lex_token_end(p, end);
    if (at == p || !(p = slash(at, end)))
        return NULL;
    at = lex_token_end(p, end);
    *ret_transport = lex_slice(p, at);
    return at > p ? at : NULL;
}

/* host [COLON port], all of [p, end). An IPv6 address stands in brackets. */
static bool sent_by(const char *p, const char *end, struct sip_via *ret)
{
    const char *host_end;
    uint64_t port = 0;
    bool ok = true;

    end = lex_trim_end(p, end);
    if (p < end && *p == '[') {
        host_end = memchr(p, ']', (size_t)(end - p));
        ok = host_end != NULL;
        host_end = ok ? host_end : end;
        ret->host = lex_slice(p + 1, host_end);
        p = ok ? host_end + 1 : end;
    } else {
        for (host_end = p; host_end < end && !lex_is(*host_end, LEX_HOST_END);)
            host_end++;
        ret->host = lex_slice(p, host_end);
        p = host_end;
    }
    p = lex_skip_space(p, end);
    if (p < end && *p == ':')
        ok &= slice_number(lex_trimmed(p + 1, end), UINT16_MAX, &port);
    else
        ok &= p == end;
    ret->port = (uint16_t)port;
    return ok && ret->host.n;
}

static void via_params(struct sip_via *ret)
{
    struct sip_params walk = {.rest = ret->params};
    struct slice name, value;

    while (sip_params_next(&walk, &name, &value)) {
        struct slice *to = NULL;
        if (name.n == 6 && lex_same(name.p, "branch", 6))
            to = &ret->branch;
        else if (name.n == 5 && lex_same(name.p, "rport", 5))
            to = &ret->rport;
        else if (name.n == 8 && lex_same(name.p, "received", 8))
            to = &ret->received;
        if (to && !to->p)
            *to = value.p ? value : slice_tail(name, name.n);
    }
}

bool sip_via_decode(struct slice value, struct sip_via *ret)
{
    const char *text = lex_text(value).p, *end = text + value.n;
    const char *semi = text + slice_find(value, ';');
    const char *begin = lex_skip_space(text, semi);
    const char *p;
    bool ok;

    *ret = (struct sip_via){.text = value};
    if (semi < end) {
        ret->params = lex_slice(semi, end);
        via_params(ret);
    }
    p = sent_protocol(begin, semi, &ret->transport);
    ok = p && p < semi && lex_is_space(*p);
    /* Without a protocol the host is what stands last. */
    if (!p)
        for (p = lex_trim_end(begin, semi); p > begin && !lex_is_space(p[-1]);)
            p--;
    ret->whole = sent_by(lex_skip_space(p, semi), semi, ret) && ok;
    return ret->whole;
}

struct slice sip_via_branch(struct slice value)
{
    const char *text = lex_text(value).p, *end = text + value.n;
    const char *p = memchr(text, ';', value.n), *semi;
    struct sip_via via;

    /* Mostly it is the first parameter, and nothing is quoted. */
    if (p && end - p > 8 && memcmp(p, ";branch=", 8) == 0 && lex_is(p[8], LEX_TOKEN)) {
        p += 8;
        semi = memchr(p, ';', (size_t)(end - p));
        return lex_trimmed(p, semi ? semi : end);
    }
    sip_via_decode(value, &via);
    return via.branch;
}
