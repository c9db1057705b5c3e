#include "drive/tap.h"

#include "base/clock.h"
#include "drive/capture.h"
#include "drive/sentinel.h"
#include "tests/boxed.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* All of it happens in a network of its own, where the right to capture is. */

static struct error err;
static int frames, sentinels, stop_at;
static struct tap *tap;
static const struct profile_capture lo = {.kind = CAPTURE_INTERFACE, .text = "lo"};
static struct profile profile;

static int count(void *ctx, const struct frame *f)
{
    (void)ctx;
    frames++;
    sentinels += tap_is_sentinel(tap, f);
    return frames == stop_at ? -ECANCELED : 0;
}

static bool read_until_proved(void)
{
    nsec_t until = clock_monotonic() + 30 * NSEC_PER_SEC;

    while (!tap_proved(tap) && clock_monotonic() < until) {
        struct pollfd fd = {.fd = tap_fd(tap), .events = POLLIN};
        if (poll(&fd, 1, 1000) > 0 && tap_read(tap, count, NULL, &err) < 0)
            return false;
    }
    return tap_proved(tap);
}

static void say(const char *text, uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to);
    close(fd);
}

static void test_what_lies_between_two_sentinels_is_there(void)
{
    CU_ASSERT_EQUAL_FATAL(tap_open(&lo, &profile, 5, NULL, &tap, &err), 0);
    CU_ASSERT_FALSE(tap_proved(tap));
    CU_ASSERT_EQUAL(tap_probe(tap, &err), 0);
    CU_ASSERT_TRUE(read_until_proved());
    frames = sentinels = 0;
    for (int i = 0; i < 500; i++)
        say("SIP/2.0 200 OK", 5060);
    CU_ASSERT_EQUAL(tap_probe(tap, &err), 0);
    CU_ASSERT_FALSE(tap_proved(tap));
    CU_ASSERT_TRUE(read_until_proved());
    CU_ASSERT_TRUE(frames - sentinels >= 500); /* nobody listens, so ICMP comes back, at the kernel's rate */
    CU_ASSERT_TRUE(sentinels >= 1);
    CU_ASSERT_EQUAL(tap_end(tap), 0);
    tap_free(tap);
}

/* The same bytes with another number are somebody else's, or an old one of ours. */
static void test_only_the_last_sentinel_counts(void)
{
    struct tap *other;

    CU_ASSERT_EQUAL_FATAL(tap_open(&lo, &profile, 0, NULL, &tap, &err), 0);
    CU_ASSERT_EQUAL_FATAL(tap_open(&lo, &profile, 0, NULL, &other, &err), 0);
    CU_ASSERT_EQUAL(tap_probe(other, &err), 0);
    say("cpmspec-sentinel and some more bytes to fill it", SENTINEL_PORT);
    for (int i = 0; i < 20; i++) {
        struct pollfd fd = {.fd = tap_fd(tap), .events = POLLIN};
        poll(&fd, 1, 10);
        tap_read(tap, count, NULL, &err);
    }
    CU_ASSERT_FALSE(tap_proved(tap));
    tap_free(other);
    tap_free(tap);
}

static void test_the_taker_may_stop_it(void)
{
    CU_ASSERT_EQUAL_FATAL(tap_open(&lo, &profile, 0, NULL, &tap, &err), 0);
    frames = 0;
    stop_at = 1;
    for (int i = 0; i < 3; i++)
        say("x", 5060);
    poll(&(struct pollfd){.fd = tap_fd(tap), .events = POLLIN}, 1, 30000);
    CU_ASSERT_EQUAL(tap_read(tap, count, NULL, &err), -ECANCELED);
    stop_at = 0;
    tap_free(tap);
}

static void test_an_interface_that_is_not_there(void)
{
    struct profile_capture none = {.kind = CAPTURE_INTERFACE, .text = "nothere0"};

    CU_ASSERT_EQUAL(tap_open(&none, &profile, 0, NULL, &tap, &err), -ENODEV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "nothere0"));
}

/* Until it has begun, sentinels are lost. */
static bool proves_itself(void)
{
    for (int i = 0; i < 300 && !tap_proved(tap); i++) {
        struct pollfd fd = {.fd = tap_fd(tap), .events = POLLIN};
        CU_ASSERT_EQUAL(tap_probe(tap, &err), 0);
        if (poll(&fd, 1, 100) > 0 && tap_read(tap, count, NULL, &err) < 0)
            break;
    }
    return tap_proved(tap);
}

