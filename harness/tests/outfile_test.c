#include "report/outfile.h"

#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void appears_whole(void)
{
    char *text;
    const char *path = sample_path("appears_whole", "out");
    struct outfile *f = NULL;
    struct error err = {0};
    struct stat st;

    CU_ASSERT_EQUAL_FATAL(outfile_open(path, &f, &err), 0);
    CU_ASSERT_EQUAL(outfile_printf(f, "%s\n", "hello"), 0);
    CU_ASSERT_EQUAL(sample_entries("appears_whole"), 0); /* ordinary file systems here know O_TMPFILE */
    CU_ASSERT_EQUAL(outfile_commit(f, &err), 0);
    outfile_free(f);
    CU_ASSERT_EQUAL(sample_entries("appears_whole"), 1);
    text = sample_read(path, NULL);
    CU_ASSERT_STRING_EQUAL(text, "hello\n");
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0400, 0400);
    CU_ASSERT_EQUAL(st.st_mode & 0111, 0);
    free(text);
}

static void leaves_the_old_one_until_then(void)
{
    char *text;
    const char *path = sample_path("leaves_the_old_one_until_then", "out"),
               *link = sample_path("leaves_the_old_one_until_then", "link");
    struct outfile *f = NULL;
    struct error err = {0};
    FILE *old = fopen(path, "w");
    struct stat st;

    fputs("old", old);
    fclose(old);
    CU_ASSERT_EQUAL(symlink("out", link), 0);
    CU_ASSERT_EQUAL_FATAL(outfile_open(link, &f, &err), 0);
    outfile_write(f, SLICE("new"));
    text = sample_read(path, NULL);
    CU_ASSERT_STRING_EQUAL(text, "old");
    free(text);
    outfile_free(f);
    text = sample_read(path, NULL);
    CU_ASSERT_STRING_EQUAL(text, "old");
    free(text);
    CU_ASSERT_EQUAL_FATAL(outfile_open(link, &f, &err), 0);
    outfile_write(f, SLICE("new"));
    CU_ASSERT_EQUAL(outfile_commit(f, &err), 0);
    outfile_free(f);
    text = sample_read(path, NULL);
    CU_ASSERT_STRING_EQUAL(text, "new");
    CU_ASSERT_TRUE(lstat(link, &st) == 0 && S_ISLNK(st.st_mode)); /* the link still is one */
    CU_ASSERT_EQUAL(sample_entries("leaves_the_old_one_until_then"), 2);
    free(text);
}

static void says_why_not(void)
{
    static const struct {
        const char *path;
        int code;
    } cases[] = {
        {"/nonexistent/out", ENOENT}, {"/", EISDIR}, {"/dev/null/out", ENOTDIR}, {"/proc/version", EACCES}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outfile *f = NULL;
        struct error err = {0};
        int r = outfile_open(cases[i].path, &f, &err);

        if (cases[i].code == EACCES) { /* root may try, and fails later */
            CU_ASSERT_TRUE(r < 0);
        } else {
            CU_ASSERT_EQUAL(r, -cases[i].code);
        }
        CU_ASSERT_PTR_NULL(f);
        CU_ASSERT_STRING_EQUAL(err.file, cases[i].path);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot be written"));
        outfile_free(f);
    }
}

/* A stream that we were given stays what it is, and what stands there already stays, too. */
static void writes_behind_what_a_stream_has(void)
{
    const char *path = sample_path("stream", "out");
    FILE *had = fopen(path, "w+");
    struct outfile *f = NULL;
    struct error err = {0};
    char name[64], *text;

    fputs("before ", had);
    fflush(had);
    snprintf(name, sizeof name, "/dev/fd/%d", fileno(had));
    CU_ASSERT_EQUAL_FATAL(outfile_open(name, &f, &err), 0);
    outfile_write(f, SLICE("mine"));
    CU_ASSERT_EQUAL(outfile_commit(f, &err), 0);
    outfile_free(f);
    fputs(" after", had);
    fclose(had);
    text = sample_read(path, NULL);
    CU_ASSERT_STRING_EQUAL(text, "before mine after");
    free(text);
    CU_ASSERT_EQUAL(sample_entries("stream"), 1);
    CU_ASSERT_EQUAL(outfile_open("/dev/fd/987", &f, &err), -EBADF);
}

static void wants_the_name_of_a_file(void)
{
    char path[1024];
    struct outfile *f = NULL;
    struct error err = {0};

    snprintf(path, sizeof path, "%s/", sample_path("folder", "none"));
    CU_ASSERT_EQUAL(outfile_open(path, &f, &err), -EISDIR);
}

