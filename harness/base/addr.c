#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct addr addr_v4(const uint8_t bytes[4])
{
    /* Said in one piece: what is written in parts is slow to be read as a whole. */
    return (struct addr){{[10] = 0xff, 0xff, bytes[0], bytes[1], bytes[2], bytes[3]}};
}

struct addr addr_v6(const uint8_t bytes[16])
{
    struct addr a;

    memcpy(a.b, bytes, 16);
    return a;
}

bool addr_is_v4(const struct addr *a)
{
    return memcmp(a->b, v4_prefix, sizeof v4_prefix) == 0;
}

bool addr_parse(struct slice text, struct addr *ret)
{
    char copy[ADDR_TEXT];
    uint8_t bytes[16];

    if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = (struct slice){text.p + 1, text.n - 2};
    if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, '\0', text.n))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (inet_pton(AF_INET, copy, bytes) == 1)
        *ret = addr_v4(bytes);
    else if (inet_pton(AF_INET6, copy, bytes) == 1)
        *ret = addr_v6(bytes);
    else
        return false;
    return true;
}

bool addr_parse_net(struct slice text, struct addr *ret, unsigned *ret_bits)
{
    size_t slash = slice_find(text, '/');
    unsigned offset;
    struct addr a;
    uint64_t bits;

    if (!addr_parse(slice_head(text, slash), &a))
        return false;
    offset = addr_is_v4(&a) ? 96 : 0;
    bits = 128 - offset;
    if (slash < text.n && !slice_number(slice_tail(text, slash + 1), bits, &bits))
        return false;
    *ret = a;
    *ret_bits = (unsigned)bits + offset;
    return true;
}

bool addr_in_net(const struct addr *a, const struct addr *net, unsigned bits)
{
    unsigned bytes = bits / 8, rest = bits % 8;

    if (memcmp(a->b, net->b, bytes) != 0)
        return false;
    return rest == 0 || ((a->b[bytes] ^ net->b[bytes]) >> (8 - rest)) == 0;
}

const char *addr_format(const struct addr *a, char out[ADDR_TEXT])
{
    if (addr_is_v4(a))
        inet_ntop(AF_INET, a->b + 12, out, ADDR_TEXT);
    else
        inet_ntop(AF_INET6, a->b, out, ADDR_TEXT);
    return out;
}

const char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT])
{
    char text[ADDR_TEXT];

    addr_format(&e->addr, text);
    if (addr_is_v4(&e->addr))
        snprintf(out, ENDPOINT_TEXT, "%s:%u", text, (unsigned)e->port);
    else
        snprintf(out, ENDPOINT_TEXT, "[%s]:%u", text, (unsigned)e->port);
    return out;
}