/* Any program that writes a capture serves. */
static void test_a_command_captures_too(void)
{
    struct profile_capture command = {.kind = CAPTURE_COMMAND, .text = "dumpcap -q -P -i lo -w -"};

    profile = (struct profile){.nnodes = 1};
    addr_parse(SLICE("127.0.10.2"), &profile.node[0].addr);
    profile.node[0].bits = 128;
    CU_ASSERT_EQUAL_FATAL(tap_open(&command, &profile, 0, scratch_path("log"), &tap, &err), 0);
    CU_ASSERT_TRUE(tap_is_command(tap));
    CU_ASSERT_TRUE(proves_itself());
    tap_free(tap);
}

/* How it ended, what it said of that, and what its output was. */
static void ends(const char *text, const char *says)
{
    struct profile_capture command = {.kind = CAPTURE_COMMAND};
    struct pollfd fd;

    snprintf(command.text, sizeof command.text, "%s", text);
    unlink(scratch_path("log"));
    CU_ASSERT_EQUAL_FATAL(tap_open(&command, &profile, 0, scratch_path("log"), &tap, &err), 0);
    fd = (struct pollfd){.fd = tap_fd(tap), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&fd, 1, 30000), 1);
    CU_ASSERT_EQUAL(tap_read(tap, count, NULL, &err), -EPIPE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, says));
    if (!strstr(err.text, says))
        printf("\n  said %s\n  want %s\n", err.text, says);
    tap_free(tap);
}

static void test_a_command_that_ends(void)
{
    ends("true", "the capture by `true` ended with status 0");
    ends("sh -c 'echo good; echo sh: reason >&2; echo and more >&2; exit 5'", "status 5: sh: reason; not a");
    ends("sh -c 'kill -9 $$'", "was killed by signal 9");
    ends("sh -c 'echo no capture at all, far from it; sleep 600'", "cannot be read: not a capture");
    CU_ASSERT_EQUAL(tap_open(&(struct profile_capture){.kind = CAPTURE_COMMAND, .text = "no-such-program"},
                             &profile, 0, NULL, &tap, &err),
                    -ENOENT);
}

/* What a command says of its losses counts, and it says so when it is asked to end. */
static void test_a_command_counts_its_losses(void)
{
    static const char *const commands[] = {
        "dumpcap -q -P -i lo -w -", "dumpcap -q -i lo -w -",
        ("sh -c 'trap \"echo 7 packets dropped by kernel >&2; kill $p; exit 0\" TERM; "
         "dumpcap -q -P -i lo -w - & p=$!; wait'")};
    static const uint64_t lost[] = {0, 0, 7};

    for (int i = 0; i < 3; i++) {
        struct profile_capture command = {.kind = CAPTURE_COMMAND};
        nsec_t began;
        snprintf(command.text, sizeof command.text, "%s", commands[i]);
        unlink(scratch_path("log"));
        CU_ASSERT_EQUAL_FATAL(tap_open(&command, &profile, 0, scratch_path("log"), &tap, &err), 0);
        CU_ASSERT_TRUE(proves_itself());
        began = clock_monotonic();
        CU_ASSERT_EQUAL(tap_end(tap), lost[i]);
        CU_ASSERT_EQUAL(tap_end(tap), lost[i]); /* and stays so */
        CU_ASSERT_TRUE(clock_monotonic() - began < 30 * NSEC_PER_SEC);
        tap_free(tap);
    }
}

static void test_hep_reports(void)
{
    static const char *const places[] = {"udp:127.0.0.1:19060", "tcp:127.0.0.1:19060"};

    for (int i = 0; i < 2; i++) {
        struct profile_capture hep = {.kind = CAPTURE_HEP};
        struct tap *second;
        snprintf(hep.text, sizeof hep.text, "%s", places[i]);
        CU_ASSERT_EQUAL_FATAL(tap_open(&hep, &profile, 0, NULL, &tap, &err), 0);
        CU_ASSERT_FALSE(tap_is_command(tap));
        CU_ASSERT_EQUAL(tap_open(&hep, &profile, 0, NULL, &second, &err), -EADDRINUSE);
        sentinels = frames = 0;
        CU_ASSERT_TRUE(proves_itself());
        CU_ASSERT_TRUE(sentinels >= 1 && sentinels == frames);
        CU_ASSERT_EQUAL(tap_end(tap), 0);
        tap_free(tap);
    }
}

/* --- all capture points as one */

static struct loop *loop;
static int proved;
static char why[512];

static void on_proved(void *ctx)
{
    struct capture **c = ctx;

    if (++proved == 2)
        loop_stop(loop);
    else
        capture_prove(*c);
}

static void on_broken(void *ctx, const struct error *e)
{
    (void)ctx;
    snprintf(why, sizeof why, "%s", e->text);
    loop_stop(loop);
}

