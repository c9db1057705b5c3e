/* Captures of every kind, made of one by Wireshark's own tools (editcap, mergecap, text2pcap), are read as
 * tshark reads them: the same frames carry SIP. Needs tshark and those tools. */
#include "tests/craft.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "wire/sniff.h"
#include "wire/source.h"
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#define CAPTURE "harness/tests/captures/close-udp.pcap"

enum { FRAMES_MAX = 1000 };

/* Which frames of a capture carry SIP. */
struct carriers {
    bool sip[FRAMES_MAX + 1];
    unsigned n;
};

/* Runs a program to its end; its output goes to `out`. False, and the reason printed, where that fails. */
static bool run(const char *out, const char *const *argv)
{
    posix_spawn_file_actions_t files;
    int status = -1, r;
    pid_t pid;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    r = posix_spawnp(&pid, argv[0], &files, NULL, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&files);
    if (r == 0)
        waitpid(pid, &status, 0);
    if (r != 0)
        printf("\n    %s cannot be run (%s): apt-get install tshark\n", argv[0], strerror(r));
    else if (status != 0)
        printf("\n    %s ended with %#x\n", argv[0], (unsigned)status);
    return r == 0 && status == 0;
}

#define RUN(out, ...) CU_ASSERT_TRUE_FATAL(run(out, (const char *const[]){__VA_ARGS__, NULL}))

static struct carriers by_tshark(const char *capture)
{
    char list[PATH_MAX], line[64];
    struct carriers c = {.n = 0};
    FILE *f;

    snprintf(list, sizeof list, "%s", scratch_path("frames.txt"));
    RUN(list, "tshark", "-n", "-r", capture, "-Y", "sip", "-T", "fields", "-e", "frame.number");
    f = fopen(list, "r");
    while (f && fgets(line, sizeof line, f)) {
        long n = strtol(line, NULL, 10);
        if (n >= 1 && n <= FRAMES_MAX && !c.sip[n]) {
            c.sip[n] = true;
            c.n++;
        }
    }
    if (f)
        fclose(f);
    return c;
}

static int64_t take(void *ctx, const struct payload *p)
{
    struct carriers *c = ctx;
    struct slice rest = p->bytes;
    size_t start = sniff_find_start(rest);

    if (start == rest.n)
        return p->stream && !p->last ? 0 : (int64_t)rest.n;
    if (p->stream && !p->last && slice_find_slice(rest, SLICE("\r\n\r\n")) == rest.n)
        return 0; /* the message goes on */
    if (p->frame <= FRAMES_MAX && !c->sip[p->frame]) {
        c->sip[p->frame] = true;
        c->n++;
    }
    return (int64_t)rest.n;
}

static struct carriers by_us(const char *capture, uint64_t *ret_duplicates)
{
    struct carriers c = {.n = 0};
    struct source *s = NULL;
    struct wire *w = NULL;
    struct error err = {.text = ""};
    struct frame f;
    int r;

    CU_ASSERT_EQUAL_FATAL(wire_new(NULL, (struct payload_sink){take, &c}, &w), 0);
    CU_ASSERT_EQUAL_FATAL(source_open(capture, 0, &s, &err), 0);
    while ((r = source_next(s, &f, &err)) == 1)
        CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
    if (r < 0)
        printf("\n    %s: %s\n", capture, err.text);
    CU_ASSERT_EQUAL(r, 0);
    CU_ASSERT_EQUAL(wire_flush(w), 0);
    *ret_duplicates = wire_count(w, WIRE_DUPLICATE);
    wire_free(w);
    source_free(s);
    return c;
}

/* The same frames, but for those that we know for copies. */
static void compare(const char *capture, unsigned sip, uint64_t duplicates)
{
    uint64_t copies;
    struct carriers theirs = by_tshark(capture), ours = by_us(capture, &copies);

    CU_ASSERT_EQUAL(theirs.n, sip);
    CU_ASSERT_EQUAL(copies, duplicates);
    CU_ASSERT_EQUAL(ours.n + copies, theirs.n);
    for (int i = 1; i <= FRAMES_MAX; i++) {
        if (ours.sip[i] && !theirs.sip[i])
            printf("\n    %s: frame %d is SIP to us alone\n", capture, i);
        CU_ASSERT_TRUE(!ours.sip[i] || theirs.sip[i]);
    }
    printf(" %u/%u", ours.n, theirs.n);
}

