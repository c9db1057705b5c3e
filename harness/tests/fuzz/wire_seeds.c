/* Writes the seeds of the wire's fuzz targets into the folder that it is given: corpus/source, corpus/frame,
 * corpus/pcapng, corpus/hep, corpus/ws, corpus/reassembly. */
#include "tests/hep_packet.h"
#include "tests/websocket.h"
#include "wire/tcp.h"

#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>

#define BYE "BYE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nCSeq: 2 BYE\r\n\r\n"
#define GET "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n"

static const char *folder;

static void save(const char *target, const char *name, struct slice bytes)
{
    char path[600];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    f = fopen(path, "wb");
    if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0)
        perror(path);
}

static struct slice bye_packet(uint16_t id)
{
    return ip4("192.0.2.1", "192.0.2.2", 17, id, udp(5060, 5060, SLICE(BYE)));
}

static struct slice segment(uint32_t seq, uint8_t flags, struct slice data)
{
    return ip4("192.0.2.1", "192.0.2.2", 6, 0, tcp_seg(40000, 5060, seq, 1, flags, data));
}

static void packed(const char *name, struct slice in)
{
    static Bytef out[20000];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n, .next_out = out};

    z.avail_out = sizeof out;
    if (deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        return;
    deflateEnd(&z);
    save("source", name, (struct slice){(char *)out, sizeof out - z.avail_out});
}

static void captures(void)
{
    static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34};
    struct buf b;
    char name[40];

    buf_init(&b, 1 << 20);
    for (int i = 0; i < 6; i++) {
        buf_drop(&b, b.n);
        craft_pcap_head(&b, magics[i / 2], 1, i % 2);
        craft_pcap_frame(&b, 1, 2, eth(0x0800, bye_packet(1)), i % 2);
        craft_pcap_frame(&b, 1, 3, eth(0x86dd, ip6("::1", "::2", 17, udp(5060, 5060, SLICE(BYE)))), i % 2);
        snprintf(name, sizeof name, "pcap-%d", i);
        save("source", name, buf_slice(&b));
        snprintf(name, sizeof name, "pcap-%d.gz", i);
        packed(name, buf_slice(&b));
    }
    for (int swap = 0; swap < 2; swap++) {
        size_t section;
        buf_drop(&b, b.n);
        craft_section(&b, swap);
        craft_interface(&b, 1, 0, SLICE(""), swap);
        section = b.n;
        craft_interface(&b, 113, 100, swap ? SLICE("\0\x09\0\1\x09\0\0\0") : SLICE("\x09\0\1\0\x09\0\0\0"),
                        swap);
        craft_packet(&b, 0, 1700000000000000, eth(0x0800, bye_packet(1)), SLICE(""), swap);
        craft_packet(&b, 1, 1700000000000000, SLICE("cooked"),
                     swap ? SLICE("") : SLICE("\4\0\x08\0\1\0\0\0\0\0\0\0"), swap);
        craft_block(&b, 3, swap ? SLICE("\0\0\0\4abcd") : SLICE("\4\0\0\0abcd"), swap);
        craft_block(&b, 5,
                    swap ? SLICE("\0\0\0\0time____\0\5\0\x08\0\0\0\0\0\0\0\1")
                         : SLICE("\0\0\0\0time____\5\0\x08\0\1\0\0\0\0\0\0\0"),
                    swap);
        craft_block(&b, 10, SLICE("KLST\x04\0\0\0keys"), swap);
        craft_block(&b, 0xbad, SLICE("custom"), swap);
        snprintf(name, sizeof name, "pcapng-%d", swap);
        save("source", name, buf_slice(&b));
        if (!swap)
            save("pcapng", "blocks", slice_tail(buf_slice(&b), section));
        packed(swap ? "pcapng-1.gz" : "pcapng-0.gz", buf_slice(&b));
    }
    buf_done(&b);
}

/* As frame_fuzz.c reads them: kind, length, bytes. */
static struct slice framed(uint8_t kind, struct slice bytes)
{
    char h[3] = {(char)kind};

