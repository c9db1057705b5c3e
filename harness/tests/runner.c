#include "tests/runner.h"

#include "base/clock.h"
#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OPTIONS_MAX = 16, TEXT_MAX = 1 << 20 };

const char *runner_program(void)
{
    static char path[PATH_MAX + 16];
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);

    for (int levels = 0; n > 0 && levels < 2; levels++)
        while (n > 0 && path[--n] != '/')
            ;
    snprintf(path + n, sizeof path - (size_t)n, "/cpmspec");
    return path;
}

struct launch {
    struct runner *runner;
    const char *argv[OPTIONS_MAX + 5];
};

static int launch(void *ctx)
{
    struct launch *l = ctx;
    int log = open(l->runner->log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    int null = open("/dev/null", O_RDONLY);
    char dir[RUNNER_PATH];

    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(l->runner->out, '/') - l->runner->out), l->runner->out);
    if (log < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || chdir(dir) < 0)
        return 120;
    if (l->runner->enter && !l->runner->enter(l->runner->ctx))
        return 121;
    execv(runner_program(), (char *const *)(uintptr_t)l->argv);
    return 122;
}

void runner_start(struct runner *r, const char *out, const char *const *options)
{
    struct launch l = {.runner = r, .argv = {"cpmspec", "run", "--out", r->out}};
    struct error err;

    for (int i = 0; options && options[i] && i < OPTIONS_MAX; i++)
        l.argv[4 + i] = options[i];
    snprintf(r->out, sizeof r->out, "%s", out);
    snprintf(r->log, sizeof r->log, "%.4096s.said", out);
    CU_ASSERT_EQUAL_FATAL(process_fork(launch, &l, -1, &r->process, &err), 0);
}

void runner_wait(struct runner *r)
{
    struct pollfd fd = {.fd = process_fd(r->process), .events = POLLIN};
    char path[RUNNER_PATH + 16];

    CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
    CU_ASSERT_EQUAL(process_reap(r->process), 0);
    r->status = process_status(r->process);
    process_free(r->process);
    r->process = NULL;
    snprintf(path, sizeof path, "%s/results.json", r->out);
    r->results = json_load_file(path, 0, NULL);
}

int runner_run(struct runner *r, const char *out, const char *const *options)
{
    runner_start(r, out, options);
    runner_wait(r);
    return r->status;
}

void runner_done(struct runner *r)
{
    process_free(r->process);
    json_decref(r->results);
    r->process = NULL;
    r->results = NULL;
}

const char *runner_said(const struct runner *r)
{
    static char text[TEXT_MAX];
    FILE *f = fopen(r->log, "re");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
    return text;
}

bool runner_says(const struct runner *r, const char *text)
{
    if (strstr(runner_said(r), text))
        return true;
    printf("\n  status %d, said: %s\n  want: %s\n", r->status, runner_said(r), text);
    return false;
}

static bool wait_until(bool (*is)(const struct runner *r, const char *what), const struct runner *r,
                       const char *what)
{
    nsec_t until = clock_monotonic() + RUNNER_DEADLINE_MS * NSEC_PER_MSEC;

    while (!is(r, what) && clock_monotonic() < until)
        poll(NULL, 0, 2);
    return is(r, what);
}

static bool is_there(const struct runner *r, const char *file)
{
    char path[RUNNER_PATH * 2];

    snprintf(path, sizeof path, "%s/%s", r->out, file);
    return access(path, F_OK) == 0;
}

bool runner_reaches(const struct runner *r, const char *file)
{
    return wait_until(is_there, r, file);
}

/* The command line of a process with spaces between its words; "" for one that is gone, or only waits to be
 * reaped. */
static const char *command_line(const char *pid)
{
    static char text[16384];
    char path[300];
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    for (ssize_t i = 0; i < n; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    text[n > 0 ? n : 0] = '\0';
    return text;
}

pid_t runner_find(const struct runner *r, const char *word)
{
    DIR *proc = opendir("/proc");
    const struct dirent *e;
    pid_t found = 0;

    while (proc && !found && (e = readdir(proc))) {
        const char *line;
        if (e->d_name[0] < '0' || e->d_name[0] > '9')
            continue;
        line = command_line(e->d_name);
        if (strstr(line, r->out) && strstr(line, word))
            found = (pid_t)strtol(e->d_name, NULL, 10);
    }
    if (proc)
        closedir(proc);
    return found;
}

static bool nothing_left(const struct runner *r, const char *what)
{
    return runner_find(r, what) == 0;
}

bool runner_left_nothing(const struct runner *r)
{
    return wait_until(nothing_left, r, "");
}

const char *runner_result(const struct runner *r, size_t n, const char *field)
{
    const char *text =
        json_string_value(json_object_get(json_array_get(json_object_get(r->results, "results"), n), field));

    return text ? text : "";
}

const char *runner_rule(const struct runner *r, size_t n)
{
    const json_t *result = json_array_get(json_object_get(r->results, "results"), n);
    const char *rule =
        json_string_value(json_object_get(json_array_get(json_object_get(result, "findings"), 0), "rule"));

    return rule ? rule : "";
}
