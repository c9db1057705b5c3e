#include "tests/hep_packet.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/bytes.h"
#include "wire/hepsource.h"
#include "wire/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct source *s;

static void listen_at(const char *where)
{
    source_free(s);
    s = NULL;
    CU_ASSERT_EQUAL_FATAL(hep_source_open(where, 5, &s, NULL), 0);
}

static int connect_to_it(int type)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(hep_source_port(s))};
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

/* The next frame, waited for as long as it takes (a test run has a deadline of its own). */
static int wait_for(struct frame *f)
{
    struct pollfd p = {.fd = source_fd(s), .events = POLLIN};
    int r;

    while ((r = source_next(s, f, NULL)) == -EAGAIN && poll(&p, 1, 60000) == 1)
        continue;
    return r;
}

/* The HEP packet in a frame, and where it came from. */
static struct slice packet_of(const struct frame *f, struct endpoint *ret_src, struct endpoint *ret_dst)
{
    struct ip_packet ip = {.version = 0};

    CU_ASSERT_EQUAL(f->linktype, LINK_HEP3);
    CU_ASSERT_EQUAL(ip_decode(f->bytes, &ip), IP_OK);
    CU_ASSERT_TRUE(ip.protocol == IP_UDP && ip.missing == 0 && f->wire_len == f->bytes.n);
    *ret_src = (struct endpoint){ip.src, get_be16(ip.payload.p)};
    *ret_dst = (struct endpoint){ip.dst, get_be16(ip.payload.p + 2)};
    return slice_tail(ip.payload, 8);
}

static struct slice packet(const struct frame *f)
{
    struct endpoint src, dst;

    return packet_of(f, &src, &dst);
}

static struct slice report(const char *text)
{
    return hep_report("192.0.2.1", 5060, "192.0.2.2", 5060, 17, 1, slice_of(text));
}

static void receives_datagrams(void)
{
    struct frame f;
    struct endpoint from, to, other;
    int one, two;

    listen_at("udp:127.0.0.1:0");
    one = connect_to_it(SOCK_DGRAM);
    two = connect_to_it(SOCK_DGRAM);
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
    CU_ASSERT_TRUE(write_all(one, report("BYE 1")));
    CU_ASSERT_EQUAL_FATAL(wait_for(&f), 1);
    CU_ASSERT_TRUE(slice_eq(packet_of(&f, &from, &to), report("BYE 1")));
    CU_ASSERT_TRUE(f.number == 1 && f.source == 5 && f.time > 1700000000 * NSEC_PER_SEC);
    CU_ASSERT_TRUE(from.port != 0 && to.port == hep_source_port(s));
    CU_ASSERT_EQUAL(memcmp(from.addr.b, to.addr.b, sizeof to.addr.b), 0); /* 127.0.0.1 */
    CU_ASSERT_TRUE(write_all(two, report("BYE 2")));
    CU_ASSERT_EQUAL_FATAL(wait_for(&f), 1);
    CU_ASSERT_TRUE(slice_eq(packet_of(&f, &other, &to), report("BYE 2")));
    CU_ASSERT_NOT_EQUAL(from.port, other.port);
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
    CU_ASSERT_EQUAL(source_dropped(s), 0);
    close(one);
    close(two);
}

static void receives_streams(void)
{
    struct slice a = report("BYE 1"), b = report("BYE 2"), all = join(a, b);
    struct frame f;
    int fd;

    listen_at("tcp:127.0.0.1:0");
    fd = connect_to_it(SOCK_STREAM);
    CU_ASSERT_TRUE(write_all(fd, slice_head(all, 3)));
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
    CU_ASSERT_TRUE(write_all(fd, slice_tail(all, 3)));
    CU_ASSERT_EQUAL_FATAL(wait_for(&f), 1);
    CU_ASSERT_TRUE(slice_eq(packet(&f), a));
    CU_ASSERT_EQUAL_FATAL(wait_for(&f), 1);
    CU_ASSERT_TRUE(slice_eq(packet(&f), b));
    CU_ASSERT_EQUAL(f.number, 2);
    CU_ASSERT_TRUE(write_all(fd, slice_head(a, 20))); /* cut off */
    close(fd);
    CU_ASSERT_EQUAL_FATAL(wait_for(&f), 1);
    CU_ASSERT_EQUAL(packet(&f).n, 20);
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
}

static void hangs_up_on_what_is_no_hep(void)
{
    struct frame f;
    char byte;
    int fd;

    listen_at("tcp:127.0.0.1:0");
    fd = connect_to_it(SOCK_STREAM);
    CU_ASSERT_TRUE(write_all(fd, SLICE("GET / HTTP/1.1\r\n\r\n")));
    CU_ASSERT_EQUAL_FATAL(wait_for(&f), 1);
    CHECK_SLICE(packet(&f), "GET / HTTP/1.1\r\n\r\n");
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
    CU_ASSERT_TRUE(read(fd, &byte, 1) <= 0);
    close(fd);
}