    craft_put(h + 1, bytes.n, 2);
    return craft_join(h, 3, bytes);
}

/* Made anew each time: what is crafted does not last long. */
static struct slice bye(void)
{
    return udp(5060, 5060, SLICE(BYE));
}

static struct slice gtp(void)
{
    struct slice s = join(SLICE("\x30\xff\0\0teid"), bye_packet(7));

    craft_put((char *)(uintptr_t)s.p + 2, s.n - 8, 2);
    return s;
}

static void frames(void)
{
    char chunk[28] = {0x13, (char)0xc4, 0x13, (char)0xc4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 3};

    craft_put(chunk + 14, sizeof BYE + 15, 2);
    save("frame", "ethernet",
         join(framed(0, eth(0x0800, bye_packet(1))), framed(40, eth(0x0800, bye_packet(1)))));
    save("frame", "vlan", framed(0, eth(0x8100, join(SLICE("\0\5\x08\0"), bye_packet(2)))));
    save("frame", "mpls", framed(0, eth(0x8847, join(SLICE("\0\2\1\x40"), bye_packet(3)))));
    save("frame", "pppoe", framed(0, eth(0x8864, join(SLICE("\x11\0\0\1\0\x6d\0\x21"), bye_packet(3)))));
    save("frame", "cooked", framed(2, join(SLICE("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0"), bye_packet(4))));
    save("frame", "cooked2",
         framed(3, join(SLICE("\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0"), bye_packet(4))));
    save("frame", "null", framed(4, join(SLICE("\2\0\0\0"), bye_packet(5))));
    save("frame", "gre",
         framed(1, ip4("10.0.0.1", "10.0.0.2", 47, 1, join(SLICE("\0\0\x08\0"), bye_packet(6)))));
    save("frame", "erspan",
         framed(1, ip4("10.0.0.1", "10.0.0.2", 47, 1,
                       join(SLICE("\x10\0\x88\xbessss\x10\5\0\1\0\0\0\0"), eth(0x0800, bye_packet(6))))));
    save("frame", "gtp", framed(1, ip4("10.0.0.1", "10.0.0.2", 17, 1, udp(2152, 2152, gtp()))));
    save("frame", "vxlan",
         framed(1, ip4("10.0.0.1", "10.0.0.2", 17, 1,
                       udp(1, 4789, join(SLICE("\x08\0\0\0\0\0\5\0"), eth(0x0800, bye_packet(8)))))));
    save("frame", "extensions",
         framed(1, ip6("::1", "::2", 0, join(SLICE("\x3c\0\1\4\0\0\0\0\x11\0\1\4\0\0\0\0"), bye()))));
    save("frame", "fragments",
         join(framed(1, ip4_part("192.0.2.1", "192.0.2.2", 17, 9, 24, false, slice_tail(bye(), 24))),
              framed(1, ip4_part("192.0.2.1", "192.0.2.2", 17, 9, 0, true, slice_head(bye(), 24)))));
    save("frame", "fragments6",
         join(framed(1, ip6_part("::1", "::2", 17, 9, 24, false, slice_tail(bye(), 24))),
              framed(1, ip6_part("::1", "::2", 17, 9, 0, true, slice_head(bye(), 24)))));
    save("frame", "tcp",
         join(framed(1, segment(0, TCP_SYN, SLICE(""))),
              join(framed(1, segment(21, TCP_ACK, slice_tail(SLICE(BYE), 20))),
                   join(framed(1, segment(1, TCP_ACK, slice_head(SLICE(BYE), 20))),
                        framed(1, segment(sizeof BYE, TCP_FIN, SLICE("")))))));
    save("frame", "websocket",
         join(framed(1, segment(0, TCP_SYN, SLICE(""))),
              framed(1, segment(1, TCP_ACK, join(SLICE(GET), ws_frame(0x81, true, SLICE(BYE)))))));
    save("frame", "tls", framed(1, segment(0, TCP_ACK, SLICE("\x16\3\1\0\5hello"))));
    save("frame", "sctp",
         framed(1, ip4("192.0.2.1", "192.0.2.2", 132, 0,
                       join((struct slice){chunk, sizeof chunk}, SLICE(BYE)))));
    save("frame", "hep", framed(15, hep_report("192.0.2.1", 5060, "192.0.2.2", 5060, 17, 1, SLICE(BYE))));
    save("frame", "exported",
         framed(14,
                join(SLICE("\0\x0c\0\4sip\0\0\x14\0\4\xc0\0\2\1\0\x15\0\4\xc0\0\2\2\0\0\0\0"), SLICE(BYE))));
}

