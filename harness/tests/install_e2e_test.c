/* What `make install` puts in its place works there, without the tree and for an ordinary user; what
 * describes it (man page, completion) knows all that it can do. */
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

enum { WORDS_MAX = 16, SAID_MAX = 1 << 18, NOBODY = 65534 };

static char said[SAID_MAX], root[PATH_MAX], program[PATH_MAX + 64];

struct call {
    const char *const *argv;
    const char *dir;
    bool ordinary; /* without any right of ours */
};

static int launch(void *ctx)
{
    const struct call *c = ctx;
    int log = open(scratch_path("said"), O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || (c->dir && chdir(c->dir) < 0))
        return 120;
    if (c->ordinary && geteuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
        return 121;
    execvp(c->argv[0], (char *const *)(uintptr_t)c->argv);
    return 122;
}

/* The exit status; what it said is in `said`. */
static int call(const struct call *c)
{
    struct process *p;
    struct pollfd fd = {.events = POLLIN};
    struct error err;
    FILE *f;
    size_t n;
    int status;

    scratch_path("said"); /* so that the child finds the folder */
    CU_ASSERT_EQUAL_FATAL(process_fork(launch, (void *)(uintptr_t)c, -1, &p, &err), 0);
    fd.fd = process_fd(p);
    CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
    CU_ASSERT_EQUAL(process_reap(p), 0);
    status = process_status(p);
    process_free(p);
    f = fopen(scratch_path("said"), "re");
    n = f ? fread(said, 1, sizeof said - 1, f) : 0;
    said[n] = '\0';
    if (f)
        fclose(f);
    return status;
}

static bool does(int status, const char *says, const struct call *c)
{
    int got = call(c);

    if (got == status && strstr(said, says))
        return true;
    printf("\n  %s %s: status %d, said %s\n", c->argv[0], c->argv[1], got, said);
    return false;
}

/* The program is there already: nothing is to be built. */
static bool make(const char *target)
{
    char build[PATH_MAX + 64], old[PATH_MAX + 64], dest[PATH_MAX + 64];
    const char *const argv[] = {"make", "-s", "-o", old, target, build, dest, "PREFIX=/opt/a b", NULL};

    snprintf(old, sizeof old, "%s", runner_program());
    snprintf(build, sizeof build, "BUILD=%.*s", (int)(strrchr(old, '/') - old), old);
    snprintf(dest, sizeof dest, "DESTDIR=%s", root);
    unsetenv("MAKEFLAGS"); /* of the make that may have started this */
    unsetenv("MAKELEVEL");
    return does(0, "installed: ", &(struct call){.argv = argv});
}

static bool is_there(const char *name)
{
    char path[2 * PATH_MAX];

    snprintf(path, sizeof path, "%s/opt/a b/%s", root, name);
    return access(path, R_OK) == 0;
}

static void installs(void)
{
    snprintf(root, sizeof root, "%s", scratch_path("root"));
    CU_ASSERT_EQUAL(chmod(scratch, 0755), 0); /* an ordinary user is to get there */
    snprintf(program, sizeof program, "%s/opt/a b/bin/cpmspec", root);
    CU_ASSERT_TRUE_FATAL(make("install"));
    CU_ASSERT_EQUAL(access(program, X_OK), 0);
    CU_ASSERT_TRUE(is_there("share/man/man1/cpmspec.1") && is_there("share/doc/cpmspec/docs/formats.md") &&
                   is_there("share/bash-completion/completions/cpmspec") &&
                   is_there("share/cpmspec/reference-network/faults.xml"));
    CU_ASSERT_TRUE(make("install")); /* again, over itself */
}

static void works_there(void)
{
    char capture[PATH_MAX], dir[PATH_MAX];
    const char *const list[] = {program, "list", NULL};
    const char *const explain[] = {program, "explain", "pf-a-bypassed", NULL};
    const char *const judge[] = {program, "judge", capture, NULL};
    const char *const run[] = {program, "run", "--only", "CPM_CLS_NET_V_001", NULL};

    const char *const copy[] = {"cp", "harness/tests/captures/close-udp.pcap", capture, NULL};

    snprintf(capture, sizeof capture, "%s", scratch_path("close.pcap"));
    CU_ASSERT_EQUAL(call(&(struct call){.argv = copy}), 0);
    snprintf(dir, sizeof dir, "%s", scratch_path("work"));
    CU_ASSERT_EQUAL(mkdir(dir, 0700), 0);
    CU_ASSERT_TRUE(geteuid() != 0 || chown(dir, NOBODY, NOBODY) == 0);
    CU_ASSERT_TRUE(does(0, "/opt/a b/share/cpmspec/", &(struct call){list, dir, true}));
    CU_ASSERT_TRUE(does(0, "core-a does not send the BYE to pf-a", &(struct call){explain, dir, true}));
    CU_ASSERT_TRUE(does(0, "verdict: pass", &(struct call){judge, dir, true}));
    CU_ASSERT_TRUE(does(0, "verdict: pass", &(struct call){run, dir, true}));
}

/* Every option that a verb has stands in the manual, in its form, and every verb. */
static void the_manual_knows_all(void)
{
    static const char *const verbs[] = {"run", "judge", "list", "explain", "doctor"};
    static char manual[SAID_MAX];
    const char *const cat[] = {"cat", "docs/cpmspec.1", NULL};
    int options = 0;

    CU_ASSERT_TRUE_FATAL(does(0, ".Dt CPMSPEC 1", &(struct call){.argv = cat}));
    memcpy(manual, said, sizeof manual);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        const char *const help[] = {program, verbs[i], "--help", NULL};
        char want[64];

        snprintf(want, sizeof want, ".It Cm %s\n", verbs[i]);
        CU_ASSERT_PTR_NOT_NULL(strstr(manual, want));
        CU_ASSERT_TRUE(does(0, "options:", &(struct call){.argv = help}));
        for (const char *at = said; (at = strstr(at, "\n  --")); options++) {
            at += 5;
            snprintf(want, sizeof want, ".It Fl -%.*s", (int)strcspn(at, " "), at);
            if (!strstr(manual, want))
                printf("\n  the manual lacks %s\n", want);
            CU_ASSERT_PTR_NOT_NULL(strstr(manual, want));
        }
    }
    CU_ASSERT_TRUE(options > 20);
}

