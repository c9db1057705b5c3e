#include "drive/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXEC_FAILED = 127 };

struct process {
    pid_t pid;
    int pidfd;
    bool ended;
    siginfo_t info; /* how it ended */
};

bool process_find(const char *name, char *out, size_t size)
{
    /* Servers live in sbin, which is not in an ordinary user's PATH on Debian. */
    const char *path = getenv("PATH");
    char all[4096], file[PATH_MAX];

    if (strchr(name, '/'))
        return access(name, X_OK) == 0 && (!out || snprintf(out, size, "%s", name) < (int)size);
    snprintf(all, sizeof all, "%s:/usr/local/sbin:/usr/sbin:/sbin",
             path ? path : "/usr/local/bin:/usr/bin:/bin");
    for (const char *dir = all, *end; *dir; dir = *end ? end + 1 : end) {
        end = strchrnul(dir, ':');
        snprintf(file, sizeof file, "%.*s/%s", (int)(end - dir), dir, name);
        if (end != dir && access(file, X_OK) == 0)
            return !out || snprintf(out, size, "%s", file) < (int)size;
    }
    return false;
}

/* --- in the child: only what is safe between fork and exec; the errno goes up the pipe */

static void die_with_parent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before we asked */
        _exit(EXEC_FAILED);
}

static void default_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int s = 1; s < NSIG; s++)
        sigaction(s, &action, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int redirect(const char *path, int flags, int to)
{
    int fd = open(path, flags | O_CLOEXEC, 0666), r;

    if (fd < 0)
        return -1;
    r = dup2(fd, to);
    if (fd != to)
        close(fd);
    return r;
}

static int set_streams(const struct process_spec *spec)
{
    if (redirect("/dev/null", O_RDONLY, 0) < 0)
        return -1;
    if (spec->out && !spec->log)
        return dup2(spec->out, 1) < 0 ? -1 : dup2(1, 2);
    if (redirect(spec->log ? spec->log : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 2) < 0)
        return -1;
    return dup2(spec->out ? spec->out : 2, 1);
}

static void child_exec(const struct process_spec *spec, const char *file, int report)
{
    int code;

    if (set_streams(spec) < 0 || (spec->dir && chdir(spec->dir) < 0))
        goto out;
    for (const char *const *e = spec->env; e && *e; e++)
        putenv((char *)(uintptr_t)*e);
    default_signals();
    execv(file, (char *const *)(uintptr_t)spec->argv);
out:
    code = errno;
    while (write(report, &code, sizeof code) < 0 && errno == EINTR)
        ;
    _exit(EXEC_FAILED);
}

/* --- in the parent */

/* Forks; in the child (0) everything of the contract but exec is done. The group is set on both sides, so
 * that it exists whoever runs first. */
static int fork_process(struct process *p, struct error *err)
{
    pid_t parent = getpid();

    p->pid = fork();
    if (p->pid == 0) {
        setpgid(0, 0);
        die_with_parent(parent);
        return 0;
    }
    if (p->pid < 0)
        return error_set(err, errno, "cannot start a process: %s", strerror(errno));
    setpgid(p->pid, p->pid);
    p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    if (p->pidfd < 0) {
        int code = errno;
        kill(-p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
        return error_set(err, code, "cannot watch a process: %s", strerror(code));
    }
    return 1;
}

static int exec_outcome(int fd)
{
    int code = 0;
    ssize_t n;

    do
        n = read(fd, &code, sizeof code);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof code ? code : 0;
}

static int start(const struct process_spec *spec, const char *file, struct process *p, struct error *err)
{
    int report[2], r, code;

    if (pipe2(report, O_CLOEXEC) < 0)
        return error_set(err, errno, "cannot start %s: %s", spec->argv[0], strerror(errno));
    r = fork_process(p, err);
    if (r == 0)
        child_exec(spec, file, report[1]);
    close(report[1]);
    if (r > 0 && (code = exec_outcome(report[0])) != 0) {
        waitpid(p->pid, NULL, 0);
        close(p->pidfd);
        r = error_set(err, code, "cannot start %s: %s", spec->argv[0], strerror(code));
    }
    close(report[0]);
    return r < 0 ? r : 0;
}

int process_start(const struct process_spec *spec, struct process **ret, struct error *err)
{
    char file[PATH_MAX];
    struct process *p;
    int r;

    if (!process_find(spec->argv[0], file, sizeof file))
        return error_set(err, ENOENT, "%s is not installed", spec->argv[0]);
    p = calloc(1, sizeof *p);
    if (!p)
        return error_set(err, ENOMEM, "no memory to start %s", spec->argv[0]);
    r = start(spec, file, p, err);
    if (r < 0) {
        free(p);
        return r;
    }
    *ret = p;
    return 0;
}

static void close_all_but(int keep)
{
    if (keep > 3)
        close_range(3, (unsigned)keep - 1, 0);
    close_range(keep > 2 ? (unsigned)keep + 1 : 3, ~0U, 0);
}

int process_fork(int (*body)(void *ctx), void *ctx, int keep, struct process **ret, struct error *err)
{
    struct process *p = calloc(1, sizeof *p);
    int r;

    if (!p)
        return error_set(err, ENOMEM, "no memory to start a process");
    r = fork_process(p, err);
    if (r == 0) {
        default_signals();
        close_all_but(keep);
        _exit(body(ctx));
    }
    if (r < 0) {
        free(p);
        return r;
    }
    *ret = p;
    return 0;
}

int process_reap(struct process *p)
{
    if (p->ended)
        return 0;
    p->info.si_pid = 0;
    if (waitid(P_PID, (id_t)p->pid, &p->info, WEXITED | WNOHANG | WNOWAIT) < 0 || p->info.si_pid == 0)
        return -EAGAIN;
    p->ended = true;
    return 0;
}

int process_status(const struct process *p)
{
    return p->info.si_code == CLD_EXITED ? p->info.si_status : -p->info.si_status;
}

const char *process_describe(const struct process *p, char *out, size_t size)
{
    int status = process_status(p);

    if (status >= 0)
        snprintf(out, size, "ended with status %d", status);
    else
        snprintf(out, size, "was killed by signal %d (%s)", -status, strsignal(-status));
    return out;
}

/* The leader stays a zombie until process_free, so the number of the group is ours as long as we use it, even
 * where members outlive their leader. */
void process_signal(struct process *p, int signal)
{
    kill(-p->pid, signal);
}

void process_signal_leader(struct process *p, int signal)
{
    kill(p->pid, signal);
}

void process_free(struct process *p)
{
    siginfo_t info;

    if (!p)
        return;
    kill(-p->pid, SIGKILL);
    while (waitid(P_PID, (id_t)p->pid, &info, WEXITED) < 0 && errno == EINTR)
        ;
    close(p->pidfd);
    free(p);
}

pid_t process_pid(const struct process *p)
{
    return p->pid;
}

int process_fd(const struct process *p)
{
    return p->pidfd;
}
