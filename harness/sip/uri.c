#include "sip/uri.h"

#include "sip/lex.h"
#include "sip/value.h"

/* The addr-spec form: everything up to the header's parameters. */
static bool plain_addr(const char *p, const char *end, struct sip_nameaddr *ret)
{
    const char *semi = p + slice_find(lex_slice(p, end), ';');

    ret->uri = lex_trimmed(p, semi);
    ret->display = lex_slice(p, p);
    if (semi < end)
        ret->params = lex_slice(semi, end);
    return ret->uri.n != 0;
}

/* The '<' that opens the URI, or `end`: one in a quoted display name does not. */
static const char *open_angle(const char *p, const char *end, struct lex_state *state)
{
    const char *open = p < end ? memchr(p, '<', (size_t)(end - p)) : NULL;

    if (open && !memchr(p, '"', (size_t)(open - p)))
        return open;
    return lex_find(p, end, '<', '<', '<', state);
}

bool sip_nameaddr_decode(struct slice value, struct sip_nameaddr *ret)
{
    struct lex_state state = {false, false};
    const char *p = lex_text(value).p, *end = p + value.n;
    const char *open = open_angle(p, end, &state);
    const char *close, *semi;
    bool ok = !state.no_quote;

    *ret = (struct sip_nameaddr){.uri = {NULL, 0}};
    if (open == end)
        return plain_addr(p, end, ret) && ok;
    ret->display = lex_trimmed(p, open);
    close = memchr(open, '>', (size_t)(end - open));
    if (!close) {
        ret->uri = lex_trimmed(open + 1, end);
        return false;
    }
    ret->uri = lex_trimmed(open + 1, close);
    p = lex_skip_space(close + 1, end);
    semi = p + slice_find(lex_slice(p, end), ';');
    if (semi < end)
        ret->params = lex_slice(semi, end);
    return ok && semi == p && ret->uri.n;
}

/* [host] and port at p, up to the first of ";?" or the end; where they end is in *ret_end. */
static bool host_port(const char *p, const char *end, struct sip_uri *ret, const char **ret_end)
{
    const char *stop = p, *host_end;
    uint64_t port = 0;
    bool ok = true;

    if (p < end && *p == '[' && (stop = memchr(p, ']', (size_t)(end - p))))
        ret->host = lex_slice(p + 1, stop++);
    else
        stop = p;
    host_end = stop;
    while (stop < end && *stop != ';' && *stop != '?')
        stop++;
    *ret_end = stop;
    if (!ret->host.p) {
        while (host_end < stop && *host_end != ':')
            host_end++;
        ret->host = lex_slice(p, host_end);
    }
    if (host_end < stop)
        ok = *host_end == ':' && slice_number(lex_slice(host_end + 1, stop), UINT16_MAX, &port);
    ret->port = (uint16_t)port;
    return ok && ret->host.n;
}

static bool sip_decode(const char *p, const char *end, struct sip_uri *ret)
{
    const char *at = memchr(p, '@', (size_t)(end - p));
    const char *stop;
    bool ok;

    if (at) {
        const char *colon = memchr(p, ':', (size_t)(at - p));
        ret->user = lex_slice(p, colon ? colon : at);
        if (colon)
            ret->password = lex_slice(colon + 1, at);
        p = at + 1;
    }
    ok = host_port(p, end, ret, &stop);
    if (stop < end && *stop == ';') {
        const char *question = stop + slice_find(lex_slice(stop, end), '?');
        ret->params = lex_slice(stop, question);
        stop = question;
    }
    if (stop < end)
        ret->headers = lex_slice(stop, end);
    return ok && (!at || ret->user.n);
}

bool sip_uri_decode(struct slice uri, struct sip_uri *ret)
{
    const char *p = lex_text(uri).p, *end = p + uri.n;
    const char *colon = lex_token_end(p, end);

    *ret = (struct sip_uri){.port = 0};
    if (colon == p || colon == end || *colon != ':')
        return false;
    ret->scheme = lex_slice(p, colon);
    ret->rest = lex_slice(colon + 1, end);
    p = colon + 1;
    ret->host = lex_slice(p, p);
    if (slice_ieq(ret->scheme, SLICE("sip")) || slice_ieq(ret->scheme, SLICE("sips"))) {
        ret->host.p = NULL;
        return sip_decode(p, end, ret);
    }
    if (slice_ieq(ret->scheme, SLICE("tel"))) {
        const char *semi = p + slice_find(ret->rest, ';');
        ret->user = lex_slice(p, semi);
        if (semi < end)
            ret->params = lex_slice(semi, end);
        return ret->user.n != 0;
    }
    return ret->rest.n != 0;
}
