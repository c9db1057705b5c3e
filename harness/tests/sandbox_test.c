#include "drive/sandbox.h"

#include "base/clock.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the body tells the test, and where it waits. */
static struct board {
    pid_t pid, grandchild;
    int bound[4];
    uid_t owner;
    volatile int ready;
} * board;

static struct error err;

static int finish(struct process *p)
{
    struct pollfd fd = {.fd = process_fd(p), .events = POLLIN};
    int status;

    CU_ASSERT_EQUAL(poll(&fd, 1, 60000), 1);
    CU_ASSERT_EQUAL(process_reap(p), 0);
    status = process_status(p);
    process_free(p);
    return status;
}

/* Whether a UDP socket can be had there. */
static bool can_bind(const char *address)
{
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(5060)};
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(5060)};
    bool v4 = inet_pton(AF_INET, address, &to4.sin_addr) == 1;
    int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

    if (!v4)
        inet_pton(AF_INET6, address, &to6.sin6_addr);
    r = v4 ? bind(fd, (struct sockaddr *)&to4, sizeof to4) : bind(fd, (struct sockaddr *)&to6, sizeof to6);
    close(fd);
    return r == 0;
}

static int add(const char *address)
{
    struct addr a;

    return addr_parse(slice_of(address), &a) ? sandbox_add_address(&a, NULL) : -1;
}

static int use_network(void *ctx)
{
    (void)ctx;
    board->pid = getpid();
    board->bound[0] = can_bind("127.0.10.1");
    if (sandbox_loopback_up(NULL) < 0 || add("192.0.2.77") < 0 || add("fd00:1234::7") < 0)
        return 1;
    board->bound[1] = can_bind("127.0.10.1");
    board->bound[2] = can_bind("192.0.2.77");
    board->bound[3] = can_bind("fd00:1234::7");
    return add("fd00:1234::7") == 0 ? 42 : 2; /* once more is no error */
}

/* The address that somebody who chooses none has when he goes to `to`: "" where he cannot. */
static const char *source_towards(const char *to)
{
    static char text[ADDR_TEXT];
    struct addr a;
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(5060)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    addr_parse(slice_of(to), &a); /* IPv4 in its mapped form */
    memcpy(&at.sin6_addr, a.b, 16);
    text[0] = '\0';
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &n) == 0) {
        a = addr_v6(at.sin6_addr.s6_addr);
        addr_format(&a, text);
    }
    close(fd);
    return text;
}

static int choose_sources(void *ctx)
{
    struct addr to, from, v6;

    (void)ctx;
    addr_parse(SLICE("127.0.10.2"), &to);
    addr_parse(SLICE("127.0.10.1"), &from);
    addr_parse(SLICE("::1"), &v6);
    if (sandbox_loopback_up(NULL) < 0 || strcmp(source_towards("127.0.10.2"), "127.0.10.1") == 0)
        return 1;
    for (int times = 0; times < 2; times++) /* once more is no error */
        if (sandbox_prefer_source(&to, &from, &err) < 0)
            return 2;
    if (strcmp(source_towards("127.0.10.2"), "127.0.10.1") != 0)
        return 3;
    if (strcmp(source_towards("127.0.10.3"), "127.0.10.1") == 0 || sandbox_prefer_source(&to, &v6, &err) < 0)
        return 4;
    if (add("fd00:1234::7") < 0 || add("fd00:1234::8") < 0 || !addr_parse(SLICE("fd00:1234::7"), &v6) ||
        !addr_parse(SLICE("fd00:1234::8"), &from))
        return 6;
    for (int times = 0; times < 2; times++)
        if (sandbox_prefer_source(&v6, &from, &err) < 0 ||
            strcmp(source_towards("fd00:1234::7"), "fd00:1234::8") != 0)
            return 7;
    addr_parse(SLICE("192.0.2.9"), &from); /* is not there */
    return sandbox_prefer_source(&to, &from, &err) < 0 && strstr(err.text, "192.0.2.9") ? 42 : 5;
}

/* The kernel gives an IPv6 address its route a moment later: what is preferred must not lose to that. */
static int choose_at_once(void *ctx)
{
    enum { ADDRESSES = 200 };
    struct addr to, from;
    char text[ADDR_TEXT];

    (void)ctx;
    if (sandbox_loopback_up(NULL) < 0 || add("fd00:1234::1") < 0 || !addr_parse(SLICE("fd00:1234::1"), &from))
        return 1;
    for (int i = 2; i < ADDRESSES; i++) {
        snprintf(text, sizeof text, "fd00:1234::%x", (unsigned)i);
        if (add(text) < 0 || !addr_parse(slice_of(text), &to) || sandbox_prefer_source(&to, &from, &err) < 0)
            return 2;
    }
    for (int i = 2; i < ADDRESSES; i++) {
        snprintf(text, sizeof text, "fd00:1234::%x", (unsigned)i);
        if (strcmp(source_towards(text), "fd00:1234::1") != 0)
            return 3;
    }
    return 42;
}

static void test_a_preference_stands(void)
{
    struct process *p;

    CU_ASSERT_EQUAL_FATAL(sandbox_start(SANDBOX_PRIVATE, choose_at_once, NULL, -1, &p, &err), 0);
    CU_ASSERT_EQUAL(finish(p), 42);
}

static void test_who_chooses_no_address_is_given_one(void)
{
    struct process *p;

    CU_ASSERT_EQUAL_FATAL(sandbox_start(SANDBOX_PRIVATE, choose_sources, NULL, -1, &p, &err), 0);
    CU_ASSERT_EQUAL(finish(p), 42);
}

