/* cpmspec run: makes the traffic of each test case, captures it, and has it judged. */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/places.h"
#include "cli/runcase.h"
#include "cli/runfolder.h"
#include "cli/setting.h"
#include "drive/campaign.h"
#include "drive/capture.h"
#include "drive/iut.h"
#include "drive/plan.h"
#include "drive/process.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"

static const struct verb verb = {
    .name = "run",
    .arguments = "",
    .purpose = "make the traffic of the test cases, capture it, judge it",
    .details =
        "Without --sut the reference network is run, in namespaces of its own where the kernel allows\n"
        "that. Everything that was captured and said goes to reports/<time>-<n>/, or to --out DIR.\n",
    .takes = TAKES_SUT | TAKES_OUTPUTS | TAKES_JSON | TAKES_RUN,
};

/* A test case waits more than it works: two of them keep a processor busy. */
enum { JOBS_PER_CPU = 2, JOBS_DEFAULT_MAX = 8 };

struct run {
    struct options options;
    struct setting setting;
    struct faults *faults;
    const struct fault *fault;
    struct runfolder folder;
    enum sandbox_kind kind;
    struct capture_clocks clocks;
    char forbidden[256]; /* why there is no sandbox; "" where there is one, or none is wanted */
    int n, next;         /* test cases picked; the first one not reported yet */
    struct runcase *test;
    int nrunnable;
    int *runnable; /* those that apply: the campaign's indices to ours */
    const struct testcase **driven;
    struct outputs outputs;
    bool opened;
    struct summary summary;
    uint32_t *source_clock;
    char (*source)[RUNFOLDER_PATH + 96];
    const char **source_name;
    bool progress; /* shown on the terminal */
    bool attended; /* somebody is there who can be asked to do something */
    int failed;    /* a negative errno: nothing more can be done */
    struct error error;
};

/* --- what is to be run */

static bool picked(const struct run *r, const struct testcase *tc)
{
    if (!testcase_picked(tc, r->options.only, r->options.nonly))
        return false;
    /* A fault shows where its side closes; other test cases are run with it only when they are asked for. */
    return !r->fault || r->options.nonly || fault_shows(r->fault, tc, r->setting.profile->transport);
}

static int find_fault(struct run *r, struct error *err)
{
    int e;

    if (!r->options.fault)
        return 0;
    e = faults_load(r->setting.home.data, &r->faults, err);
    if (e < 0)
        return e;
    r->fault = faults_find(r->faults, r->options.fault);
    if (!r->fault)
        return error_set(err, EINVAL, "there is no fault \"%.60s\"; 'cpmspec explain' lists them all",
                         r->options.fault);
    return 0;
}

/* A fault may be one of a network of another shape than the default one. */
static int take_shape(struct run *r, struct error *err)
{
    char path[PATH_MAX + 128];

    if (!r->fault || !*r->fault->sut || r->options.sut)
        return 0;
    snprintf(path, sizeof path, "%s/reference-network/%s", r->setting.home.data, r->fault->sut);
    setting_done(&r->setting);
    return setting_load(path, &r->setting, err);
}

static int pick(struct run *r, struct error *err)
{
    const struct testcases *all = r->setting.suite;
    int points = capture_points(r->setting.profile, r->kind);

    r->test = calloc((size_t)all->n + 1, sizeof *r->test);
    r->runnable = calloc((size_t)all->n + 1, sizeof *r->runnable);
    r->driven = calloc((size_t)all->n + 1, sizeof *r->driven);
    if (!r->test || !r->runnable || !r->driven)
        return error_set(err, ENOMEM, "out of memory");
    for (int i = 0; i < all->n; i++) {
        if (!picked(r, all->tc[i]))
            continue;
        runcase_init(&r->test[r->n], all->tc[i], r->setting.profile, (uint32_t)(r->nrunnable * points));
        if (r->fault && *r->fault->closes)
            r->test[r->n].kept.closer = r->fault->closes;
        if (r->test[r->n].applies) {
            r->driven[r->nrunnable] = all->tc[i];
            r->runnable[r->nrunnable++] = r->n;
        }
        r->n++;
    }
    if (r->n == 0)
        return error_set(err, EINVAL, "no test case fits; 'cpmspec list' shows them all");
    return 0;
}

