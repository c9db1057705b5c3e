#include "drive/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

/* "0100007F:13C4": 32-bit words as they lie in memory, then the port. */
static bool parse_local(const char *text, struct endpoint *ret)
{
    unsigned word[4], port;
    uint32_t w[4];

    if (sscanf(text, "%8x%8x%8x%8x:%4x", &word[0], &word[1], &word[2], &word[3], &port) == 5) {
        for (int i = 0; i < 4; i++)
            w[i] = word[i];
        ret->addr = addr_v6((const uint8_t *)w);
    } else if (sscanf(text, "%8x:%4x", &word[0], &port) == 2) {
        w[0] = word[0];
        ret->addr = addr_v4((const uint8_t *)w);
    } else {
        return false;
    }
    ret->port = (uint16_t)port;
    return true;
}

static bool is_any(const struct addr *a)
{
    static const struct addr any6;
    static const uint8_t zero[4];
    struct addr any4 = addr_v4(zero);

    return addr_eq(a, &any6) || addr_eq(a, &any4);
}

static enum listen_state match(const char *line, const struct endpoint *e, bool tcp)
{
    char local[64], remote[64];
    struct endpoint at;
    unsigned state;

    if (sscanf(line, " %*u: %63s %63s %2x", local, remote, &state) != 3 || !parse_local(local, &at) ||
        at.port != e->port || (tcp && state != TCP_LISTEN))
        return LISTEN_NONE;
    if (addr_eq(&at.addr, &e->addr))
        return LISTEN_EXACT;
    return is_any(&at.addr) ? LISTEN_WILDCARD : LISTEN_NONE;
}

static int look_in(const char *path, const struct endpoint *e, bool tcp, enum listen_state *best,
                   struct error *err)
{
    FILE *f = fopen(path, "re");
    char line[512];

    if (!f && errno == ENOENT) /* a kernel without IPv6 */
        return 0;
    if (!f)
        return error_set(err, errno, "cannot read %s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, f)) {
        enum listen_state s = match(line, e, tcp);
        if (s > *best)
            *best = s;
    }
    fclose(f);
    return 0;
}

int listen_look(const struct endpoint *e, bool tcp, enum listen_state *ret, struct error *err)
{
    enum listen_state best = LISTEN_NONE;
    int r = 0;

    if (addr_is_v4(&e->addr))
        r = look_in(tcp ? "/proc/self/net/tcp" : "/proc/self/net/udp", e, tcp, &best, err);
    if (r == 0 && best != LISTEN_EXACT) /* a socket for both families shows among the IPv6 ones */
        r = look_in(tcp ? "/proc/self/net/tcp6" : "/proc/self/net/udp6", e, tcp, &best, err);
    if (r == 0)
        *ret = best;
    return r;
}
