/* bench CPMSPEC TALK_CAPTURE FOLDER: what judging costs, beside what others take for less. Makes captures in
 * the folder, runs the programs in turn, five times each, and prints medians and ratios; removes what it
 * made. Figures are of whole processes, as the kernel accounts for them. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { ROUNDS = 5, ARGS_MAX = 24, PATH = 512 };

struct usage {
    double wall, cpu; /* seconds */
    double rss;       /* MiB */
    bool ok;
};

struct capture {
    const char *name, *messages, *open;
    char path[PATH];
};

static struct usage run(const char *const argv[])
{
    posix_spawn_file_actions_t fa;
    struct usage u = {0};
    struct rusage ru;
    nsec_t begin = clock_monotonic();
    pid_t pid;
    int status;

    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)(uintptr_t)argv, environ) == 0 &&
        wait4(pid, &status, 0, &ru) == pid) {
        u.ok =
            WIFEXITED(status) && WEXITSTATUS(status) != 127; /* a capture may end inside its last session */
        u.wall = (double)(clock_monotonic() - begin) / (double)NSEC_PER_SEC;
        u.cpu = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
                (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
        u.rss = (double)ru.ru_maxrss / 1024;
    }
    posix_spawn_file_actions_destroy(&fa);
    return u;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double middle(double v[ROUNDS])
{
    qsort(v, ROUNDS, sizeof *v, by_size);
    return v[ROUNDS / 2];
}

/* A program and its capture, measured in turn with the others. */
struct contestant {
    const char *name;
    const char *argv[ARGS_MAX];
    double messages;
    double wall[ROUNDS], cpu[ROUNDS], rss[ROUNDS];
    bool ok;
    double mid_wall, mid_cpu, mid_rss;
};

static void compete(struct contestant *c, int n)
{
    for (int i = 0; i < n; i++)
        c[i].ok = true;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < n; i++) {
            struct usage u = c[i].ok ? run(c[i].argv) : (struct usage){0};
            c[i].ok = c[i].ok && u.ok;
            c[i].wall[round] = u.wall;
            c[i].cpu[round] = u.cpu;
            c[i].rss[round] = u.rss;
        }
    printf("%-34s %10s %9s %9s %9s %12s\n", "", "messages", "wall s", "cpu s", "peak MiB", "messages/s");
    for (int i = 0; i < n; i++) {
        c[i].mid_wall = middle(c[i].wall);
        c[i].mid_cpu = middle(c[i].cpu);
        c[i].mid_rss = middle(c[i].rss);
        if (c[i].ok)
            printf("%-34s %10.0f %9.3f %9.3f %9.1f %12.0f\n", c[i].name, c[i].messages, c[i].mid_wall,
                   c[i].mid_cpu, c[i].mid_rss, c[i].messages / c[i].mid_wall);
        else
            printf("%-34s not installed, or it failed\n", c[i].name);
    }
}

static bool make_capture(const char *maker, const char *folder, struct capture *c)
{
    const char *argv[] = {maker, c->path, c->messages, c->open, NULL};

    snprintf(c->path, sizeof c->path, "%s/%s.pcap", folder, c->name);
    if (run(argv).ok)
        return true;
    fprintf(stderr, "bench: %s cannot make %s\n", maker, c->path);
    return false;
}

static void beside_others(const char *cpmspec, struct capture *big, struct capture *small)
{
    struct contestant c[] = {
        {.name = "cpmspec judge", .messages = 500000, .argv = {cpmspec, "judge", "--quiet", big->path}},
        {.name = "tcpdump -w /dev/null",
         .messages = 500000,
         .argv = {"tcpdump", "-r", big->path, "-w", "/dev/null"}},
        {.name = "tshark -T fields",
         .messages = 500000,
         .argv = {"tshark", "-r", big->path, "-T", "fields", "-e", "sip.Call-ID", "-e", "sip.CSeq", "-e",
                  "sip.Via.branch"}},
        {.name = "sngrep -N",
         .messages = 20000,
         .argv = {"sngrep", "-N", "-I", small->path, "-O", "/dev/null"}},
    };

    compete(c, 4);
    printf("\nwall time of judge / tcpdump: %.2f;  cpu: %.2f\n", c[0].mid_wall / c[1].mid_wall,
           c[0].mid_cpu / c[1].mid_cpu);
    if (c[2].ok)
        printf("throughput of judge / tshark: %.1f by wall time, %.1f by cpu\n\n",
               c[2].mid_wall / c[0].mid_wall, c[2].mid_cpu / c[0].mid_cpu);
}

static void flat(const char *cpmspec, struct capture *captures, int n)
{
    struct contestant c[8] = {{0}};

    for (int i = 0; i < n; i++)
        c[i] = (struct contestant){.name = captures[i].name,
                                   .messages = strtod(captures[i].messages, NULL),
                                   .argv = {cpmspec, "judge", "--quiet", captures[i].path}};
    compete(c, n);
    for (int i = 0; i < n; i++)
        printf("%-34s %6.2f us of cpu a message\n", c[i].name, c[i].mid_cpu * 1e6 / c[i].messages);
}

int main(int argc, char **argv)
{
    static struct capture captures[] = {
        {"500000 messages, 200 sessions open", "500000", "200", ""},
        {"1000 messages", "1000", "10", ""},
        {"5000000 messages", "5000000", "200", ""},
        {"500000 messages, 1 session open", "500000", "1", ""},
        {"5000000 messages, 100000 open", "5000000", "100000", ""},
        {"20000 messages", "20000", "200", ""},
    };
    enum { N = sizeof captures / sizeof captures[0] };
    bool ok = argc == 4;

    if (!ok)
        fprintf(stderr, "usage: bench CPMSPEC TALK_CAPTURE FOLDER\n");
    for (int i = 0; i < N && ok; i++)
        ok = make_capture(argv[2], argv[3], &captures[i]);
    sync(); /* the captures are on their way to the disk: that is nobody's time */
    if (ok) {
        setvbuf(stdout, NULL, _IOLBF, 0);
        beside_others(argv[1], &captures[0], &captures[N - 1]);
        flat(argv[1], captures, N - 1);
    }
    for (int i = 0; i < N; i++)
        if (captures[i].path[0])
            unlink(captures[i].path);
    return ok ? 0 : 1;
}
