/* `cpmspec judge` as a user meets it: captures good and bad, streams, interruptions, and what it leaves. */
#include "tests/craft.h"
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/talk.h"
#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>

#define CAPTURE "harness/tests/captures/close-udp.pcap"

enum { ARGS_MAX = 16, SAID_MAX = 1 << 18, LINKTYPE_RAW = 101, PCAP_USEC = 0xa1b2c3d4 };

static char out[SAID_MAX], err[SAID_MAX];

struct job {
    const char *line;
    int in; /* standard input; -1: none */
    struct process *process;
};

static void redirect(const char *path, int fd)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (file < 0 || dup2(file, fd) < 0)
        _exit(120);
}

static int launch(void *ctx)
{
    static char words[ARGS_MAX][PATH_MAX], first[] = "cpmspec", verb[] = "judge";
    struct job *j = ctx;
    char *args[ARGS_MAX + 3] = {first, verb};
    const char *line = j->line;
    int n = 2;

    for (; *line && n < ARGS_MAX + 2; n++) {
        size_t length = strcspn(line, " ");
        snprintf(words[n - 2], sizeof words[0], "%.*s", (int)length, line);
        args[n] = words[n - 2];
        line += length + (line[length] == ' ');
    }
    if (j->in >= 0 && dup2(j->in, 0) < 0)
        return 120;
    redirect(scratch_path("out"), 1);
    redirect(scratch_path("err"), 2);
    execv(runner_program(), args);
    return 121;
}

static void read_back(const char *name, char *text)
{
    FILE *f = fopen(scratch_path(name), "re");
    size_t n = f ? fread(text, 1, SAID_MAX - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
}

static void start(struct job *j)
{
    struct error e;
    static char line[4 * PATH_MAX];

    snprintf(line, sizeof line, "%s", j->line); /* it may lie where the next path does */
    j->line = line;
    scratch_path("out"); /* so that the child finds the folder */
    CU_ASSERT_EQUAL_FATAL(process_fork(launch, j, j->in, &j->process, &e), 0);
}

static int finish(struct job *j)
{
    struct pollfd fd = {.fd = process_fd(j->process), .events = POLLIN};
    int status;

    CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
    CU_ASSERT_EQUAL(process_reap(j->process), 0);
    status = process_status(j->process);
    process_free(j->process);
    read_back("out", out);
    read_back("err", err);
    return status;
}

static int judge(const char *line)
{
    struct job j = {.line = line, .in = -1};

    start(&j);
    return finish(&j);
}

static int judge_file(const char *options, const char *path)
{
    char line[PATH_MAX + 512];

    snprintf(line, sizeof line, "%s%s%s", options, *options ? " " : "", path);
    return judge(line);
}

/* Whether it ended so, and said that and nothing else on standard error. */
static bool ends(const char *path, int status, const char *says)
{
    char line[4 * PATH_MAX];
    int got;

    snprintf(line, sizeof line, "%s", path);
    got = judge(line);
    if (got == status && strstr(err, says) && strchr(err, '\n') == err + strlen(err) - 1)
        return true;
    printf("\n  judge %s: status %d, said %s  want %d: %s\n", line, got, err, status, says);
    return false;
}

/* What a capture point whose clock is `shift` off shows of a talk: messages whose hops `show` has. */
static void record(struct buf *b, const struct talk *t, unsigned show, nsec_t shift)
{
    buf_init(b, 1 << 22);
    craft_pcap_head(b, PCAP_USEC, LINKTYPE_RAW, false);
    for (int i = 0; i < t->n; i++) {
        const struct talk_message *m = &t->message[i];
        nsec_t at = (m->time + shift) / NSEC_PER_USEC;
        char src[ADDR_TEXT], dst[ADDR_TEXT];

        if (m->gone || !(show >> m->hop & 1))
            continue;
        craft_pcap_frame(b, (uint32_t)(at / 1000000), (uint32_t)(at % 1000000),
                         ip4(addr_format(&m->src.addr, src), addr_format(&m->dst.addr, dst), 17, (uint16_t)i,
                             udp(m->src.port, m->dst.port, buf_slice(&m->text))),
                         false);
    }
}

static const char *record_file(const char *name, const struct talk *t, unsigned show, nsec_t shift)
{
    struct buf b;
    const char *path;

    record(&b, t, show, shift);
    path = scratch_write(name, b.p, b.n);
    buf_done(&b);
    return path;
}

static struct talk talk;

/* A session that is set up and closed, and how much later another one is set up: the capture goes on. */
static int converse(void)
{
    struct talk_session s = talk_default(1), other = talk_default(2);
    int bye;

    talk_init(&talk);
    talk_setup(&talk, &s);
    bye = talk_close(&talk, &s, false, 2);
    talk.now += 100 * NSEC_PER_SEC;
    talk_setup(&talk, &other);
    return bye;
}

static void says_how_it_went(void)
{
    int bye = converse();

    CU_ASSERT_EQUAL(judge_file("", record_file("pass.pcap", &talk, ~0u, 0)), 0);
    for (int i = bye + 7; i < bye + 14; i++)
        talk.message[i].gone = true;
    CU_ASSERT_EQUAL(judge_file("", record_file("fail.pcap", &talk, ~0u, 0)), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "reply.missing"));
    talk_done(&talk);
    converse();
    CU_ASSERT_EQUAL(judge_file("", record_file("unsure.pcap", &talk, 0x0f, 0)), 6);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "inconclusive"));
    CU_ASSERT_EQUAL(judge("--json /dev/full " CAPTURE), 3);
    CU_ASSERT_EQUAL(judge(""), 4);
    CU_ASSERT_EQUAL(judge("--jobs 2 " CAPTURE), 4);
    talk_done(&talk);
}

