/* HEP version 3 packets made by hand, for tests. */
#ifndef CPMSPEC_TESTS_HEP_PACKET_H
#define CPMSPEC_TESTS_HEP_PACKET_H

#include "tests/craft.h"
#include "wire/wrap.h"

static inline void hep_chunk(struct buf *b, uint16_t vendor, uint16_t type, struct slice v)
{
    char h[6];

    craft_put(h, vendor, 2);
    craft_put(h + 2, type, 2);
    craft_put(h + 4, 6 + v.n, 2);
    buf_add(b, (struct slice){h, sizeof h});
    buf_add(b, v);
}

static inline void hep_number(struct buf *b, uint16_t type, uint64_t v, int bytes)
{
    char n[8];

    craft_put(n, v, bytes);
    hep_chunk(b, 0, type, (struct slice){n, (size_t)bytes});
}

static inline void hep_begin(struct buf *b)
{
    buf_drop(b, b->n);
    b->limit = 1 << 20;
    buf_add(b, SLICE("HEP3\0\0"));
}

static inline struct slice hep_end(struct buf *b)
{
    craft_put(b->p + 4, b->n, 2);
    return buf_slice(b);
}

/* A report of a SIP message as servers send it. */
static inline struct slice hep_report(const char *src, uint16_t sport, const char *dst, uint16_t dport,
                                      uint8_t protocol, uint32_t agent, struct slice payload)
{
    static struct buf b;
    struct addr s = craft_addr(src), d = craft_addr(dst);
    bool v4 = addr_is_v4(&s);

    hep_begin(&b);
    hep_number(&b, 1, v4 ? 2 : 10, 1);
    hep_number(&b, 2, protocol, 1);
    hep_chunk(&b, 0, v4 ? 3 : 5, (struct slice){(char *)s.b + (v4 ? 12 : 0), v4 ? 4 : 16});
    hep_chunk(&b, 0, v4 ? 4 : 6, (struct slice){(char *)d.b + (v4 ? 12 : 0), v4 ? 4 : 16});
    hep_number(&b, 7, sport, 2);
    hep_number(&b, 8, dport, 2);
    hep_number(&b, 9, 1700000000, 4);
    hep_number(&b, 10, 123456, 4);
    hep_number(&b, 11, 1, 1);
    hep_number(&b, 12, agent, 4);
    hep_chunk(&b, 0, 15, payload);
    return join(hep_end(&b), SLICE(""));
}

/* Such a report as `sender` sends it to us, over UDP; good until the next one. */
static inline struct frame hep_frame(uint64_t number, nsec_t time, const char *sender, struct slice report)
{
    static char datagram[WRAP_HEAD_MAX + 65535];
    struct endpoint from = {.addr = craft_addr(sender), .port = 40000}, to = {.port = 9060};
    struct slice bytes;

    memcpy(datagram + WRAP_HEAD_MAX, report.p, report.n);
    bytes = wrap_udp(&from, &to, datagram + WRAP_HEAD_MAX, report.n);
    return craft_frame(number, time, LINK_HEP3, bytes);
}

#endif