static char made[PATH_MAX], other[PATH_MAX], third[PATH_MAX];

static void name_files(void)
{
    snprintf(made, sizeof made, "%s", scratch_path("made"));
    snprintf(other, sizeof other, "%s", scratch_path("other"));
    snprintf(third, sizeof third, "%s", scratch_path("third"));
}

static void the_capture_itself(void)
{
    compare(CAPTURE, 48, 0);
    compare("harness/tests/captures/tls.pcap", 0, 0);
}

static void other_formats(void)
{
    static const char *const formats[] = {"pcap", "nsecpcap", "modpcap", "pcapng"};

    name_files();
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        RUN("/dev/null", "editcap", "-F", formats[i], CAPTURE, made);
        compare(made, 48, 0);
    }
}

static void in_gzip(void)
{
    name_files();
    RUN(made, "gzip", "-c", CAPTURE);
    compare(made, 48, 0);
}

static void cut_by_the_snap_length(void)
{
    name_files();
    RUN("/dev/null", "editcap", "-s", "150", CAPTURE, made);
    compare(made, 48, 0);
}

static void raw_ip(void)
{
    name_files();
    RUN("/dev/null", "editcap", "-F", "pcap", "-C", "14", "-L", "-T", "rawip", CAPTURE, made);
    compare(made, 48, 0);
}

/* Two interfaces with different link types and snap lengths, which libpcap refuses. */
static void different_interfaces(void)
{
    name_files();
    RUN("/dev/null", "editcap", "-C", "14", "-L", "-T", "rawip", "-t", "3600", "-s", "1000", CAPTURE, other);
    RUN("/dev/null", "mergecap", "-F", "pcapng", "-w", made, CAPTURE, other);
    compare(made, 96, 0);
}

static void every_frame_twice(void)
{
    name_files();
    RUN("/dev/null", "editcap", "-t", "0.001", CAPTURE, other);
    RUN("/dev/null", "mergecap", "-F", "pcapng", "-w", made, CAPTURE, other);
    compare(made, 96, 48);
}

/* SIP over what text2pcap can make: from the second BYE on in one datagram or segment each. */
static void other_transports(void)
{
    static const char *const ways[][4] = {{"-u", "5060,5062", "-4", "192.0.2.1,192.0.2.2"},
                                          {"-T", "40000,5060", "-4", "192.0.2.1,192.0.2.2"},
                                          {"-u", "5060,5060", "-6", "2001:db8::1,2001:db8::2"},
                                          {"-T", "40000,5060", "-6", "2001:db8::1,2001:db8::2"},
                                          {"-S", "5060,5060,0", "-4", "192.0.2.1,192.0.2.2"}};
    static const char bye[] =
        "BYE sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n"
        "To: <sip:b@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";
    char dump[sizeof bye * 3 + 20] = "000000";
    size_t n = 6;

    for (size_t i = 0; i < sizeof bye - 1; i++)
        n += (size_t)snprintf(dump + n, sizeof dump - n, " %02x", (unsigned char)bye[i]);
    snprintf(dump + n, sizeof dump - n, "\n");
    snprintf(third, sizeof third, "%s", scratch_file("dump.txt", dump));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        snprintf(made, sizeof made, "%s", scratch_path("made"));
        RUN("/dev/null", "text2pcap", ways[i][0], ways[i][1], ways[i][2], ways[i][3], third, made);
        compare(made, 1, 0);
    }
}

#define BYE                                                                                                  \
    "BYE sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"

static struct slice packet(void)
{
    return ip4("192.0.2.1", "192.0.2.2", 17, 7, udp(5060, 5060, SLICE(BYE)));
}

static struct slice outer(uint8_t protocol, struct slice in)
{
    return ip4("10.0.0.1", "10.0.0.2", protocol, 1, in);
}

