#include "tests/netns.h"
#include "tests/test.h"
#include "wire/live.h"
#include "wire/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>

static int next_or_wait(struct source *s, struct frame *f)
{
    struct pollfd p = {.fd = source_fd(s), .events = POLLIN};
    struct error err = {.text = ""};
    int r;

    while ((r = source_next(s, f, &err)) == -EAGAIN && poll(&p, 1, 60000) == 1)
        continue;
    if (r < 0)
        printf("\n    %d %s\n", r, err.text);
    return r;
}

static void send_datagrams(unsigned n)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(5060)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    char text[64];

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (unsigned i = 0; i < n; i++) {
        int len = snprintf(text, sizeof text, "BYE sip:%u@b.example SIP/2.0\r\n\r\n", i);
        CU_ASSERT_EQUAL(sendto(fd, text, (size_t)len, 0, (struct sockaddr *)&to, sizeof to), len);
    }
    close(fd);
}

static unsigned payloads;

static int64_t take(void *ctx, const struct payload *p)
{
    (void)ctx;
    CU_ASSERT_EQUAL(p->dst.port, 5060);
    payloads++;
    return (int64_t)p->bytes.n;
}

static void captures(const char *interface)
{
    struct live_options options = {.buffer_bytes = 8 << 20};
    struct source *s = NULL;
    struct error err;
    struct wire *w = NULL;
    struct frame f;
    nsec_t last = 0;
    int r = live_open(interface, 3, &options, &s, &err);

    if (r < 0)
        printf("\n    %s: %s\n", interface, err.text);
    CU_ASSERT_EQUAL_FATAL(r, 0);
    CU_ASSERT_EQUAL_FATAL(wire_new(NULL, (struct payload_sink){take, NULL}, &w), 0);
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
    payloads = 0;
    send_datagrams(500);
    while (payloads < 500 && next_or_wait(s, &f) == 1) {
        CU_ASSERT_EQUAL(f.source, 3);
        CU_ASSERT_TRUE(f.time >= last);
        last = f.time;
        CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
    }
    CU_ASSERT_EQUAL(payloads, 500);
    CU_ASSERT_EQUAL(source_dropped(s), 0);
    CU_ASSERT_TRUE(clock_realtime() - last < 3600 * NSEC_PER_SEC && last <= clock_realtime());
    CU_ASSERT_EQUAL(source_state(s), SOURCE_OPEN);
    wire_free(w);
    source_free(s);
}

static void on_an_interface(void)
{
    captures("lo");
}

static void on_all_interfaces(void)
{
    captures("any");
}

static void counts_what_the_kernel_dropped(void)
{
    struct live_options options = {.buffer_bytes = 1}; /* the least that there is */
    struct source *s = NULL;
    struct frame f;
    uint64_t frames = 0;
    int r;

    CU_ASSERT_EQUAL_FATAL(live_open("lo", 0, &options, &s, NULL), 0);
    send_datagrams(3000);
    while ((r = source_next(s, &f, NULL)) == 1)
        frames++;
    CU_ASSERT_EQUAL(r, -EAGAIN);
    CU_ASSERT_TRUE(source_dropped(s) > 0);
    CU_ASSERT_TRUE(frames + source_dropped(s) >= 3000);
    source_free(s);
}

static void no_such_interface(void)
{
    struct source *s = NULL;
    struct error err;

    CU_ASSERT_EQUAL(live_open("nosuch0", 0, NULL, &s, &err), -ENODEV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "nosuch0"));
    CU_ASSERT_PTR_NULL(s);
}

/* In a process that may not: its exit status says whether the answer was right. */
static void no_right_to_capture(void)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        struct source *s = NULL;
        struct error err;
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        _exit(live_open("lo", 0, NULL, &s, &err) == -EPERM && strstr(err.text, "setcap") ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 0);
}

static void a_network_of_our_own(void)
{
    CU_ASSERT_TRUE_FATAL(netns_enter());
}

static const struct test tests[] = {
    {"no right to capture", no_right_to_capture},
    {"a network of our own", a_network_of_our_own},
    {"on an interface", on_an_interface},
    {"on all interfaces", on_all_interfaces},
    {"counts what the kernel dropped", counts_what_the_kernel_dropped},
    {"no such interface", no_such_interface},
};
TEST_MAIN("live", tests)
