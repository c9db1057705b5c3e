/* Packets and captures made by hand, for tests. Every function returns a slice into a ring of static buffers:
 * good for a few dozen further calls, so that they nest: eth(0x0800, ip4(…, udp(…, SLICE("BYE …")))). */
#ifndef CPMSPEC_TESTS_CRAFT_H
#define CPMSPEC_TESTS_CRAFT_H

#include "base/addr.h"
#include "base/buf.h"
#include "wire/frame.h"

enum { CRAFT_SIZE = 140000, CRAFT_BUFFERS = 48 };

static inline char *craft_room(void)
{
    static char room[CRAFT_BUFFERS][CRAFT_SIZE];
    static unsigned next;

    return room[next++ % CRAFT_BUFFERS];
}

static inline void craft_put(char *p, uint64_t v, int bytes)
{
    while (bytes--) {
        p[bytes] = (char)v;
        v >>= 8;
    }
}

static inline struct slice craft_join(const char *head, size_t n, struct slice rest)
{
    char *p = craft_room();

    memcpy(p, head, n);
    if (rest.n)
        memcpy(p + n, rest.p, rest.n);
    return (struct slice){p, n + rest.n};
}

static inline struct slice join(struct slice a, struct slice b)
{
    return craft_join(a.p, a.n, b);
}

static inline struct slice filled(char c, size_t n)
{
    char *p = craft_room();

    memset(p, c, n);
    return (struct slice){p, n};
}

static inline struct addr craft_addr(const char *text)
{
    struct addr a = {{0}};

    addr_parse(slice_of(text), &a);
    return a;
}

static inline struct slice udp(uint16_t src, uint16_t dst, struct slice data)
{
    char h[8] = {0};

    craft_put(h, src, 2);
    craft_put(h + 2, dst, 2);
    craft_put(h + 4, 8 + data.n, 2);
    return craft_join(h, sizeof h, data);
}

static inline struct slice tcp_seg(uint16_t src, uint16_t dst, uint32_t seq, uint32_t ack, uint8_t flags,
                                   struct slice data)
{
    char h[20] = {0};

    craft_put(h, src, 2);
    craft_put(h + 2, dst, 2);
    craft_put(h + 4, seq, 4);
    craft_put(h + 8, ack, 4);
    h[12] = 0x50;
    h[13] = (char)flags;
    craft_put(h + 14, 65535, 2);
    return craft_join(h, sizeof h, data);
}

/* A part of an IPv4 packet: `offset` in bytes. */
static inline struct slice ip4_part(const char *src, const char *dst, uint8_t protocol, uint16_t id,
                                    uint32_t offset, bool more, struct slice data)
{
    struct addr s = craft_addr(src), d = craft_addr(dst);
    char h[20] = {0x45};

    craft_put(h + 2, 20 + data.n, 2);
    craft_put(h + 4, id, 2);
    craft_put(h + 6, (more ? 0x2000 : 0) | offset / 8, 2);
    h[8] = 64;
    h[9] = (char)protocol;
    memcpy(h + 12, s.b + 12, 4);
    memcpy(h + 16, d.b + 12, 4);
    return craft_join(h, sizeof h, data);
}

static inline struct slice ip4(const char *src, const char *dst, uint8_t protocol, uint16_t id,
                               struct slice data)
{
    return ip4_part(src, dst, protocol, id, 0, false, data);
}

static inline struct slice ip6(const char *src, const char *dst, uint8_t next, struct slice data)
{
    struct addr s = craft_addr(src), d = craft_addr(dst);
    char h[40] = {0x60};

    craft_put(h + 4, data.n, 2);
    h[6] = (char)next;
    h[7] = 64;
    memcpy(h + 8, s.b, 16);
    memcpy(h + 24, d.b, 16);
    return craft_join(h, sizeof h, data);
}

/* The fragment header and a part of what follows it (RFC 8200 4.5). */
static inline struct slice ip6_part(const char *src, const char *dst, uint8_t next, uint32_t id,
                                    uint32_t offset, bool more, struct slice data)
{
    char h[8] = {(char)next};

    craft_put(h + 2, offset | more, 2);
    craft_put(h + 4, id, 4);
    return ip6(src, dst, 44, craft_join(h, sizeof h, data));
}