static int name_sources(struct run *r, struct error *err)
{
    int points = capture_points(r->setting.profile, r->kind), n = r->nrunnable * points;
    char name[DUMP_NAME_MAX];

    r->source = calloc((size_t)n + 1, sizeof *r->source);
    r->source_name = calloc((size_t)n + 1, sizeof *r->source_name);
    r->source_clock = calloc((size_t)n + 1, sizeof *r->source_clock);
    if (!r->source || !r->source_name || !r->source_clock)
        return error_set(err, ENOMEM, "out of memory");
    for (int i = 0; i < n; i++) {
        snprintf(r->source[i], sizeof r->source[i], "%s/%s/%s", r->folder.shown, r->driven[i / points]->id,
                 dump_name((uint32_t)(i % points), name));
        r->source_name[i] = r->source[i];
        r->source_clock[i] = r->clocks.clock[i % points];
    }
    r->summary.clock = r->source_clock;
    r->summary.source = r->source_name;
    r->summary.nsources = n;
    return 0;
}

/* --- what it takes */

static int check_program(const char *name, const char *package, struct error *err)
{
    if (process_find(name, NULL, 0))
        return 0;
    return error_set(err, ENOENT,
                     "%s is not installed: `scripts/install-deps`, or on Debian `apt-get install %s`", name,
                     package);
}

static int check_starts(const struct profile *p, struct error *err)
{
    struct words words;

    for (int i = 0; i < p->nfunctions; i++) {
        const struct profile_function *f = &p->function[i];

        if (*f->start && words_split(slice_of(f->start), &words) == 0 &&
            !process_find(words.word[0], NULL, 0))
            return error_at(err, EINVAL, p->path, f->start_line,
                            "%s, which is to start %s, is not there or may not be executed: name its path, "
                            "or install it",
                            words.word[0], f->role);
    }
    return 0;
}

static int check_programs(const struct run *r, struct error *err)
{
    const struct profile *p = r->setting.profile;
    int e = check_program("sipp", "sip-tester", err);

    if (e == 0)
        e = check_starts(p, err);
    for (int i = 0; e == 0 && i < p->nfunctions; i++)
        if (!p->function[i].under_test && strncmp(p->function[i].role, "client-", 7) != 0)
            return check_program("kamailio", "kamailio", err);
    return e;
}

static void choose_network(struct run *r)
{
    struct error err;

    r->kind = SANDBOX_HOST;
    if (plan_is_private(r->setting.profile)) {
        if (sandbox_probe(&err) == 0)
            r->kind = SANDBOX_PRIVATE;
        else
            snprintf(r->forbidden, sizeof r->forbidden, "%.250s", err.text);
    }
    capture_clocks(r->setting.profile, r->kind, &r->clocks);
}

static int jobs(const struct run *r)
{
    cpu_set_t cpus;
    int n = 1;

    if (r->options.jobs)
        return r->options.jobs;
    for (int i = 0; i < r->setting.profile->nfunctions; i++)
        if (*r->setting.profile->function[i].start)
            return 1; /* nobody knows whether several of it can run at once */
    if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
        n = JOBS_PER_CPU * CPU_COUNT(&cpus);
    return n < JOBS_DEFAULT_MAX ? n : JOBS_DEFAULT_MAX;
}

/* --- what comes back */

static int fail(struct run *r, int e)
{
    if (r->failed == 0)
        r->failed = e;
    return e;
}

static void show_progress(const struct run *r, int i, const char *what)
{
    if (r->progress)
        fprintf(stderr, "\r\033[K%s: %s%s", r->driven[i]->id, what, r->nrunnable > 1 ? " …" : "");
}

static void clear_progress(const struct run *r)
{
    if (r->progress)
        fprintf(stderr, "\r\033[K");
}