static void failures_stick(void)
{
    struct outfile *f = NULL;
    struct error err = {0};
    char block[8192];
    int r = 0;

    memset(block, 'x', sizeof block);
    CU_ASSERT_EQUAL_FATAL(outfile_open("/dev/full", &f, &err), 0);
    for (int i = 0; i < 100; i++)
        r = outfile_write(f, (struct slice){block, sizeof block});
    CU_ASSERT_EQUAL(r, -ENOSPC);
    CU_ASSERT_EQUAL(outfile_write(f, SLICE("x")), -ENOSPC);
    CU_ASSERT_EQUAL(outfile_check(f, &err), -ENOSPC);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No space left"));
    CU_ASSERT_EQUAL(outfile_commit(f, &err), -ENOSPC);
    outfile_free(f);
    CU_ASSERT_EQUAL(access("/dev/full", F_OK), 0);
}

/* A disk that fills up: the old file stays, nothing else is left. */
static void a_full_disk_leaves_the_old_one(void)
{
    struct rlimit whole, small = {100000, 100000};
    char *text;
    const char *path = sample_path("a_full_disk_leaves_the_old_one", "out");
    struct outfile *f = NULL;
    struct error err = {0};
    FILE *old = fopen(path, "w");
    char block[8192];

    fputs("old", old);
    fclose(old);
    memset(block, 'x', sizeof block);
    signal(SIGXFSZ, SIG_IGN);
    CU_ASSERT_EQUAL_FATAL(outfile_open(path, &f, &err), 0);
    getrlimit(RLIMIT_FSIZE, &whole);
    small.rlim_max = whole.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < 100; i++)
        outfile_write(f, (struct slice){block, sizeof block});
    CU_ASSERT_EQUAL(outfile_commit(f, &err), -EFBIG);
    setrlimit(RLIMIT_FSIZE, &whole);
    outfile_free(f);
    text = sample_read(path, NULL);
    CU_ASSERT_STRING_EQUAL(text, "old");
    CU_ASSERT_EQUAL(sample_entries("a_full_disk_leaves_the_old_one"), 1);
    free(text);
}

static int count(void *ctx, struct slice s)
{
    struct slice *expected = ctx;

    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != expected->p[(expected->n + i) % 7])
            return -EILSEQ;
    expected->n += s.n;
    return 0;
}

static int stop(void *ctx, struct slice s)
{
    (void)s;
    ++*(int *)ctx;
    return -ECANCELED;
}

static void replays_a_spool(void)
{
    struct outfile *f = NULL, *spool = NULL;
    struct error err = {0};
    struct slice expected = {"abcdefg", 0};
    int calls = 0;

    CU_ASSERT_EQUAL_FATAL(outfile_open(sample_path("replays_a_spool", "out"), &f, &err), 0);
    CU_ASSERT_EQUAL_FATAL(outfile_spool(f, &spool, &err), 0);
    for (int i = 0; i < 100000; i++)
        outfile_write(spool, SLICE("abcdefg"));
    CU_ASSERT_EQUAL(outfile_size(spool), 700000);
    CU_ASSERT_EQUAL(outfile_replay(spool, count, &expected), 0);
    CU_ASSERT_EQUAL(expected.n, 700000);
    CU_ASSERT_EQUAL(outfile_replay(spool, stop, &calls), -ECANCELED);
    CU_ASSERT_EQUAL(calls, 1);
    outfile_free(spool);
    outfile_free(f);
    CU_ASSERT_EQUAL(sample_entries("replays_a_spool"), 0);
}

static int writes(void *ctx)
{
    struct outfile *f = NULL, *spool = NULL;
    struct error err;
    int r = outfile_open(ctx, &f, &err);

    if (r == 0)
        r = outfile_spool(f, &spool, &err);
    if (r == 0) {
        outfile_write(spool, SLICE("7"));
        outfile_printf(f, "%0*d", 300, 7);
        r = outfile_check(spool, &err);
    }
    if (r == 0)
        r = outfile_commit(f, &err);
    outfile_free(spool);
    outfile_free(f);
    return r;
}

static void survives_lack_of_memory(void)
{
    char path[1024];

    snprintf(path, sizeof path, "%s", sample_path("oom", "out"));
    CU_ASSERT_TRUE(oom_check(writes, path) >= 3);
}

static const struct test tests[] = {
    {"appears whole", appears_whole},
    {"leaves the old one until then", leaves_the_old_one_until_then},
    {"says why not", says_why_not},
    {"writes behind what a stream has", writes_behind_what_a_stream_has},
    {"wants the name of a file", wants_the_name_of_a_file},
    {"failures stick", failures_stick},
    {"a full disk leaves the old one", a_full_disk_leaves_the_old_one},
    {"replays a spool", replays_a_spool},
    {"survives lack of memory", survives_lack_of_memory},
};
TEST_MAIN("outfile", tests)
