#include "sip/startline.h"
#include "tests/guard.h"
#include "tests/test.h"

#include <stdio.h>

/* What counts as a start line in a datagram, on a stream, and as another protocol's. msg_test.c has what is
 * read from one. */
static const struct line_case {
    const char *line;
    bool datagram, stream, foreign;
} lines[] = {
    {"BYE sip:b@b SIP/2.0", true, true, false},
    {"BYE sip:b@b SIP/2.0\r", true, true, false},
    {"BYE\tsip:b@b\tSIP/2.0\t", true, true, false},
    {" BYE sip:b@b SIP/2.0", true, false, false},
    {"B@E sip:b@b SIP/2.0", true, false, false},
    {"BYE sip:b@b", true, true, false},
    {"BYE b@b", false, false, false},
    {"bye sip:b@b", false, false, false},
    {"BYE a b c SIP/2.0", true, true, false},
    {"NEW a b c SIP/2.0", false, false, false},
    {"NEW sip:a b c SIP/2.0", true, true, false},
    {"NEW SIP/2.0", false, false, false},
    {"BYE SIP/2.0", true, true, false},
    {"SIP/2.0 200 OK", true, true, false},
    {"sip/9 200", true, true, false},
    {" SIP/2.0 200 OK", true, false, false},
    {"SIP/2.0/UDP a", false, false, false},
    {"Via: SIP/2.0", false, false, false},
    {"X: y SIP/2.0", false, false, false},
    {"BYE sip:b@b HTTP/1.1", false, false, true},
    {"HTTP/1.1 200 OK", false, false, true},
    {"RTSP/1.0 200 OK\r", false, false, true},
    {"GET / HTTP/1.1\r", false, false, true},
    {"MSRP a 200 OK", false, false, true},
    {"MSRPX a 200 OK", false, false, false},
    {"HTTP/x", false, false, false},
    {"/1.1", false, false, false},
    {"", false, false, false},
    {"\r", false, false, false},
    {"   ", false, false, false},
    {"\t\r", false, false, false},
};

static void tells_start_lines(void)
{
    struct startline s;
    struct guard g;

    guard_init(&g, 4096);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct line_case *c = &lines[i];
        struct slice line = guard_put(&g, slice_of(c->line));
        bool ok = startline_read(line, false, &s) == c->datagram &&
                  startline_read(line, true, &s) == c->stream && startline_foreign(line) == c->foreign;
        if (!ok)
            printf("%s\n", c->line);
        CU_ASSERT_TRUE(ok);
    }
    guard_done(&g);
}

static const struct test tests[] = {{"tells_start_lines", tells_start_lines}};
TEST_MAIN("startline", tests)
