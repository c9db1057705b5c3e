#include "tests/pipe.h"
#include "tests/test.h"
#include "tests/websocket.h"
#include "wire/ws.h"

#define BYE "BYE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/WS x\r\n\r\n"

static struct buf out;
static size_t used;
static bool lost;

static enum ws_result next(struct slice in)
{
    struct slice g = guarded(in);
    enum ws_result r;

    buf_done(&out);
    buf_init(&out, 100000);
    used = 0;
    r = ws_next(g, &out, &used, &lost);
    unguard(g);
    return r;
}

static void reads_frames_of_every_length(void)
{
    static const size_t lengths[] = {0, 1, 125, 126, 127, 65535, 65536, 99999};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (int masked = 0; masked < 2; masked++) {
            struct slice data = filled('x', lengths[i]), f = ws_frame(0x81, masked, data);
            CU_ASSERT_EQUAL(next(join(f, SLICE("more"))), WS_MESSAGE);
            CU_ASSERT_EQUAL(used, f.n);
            CU_ASSERT_TRUE(slice_eq(buf_slice(&out), data));
            CU_ASSERT_EQUAL(next(slice_head(f, f.n - 1)), WS_MORE);
            CU_ASSERT_EQUAL(next(slice_head(f, 1)), WS_MORE);
        }
    }
}

static void joins_the_parts_of_a_message(void)
{
    struct slice ping = ws_frame(0x89, true, SLICE("are you there"));
    struct slice s =
        join(ws_frame(0x02, true, SLICE("one ")),
             join(ping, join(ws_frame(0x00, true, SLICE("two ")), ws_frame(0x80, true, SLICE("three")))));

    for (size_t n = 0; n < s.n; n++)
        CU_ASSERT_EQUAL(next(slice_head(s, n)), WS_MORE);
    CU_ASSERT_EQUAL(next(s), WS_MESSAGE);
    CU_ASSERT_EQUAL(used, s.n);
    CHECK_SLICE(buf_slice(&out), "one two three");
}

static void passes_over_control_frames(void)
{
    const uint8_t controls[] = {0x88, 0x89, 0x8a};

    for (size_t i = 0; i < sizeof controls; i++) {
        struct slice f = ws_frame(controls[i], false, SLICE("ping"));
        CU_ASSERT_EQUAL(next(join(f, SLICE("next"))), WS_NOTHING);
        CU_ASSERT_EQUAL(used, f.n);
        CU_ASSERT_FALSE(lost);
    }
}

static void tells_what_it_cannot_read(void)
{
    CU_ASSERT_EQUAL(next(ws_frame(0xc1, false, SLICE("deflated"))), WS_NOTHING);
    CU_ASSERT_TRUE(lost);
    CU_ASSERT_EQUAL(next(ws_frame(0x81, false, filled('x', 100001))), WS_NOTHING); /* over the bound */
    CU_ASSERT_TRUE(lost);
    CU_ASSERT_TRUE(used > 100001);
}

static void refuses_what_is_no_frame(void)
{
    CU_ASSERT_EQUAL(next(SLICE("SIP/2.0 200 OK")), WS_BAD);
    CU_ASSERT_EQUAL(next(ws_frame(0x91, false, SLICE("x"))), WS_BAD); /* RSV3 */
    CU_ASSERT_EQUAL(next(ws_frame(0x83, false, SLICE("x"))), WS_BAD); /* no such opcode */
    CU_ASSERT_EQUAL(next(ws_frame(0x8b, false, SLICE("x"))), WS_BAD);
    CU_ASSERT_EQUAL(next(ws_frame(0x09, false, SLICE("x"))), WS_BAD);       /* a ping in parts */
    CU_ASSERT_EQUAL(next(ws_frame(0x89, false, filled('x', 126))), WS_BAD); /* too long a ping */
    CU_ASSERT_EQUAL(next(SLICE("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff")),
                    WS_BAD); /* a length over 2**63 */
    CU_ASSERT_EQUAL(next(join(ws_frame(0x01, false, SLICE("x")), ws_frame(0x81, false, SLICE("y")))), WS_BAD);
}

static void finds_sip_in_mid_stream(void)
{
    CU_ASSERT_TRUE(ws_begins_sip(ws_frame(0x81, true, SLICE(BYE))));
    CU_ASSERT_TRUE(ws_begins_sip(slice_head(ws_frame(0x81, true, SLICE(BYE)), 40)));
    CU_ASSERT_TRUE(ws_begins_sip(ws_frame(0x02, false, SLICE("SIP/2.0 200 OK\r\n"))));
    CU_ASSERT_FALSE(ws_begins_sip(ws_frame(0x81, true, SLICE("{\"not\": \"sip\", \"at\": \"all\"}"))));
    CU_ASSERT_FALSE(ws_begins_sip(SLICE(BYE)));
    CU_ASSERT_FALSE(ws_begins_sip(SLICE("\x81")));
}

static void knows_the_handshake(void)
{
    CU_ASSERT_TRUE(ws_is_handshake(SLICE("GET /ws HTTP/1.1\r\nHost: x\r\nUPGRADE: WebSocket\r\n\r\n")));
    CU_ASSERT_TRUE(ws_is_handshake(SLICE("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")));
    CU_ASSERT_FALSE(ws_is_handshake(SLICE("GET /ws HTTP/1.1\r\nHost: websocket\r\n\r\n")));
    CU_ASSERT_FALSE(ws_is_handshake(SLICE("HTTP/1.1 200 OK\r\nUpgrade: websocket\r\n\r\n")));
    CU_ASSERT_FALSE(ws_is_handshake(SLICE("")));
}

static const struct test tests[] = {
    {"reads frames of every length", reads_frames_of_every_length},
    {"joins the parts of a message", joins_the_parts_of_a_message},
    {"passes over control frames", passes_over_control_frames},
    {"tells what it cannot read", tells_what_it_cannot_read},
    {"refuses what is no frame", refuses_what_is_no_frame},
    {"finds SIP in mid-stream", finds_sip_in_mid_stream},
    {"knows the handshake", knows_the_handshake},
};
TEST_MAIN("ws", tests)
