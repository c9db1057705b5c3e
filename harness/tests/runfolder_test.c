#include "cli/runfolder.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static struct runfolder f;
static struct error err;

static void link_is(const char *base, const char *name)
{
    char link[PATH_MAX], to[PATH_MAX] = "";

    snprintf(link, sizeof link, "%.3000s/latest", base);
    CU_ASSERT_TRUE(readlink(link, to, sizeof to - 1) > 0);
    CU_ASSERT_STRING_EQUAL(to, name);
}

static void test_each_run_has_its_own(void)
{
    char base[PATH_MAX], first[RUNFOLDER_PATH];

    snprintf(base, sizeof base, "%s", scratch_path("reports"));
    CU_ASSERT_EQUAL_FATAL(runfolder_make(base, NULL, &f, &err), 0);
    snprintf(first, sizeof first, "%s", f.shown);
    CU_ASSERT_EQUAL(access(f.absolute, W_OK), 0);
    CU_ASSERT_EQUAL(runfolder_settle(&f, &err), 0);
    link_is(base, strrchr(f.shown, '/') + 1);
    CU_ASSERT_EQUAL_FATAL(runfolder_make(base, NULL, &f, &err), 0);
    CU_ASSERT_STRING_NOT_EQUAL(f.shown, first);
    CU_ASSERT_EQUAL(runfolder_settle(&f, &err), 0);
    link_is(base, strrchr(f.shown, '/') + 1);
}

static void test_a_folder_by_name(void)
{
    char name[PATH_MAX];

    snprintf(name, sizeof name, "%s", scratch_path("mine"));
    CU_ASSERT_EQUAL(runfolder_make("reports", name, &f, &err), 0);
    CU_ASSERT_STRING_EQUAL(f.shown, name);
    CU_ASSERT_EQUAL(runfolder_make("reports", name, &f, &err), 0); /* still empty */
    scratch_file("mine/x", "x");
    CU_ASSERT_EQUAL(runfolder_make("reports", name, &f, &err), -EEXIST);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is no empty folder"));
}

/* Where the run does not come about, the newest is still the one before. */
static void test_no_run_leaves_no_folder(void)
{
    char base[PATH_MAX], first[RUNFOLDER_PATH];

    snprintf(base, sizeof base, "%s", scratch_path("undone"));
    CU_ASSERT_EQUAL_FATAL(runfolder_make(base, NULL, &f, &err), 0);
    CU_ASSERT_EQUAL(runfolder_settle(&f, &err), 0);
    snprintf(first, sizeof first, "%s", strrchr(f.shown, '/') + 1);
    CU_ASSERT_EQUAL_FATAL(runfolder_make(base, NULL, &f, &err), 0);
    runfolder_undo(&f);
    CU_ASSERT_EQUAL(access(f.absolute, F_OK), -1);
    link_is(base, first);
    CU_ASSERT_EQUAL(mkdir(scratch_path("there"), 0700), 0);
    CU_ASSERT_EQUAL_FATAL(runfolder_make(base, scratch_path("there"), &f, &err), 0);
    runfolder_undo(&f); /* it was not made for the run */
    CU_ASSERT_EQUAL(access(f.absolute, W_OK), 0);
    CU_ASSERT_EQUAL(runfolder_settle(&f, &err), 0);
    link_is(base, first);
}

static void test_in_folders_that_are_not_there(void)
{
    char out[PATH_MAX];

    snprintf(out, sizeof out, "%.200s//deep/run/", scratch_path("ci")); /* which makes no folder for it */
    CU_ASSERT_EQUAL_FATAL(runfolder_make("reports", out, &f, &err), 0);
    CU_ASSERT_EQUAL(access(out, W_OK), 0);
    runfolder_undo(&f);
    CU_ASSERT_EQUAL(access(out, F_OK), -1);
    CU_ASSERT_EQUAL(access(scratch_path("ci/deep"), W_OK), 0); /* others may use it by now */
}

static void test_where_none_can_be_made(void)
{
    CU_ASSERT_EQUAL(runfolder_make("/proc/nothing/here", NULL, &f, &err), -ENOENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot make the folder /proc/nothing/here"));
    scratch_file("file", "x");
    CU_ASSERT_EQUAL(runfolder_make(scratch_path("file"), NULL, &f, &err), -ENOTDIR);
    CU_ASSERT_EQUAL(runfolder_make("reports", scratch_path("file"), &f, &err), -EEXIST);
    CU_ASSERT_EQUAL(runfolder_make("reports", scratch_path("file/below"), &f, &err), -ENOTDIR);
    CU_ASSERT_EQUAL(runfolder_make("reports", "", &f, &err), -ENOENT);
}

static const struct test tests[] = {
    {"each run has its own", test_each_run_has_its_own},
    {"a folder by name", test_a_folder_by_name},
    {"no run leaves no folder", test_no_run_leaves_no_folder},
    {"in folders that are not there", test_in_folders_that_are_not_there},
    {"where none can be made", test_where_none_can_be_made},
};

TEST_MAIN("runfolder", tests)