static void hep(void)
{
    static Bytef out[2000];
    uLongf n = sizeof out;
    struct buf b = {.p = NULL};

    save("hep", "ipv4", hep_report("192.0.2.1", 5060, "192.0.2.2", 5060, 17, 1, SLICE(BYE)));
    save("hep", "ipv6", hep_report("2001:db8::1", 5060, "2001:db8::2", 5060, 6, 1, SLICE(BYE)));
    compress(out, &n, (const Bytef *)BYE, sizeof BYE - 1);
    hep_begin(&b);
    hep_number(&b, 11, 1, 1);
    hep_chunk(&b, 0, 3, SLICE("\300\0\2\1"));
    hep_chunk(&b, 0, 4, SLICE("\300\0\2\2"));
    hep_chunk(&b, 0, 16, (struct slice){(char *)out, n});
    save("hep", "compressed", hep_end(&b));
    hep_begin(&b);
    hep_number(&b, 11, 100, 1);
    hep_chunk(&b, 7, 19, SLICE("vendor"));
    save("hep", "log", hep_end(&b));
    buf_done(&b);
}

static void websocket(void)
{
    struct slice said = ws_frame(0x81, true, SLICE(BYE)), ping = ws_frame(0x89, true, SLICE("x"));

    save("ws", "handshake", join(SLICE("\x80" GET), join(said, ping)));
    save("ws", "frames", join(SLICE("\x40"), join(said, join(ping, ws_frame(0x82, false, SLICE(BYE))))));
    save("ws", "parts",
         join(SLICE("\xc0"), join(ws_frame(0x01, true, SLICE("BYE sip:bob@b.example")),
                                  join(ping, ws_frame(0x80, true, SLICE(" SIP/2.0\r\n\r\n"))))));
    save("ws", "compressed", join(SLICE("\x10"), ws_frame(0xc1, true, SLICE("deflated"))));
    save("ws", "sip", SLICE("\x60" BYE BYE));
    save("ws", "tls", SLICE("\x60\x16\3\1\0\5hello"));
    save("ws", "midstream", SLICE("\x60rest of a body\r\n" BYE));
}

/* As reassembly_fuzz.c reads them. */
static void scripts(void)
{
    save("reassembly", "segments",
         SLICE("\x80\x00\x10\x02\x00\x00"
               "\x81\x84\x20\x10\x01\x00"
               "\x81\x80\x20\x10\x20\x00"
               "\x81\x84\x40\x10\x00\x00"
               "\x81\x04\x08\x11\x00\x00"));
    save("reassembly", "other way",
         SLICE("\x80\x01\x10\x12\x00\x00"
               "\x81\x85\x20\x10\x00\x00"
               "\xbf\x85\x20\x10\x00\x00"
               "\xbf\x81\x20\x10\x40\x00"));
    save("reassembly", "fragments",
         SLICE("\x01\xa0\x00\x40\x00"
               "\x01\x20\x00\x13\x08"));
    save("reassembly", "overlap",
         SLICE("\x01\x20\x00\x13\x08"
               "\x01\xa0\x00\x50\x00"
               "\x01\xa0\x00\x40\x00"));
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 4;
    folder = argv[1];
    captures();
    frames();
    hep();
    websocket();
    scripts();
    return 0;
}
