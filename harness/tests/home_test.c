#include "cli/home.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

/* A folder with data files below the scratch folder; its resolved path. */
static const char *make_home(const char *name)
{
    static char dir[PATH_MAX];
    char file[PATH_MAX], *real;

    snprintf(file, sizeof file, "%s/testcases/schema/sut.rng", name);
    scratch_file(file, "<x/>");
    real = realpath(scratch_path(name), NULL);
    snprintf(dir, sizeof dir, "%s", real ? real : "");
    free(real);
    return dir;
}

static void finds_by_the_variable(void)
{
    const char *dir = make_home("anywhere");
    struct home h;
    struct error err;
    char want[PATH_MAX + 64];

    CU_ASSERT_EQUAL(home_locate("/nowhere/build/cpmspec", dir, &h, &err), 0);
    CU_ASSERT_STRING_EQUAL(h.data, dir);
    snprintf(want, sizeof want, "%s/testcases", dir);
    CU_ASSERT_STRING_EQUAL(h.testcases, want);
    snprintf(want, sizeof want, "%s/testcases/schema", dir);
    CU_ASSERT_STRING_EQUAL(h.schema, want);
    snprintf(want, sizeof want, "%s/reference-network/sut.xml", dir);
    CU_ASSERT_STRING_EQUAL(h.sut, want);
}

/* Who sets the variable means it: no other place is taken in silence. */
static void refuses_a_wrong_variable(void)
{
    const char *dir = make_home("tree");
    char exe[PATH_MAX + 64];
    struct home h;
    struct error err;

    snprintf(exe, sizeof exe, "%s/build/cpmspec", dir);
    CU_ASSERT_EQUAL(home_locate(exe, "/nowhere", &h, &err), -ENOENT);
    CU_ASSERT_STRING_EQUAL(
        err.text, "CPMSPEC_HOME is \"/nowhere\", which holds no testcases/schema/; set it to the folder "
                  "with testcases/, or unset it");
}

static void finds_by_the_program(void)
{
    char exe[PATH_MAX + 64];
    struct home h;
    struct error err;

    snprintf(exe, sizeof exe, "%s/build/cpmspec", make_home("tree"));
    CU_ASSERT_EQUAL(home_locate(exe, NULL, &h, &err), 0);
    CU_ASSERT_STRING_EQUAL(h.data, make_home("tree"));
    CU_ASSERT_EQUAL(home_locate(exe, "", &h, &err), 0);
    make_home("prefix/share/cpmspec");
    snprintf(exe, sizeof exe, "%s/bin/cpmspec", scratch_path("prefix"));
    CU_ASSERT_EQUAL(home_locate(exe, NULL, &h, &err), 0);
    CU_ASSERT_STRING_EQUAL(h.data, make_home("prefix/share/cpmspec"));
}

static void names_where_it_looked(void)
{
    struct home h;
    struct error err;

    CU_ASSERT_EQUAL(home_locate("/opt/x/bin/cpmspec", NULL, &h, &err), -ENOENT);
    CU_ASSERT_STRING_EQUAL(
        err.text, "the data files are neither in /opt/x nor in /opt/x/share/cpmspec; set CPMSPEC_HOME to "
                  "the folder with testcases/");
    CU_ASSERT_EQUAL(home_locate("/cpmspec", NULL, &h, &err), -ENOENT);
}

static const struct test tests[] = {
    {"finds by the variable", finds_by_the_variable},
    {"refuses a wrong variable", refuses_a_wrong_variable},
    {"finds by the program", finds_by_the_program},
    {"names where it looked", names_where_it_looked},
};
TEST_MAIN("home", tests)