static void warns_and_with_strict_fails(void)
{
    int bye = converse();

    for (int i = bye; i < bye + 7; i++)
        talk_edit(&talk.message[i], "Content-Length", "Contact: <sip:alice@127.0.10.1>\r\nContent-Length");
    CU_ASSERT_EQUAL(judge_file("", record_file("should.pcap", &talk, ~0u, 0)), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "headers.unexpected"));
    CU_ASSERT_EQUAL(judge_file("--strict", scratch_path("should.pcap")), 1);
    talk_done(&talk);
}

/* The first `n` bytes of the capture in the tree. */
static const char *part(const char *name, size_t n)
{
    static char bytes[1 << 16];
    FILE *f = fopen(CAPTURE, "re");
    size_t got = f ? fread(bytes, 1, n < sizeof bytes ? n : sizeof bytes, f) : 0;

    CU_ASSERT_EQUAL(got, n);
    if (f)
        fclose(f);
    return scratch_write(name, bytes, got);
}

static void names_what_is_wrong(void)
{
    static const struct {
        const char *name, *text;
        int status;
        const char *says;
    } files[] = {
        {"empty.pcap", "", 4, "empty: there is no byte in it"},
        {"letter.pcap", "Dear Sir or Madam, no capture this time", 4, "not a capture"},
    };

    CU_ASSERT_TRUE(ends("/nowhere/x.pcap", 4, "/nowhere/x.pcap: no such capture"));
    CU_ASSERT_TRUE(ends("testcases", 4, "a folder, not a capture"));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        CU_ASSERT_TRUE(ends(scratch_file(files[i].name, files[i].text), files[i].status, files[i].says));
    CU_ASSERT_TRUE(ends(part("head.pcap", 24), 5, "there is no frame in the capture"));
    CU_ASSERT_EQUAL(judge_file("", part("cut.pcap", 5)), 5);
    CU_ASSERT_PTR_NOT_NULL(strstr(err, "cut off inside the file header"));
    CU_ASSERT_EQUAL(judge_file("", part("cut.pcap", 20000)), 5);
    CU_ASSERT_PTR_NOT_NULL(strstr(err, "cut.pcap: cut off in the middle of frame 23"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err, "no BYE in them"));
    CU_ASSERT_EQUAL(judge_file("", part("cut.pcap", 33000)), 6);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "the capture is not whole"));
}

static void names_what_is_not_there(void)
{
    struct buf b;
    char path[PATH_MAX];

    converse();
    for (int i = 0; i < talk.n; i++)
        talk.message[i].gone = strcmp(talk.message[i].method, "BYE") == 0;
    CU_ASSERT_TRUE(
        ends(record_file("open.pcap", &talk, ~0u, 0), 5, "no BYE in them; sessions still open: 2"));
    talk_done(&talk);
    buf_init(&b, 1 << 16);
    craft_pcap_head(&b, PCAP_USEC, LINKTYPE_RAW, false);
    craft_pcap_frame(&b, 1, 0, ip4("192.0.2.1", "192.0.2.2", 17, 1, udp(53, 53, SLICE("no SIP"))), false);
    snprintf(path, sizeof path, "%s", scratch_write("dns.pcap", b.p, b.n));
    buf_done(&b);
    CU_ASSERT_TRUE(ends(path, 5, "1 frames, and no SIP message in them"));
}

