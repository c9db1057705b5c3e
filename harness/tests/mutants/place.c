#include "tests/mutants/place.h"

#include <stdio.h>

bool place_parse(struct slice text, struct endpoint *ret)
{
    size_t bracket = slice_find(text, ']'), colon = text.n;
    uint64_t port = 5060;

    if (addr_parse(text, &ret->addr)) {
        ret->port = 5060;
        return true;
    }
    for (size_t i = bracket < text.n ? bracket : 0; i < text.n; i++)
        if (text.p[i] == ':')
            colon = i;
    if (colon == text.n || !slice_number(slice_tail(text, colon + 1), 65535, &port) ||
        !addr_parse(slice_head(text, colon), &ret->addr))
        return false;
    ret->port = (uint16_t)port;
    return true;
}

bool place_find(const struct places *p, struct slice name, struct endpoint *ret)
{
    char role[PLACE_NAME_MAX + 8];
    bool near = slice_starts(name, SLICE("near-")), far = slice_starts(name, SLICE("far-"));

    if (near || far)
        snprintf(role, sizeof role, "%.*s-%c", SLICE_ARG(slice_head(slice_tail(name, near ? 5 : 4), 16)),
                 (p->closer == 'a') == near ? 'a' : 'b');
    else
        snprintf(role, sizeof role, "%.*s", SLICE_ARG(slice_head(name, PLACE_NAME_MAX)));
    for (int i = 0; i < p->n; i++)
        if (strcmp(p->place[i].name, role) == 0) {
            *ret = p->place[i].at;
            return true;
        }
    return place_parse(name, ret);
}
