/* The way from a capture to payloads when memory runs out: an error that says so, nothing lost in silence,
 * nothing leaked. */
#include "tests/hep_packet.h"
#include "tests/oom.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "tests/websocket.h"
#include "wire/hepsource.h"
#include "wire/link.h"
#include "wire/merge.h"
#include "wire/tcp.h"
#include "wire/wire.h"

#include <errno.h>
#include <zlib.h>

#define BYE "BYE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n"
#define GET "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
#define A   "192.0.2.1"
#define B   "192.0.2.2"

static struct buf capture, packed, frames;

static int64_t take(void *ctx, const struct payload *p)
{
    (*(unsigned *)ctx)++;
    return p->stream && !p->last ? (int64_t)p->bytes.n / 2 : (int64_t)p->bytes.n;
}

static int merge_all(struct source **s, int n, struct wire *w)
{
    struct merge *m = NULL;
    struct error err;
    struct frame f;
    int r = merge_new(&m);

    for (int i = 0; i < n && r == 0; i++)
        r = merge_add(m, s[i]);
    while (r == 0 && (r = merge_next(m, &f, &err)) == 1)
        r = wire_frame(w, &f);
    merge_free(m);
    return r;
}

/* A capture, and the same in gzip: both to their end, as one. */
static int read_captures(void *ctx)
{
    struct source *s[2] = {NULL, NULL};
    struct wire *w = NULL;
    struct error err;
    unsigned payloads = 0;
    int r = wire_new(NULL, (struct payload_sink){take, &payloads}, &w);

    (void)ctx;
    if (r == 0)
        r = source_open_fd(fd_of(buf_slice(&capture)), "one", 0, &s[0], &err);
    if (r == 0)
        r = source_open_fd(fd_of(buf_slice(&packed)), "two", 1, &s[1], &err);
    if (r == 0)
        r = merge_all(s, 2, w);
    if (r == 0)
        r = wire_flush(w);
    if (r == 0 && (wire_frames(w) != 400 || payloads == 0))
        r = -EINVAL;
    source_free(s[0]);
    source_free(s[1]);
    wire_free(w);
    return r;
}