static void names_a_mistake_in_the_profile(void)
{
    char line[2 * PATH_MAX];

    snprintf(line, sizeof line, "--sut %s " CAPTURE,
             scratch_file("sut.xml", "<sut name='S'>\n<ixit>\n<function role='core-c'/>\n</ixit></sut>\n"));
    CU_ASSERT_TRUE(ends(line, 4, "sut.xml:3: "));
    /* addresses of another network: nothing is judged, and it says why */
    snprintf(
        line, sizeof line, "--sut %s " CAPTURE,
        scratch_file("sut.xml",
                     "<sut name='S'><ixit><function role='client-a'><node address='10.0.0.1'/></function>"
                     "<function role='core-a'><node address='10.0.0.2'/></function>"
                     "<function role='pf-a'><node address='10.0.0.3'/></function>"
                     "<function role='core-b'><node address='10.0.0.4'/></function>"
                     "<function role='pf-b'><node address='10.0.0.5'/></function>"
                     "<function role='client-b'><node address='10.0.0.6'/></function></ixit></sut>"));
    CU_ASSERT_TRUE(ends(line, 5, "name the SUT's addresses in a profile (--sut FILE)"));
}

static void names_where_it_cannot_write(void)
{
    CU_ASSERT_TRUE(ends("--json /nowhere/x.json " CAPTURE, 4, "/nowhere/x.json: cannot be written"));
    CU_ASSERT_TRUE(ends("--junit /nowhere/x.xml " CAPTURE, 4, "/nowhere/x.xml: cannot be written"));
    CU_ASSERT_TRUE(ends("--html /nowhere/x.html " CAPTURE, 4, "/nowhere/x.html: cannot be written"));
    CU_ASSERT_TRUE(ends("--junit /dev/full " CAPTURE, 3, "/dev/full: writing failed"));
    CU_ASSERT_TRUE(ends("--html /dev/full " CAPTURE, 3, "/dev/full: writing failed"));
}

static const char *verdict_in(const char *name, size_t i)
{
    static char text[32];
    json_t *root = json_load_file(scratch_path(name), 0, NULL);
    json_t *result = json_array_get(json_object_get(root, "results"), i);
    const char *verdict = json_string_value(json_object_get(result, "verdict"));

    snprintf(text, sizeof text, "%s", verdict ? verdict : root ? "none" : "no JSON");
    json_decref(root);
    return text;
}

static bool is_xml(const char *name)
{
    xmlDoc *doc = xmlReadFile(scratch_path(name), NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    bool ok = doc != NULL;

    xmlFreeDoc(doc);
    return ok;
}

static void writes_all_outputs_at_once(void)
{
    char line[4 * PATH_MAX], dir[PATH_MAX];
    FILE *f;

    snprintf(dir, sizeof dir, "%s", scratch_path("x"));
    snprintf(line, sizeof line, "--quiet --json %s.json --junit %s.xml --html %s.html " CAPTURE, dir, dir,
             dir);
    CU_ASSERT_EQUAL(judge(line), 0);
    CU_ASSERT_STRING_EQUAL(verdict_in("x.json", 0), "pass");
    CU_ASSERT_TRUE(is_xml("x.xml"));
    f = fopen(scratch_path("x.html"), "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_TRUE(fgets(out, sizeof out, f) && strncmp(out, "<!DOCTYPE html>", 15) == 0);
    fclose(f);
}

/* Two hosts, the second one's clock an hour late, early, and right. */
static void compares_no_clocks(void)
{
    static const nsec_t shifts[] = {0, 3600 * NSEC_PER_SEC, -3600 * NSEC_PER_SEC, 20 * NSEC_PER_MSEC,
                                    -20 * NSEC_PER_MSEC};
    char line[2 * PATH_MAX + 64], left[PATH_MAX];

    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        converse();
        snprintf(left, sizeof left, "%s", record_file("left.pcap", &talk, 0x0f, 0));
        snprintf(line, sizeof line, "%s %s", left, record_file("right.pcap", &talk, 0x78, shifts[i]));
        CU_ASSERT_EQUAL(judge(line), 0);
        snprintf(line, sizeof line, "%s %s", scratch_path("right.pcap"), left);
        CU_ASSERT_EQUAL(judge(line), 0);
        /* no message that both show: what core-b does with the answer cannot be told */
        snprintf(line, sizeof line, "%s %s", left, record_file("right.pcap", &talk, 0x70, shifts[i]));
        CU_ASSERT_EQUAL(judge(line), 6);
        talk_done(&talk);
    }
}

/* One of two captures ends before an answer could have come to it. */
static void waits_for_every_capture(void)
{
    char line[2 * PATH_MAX + 64], left[PATH_MAX];
    int bye = converse();

    for (int i = bye + 10; i < bye + 14; i++)
        talk.message[i].gone = true;
    snprintf(left, sizeof left, "%s", record_file("left.pcap", &talk, 0x0f, 0));
    snprintf(line, sizeof line, "%s %s", left, record_file("right.pcap", &talk, 0x78, 0));
    CU_ASSERT_EQUAL(judge(line), 1);
    for (int i = bye + 14; i < talk.n; i++)
        talk.message[i].gone = true;
    snprintf(left, sizeof left, "%s", record_file("left.pcap", &talk, 0x0f, 0));
    snprintf(line, sizeof line, "%s %s", left, scratch_path("right.pcap"));
    CU_ASSERT_EQUAL(judge(line), 6);
    talk_done(&talk);
}

static bool thread_sleeps(pid_t pid, const char *thread)
{
    char path[300], text[256] = "";
    const char *state;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/task/%s/stat", (int)pid, thread);
    f = fopen(path, "re");
    if (!f)
        return true; /* it is gone */
    state = fgets(text, sizeof text, f) ? strrchr(text, ')') : NULL;
    fclose(f);
    return state && state[1] == ' ' && state[2] == 'S';
}

/* Whether it sleeps, with all its threads: with nothing to read, it has done all that there was to do. */
static bool sleeps(const struct job *j)
{
    char path[64];
    const struct dirent *e;
    bool all = true;
    DIR *d;

    snprintf(path, sizeof path, "/proc/%d/task", (int)process_pid(j->process));
    d = opendir(path);
    while (d && all && (e = readdir(d)))
        all = e->d_name[0] == '.' || thread_sleeps(process_pid(j->process), e->d_name);
    if (d)
        closedir(d);
    return d && all;
}

/* Gives the program bytes and waits until it has taken them. */
static void give(const struct job *j, int fd, const char *p, size_t n)
{
    nsec_t until = clock_monotonic() + RUNNER_DEADLINE_MS * NSEC_PER_MSEC;
    int left = 1, idle = 0; /* one thread may be about to wake another: so more than one look */

    CU_ASSERT_EQUAL(write(fd, p, n), (ssize_t)n);
    while (ioctl(fd, FIONREAD, &left) == 0 && idle < 5 && clock_monotonic() < until) {
        idle = left == 0 && sleeps(j) ? idle + 1 : 0;
        poll(NULL, 0, 2);
    }
    CU_ASSERT_EQUAL(left, 0);
}

static void begin_stream(struct job *j, const char *line, int *ret_fd)
{
    int ends_of[2];

    CU_ASSERT_EQUAL_FATAL(pipe2(ends_of, O_CLOEXEC), 0);
    *j = (struct job){.line = line, .in = ends_of[0]};
    start(j);
    close(ends_of[0]);
    *ret_fd = ends_of[1];
}

static void reads_a_stream_while_it_is_written(void)
{
    struct buf b;
    struct job j;
    int fd;

    converse();
    record(&b, &talk, ~0u, 0);
    begin_stream(&j, "-", &fd);
    for (size_t at = 0, n; at < b.n; at += n) {
        n = b.n - at < 1777 ? b.n - at : 1777;
        give(&j, fd, b.p + at, n);
    }
    close(fd);
    CU_ASSERT_EQUAL(finish(&j), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "all 14 steps were taken in order"));
    buf_done(&b);
    talk_done(&talk);
}