/* In the order of the test cases, whatever the order in which they ended. */
static int report_ready(struct run *r, bool all)
{
    for (; r->next < r->n && (all || r->test[r->next].over); r->next++) {
        struct runcase *t = &r->test[r->next];
        struct result result;
        int e = 0;

        if (!t->over)
            continue; /* an interruption came first */
        e = runcase_result(t, &result, &r->error);
        if (e == 0) {
            r->summary.total[result.verdict]++;
            r->summary.verdict = verdict_worst(r->summary.verdict, result.verdict);
            clear_progress(r);
            e = outputs_result(&r->outputs, &r->summary, &result);
            if (e < 0)
                outputs_error(&r->outputs, e, &r->error);
        }
        if (e < 0)
            return fail(r, e);
    }
    return 0;
}

static int on_start(void *ctx, int i, const char *dir)
{
    struct run *r = ctx;
    struct runcase_config config = {.profile = r->setting.profile,
                                    .strict = r->options.strict,
                                    .sees_all = capture_sees_all(r->setting.profile, r->kind),
                                    .clocks = &r->clocks};
    int e;

    if (r->failed)
        return r->failed;
    if (interrupted())
        return -EINTR;
    e = runcase_start(&r->test[r->runnable[i]], &config, dir, &r->error);
    return e < 0 ? fail(r, e) : 0;
}

static int on_frame(void *ctx, int i, const struct frame *f)
{
    struct run *r = ctx;
    int e = runcase_frame(&r->test[r->runnable[i]], f, &r->error);

    return e < 0 ? fail(r, e) : 0;
}

static void on_stage(void *ctx, int i, enum drive_stage stage)
{
    struct run *r = ctx;
    char task[IUT_TASK_MAX];

    if (stage == STAGE_CLIENTS && r->attended && *iut_task(r->setting.profile, r->driven[i], task)) {
        clear_progress(r);
        fprintf(stderr, "%s: %s\n", r->driven[i]->id, task);
    }
    show_progress(r, i, drive_stage_name(stage));
}

static bool on_done(void *ctx, int i, const struct drive_outcome *o)
{
    struct run *r = ctx;
    struct runcase *c = &r->test[r->runnable[i]];
    char dir[RUNFOLDER_PATH + 64];
    int e;

    snprintf(dir, sizeof dir, "%s/%s", r->folder.absolute, r->driven[i]->id);
    e = runcase_finish(c, o, r->folder.absolute, dir, &r->summary.capture, &r->error);
    if (e == 0 && !interrupted())
        e = runcase_again(c, dir, &r->error);
    if (e < 0)
        fail(r, e);
    else if (e == 0)
        report_ready(r, false);
    return e > 0;
}

/* --- the report */

enum format { FORMAT_JUNIT, FORMAT_JSON, FORMAT_HTML };

static int add_file(struct run *r, const char *name, enum format format, struct error *err)
{
    char path[RUNFOLDER_PATH + 64];
    struct report_writer *w;
    int e;

    snprintf(path, sizeof path, "%s/%s", r->folder.absolute, name);
    e = places_check_own(&r->options, path, err);
    if (e < 0)
        return e;
    if (format == FORMAT_JUNIT)
        e = junit_open(path, r->folder.shown, &w, err);
    else
        e = format == FORMAT_JSON ? json_open(path, &w, err) : html_open(path, "", &w, err);
    return e < 0 ? e : report_add(&r->outputs.report, w, err);
}

static int open_outputs(struct run *r, int argc, char **argv, struct error *err)
{
    int e;

    r->outputs.expected = r->n;
    r->outputs.folder = r->folder.shown;
    r->outputs.folder_absolute = r->folder.absolute;
    e = outputs_open(&r->outputs, &r->options, argc, argv, &r->summary, err);
    r->opened = true;
    if (e == 0)
        e = add_file(r, "junit.xml", FORMAT_JUNIT, err);
    if (e == 0)
        e = add_file(r, "results.json", FORMAT_JSON, err);
    if (e == 0)
        e = add_file(r, "report.html", FORMAT_HTML, err);
    return e;
}

