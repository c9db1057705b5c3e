#include "wire/wrap.h"

#include "wire/bytes.h"
#include "wire/ip.h"

enum { IPV4_HEAD = 20, IPV6_HEAD = 40, UDP_HEAD = 8, LENGTH_MAX = 65535, TTL = 64 };

/* The sum of RFC 1071, not yet folded. */
static uint32_t sum_of(const char *p, size_t n, uint32_t sum)
{
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += get_be16(p + i);
    if (n % 2)
        sum += (uint32_t)(uint8_t)p[n - 1] << 8;
    return (sum & 0xffff) + (sum >> 16);
}

static uint16_t checksum(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void put_be16(char *p, size_t v)
{
    p[0] = (char)(uint8_t)(v >> 8);
    p[1] = (char)(uint8_t)v;
}

/* The addresses stand at the end of either header. */
static void put_udp(char *udp, const struct endpoint *src, const struct endpoint *dst, size_t n,
                    size_t addresses)
{
    uint32_t sum = sum_of(udp - addresses, addresses, IP_UDP + (uint32_t)n);
    uint16_t check;

    put_be16(udp, src->port);
    put_be16(udp + 2, dst->port);
    put_be16(udp + 4, n <= LENGTH_MAX ? n : 0);
    put_be16(udp + 6, 0);
    check = checksum(sum_of(udp, n, sum));
    put_be16(udp + 6, check ? check : 0xffff);
}

struct slice wrap_udp(const struct endpoint *src, const struct endpoint *dst, char *data, size_t n)
{
    bool v4 = addr_is_v4(&src->addr);
    size_t head = v4 ? IPV4_HEAD : IPV6_HEAD, all = head + UDP_HEAD + n, counted = v4 ? all : UDP_HEAD + n;
    char *ip = data - UDP_HEAD - head;
    size_t length = counted <= LENGTH_MAX ? counted : 0;

    memset(ip, 0, head);
    if (v4) {
        ip[0] = 0x45;
        put_be16(ip + 2, length);
        ip[8] = TTL;
        ip[9] = IP_UDP;
        memcpy(ip + 12, src->addr.b + 12, 4);
        memcpy(ip + 16, dst->addr.b + 12, 4);
        put_be16(ip + 10, checksum(sum_of(ip, IPV4_HEAD, 0)));
    } else {
        ip[0] = 0x60;
        put_be16(ip + 4, length);
        ip[6] = IP_UDP;
        ip[7] = TTL;
        memcpy(ip + 8, src->addr.b, 16);
        memcpy(ip + 24, dst->addr.b, 16);
    }
    put_udp(data - UDP_HEAD, src, dst, UDP_HEAD + n, v4 ? 8 : 32);
    return (struct slice){ip, all};
}
