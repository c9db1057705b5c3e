#include "drive/sentinel.h"

#include "tests/boxed.h"
#include "tests/test.h"
#include "wire/hep.h"
#include "wire/hepsource.h"
#include "wire/ip.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* All of it happens in a network of its own. */

static const uint8_t secret[SENTINEL_SECRET] = "0123456789abcde";
static char text[SENTINEL_BYTES];
static struct error err;

static struct slice sentinel(uint64_t n)
{
    sentinel_make(secret, n, text);
    return (struct slice){text, sizeof text};
}

static void test_each_is_another(void)
{
    char one[SENTINEL_BYTES], two[SENTINEL_BYTES];

    sentinel_make(secret, 1, one);
    sentinel_make(secret, 2, two);
    CU_ASSERT_NOT_EQUAL(memcmp(one, two, sizeof one), 0);
    CU_ASSERT_PTR_NOT_NULL(memmem(one, sizeof one, secret, sizeof secret));
    sentinel_make(secret, UINT64_C(1) << 56, two);
    CU_ASSERT_NOT_EQUAL(memcmp(one, two, sizeof one), 0);
}

/* --- by HEP */

static void test_by_hep(void)
{
    static const char *const places[] = {"udp:127.0.0.1:19060", "tcp:127.0.0.1:19060", "udp:[::1]:19060",
                                         "tcp:[::1]:19060",     "udp:0.0.0.0:19060",   "tcp:[::]:19060"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct source *s = NULL;
        struct ip_packet ip = {.version = 0};
        struct frame f = {.number = 0};
        struct hep h = {.kind = 0};
        int r;
        CU_ASSERT_EQUAL_FATAL(hep_source_open(places[i], 0, &s, &err), 0);
        CU_ASSERT_EQUAL(sentinel_by_hep(places[i], sentinel(i)), 0);
        while ((r = source_next(s, &f, &err)) == -EAGAIN)
            if (poll(&(struct pollfd){.fd = source_fd(s), .events = POLLIN}, 1, 30000) != 1)
                break;
        CU_ASSERT_EQUAL_FATAL(r, 1);
        CU_ASSERT_EQUAL(ip_decode(f.bytes, &ip), IP_OK);
        CU_ASSERT_TRUE_FATAL(hep_decode(slice_tail(ip.payload, 8), &h));
        CU_ASSERT_NOT_EQUAL(h.kind, HEP_SIP);
        CU_ASSERT_TRUE(slice_eq(h.payload, sentinel(i)));
        source_free(s);
    }
}

static void test_where_nobody_listens(void)
{
    CU_ASSERT_EQUAL(sentinel_by_hep("tcp:127.0.0.1:19061", sentinel(1)), -ECONNREFUSED);
    CU_ASSERT_EQUAL(sentinel_by_hep("nowhere", sentinel(1)), -EINVAL);
    CU_ASSERT_EQUAL(sentinel_by_hep("udp:127.0.0.1:19060", (struct slice){text, SENTINEL_BYTES + 1}),
                    -EINVAL);
}

/* --- on the wire */

static int discard(const char *address)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(SENTINEL_PORT)};
    struct addr a;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    CU_ASSERT_TRUE(addr_parse(slice_of(address), &a));
    memcpy(&at.sin6_addr, a.b, 16);
    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static bool got(int fd, uint64_t n)
{
    char bytes[100];
    ssize_t r;

    if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 30000) != 1)
        return false;
    r = read(fd, bytes, sizeof bytes);
    return r == SENTINEL_BYTES && memcmp(bytes, sentinel(n).p, SENTINEL_BYTES) == 0;
}

static void test_over_the_loopback(void)
{
    int fd = discard("127.0.0.1");

    CU_ASSERT_EQUAL(sentinel_over_interface("lo", sentinel(1)), 0);
    CU_ASSERT_TRUE(got(fd, 1));
    CU_ASSERT_EQUAL(sentinel_over_interface("any", sentinel(2)), 0);
    CU_ASSERT_TRUE(got(fd, 2));
    CU_ASSERT_TRUE(sentinel_over_interface("nothere0", sentinel(3)) < 0);
    close(fd);
}

/* Every single address, and no network. */
static void test_to_the_nodes(void)
{
    struct profile p = {.nnodes = 3};
    int one = discard("127.0.10.2"), two = discard("::1");

    CU_ASSERT_TRUE(addr_parse_net(SLICE("127.0.10.2"), &p.node[0].addr, &p.node[0].bits));
    CU_ASSERT_TRUE(addr_parse_net(SLICE("::1"), &p.node[1].addr, &p.node[1].bits));
    CU_ASSERT_TRUE(addr_parse_net(SLICE("10.9.0.0/16"), &p.node[2].addr, &p.node[2].bits));
    CU_ASSERT_EQUAL(sentinel_to_nodes(&p, sentinel(5)), 0);
    CU_ASSERT_TRUE(got(one, 5) && got(two, 5));
    p.node[0] = p.node[2];
    p.nnodes = 1;
    CU_ASSERT_EQUAL(sentinel_to_nodes(&p, sentinel(6)), -EDESTADDRREQ);
    close(one);
    close(two);
}

static const struct test tests[] = {
    {"each is another", test_each_is_another},
    {"by HEP", test_by_hep},
    {"where nobody listens", test_where_nobody_listens},
    {"over the loopback", test_over_the_loopback},
    {"to the nodes", test_to_the_nodes},
};

int main(int argc, char **argv)
{
    return boxed_main(argc, argv, "sentinel", tests, sizeof tests / sizeof tests[0]);
}