static void say_where(const struct run *r)
{
    if (r->options.quiet || r->outputs.stdout_taken)
        return;
    printf("\nReport: %s\n", r->folder.shown);
    if (r->kind == SANDBOX_PRIVATE)
        printf("Network: namespaces of its own%s\n",
               capture_sees_all(r->setting.profile, r->kind) ? ", capture on their loopback" : "");
    else if (*r->forbidden)
        printf("Network: the host's loopback (%s)\n", r->forbidden);
    else
        printf("Network: the host's\n");
}

static int finish(struct run *r, bool stopped, struct error *err)
{
    int e;

    clear_progress(r);
    r->summary.interrupted = stopped;
    r->summary.end = clock_realtime();
    e = report_ready(r, true);
    if (e < 0) {
        *err = r->error;
        return e;
    }
    e = outputs_finish(&r->outputs, &r->summary, err);
    if (e == 0)
        say_where(r);
    return e;
}

/* --- the verb */

static int prepare(struct run *r, int argc, char **argv, struct error *err)
{
    int e = setting_load(r->options.sut, &r->setting, err);

    if (e < 0)
        return e;
    e = find_fault(r, err);
    if (e == 0)
        e = take_shape(r, err);
    if (e == 0)
        choose_network(r);
    if (e == 0)
        e = pick(r, err);
    if (e == 0 && r->nrunnable)
        e = check_programs(r, err);
    if (e == 0)
        e = runfolder_make("reports", r->options.out, &r->folder, err);
    if (e == 0)
        e = name_sources(r, err);
    r->summary.sut = r->setting.profile->name;
    r->summary.begin = clock_realtime();
    if (e == 0)
        e = open_outputs(r, argc, argv, err);
    if (e == 0)
        e = runfolder_settle(&r->folder, err);
    if (e < 0)
        runfolder_undo(&r->folder);
    return e;
}

/* 0, also where it was interrupted; a negative errno where the harness failed. */
static int drive(struct run *r, struct error *err)
{
    struct campaign_spec spec = {.profile = r->setting.profile,
                                 .testcase = r->driven,
                                 .ntestcases = r->nrunnable,
                                 .fault = r->fault,
                                 .kind = r->kind,
                                 .jobs = jobs(r),
                                 .attended = r->attended,
                                 .data_dir = r->setting.home.data,
                                 .out_dir = r->folder.absolute,
                                 .start = on_start,
                                 .frame = on_frame,
                                 .stage = on_stage,
                                 .done = on_done,
                                 .ctx = r};
    bool stopped = false;
    int e;

    e = campaign_run(&spec, &stopped, err);
    if (r->failed) {
        *err = r->error;
        return r->failed;
    }
    if (e < 0 && e != -EINTR)
        return e;
    return finish(r, stopped || interrupted(), err);
}

static void done(struct run *r)
{
    if (r->opened)
        outputs_done(&r->outputs);
    for (int i = 0; i < r->n; i++)
        runcase_done(&r->test[i]);
    free(r->test);
    free(r->runnable);
    free(r->driven);
    free(r->source);
    free(r->source_name);
    free(r->source_clock);
    faults_free(r->faults);
    setting_done(&r->setting);
}

int cmd_run(int argc, char **argv)
{
    struct run r = {.kind = SANDBOX_HOST};
    struct error err = {0};
    int status = options_open(&verb, argc, argv, &r.options), e;

    if (status >= 0)
        return status;
    interrupt_watch();
    r.progress = !r.options.quiet && isatty(STDERR_FILENO);
    r.attended = r.progress && isatty(STDIN_FILENO);
    e = prepare(&r, argc, argv, &err);
    status = status_of(e);
    if (e == 0 && (e = drive(&r, &err)) < 0) {
        clear_progress(&r);
        status = STATUS_ERROR;
    }
    if (e < 0)
        complain(&verb, &err);
    else
        status = summary_exit_status(&r.summary);
    done(&r);
    return status;
}