static inline struct slice eth(uint16_t type, struct slice data)
{
    char h[14] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};

    craft_put(h + 12, type, 2);
    return craft_join(h, sizeof h, data);
}

static inline struct frame craft_frame(uint64_t number, nsec_t time, uint32_t linktype, struct slice bytes)
{
    return (struct frame){.bytes = bytes,
                          .wire_len = (uint32_t)bytes.n,
                          .linktype = linktype,
                          .source = 0,
                          .number = number,
                          .time = time};
}

/* Numbers in a capture's byte order: that of this machine, or the other one. */
static inline void craft_u16(struct buf *b, uint16_t v, bool swap)
{
    v = swap ? __builtin_bswap16(v) : v;
    buf_add(b, (struct slice){(const char *)&v, sizeof v});
}

static inline void craft_u32(struct buf *b, uint32_t v, bool swap)
{
    v = swap ? __builtin_bswap32(v) : v;
    buf_add(b, (struct slice){(const char *)&v, sizeof v});
}

static inline void craft_pcap_head(struct buf *b, uint32_t magic, uint32_t linktype, bool swap)
{
    craft_u32(b, magic, swap);
    craft_u16(b, 2, swap);
    craft_u16(b, 4, swap);
    craft_u32(b, 0, swap);
    craft_u32(b, 0, swap);
    craft_u32(b, 262144, swap);
    craft_u32(b, linktype, swap);
}

static inline void craft_pcap_frame(struct buf *b, uint32_t seconds, uint32_t fraction, struct slice bytes,
                                    bool swap)
{
    craft_u32(b, seconds, swap);
    craft_u32(b, fraction, swap);
    craft_u32(b, (uint32_t)bytes.n, swap);
    craft_u32(b, (uint32_t)bytes.n, swap);
    buf_add(b, bytes);
}

/* A pcapng block around its body, which is padded. */
static inline void craft_block(struct buf *b, uint32_t type, struct slice body, bool swap)
{
    uint32_t n = (uint32_t)(12 + (body.n + 3) / 4 * 4);

    craft_u32(b, type, swap);
    craft_u32(b, n, swap);
    buf_add(b, body);
    buf_add(b, (struct slice){"\0\0\0", (4 - body.n % 4) % 4});
    craft_u32(b, n, swap);
}

static inline void craft_section(struct buf *b, bool swap)
{
    struct buf body;

    buf_init(&body, 64);
    craft_u32(&body, 0x1a2b3c4d, swap);
    craft_u16(&body, 1, swap);
    craft_u16(&body, 0, swap);
    craft_u32(&body, 0xffffffff, swap);
    craft_u32(&body, 0xffffffff, swap);
    craft_block(b, 0x0a0d0d0a, buf_slice(&body), swap);
    buf_done(&body);
}

/* `options` are already in the capture's byte order. */
static inline void craft_interface(struct buf *b, uint16_t linktype, uint32_t snaplen, struct slice options,
                                   bool swap)
{
    struct buf body;

    buf_init(&body, 4096);
    craft_u16(&body, linktype, swap);
    craft_u16(&body, 0, swap);
    craft_u32(&body, snaplen, swap);
    buf_add(&body, options);
    craft_block(b, 1, buf_slice(&body), swap);
    buf_done(&body);
}

static inline void craft_packet(struct buf *b, uint32_t interface, uint64_t ticks, struct slice bytes,
                                struct slice options, bool swap)
{
    struct buf body;

    buf_init(&body, 1 << 22);
    craft_u32(&body, interface, swap);
    craft_u32(&body, (uint32_t)(ticks >> 32), swap);
    craft_u32(&body, (uint32_t)ticks, swap);
    craft_u32(&body, (uint32_t)bytes.n, swap);
    craft_u32(&body, (uint32_t)bytes.n, swap);
    buf_add(&body, bytes);
    buf_add(&body, (struct slice){"\0\0\0", (4 - bytes.n % 4) % 4});
    buf_add(&body, options);
    craft_block(b, 6, buf_slice(&body), swap);
    buf_done(&body);
}

#endif