static void reading_captures(void)
{
    z_stream z = {.next_out = NULL};

    buf_init(&capture, 1 << 20);
    buf_init(&packed, 1 << 20);
    craft_section(&capture, false);
    craft_interface(&capture, LINKTYPE_RAW, 0, SLICE(""), false);
    for (uint16_t i = 0; i < 200; i++)
        craft_packet(&capture, 0, i, ip4(A, B, 17, i, udp(5060, 5060, SLICE(BYE))), SLICE(""), false);
    CU_ASSERT_EQUAL_FATAL(buf_reserve(&packed, 100000), 0);
    z.next_in = (Bytef *)capture.p;
    z.avail_in = (uInt)capture.n;
    z.next_out = (Bytef *)packed.p;
    z.avail_out = 100000;
    CU_ASSERT_EQUAL(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    CU_ASSERT_EQUAL(deflate(&z, Z_FINISH), Z_STREAM_END);
    packed.n = 100000 - z.avail_out;
    deflateEnd(&z);
    CU_ASSERT_TRUE(oom_check(read_captures, NULL) > 15);
    buf_done(&capture);
    buf_done(&packed);
}

/* Frames are kept one after the other: link type, length, bytes. */
static void keep(uint32_t linktype, struct slice bytes)
{
    uint32_t head[2] = {linktype, (uint32_t)bytes.n};

    CU_ASSERT_EQUAL(buf_add(&frames, (struct slice){(char *)head, sizeof head}), 0);
    CU_ASSERT_EQUAL(buf_add(&frames, bytes), 0);
}

static int take_frames(void *ctx)
{
    struct wire_options o = {.hep_inside = true, .tls_read = true};
    struct slice rest = buf_slice(&frames);
    unsigned payloads = 0;
    struct wire *w = NULL;
    struct frame f = {.number = 0};
    int r = wire_new(&o, (struct payload_sink){take, &payloads}, &w);

    while (r == 0 && rest.n) {
        uint32_t head[2];
        memcpy(head, rest.p, sizeof head);
        f.linktype = head[0];
        f.bytes = slice_head(slice_tail(rest, sizeof head), head[1]);
        f.wire_len = head[1];
        f.number++;
        f.time += NSEC_PER_MSEC;
        rest = slice_tail(rest, sizeof head + head[1]);
        r = wire_frame(w, &f);
    }
    if (r == 0)
        r = wire_flush(w);
    if (r == 0 && payloads != *(unsigned *)ctx && *(unsigned *)ctx)
        r = -EINVAL;
    *(unsigned *)ctx = r == 0 ? payloads : *(unsigned *)ctx;
    wire_free(w);
    return r;
}

static struct slice segment(uint16_t port, uint32_t seq, uint8_t flags, struct slice data)
{
    static uint16_t id;

    return ip4(A, B, 6, ++id, tcp_seg(port, 5060, seq, 1, flags, data));
}

static void keep_streams(void)
{
    struct slice message = ws_frame(0x81, true, join(SLICE(BYE), filled('x', 3000)));

    for (uint16_t port = 1; port <= 3; port++) {
        keep(LINKTYPE_RAW, segment(port, 0, TCP_SYN, SLICE("")));
        keep(LINKTYPE_RAW, segment(port, 1, 0, SLICE(BYE)));
        keep(LINKTYPE_RAW, segment(port, 1 + 3 * (sizeof BYE - 1), 0, filled('x', 5000)));
        keep(LINKTYPE_RAW, segment(port, 1 + 2 * (sizeof BYE - 1), 0, SLICE(BYE)));
        keep(LINKTYPE_RAW, segment(port, 1 + (sizeof BYE - 1), 0, SLICE(BYE)));
        keep(LINKTYPE_RAW, segment(port, 100000, 0, SLICE(BYE)));
    }
    keep(LINKTYPE_RAW, segment(9, 0, TCP_SYN, SLICE("")));
    keep(LINKTYPE_RAW, segment(9, 1, 0, SLICE(GET)));
    keep(LINKTYPE_RAW, segment(9, sizeof GET, 0, slice_head(message, 1400)));
    keep(LINKTYPE_RAW, segment(9, sizeof GET + 1400, 0, slice_tail(message, 1400)));
}

static void keep_parts(void)
{
    struct slice d = udp(5060, 5060, join(SLICE(BYE), filled('x', 20000)));
    char chunk[28] = {0x13, (char)0xc4, 0x13, (char)0xc4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 2, 0, 24, 0, 0, 0, 1};

    for (uint32_t at = 0; at < d.n; at += 8000)
        keep(LINKTYPE_RAW, ip4_part(A, B, 17, 9, at, at + 8000 < d.n, slice_head(slice_tail(d, at), 8000)));
    keep(LINKTYPE_RAW, ip4_part(A, B, 17, 10, 0, true, slice_head(d, 8000)));
    keep(LINKTYPE_RAW, ip4(A, B, 132, 0, join((struct slice){chunk, sizeof chunk}, SLICE("BYE sip:"))));
    chunk[13] = 1;
    chunk[19] = 2;
    keep(LINKTYPE_RAW, ip4(A, B, 132, 0, join((struct slice){chunk, sizeof chunk}, SLICE("bob SIP/2.0"))));
}

static void keep_reports(void)
{
    struct slice tags = SLICE("\0\x0c\0\4data\0\x14\0\4\xc0\0\2\1\0\x15\0\4\xc0\0\2\2\0\0\0\0");
    char out[500];
    uLongf n = sizeof out;
    struct buf b = {.p = NULL};

    compress((Bytef *)out, &n, (const Bytef *)BYE, sizeof BYE - 1);
    hep_begin(&b);
    hep_number(&b, 11, 1, 1);
    hep_chunk(&b, 0, 3, SLICE("\300\0\2\1"));
    hep_chunk(&b, 0, 4, SLICE("\300\0\2\2"));
    hep_chunk(&b, 0, 16, (struct slice){out, n});
    keep(LINKTYPE_RAW, ip4(A, B, 17, 77, udp(1, HEP_PORT, hep_end(&b))));
    keep(LINK_DECRYPTED, join(tags, slice_head(SLICE(BYE), 20)));
    keep(LINK_DECRYPTED, join(tags, slice_tail(SLICE(BYE), 20)));
    buf_done(&b);
}

static void taking_frames_apart(void)
{
    unsigned payloads = 0;

    buf_init(&frames, 1 << 20);
    keep_streams();
    keep_parts();
    keep_reports();
    CU_ASSERT_TRUE(oom_check(take_frames, &payloads) > 30);
    CU_ASSERT_TRUE(payloads > 20);
    buf_done(&frames);
}

static const struct test tests[] = {
    {"reading captures", reading_captures},
    {"taking frames apart", taking_frames_apart},
};
TEST_MAIN("wire when memory runs out", tests)