static int take_any(void *ctx, const struct frame *f)
{
    (void)ctx, (void)f;
    return 0;
}

static void test_every_point_must_prove_itself(void)
{
    struct profile two = {.ncaptures = 2, .capture = {lo, {.kind = CAPTURE_INTERFACE, .text = "any"}}};
    struct capture *c;
    struct capture_sink sink = {take_any, on_proved, on_broken, &c};

    CU_ASSERT_EQUAL_FATAL(loop_new(&loop, &err), 0);
    CU_ASSERT_EQUAL(capture_points(&two, SANDBOX_HOST), 2);
    CU_ASSERT_EQUAL(capture_points(&two, SANDBOX_PRIVATE), 2);
    CU_ASSERT_EQUAL_FATAL(capture_new(&two, SANDBOX_HOST, scratch_path(""), loop, &sink, &c, &err), 0);
    capture_prove(c);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_EQUAL(proved, 2);
    CU_ASSERT_EQUAL(capture_end(c), 0);
    capture_free(c);
    loop_free(loop);
}

/* Of a network of our own there is but one interface; what else there is stays. */
static void test_where_is_captured(void)
{
    struct profile p = {.ncaptures = 4,
                        .capture = {{.kind = CAPTURE_INTERFACE, .text = "eth0"},
                                    {.kind = CAPTURE_INTERFACE, .text = "eth1"},
                                    {.kind = CAPTURE_INTERFACE, .text = "any"},
                                    {.kind = CAPTURE_HEP, .text = "udp:127.0.0.1:9060"}}};
    struct capture_clocks clocks;

    CU_ASSERT_EQUAL(capture_points(&p, SANDBOX_HOST), 4);
    CU_ASSERT_EQUAL(capture_points(&p, SANDBOX_PRIVATE), 3);
    CU_ASSERT_TRUE(capture_sees_all(&p, SANDBOX_PRIVATE));
    CU_ASSERT_FALSE(capture_sees_all(&p, SANDBOX_HOST));
    capture_clocks(&p, SANDBOX_HOST, &clocks);
    CU_ASSERT_TRUE(clocks.n == 4 && !clocks.several && clocks.clock[3] == 0);
    p.capture[1] = (struct profile_capture){.kind = CAPTURE_COMMAND, .text = "ssh host tcpdump"};
    capture_clocks(&p, SANDBOX_HOST, &clocks);
    CU_ASSERT_TRUE(clocks.several && clocks.clock[1] == 1 && clocks.clock[2] == 0);
    p.capture[0] = p.capture[3];
    p.ncaptures = 1;
    CU_ASSERT_EQUAL(capture_points(&p, SANDBOX_PRIVATE), 1);
    CU_ASSERT_FALSE(capture_sees_all(&p, SANDBOX_PRIVATE));
    p.ncaptures = 0;
    CU_ASSERT_EQUAL(capture_points(&p, SANDBOX_HOST), 1);
    CU_ASSERT_TRUE(capture_sees_all(&p, SANDBOX_PRIVATE));
}

static void test_a_point_that_breaks_is_told(void)
{
    struct profile one = {.ncaptures = 1, .capture = {{.kind = CAPTURE_COMMAND, .text = "false"}}};
    struct capture *c;
    struct capture_sink sink = {take_any, on_proved, on_broken, &c};

    CU_ASSERT_EQUAL_FATAL(loop_new(&loop, &err), 0);
    CU_ASSERT_EQUAL_FATAL(capture_new(&one, SANDBOX_HOST, scratch_path(""), loop, &sink, &c, &err), 0);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_STRING_NOT_EQUAL(why, "");
    capture_free(c);
    loop_free(loop);
}

static const struct test tests[] = {
    {"what lies between two sentinels is there", test_what_lies_between_two_sentinels_is_there},
    {"only the last sentinel counts", test_only_the_last_sentinel_counts},
    {"the taker may stop it", test_the_taker_may_stop_it},
    {"an interface that is not there", test_an_interface_that_is_not_there},
    {"a command captures too", test_a_command_captures_too},
    {"a command that ends", test_a_command_that_ends},
    {"a command counts its losses", test_a_command_counts_its_losses},
    {"HEP reports", test_hep_reports},
    {"where is captured", test_where_is_captured},
    {"every point must prove itself", test_every_point_must_prove_itself},
    {"a point that breaks is told", test_a_point_that_breaks_is_told},
};

int main(int argc, char **argv)
{
    return boxed_main(argc, argv, "tap", tests, sizeof tests / sizeof tests[0]);
}