/* What was seen until then is judged and written; the status says that it is not all. */
static void interrupted_at(const char *name, size_t percent, int signal, const char *verdict)
{
    char line[2 * PATH_MAX + 64], xml[64];
    struct buf b;
    struct job j;
    int fd;

    converse();
    record(&b, &talk, ~0u, 0);
    snprintf(xml, sizeof xml, "%s.xml", name);
    snprintf(line, sizeof line, "--json %s", scratch_path(name));
    snprintf(line + strlen(line), sizeof line - strlen(line), " --junit %s -", scratch_path(xml));
    begin_stream(&j, line, &fd);
    give(&j, fd, b.p, b.n * percent / 100);
    kill(process_pid(j.process), signal);
    CU_ASSERT_EQUAL(finish(&j), 2);
    close(fd);
    CU_ASSERT_STRING_EQUAL(verdict_in(name, 0), verdict);
    CU_ASSERT_TRUE(is_xml(xml));
    buf_done(&b);
    talk_done(&talk);
}

static void is_interrupted(void)
{
    interrupted_at("early.json", 1, SIGINT, "none");
    interrupted_at("before.json", 20, SIGTERM, "none");
    interrupted_at("amid.json", 50, SIGINT, "inconclusive");
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "it was interrupted"));
    interrupted_at("after.json", 90, SIGTERM, "pass");
}

static const struct test tests[] = {
    {"says how it went", says_how_it_went},
    {"warns, and with --strict fails", warns_and_with_strict_fails},
    {"names what is wrong", names_what_is_wrong},
    {"names what is not there", names_what_is_not_there},
    {"names a mistake in the profile", names_a_mistake_in_the_profile},
    {"names where it cannot write", names_where_it_cannot_write},
    {"writes all outputs at once", writes_all_outputs_at_once},
    {"compares no clocks", compares_no_clocks},
    {"waits for every capture", waits_for_every_capture},
    {"reads a stream while it is written", reads_a_stream_while_it_is_written},
    {"is interrupted", is_interrupted},
};
TEST_MAIN("judge_e2e", tests)