/* What bash offers for a line; the cursor is at its last word. */
static bool completes(const char *line, const char *with)
{
    char script[4 * PATH_MAX], want[128];
    const char *const bash[] = {"bash", "-c", script, NULL};

    snprintf(script, sizeof script,
             "set -u; source scripts/completion.bash; COMP_WORDS=('%s' %s); "
             "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _cpmspec; printf '<%%s>' \"${COMPREPLY[@]}\"",
             program, line);
    snprintf(want, sizeof want, "<%s>", with);
    return does(0, want, &(struct call){.argv = bash});
}

static void the_completion_knows_all(void)
{
    CU_ASSERT_TRUE(completes("''", "judge"));
    CU_ASSERT_TRUE(completes("ex", "explain"));
    CU_ASSERT_TRUE(completes("judge --k", "--keys"));
    CU_ASSERT_TRUE(completes("run --o", "--out"));
    CU_ASSERT_TRUE(completes("run --only CPM_CLS_NET_V_00", "CPM_CLS_NET_V_002"));
    CU_ASSERT_TRUE(completes("run --fault pf-a-b", "pf-a-bypassed"));
    CU_ASSERT_TRUE(completes("explain path.m", "path.missing"));
    CU_ASSERT_TRUE(completes("explain close", "close-1-1"));
    CU_ASSERT_TRUE(completes("explain ru", "rules"));
    CU_ASSERT_TRUE(completes("list --", "--sut"));
    CU_ASSERT_TRUE(completes("run --jobs ''", ""));
}

static void uninstalls(void)
{
    const char *const find[] = {"find", root, "-type", "f", NULL};

    CU_ASSERT_TRUE(make("uninstall"));
    CU_ASSERT_EQUAL(call(&(struct call){.argv = find}), 0);
    CU_ASSERT_STRING_EQUAL(said, "");
}

static const struct test tests[] = {
    {"installs", installs},
    {"works there", works_there},
    {"the manual knows all", the_manual_knows_all},
    {"the completion knows all", the_completion_knows_all},
    {"uninstalls", uninstalls},
};
TEST_MAIN("install", tests)