static struct slice gtp(void)
{
    struct slice s = join(SLICE("\x30\xff\0\0teid"), packet());

    craft_put((char *)(uintptr_t)s.p + 2, s.n - 8, 2);
    return s;
}

/* A capture of one frame, in which both find SIP. */
static void one_frame(uint32_t linktype, struct slice frame)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    craft_pcap_head(&b, 0xa1b2c3d4, linktype, false);
    craft_pcap_frame(&b, 1700000000, 0, frame, false);
    snprintf(made, sizeof made, "%s", scratch_write("made", b.p, b.n));
    buf_done(&b);
    compare(made, 1, 0);
}

static void link_layers(void)
{
    one_frame(1, eth(0x0800, packet()));
    one_frame(1, eth(0x8100, join(SLICE("\0\5\x08\0"), packet())));
    one_frame(1, eth(0x88a8, join(SLICE("\0\5\x81\0\0\7\x08\0"), packet())));
    one_frame(1, eth(0x8847, join(SLICE("\0\1\0\x40\0\2\1\x40"), packet())));
    one_frame(1, eth(0x8864, join(SLICE("\x11\0\0\1\0\x74\0\x21"), packet())));
    one_frame(1, eth((uint16_t)(8 + packet().n), join(SLICE("\xaa\xaa\3\0\0\0\x08\0"), packet())));
    one_frame(113, join(SLICE("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0"), packet()));
    one_frame(276, join(SLICE("\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0"), packet()));
    one_frame(0, join(SLICE("\2\0\0\0"), packet()));
    one_frame(108, join(SLICE("\0\0\0\2"), packet()));
    one_frame(9, join(SLICE("\xff\3\0\x21"), packet()));
    one_frame(50, join(SLICE("\xff\3\0\x21"), packet()));
    one_frame(104, join(SLICE("\x0f\0\x08\0"), packet()));
    one_frame(101, packet());
    one_frame(228, packet());
    one_frame(229, ip6("::1", "::2", 17, udp(5060, 5060, SLICE(BYE))));
    one_frame(105, join(SLICE("\x08\1\0\0\2\0\0\0\0\1\2\0\0\0\0\1\2\0\0\0\0\1\0\0\xaa\xaa\3\0\0\0\x08\0"),
                        packet()));
}

static void tunnels(void)
{
    one_frame(101, outer(4, packet()));
    one_frame(101, outer(47, join(SLICE("\0\0\x08\0"), packet())));
    one_frame(101, outer(47, join(SLICE("\xb0\0\x08\0cc\0\0kkkkssss"), packet())));
    one_frame(101, outer(47, join(SLICE("\0\0\x65\x58"), eth(0x0800, packet()))));
    one_frame(101, outer(47, join(SLICE("\x10\0\x88\xbessss\x10\5\0\1\0\0\0\0"), eth(0x0800, packet()))));
    one_frame(101, outer(17, udp(2152, 2152, gtp())));
    one_frame(101, outer(17, udp(1, 4789, join(SLICE("\x08\0\0\0\0\0\5\0"), eth(0x0800, packet())))));
    one_frame(101, outer(17, udp(1, 6081, join(SLICE("\0\0\x65\x58\0\0\5\0"), eth(0x0800, packet())))));
    one_frame(101, ip6("::1", "::2", 41, ip6("::1", "::2", 17, udp(5060, 5060, SLICE(BYE)))));
    one_frame(101, ip6("::1", "::2", 0,
                       join(SLICE("\x3c\0\1\4\0\0\0\0\x11\0\1\4\0\0\0\0"), udp(5060, 5060, SLICE(BYE)))));
}

static const struct test tests[] = {
    {"the capture itself", the_capture_itself},
    {"other formats", other_formats},
    {"in gzip", in_gzip},
    {"cut by the snap length", cut_by_the_snap_length},
    {"raw IP", raw_ip},
    {"different interfaces", different_interfaces},
    {"every frame twice", every_frame_twice},
    {"other transports", other_transports},
    {"link layers", link_layers},
    {"tunnels", tunnels},
};
TEST_MAIN("tshark_count", tests)
