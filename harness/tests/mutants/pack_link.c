/* IP packets on link layers and in tunnels. */
#include "tests/craft.h"
#include "tests/mutants/pack.h"

static struct slice bytes(const char *p, size_t n, struct slice rest)
{
    return join((struct slice){p, n}, rest);
}

static struct slice outer(struct slice inner, uint8_t protocol)
{
    static uint16_t id;

    return eth(0x0800, ip4("192.0.2.1", "192.0.2.2", protocol, ++id, inner));
}

static struct slice gtp(struct slice ip)
{
    char h[8] = {0x30, (char)0xff, 0, 0, 0, 0, 0, 7};

    craft_put(h + 2, ip.n, 2);
    return outer(udp(2152, 2152, bytes(h, sizeof h, ip)), 17);
}

static struct slice vxlan(uint16_t type, struct slice ip)
{
    return outer(udp(40000, 4789, bytes("\x08\0\0\0\0\0\5\0", 8, eth(type, ip))), 17);
}

static struct slice tagged(bool twice, uint16_t type, struct slice ip)
{
    char h[8] = {0, 7, (char)0x81, 0, 0, 42};

    craft_put(h + (twice ? 6 : 2), type, 2);
    return eth(twice ? 0x88a8 : 0x8100, bytes(h, twice ? 8 : 4, ip));
}

static struct slice cooked(bool second, uint16_t type, struct slice ip)
{
    char h[20] = {0};

    if (second) {
        craft_put(h, type, 2);
        craft_put(h + 8, 1, 2);
    } else {
        craft_put(h + 2, 1, 2);
        craft_put(h + 14, type, 2);
    }
    return bytes(h, second ? 20 : 16, ip);
}

struct slice pack_link(const char *link, bool v6, struct slice ip, uint32_t *ret_linktype)
{
    uint16_t type = v6 ? 0x86dd : 0x0800;
    uint32_t family = v6 ? 30 : 2;

    *ret_linktype = 1;
    if (strcmp(link, "vlan") == 0 || strcmp(link, "qinq") == 0)
        return tagged(link[0] == 'q', type, ip);
    if (strcmp(link, "mpls") == 0)
        return eth(0x8847, bytes("\0\2\1\x40", 4, ip));
    if (strcmp(link, "pppoe") == 0)
        return eth(0x8864, bytes(v6 ? "\x11\0\0\1\x10\0\0\x57" : "\x11\0\0\1\x10\0\0\x21", 8, ip));
    if (strcmp(link, "gre") == 0)
        return outer(bytes(v6 ? "\0\0\x86\xdd" : "\0\0\x08\0", 4, ip), 47);
    if (strcmp(link, "gtp") == 0)
        return gtp(ip);
    if (strcmp(link, "vxlan") == 0)
        return vxlan(type, ip);
    if (strcmp(link, "sll") == 0 || strcmp(link, "sll2") == 0) {
        *ret_linktype = link[3] ? 276 : 113;
        return cooked(link[3] != '\0', type, ip);
    }
    if (strcmp(link, "raw") == 0) {
        *ret_linktype = 101;
        return ip;
    }
    if (strcmp(link, "null") == 0) {
        *ret_linktype = 0;
        return bytes((const char *)&family, sizeof family, ip);
    }
    if (strcmp(link, "ppp") == 0) {
        *ret_linktype = 9;
        return bytes(v6 ? "\xff\3\0\x57" : "\xff\3\0\x21", 4, ip);
    }
    if (link[0])
        give_up("no link layer is called \"%s\"", link);
    return eth(type, ip);
}
