#include "drive/listen.h"

#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket at an address and a port that the kernel picks. */
static int bound(const char *address, int type, struct endpoint *at)
{
    struct sockaddr_storage name = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&name;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&name;
    bool is_v4 = inet_pton(AF_INET, address, &v4->sin_addr) == 1;
    socklen_t n = is_v4 ? sizeof *v4 : sizeof *v6;
    int fd;

    if (!is_v4) {
        memset(&name, 0, sizeof name);
        inet_pton(AF_INET6, address, &v6->sin6_addr);
    }
    name.ss_family = is_v4 ? AF_INET : AF_INET6;
    fd = socket(name.ss_family, type | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&name, n), 0);
    getsockname(fd, (struct sockaddr *)&name, &n);
    at->port = ntohs(is_v4 ? v4->sin_port : v6->sin6_port);
    return fd;
}

static enum listen_state look(const char *address, uint16_t port, bool tcp)
{
    struct endpoint e = {.port = port};
    enum listen_state state = LISTEN_NONE;
    struct error err;

    CU_ASSERT_TRUE(addr_parse(slice_of(address), &e.addr));
    CU_ASSERT_EQUAL(listen_look(&e, tcp, &state, &err), 0);
    return state;
}

static void test_udp(void)
{
    struct endpoint at;
    int fd = bound("127.0.10.9", SOCK_DGRAM, &at);

    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, false), LISTEN_EXACT);
    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, true), LISTEN_NONE);
    CU_ASSERT_EQUAL(look("127.0.10.8", at.port, false), LISTEN_NONE);
    close(fd);
    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, false), LISTEN_NONE);
}

static void test_tcp_counts_once_it_listens(void)
{
    struct endpoint at;
    int fd = bound("127.0.10.9", SOCK_STREAM, &at);

    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, true), LISTEN_NONE);
    CU_ASSERT_EQUAL(listen(fd, 1), 0);
    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, true), LISTEN_EXACT);
    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, false), LISTEN_NONE);
    close(fd);
}

static void test_ipv6(void)
{
    struct endpoint at;
    int fd = bound("::1", SOCK_DGRAM, &at);

    CU_ASSERT_EQUAL(look("::1", at.port, false), LISTEN_EXACT);
    CU_ASSERT_EQUAL(look("127.0.0.1", at.port, false), LISTEN_NONE);
    close(fd);
}

static void test_a_socket_for_all_addresses(void)
{
    struct endpoint at;
    int fd = bound("0.0.0.0", SOCK_DGRAM, &at);

    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, false), LISTEN_WILDCARD);
    close(fd);
    fd = bound("::", SOCK_DGRAM, &at);
    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, false), LISTEN_WILDCARD);
    CU_ASSERT_EQUAL(look("::1", at.port, false), LISTEN_WILDCARD);
    close(fd);
}

static void test_a_mapped_address_is_the_ipv4_one(void)
{
    struct endpoint at;
    int fd = bound("::ffff:127.0.10.9", SOCK_DGRAM, &at);

    CU_ASSERT_EQUAL(look("127.0.10.9", at.port, false), LISTEN_EXACT);
    close(fd);
}

static const struct test tests[] = {
    {"UDP", test_udp},
    {"TCP counts once it listens", test_tcp_counts_once_it_listens},
    {"IPv6", test_ipv6},
    {"a socket for all addresses", test_a_socket_for_all_addresses},
    {"a mapped address is the IPv4 one", test_a_mapped_address_is_the_ipv4_one},
};

TEST_MAIN("listen", tests)
