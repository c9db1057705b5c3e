#include "wire/esp.h"

#include "wire/bytes.h"

enum { ESP_HEAD = 8, ESP_TAIL = 2, TCP_HEAD = 20, UDP_HEAD = 8, SCTP_HEADER = 12 };

/* Check values that are in use: HMAC-96, HMAC-SHA-256-128 and GMAC, none, HMAC-SHA-384-192, HMAC-SHA-512-256.
 */
static const uint8_t check_lengths[] = {12, 16, 0, 24, 32};

/* RFC 4303 2.4: the bytes of the padding count from 1. */
static bool is_padding(struct slice padding)
{
    for (size_t i = 0; i < padding.n; i++)
        if (byte_at(padding, i) != i + 1)
            return false;
    return true;
}

static bool makes_sense(uint8_t protocol, struct slice in)
{
    switch (protocol) {
    case IP_UDP:
        return in.n >= UDP_HEAD && get_be16(in.p + 4) == in.n;
    case IP_TCP:
        return in.n >= TCP_HEAD && (byte_at(in, 12) >> 4) * 4u >= TCP_HEAD &&
               (byte_at(in, 12) >> 4) * 4u <= in.n && (byte_at(in, 12) & 0x0f) == 0;
    case IP_SCTP:
        return in.n >= SCTP_HEADER + 4 && get_be16(in.p + SCTP_HEADER + 2) <= in.n - SCTP_HEADER;
    case IP_IPV4:
        return in.n >= 20 && byte_at(in, 0) >> 4 == 4 && get_be16(in.p + 2) == in.n;
    case IP_IPV6:
        return in.n >= 40 && byte_at(in, 0) >> 4 == 6 && get_be16(in.p + 4) == in.n - 40;
    default:
        return false;
    }
}

bool esp_open(struct ip_packet *p)
{
    struct slice all = p->payload;

    if (p->missing)
        return false;
    for (size_t i = 0; i < sizeof check_lengths; i++) {
        size_t around = ESP_HEAD + ESP_TAIL + check_lengths[i], padding;
        uint8_t protocol;
        struct slice in;
        if (all.n < around)
            continue;
        in = slice_tail(slice_head(all, all.n - check_lengths[i]), ESP_HEAD);
        protocol = byte_at(in, in.n - 1);
        padding = byte_at(in, in.n - 2);
        if (padding > in.n - ESP_TAIL)
            continue;
        in.n -= ESP_TAIL + padding;
        if (is_padding((struct slice){in.p + in.n, padding}) && makes_sense(protocol, in)) {
            p->payload = in;
            p->protocol = protocol;
            return true;
        }
    }
    return false;
}
