#include "wire/tshark.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/capfile.h"
#include "wire/link.h"
#include "wire/source_ops.h"
#include "wire/upper.h"

struct tshark {
    struct source base;
    struct source *inner; /* what it writes */
    pid_t pid;            /* 0 when it has been waited for */
    int said;             /* what it wrote to standard error */
};

/* In the child, between fork and exec: only calls that are safe there. `status` tells the parent why exec
 * failed; it is closed by a success. */
static void become_tshark(char *const *argv, pid_t parent, int out, int said, int status)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC), code;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    if (dup2(nothing, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(said, STDERR_FILENO) >= 0)
        execvp(argv[0], argv);
    code = errno;
    if (write(status, &code, sizeof code) < 0)
        _exit(126);
    _exit(127);
}

/* Starts the child. Its standard output can be read from *ret_out. 0, or a negative errno. */
static int start(struct tshark *t, char *const *argv, int *ret_out)
{
    int out[2] = {-1, -1}, status[2] = {-1, -1}, code = 0;
    pid_t parent = getpid();

    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(status, O_CLOEXEC) < 0) {
        code = errno;
    } else if ((t->pid = fork()) < 0) {
        code = errno;
        t->pid = 0;
    } else if (t->pid == 0) {
        become_tshark(argv, parent, out[1], t->said, status[1]);
    }
    close(out[1]);
    close(status[1]);
    if (code == 0 && read(status[0], &code, sizeof code) != sizeof code)
        code = 0;
    close(status[0]);
    if (code == 0)
        *ret_out = out[0];
    else
        close(out[0]);
    return -code;
}

static void wait_for_it(struct tshark *t, int *ret_status)
{
    while (t->pid && waitpid(t->pid, ret_status, 0) < 0 && errno == EINTR)
        continue;
    t->pid = 0;
}

/* The last line that it wrote, without the name that it puts before it. */
static void last_words(const struct tshark *t, char *text, size_t size)
{
    char all[4096];
    ssize_t n = pread(t->said, all, sizeof all - 1, 0);
    struct slice rest = slice_trim((struct slice){all, n > 0 ? (size_t)n : 0});

    for (size_t end = slice_find(rest, '\n'); end < rest.n; end = slice_find(rest, '\n'))
        rest = slice_tail(rest, end + 1);
    if (slice_starts(rest, SLICE("tshark: ")))
        rest = slice_tail(rest, 8);
    snprintf(text, size, "%.*s", SLICE_ARG(rest));
}

/* It has closed its output: a failure shows in its exit status, whatever the output looked like. */
static int ended(struct tshark *t, int answer, struct error *err)
{
    char text[300];
    int status = 0;

    wait_for_it(t, &status);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && (answer == 0 || answer == -ENODATA))
        return 0;
    t->base.state = SOURCE_FAILED;
    last_words(t, text, sizeof text);
    return error_set(err, EIO, "tshark could not read what TLS carries: %s",
                     text[0] ? text : "it was killed");
}

static int tshark_next(struct source *s, struct frame *ret, struct error *err)
{
    struct tshark *t = (struct tshark *)s;
    struct error inner;
    struct upper u;
    struct frame f;
    int r;

    while ((r = source_next(t->inner, &f, &inner)) == 1) {
        if (f.linktype != LINKTYPE_UPPER_PDU || !upper_decode(f.bytes, &u) ||
            !slice_eq(u.protocol, SLICE("data")))
            continue; /* not out of TLS: the other source has it */
        *ret = f;
        ret->linktype = LINK_DECRYPTED;
        ret->number = u.frame;
        return 1;
    }
    return r == -EAGAIN || r == -EINTR ? r : ended(t, r, err);
}

static int tshark_fd(const struct source *s)
{
    return source_fd(((const struct tshark *)s)->inner);
}

static uint64_t tshark_dropped(const struct source *s)
{
    (void)s;
    return 0;
}

static void tshark_release(struct source *s)
{
    struct tshark *t = (struct tshark *)s;
    int status;

    source_free(t->inner);
    if (t->pid)
        kill(t->pid, SIGKILL);
    wait_for_it(t, &status);
    if (t->said >= 0)
        close(t->said);
    free(t);
}

static const struct source_ops tshark_ops = {
    .next = tshark_next, .fd = tshark_fd, .dropped = tshark_dropped, .release = tshark_release};

/* Every TLS port is taken for plain data, so that each record comes as it is, once. */
static int run(struct tshark *t, const char *capture, const char *keys, int *ret_out)
{
    char option[4200];
    const char *argv[] = {"tshark",
                          "-n",
                          "-r",
                          capture,
                          "-o",
                          "tcp.reassemble_out_of_order:TRUE",
                          "-d",
                          "tls.port==1-65535,data",
                          "-U",
                          "OSI layer 7",
                          "-F",
                          "pcapng",
                          "-w",
                          "-",
                          keys ? "-o" : NULL,
                          option,
                          NULL};

    if (snprintf(option, sizeof option, "tls.keylog_file:%s", keys ? keys : "") >= (int)sizeof option)
        return -ENAMETOOLONG;
    return start(t, (char *const *)(uintptr_t)argv, ret_out);
}

static int explain(struct error *err, int code, const char *capture)
{
    if (code == ENOENT)
        return error_at(err, code, capture, 0,
                        "what TLS carries cannot be read: tshark is not installed (apt-get install tshark)");
    return error_at(err, code, capture, 0, "tshark cannot be started: %s", strerror(code));
}

int tshark_open(const char *capture, const char *keys, uint32_t index, struct source **ret, struct error *err)
{
    struct tshark *t;
    int out, r;

    if (keys && access(keys, R_OK) < 0)
        return error_at(err, errno, keys, 0, "the TLS keys cannot be read: %s", strerror(errno));
    t = calloc(1, sizeof *t);
    if (!t)
        return error_set(err, ENOMEM, "out of memory");
    source_init(&t->base, &tshark_ops, capture, index);
    t->base.numbered = true;
    t->said = memfd_create("tshark", MFD_CLOEXEC);
    r = t->said < 0 ? -errno : run(t, capture, keys, &out);
    if (r == 0)
        r = capfile_open(out, "tshark", index, &t->inner);
    if (r < 0) {
        tshark_release(&t->base);
        return explain(err, -r, capture);
    }
    *ret = &t->base;
    return 0;
}

bool tshark_finds_secrets(const char *capture)
{
    struct source *s = NULL;
    struct frame f;
    bool found;

    if (source_open(capture, 0, &s, NULL) < 0)
        return false;
    (void)source_next(s, &f, NULL);
    found = source_has_secrets(s);
    source_free(s);
    return found;
}