static void many_at_a_time(void)
{
    int fd[HEP_CONNECTIONS_MAX + 3], frames = 0;
    struct frame f;

    listen_at("tcp:127.0.0.1:0");
    for (int i = 0; i < HEP_CONNECTIONS_MAX + 3; i++) {
        fd[i] = connect_to_it(SOCK_STREAM);
        source_next(s, &f, NULL);
    }
    for (int i = 0; i < HEP_CONNECTIONS_MAX; i++)
        CU_ASSERT_TRUE(write_all(fd[i], report("BYE")));
    while (frames < HEP_CONNECTIONS_MAX && wait_for(&f) == 1)
        frames++;
    CU_ASSERT_EQUAL(frames, HEP_CONNECTIONS_MAX);
    CU_ASSERT_EQUAL(source_dropped(s), 3);
    for (int i = 0; i < HEP_CONNECTIONS_MAX + 3; i++)
        close(fd[i]);
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
    fd[0] = connect_to_it(SOCK_STREAM); /* there is room again */
    CU_ASSERT_TRUE(write_all(fd[0], report("BYE")));
    CU_ASSERT_EQUAL(wait_for(&f), 1);
    close(fd[0]);
}

/* More than the kernel keeps for us: what it throws away is counted with the next that comes. */
static void counts_what_was_lost(void)
{
    enum { SENT = 40000 };
    int fd, got = 0;
    struct frame f;

    listen_at("udp:127.0.0.1:0");
    fd = connect_to_it(SOCK_DGRAM);
    for (int i = 0; i < SENT; i++)
        CU_ASSERT_TRUE(write_all(fd, report("BYE")));
    while (source_next(s, &f, NULL) == 1)
        got++;
    CU_ASSERT_TRUE(write_all(fd, report("the last one")));
    CU_ASSERT_EQUAL(wait_for(&f), 1);
    CU_ASSERT_TRUE(got > 0 && got < SENT);
    CU_ASSERT_EQUAL(source_dropped(s), (uint64_t)(SENT - got));
    close(fd);
}

static void reaches_every_address_at_the_loopback(void)
{
    static const char *const cases[][2] = {
        {"udp:0.0.0.0:1", "127.0.0.1:1"}, {"tcp:[::]", "[::1]:9060"}, {"udp:192.0.2.1", "192.0.2.1:9060"}};
    char text[ENDPOINT_TEXT];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint e;
        bool over_tcp;
        CU_ASSERT_TRUE_FATAL(hep_place(slice_of(cases[i][0]), &over_tcp, &e));
        CU_ASSERT_EQUAL(over_tcp, i == 1);
        hep_reach(&e);
        CU_ASSERT_STRING_EQUAL(endpoint_format(&e, text), cases[i][1]);
    }
}

static void says_what_is_wrong_with_a_place(void)
{
    const char *const wrong[] = {"",
                                 "udp",
                                 "127.0.0.1:9060",
                                 "sctp:127.0.0.1:9060",
                                 "udp:localhost:9060",
                                 "udp:127.0.0.1:",
                                 "udp:127.0.0.1:70000",
                                 "udp:[::1",
                                 "udp:127.0.0.1:x",
                                 "tcp:[::1]9060"};
    struct source *other = NULL;
    struct error err;
    char same[32];

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_EQUAL(hep_source_open(wrong[i], 0, &other, &err), -EINVAL);
    listen_at("udp:127.0.0.1:0");
    snprintf(same, sizeof same, "udp:127.0.0.1:%u", (unsigned)hep_source_port(s));
    CU_ASSERT_EQUAL(hep_source_open(same, 0, &other, &err), -EADDRINUSE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "another program"));
    CU_ASSERT_EQUAL(hep_source_open("udp:192.0.2.77:9060", 0, &other, &err), -EADDRNOTAVAIL);
    CU_ASSERT_PTR_NULL(other);
    source_free(s);
    s = NULL;
}

static const struct test tests[] = {
    {"receives datagrams", receives_datagrams},
    {"receives streams", receives_streams},
    {"hangs up on what is no HEP", hangs_up_on_what_is_no_hep},
    {"many at a time", many_at_a_time},
    {"counts what was lost", counts_what_was_lost},
    {"reaches every address at the loopback", reaches_every_address_at_the_loopback},
    {"says what is wrong with a place", says_what_is_wrong_with_a_place},
};
TEST_MAIN("hepsource", tests)