static void test_a_network_of_its_own(void)
{
    struct process *p;

    CU_ASSERT_EQUAL_FATAL(sandbox_start(SANDBOX_PRIVATE, use_network, NULL, -1, &p, &err), 0);
    CU_ASSERT_EQUAL(finish(p), 42);
    CU_ASSERT_EQUAL(board->pid, 1);
    CU_ASSERT_TRUE(board->bound[1] && board->bound[2] && board->bound[3]);
    CU_ASSERT_FALSE(can_bind("192.0.2.77")); /* the host has none of it */
}

static void test_the_kernel_is_asked(void)
{
    CU_ASSERT_EQUAL(sandbox_probe(&err), 0);
}

static int say_nothing(void *ctx)
{
    (void)ctx;
    return 9;
}

static void test_the_host_kind_keeps_the_network(void)
{
    struct process *p;

    CU_ASSERT_EQUAL_FATAL(sandbox_start(SANDBOX_HOST, say_nothing, NULL, -1, &p, &err), 0);
    CU_ASSERT_EQUAL(finish(p), 9);
}

static int die(void *ctx)
{
    (void)ctx;
    kill(getpid(), SIGKILL); /* which process 1 cannot do to itself */
    return 11;
}

static void test_process_one_survives_itself(void)
{
    struct process *p;

    CU_ASSERT_EQUAL_FATAL(sandbox_start(SANDBOX_PRIVATE, die, NULL, -1, &p, &err), 0);
    CU_ASSERT_EQUAL(finish(p), 11);
}

/* A child that has left its group and its session, as a daemon does. */
static int start_daemon(void *ctx)
{
    int *pipe_end = ctx;
    char c = 'x';

    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            if (write(*pipe_end, &c, 1) != 1)
                _exit(1);
            for (;;)
                pause();
        }
        _exit(0);
    }
    for (;;)
        pause();
}

/* Every process of the sandbox holds the writing end: it closes when the last of them is gone. */
static void all_must_end(void (*kill_it)(struct process *))
{
    struct process *p;
    struct pollfd fd;
    int ends[2];
    char c;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_EQUAL_FATAL(sandbox_start(SANDBOX_PRIVATE, start_daemon, &ends[1], ends[1], &p, &err), 0);
    close(ends[1]);
    CU_ASSERT_EQUAL(read(ends[0], &c, 1), 1); /* the daemon lives */
    kill_it(p);
    fd = (struct pollfd){.fd = ends[0], .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&fd, 1, 60000), 1);
    CU_ASSERT_EQUAL(read(ends[0], &c, 1), 0);
    close(ends[0]);
}

static void kill_between(struct process *p)
{
    kill(process_pid(p), SIGKILL);
    finish(p);
}

static void test_a_daemon_ends_with_the_sandbox(void)
{
    all_must_end(process_free);
    all_must_end(sandbox_end);
    all_must_end(kill_between);
}

struct hold {
    int ends[2];
    struct process *inner;
};

static int start_and_wait(void *ctx)
{
    struct hold *h = ctx;

    if (sandbox_start(SANDBOX_PRIVATE, start_daemon, &h->ends[1], h->ends[1], &h->inner, NULL) < 0)
        return 1;
    close(h->ends[1]);
    for (;;)
        pause();
}

static void test_a_daemon_ends_with_who_started_the_sandbox(void)
{
    struct hold h;
    struct process *outer;
    struct pollfd fd;
    char c;

    CU_ASSERT_EQUAL_FATAL(pipe(h.ends), 0);
    CU_ASSERT_EQUAL_FATAL(process_fork(start_and_wait, &h, h.ends[1], &outer, &err), 0);
    close(h.ends[1]);
    CU_ASSERT_EQUAL(read(h.ends[0], &c, 1), 1);
    kill(process_pid(outer), SIGKILL);
    fd = (struct pollfd){.fd = h.ends[0], .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&fd, 1, 60000), 1);
    CU_ASSERT_EQUAL(read(h.ends[0], &c, 1), 0);
    close(h.ends[0]);
    process_free(outer);
}

/* As an ordinary user, where we can become one. */
static int become_nobody_and_try(void *ctx)
{
    struct process *p;
    struct pollfd fd;

    (void)ctx;
    if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
        return 3;
    if (sandbox_start(SANDBOX_PRIVATE, use_network, NULL, -1, &p, NULL) < 0)
        return 4;
    fd = (struct pollfd){.fd = process_fd(p), .events = POLLIN};
    if (poll(&fd, 1, 60000) != 1 || process_reap(p) < 0)
        return 5;
    return process_status(p);
}

static void test_an_ordinary_user_has_it_too(void)
{
    struct process *p;

    if (geteuid() != 0)
        return; /* the other tests have shown it */
    memset(board, 0, sizeof *board);
    CU_ASSERT_EQUAL_FATAL(process_fork(become_nobody_and_try, NULL, -1, &p, &err), 0);
    CU_ASSERT_EQUAL(finish(p), 42);
    CU_ASSERT_TRUE(board->bound[1] && board->bound[2] && board->bound[3]);
}

static const struct test tests[] = {
    {"the kernel is asked", test_the_kernel_is_asked},
    {"a network of its own", test_a_network_of_its_own},
    {"who chooses no address is given one", test_who_chooses_no_address_is_given_one},
    {"a preference stands", test_a_preference_stands},
    {"the host kind keeps the network", test_the_host_kind_keeps_the_network},
    {"process one survives itself", test_process_one_survives_itself},
    {"a daemon ends with the sandbox", test_a_daemon_ends_with_the_sandbox},
    {"a daemon ends with who started the sandbox", test_a_daemon_ends_with_who_started_the_sandbox},
    {"an ordinary user has it too", test_an_ordinary_user_has_it_too},
};

int main(int argc, char **argv)
{
    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        return 99;
    return test_main(argc, argv, "sandbox", tests, sizeof tests / sizeof tests[0]);
}
